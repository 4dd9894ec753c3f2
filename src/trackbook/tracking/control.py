"""A hand on the loop: a running loop ends after its step, or takes a new value, when somebody asks from anywhere.

In the loop: `should_stop`, `loop`, `knob`; they never raise. From any process: `request_stop`, `turn_knob`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING, Generic, TypeVar

from trackbook.config import RUN_VARIABLE
from trackbook.errors import NotThere, RunNotFound, StoreHeld, StoreReadOnly, TrackbookWarning, warn
from trackbook.records import RunStatus
from trackbook.store.control import (
    STOP,
    STOPPED,
    YES,
    ControlState,
    Knobs,
    KnobValue,
    change_knobs,
    page_path,
    raise_flag,
    read_page,
)
from trackbook.store.control_page import ControlPage
from trackbook.store.lock import LockTimeoutError
from trackbook.tracking import active
from trackbook.tracking.active import _current
from trackbook.tracking.knob_values import fitting, plain_knob
from trackbook.tracking.start import current_store, user_name
from trackbook.values import check_name, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from trackbook.store import Store
    from trackbook.tracking.run import Run

Item = TypeVar("Item")
Value = TypeVar("Value", bool, int, float, str)

_PATIENCE = 5.0
"""Seconds that one who asks waits for others who ask; each holds the page for a millisecond."""

_LOOPS_PATIENCE = 0.2
"""Seconds that a loop waits for them, once a knob."""

_NOWHERE = ControlPage(None, "")
_warned: set[str] = set()
_hopeless: set[str] = set()
"""Runs of parent processes that this process cannot add to."""


def should_stop() -> bool:
    """Tell whether somebody asked the active run to stop after its step; a memory read, never raises.

        while not tb.should_stop():
            ...

    A run whose loop was told so and that then comes to its end is FINISHED, ended by stop.
    """
    run = _current.get()
    page = None if run is None else run.page
    if page is None:
        run, page = _look_closer()
    return page.memory[STOP] != 0 and _obey(run, page)


def loop(iterable: Iterable[Item], *, total: int | None = None) -> Loop[Item]:
    """Go through anything, and end after the step when somebody asks the run to stop.

        for epoch in tb.loop(range(50)):
            ...

    The step is carried out whole, and so is the rest of the cell. Each loop takes at least one step.
    total: steps in all, for those who watch; left out it is the length, where there is one.
    """
    return Loop(iterable, total)


def knob(name: str, default: Value) -> Value:
    """Return the newest value that somebody gave, the default as long as nobody did; call it at every step.

        for group in optimizer.param_groups:
            group["lr"] = tb.knob("lr", 1e-3)

    default: a bool, int, float or str; its type is the knob's. Never raises; trouble is one warning.
    """
    try:
        run = _current.get()
        page = None if run is None else run.page
        if page is None:
            run, page = _look_closer()
        entry = page.knobs().get(name)
        if entry is None:
            _offer(run, page, name, default)
        elif len(entry) > 1:
            value = entry[1]
            return value if type(value) is type(default) else fitting(name, value, default)
    except Exception as error:  # noqa: BLE001 - a loop at hour five is worth more than a knob
        _warn(_sentence(f"The knob {name!a} keeps its default", error))
    return default


def request_stop(run_id: str, *, by: str = "", store: Store | None = None) -> ControlState:
    """Ask a running run, of whatever process, to stop after its step. Returns its page as it was before.

    Where `asks` is False its loop has never asked, and only an interrupt of its process may end it.
    by: who asks; left out, the login name. Raises NotThere when it is not running, StoreReadOnly, BadInput.
    """
    store = current_store() if store is None else store
    asked_at = time.time()  # before the loop can see it and say that it stopped
    before = _reaching(run_id, store, lambda: raise_flag(store.location, run_id, STOP, _PATIENCE))
    if not before.stop_requested:
        _note(store, run_id, "stop requested", asked_at, by=by or user_name())
    return before


def turn_knob(run_id: str, name: str, value: object, *, by: str = "", store: Store | None = None) -> KnobValue:
    """Give a knob of a running run, of whatever process, a new value. Returns the one before.

    by: who turns it; left out, the login name. Raises NotThere when the run is not running or has no such
    knob, BadValue for a value of another type than the knob's, StoreReadOnly, BadInput.
    """
    store = current_store() if store is None else store
    turned: list[KnobValue] = []

    def turn(knobs: Knobs) -> None:
        if name not in knobs:
            raise NotThere(f"The run has no knob {name!r}. It has: {', '.join(knobs) or 'none'}.")
        entry = knobs[name]
        turned[:] = [entry[-1], fitting(name, value, entry[0])]
        knobs[name] = [entry[0], turned[1]]

    turned_at = time.time()
    _reaching(run_id, store, lambda: change_knobs(store.location, run_id, turn, _PATIENCE))
    old, new = turned
    _note(store, run_id, "knob turned", turned_at, knob=name, old=old, new=new, by=by or user_name())
    return old


def find_control(run_id: str, *, store: Store | None = None) -> ControlState | None:
    """Return what a running run's page says: asked to stop or not, progress, knobs.

    None when it is not running. A run whose process was killed seems to run until the next merge. Raises BadInput for
    a page of another version, StoreReadOnly for one that is not ours to read.
    """
    store = current_store() if store is None else store
    with contextlib.suppress(RunNotFound):
        return _reaching(run_id, store, lambda: read_page(store.location, run_id))
    return None


def asked_to_stop(run: Run) -> bool:
    """As `should_stop`, for a run that is known."""
    page = run.page or page_of(run)
    return page.memory[STOP] != 0 and _obey(run, page)


def page_of(run: Run) -> ControlPage:
    """Return a run's page, opened at the first ask: from then on others know that its loop asks. Never raises."""
    page = run.page
    if page is None:
        try:
            page = ControlPage(run.store.location, run.run_id)
        except Exception as error:  # noqa: BLE001 - the loop goes on without
            page = _NOWHERE
            # A run that is only added to has no page when nobody's process is at it.
            if run.is_owner and run.status is RunStatus.RUNNING:
                _warn(_sentence("This run cannot be stopped or turned from elsewhere", error))
        run.page = page
    return page


class Loop(Generic[Item]):
    """An iterable that ends early when its run is asked to stop; has the length of what it goes through."""

    def __init__(self, iterable: Iterable[Item], total: int | None) -> None:
        self._items, self._total = iterable, total

    def __len__(self) -> int:
        """Steps if nobody stops it; raises TypeError where that is unknown."""
        return self._total if self._total is not None else len(self._items)  # type: ignore[arg-type]  # its own TypeError

    def __iter__(self) -> Iterator[Item]:
        """Take the steps of the run that is active now, whatever runs begin on the way."""
        run, page = _look_closer()
        shows = page is not _NOWHERE and run is not None and run.is_owner and not page.has_loop
        page.has_loop = page.has_loop or shows
        total = self._known_total()
        try:
            for done, item in enumerate(self._items, start=1):
                yield item
                if shows:
                    page.show_progress(done, total)
                if (page.memory[STOP] != 0 and _obey(run, page)) if page is not _NOWHERE else should_stop():
                    return
        finally:
            if shows:
                page.has_loop = False

    def _known_total(self) -> int:
        try:
            return min(len(self), 2**63)
        except Exception:  # noqa: BLE001 - a stranger's __len__ may raise anything
            return 0


def _look_closer() -> tuple[Run | None, ControlPage]:
    """Find the active run of a thread or child process too; without one, a page that asks for nothing."""
    if _hopeless and os.environ.get(RUN_VARIABLE) in _hopeless:
        return None, _NOWHERE
    try:
        run = active.find_active_run()
        return (None, _NOWHERE) if run is None else (run, page_of(run))
    except Exception as error:  # noqa: BLE001 - a missing store must not stop a training loop
        _hopeless.add(os.environ.get(RUN_VARIABLE, ""))
        _warn(_sentence("This process cannot be stopped or turned from elsewhere", error))
        return None, _NOWHERE


def _obey(run: Run | None, page: ControlPage) -> bool:
    """Note once, in whichever process, that a loop stopped. Always True."""
    if run is not None and not page.memory[STOPPED]:
        try:
            before = raise_flag(run.store.location, run.run_id, STOPPED, _LOOPS_PATIENCE)
            if not before.stopped:
                _note(run.store, run.run_id, "stopped", time.time())
        except Exception as error:  # noqa: BLE001 - it stops all the same
            page.memory[STOPPED : STOPPED + len(YES)] = YES
            _warn(_sentence("The run stops as asked, which could not be written down", error))
    return True


def _offer(run: Run | None, page: ControlPage, name: str, default: KnobValue) -> None:
    """Let others know of a knob, at its first use."""
    if run is None or page is _NOWHERE or name in page.offered:
        return
    page.offered.add(name)  # tried once: no loop waits for others at every step
    value = plain_knob(f"The default of knob {name!r}", default)
    check_name("knob", name)

    def offer(knobs: Knobs) -> None:
        knobs.setdefault(name, [value])

    change_knobs(run.store.location, run.run_id, offer, _LOOPS_PATIENCE)


Answer = TypeVar("Answer")


def _reaching(run_id: str, store: Store, act: Callable[[], Answer]) -> Answer:
    """Do something with the page of a running run, and put what is wrong into a sentence."""
    try:
        path = page_path(store.location, run_id)
    except ValueError:
        raise RunNotFound(str(run_id)) from None
    try:
        return act()
    except FileNotFoundError:
        raise NotThere(f"Run {run_id} is not running, so nothing was changed.") from None
    except LockTimeoutError:
        raise StoreHeld(path, "another process that is changing something") from None
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise StoreReadOnly(path) from error
        raise


def _note(store: Store, run_id: str, kind: str, at: float, **detail: object) -> None:
    """Write down what was done with a loop; where that fails it is done all the same."""
    try:
        store.event("control", run_id=run_id, kind=kind, detail=to_json(detail), at=at)
    except Exception as error:  # noqa: BLE001 - on a full disk a run must be stoppable
        _warn(_sentence(f"It is done ({kind}), but could not be written down", error))


def _sentence(what: str, error: Exception) -> str:
    return f"{what} ({type(error).__name__}: {error}); your code goes on."


def _warn(sentence: str) -> None:
    """Say it once; where warnings are errors, ours must not become one in the user's loop."""
    if sentence not in _warned:
        _warned.add(sentence)
        with contextlib.suppress(TrackbookWarning):
            warn(sentence)
