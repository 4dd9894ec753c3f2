"""What feeds a live panel: it looks at the run ten times a second and sends what is new.

In a kernel the points are looked up and sent on its sending thread (`wire.py`), and
a thread of our own looks once a second at what takes longer: facts, bands, the
static twin, whatever must be asked of the store. Elsewhere that thread does both.
Neither takes a lock that the cell needs, and each rests so long after a look that
the cell hardly feels it (`pacing.py`).
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from trackbook.errors import TrackbookError
from trackbook.store.changes import change_mark
from trackbook.widgets.live.pacing import Pacing
from trackbook.widgets.live.source import newest_source
from trackbook.widgets.live.voice import Voice

if TYPE_CHECKING:
    from trackbook.store import Store
    from trackbook.widgets.live.state import LiveState
    from trackbook.widgets.live.wire import Wire

_TICK = 0.1
_SLOW_TICK = 1.0
"""From look to look of our own thread where the kernel's looks at the points, and where nobody sees the panel."""

_WAITING_SECONDS = 0.5
"""Between two looks for a first run."""

_BAND_SECONDS = 20.0
"""The question costs the cell some time; of a cell that is over by then it is asked after its end."""

_TWIN_SECONDS = 10.0
"""How often the static twin is drawn while the run goes on, for the notebook whose kernel is killed."""

_TWIN_SHARE = 400
"""Drawing it takes at most a quarter of a percent."""

_WELCOME_SECONDS = 0.2
_PATIENCE = 2.0
"""Seconds at most that the end of a cell waits for a look under way."""

_log = logging.getLogger(__name__)


class Panel(Protocol):
    """What is fed."""

    def send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send one message to every view in every browser."""

    def draw_twin(self) -> None:
        """Bring the static twin up to date."""


class LiveFeed:
    """Keeps a panel's state and sends it; ends with the run, or when the panel is closed or gone."""

    def __init__(self, panel: Panel, store: Store, state: LiveState | None, wire: Wire | None = None) -> None:
        """state: None waits for the first run of the store. wire: the kernel's sending thread, where there is one."""
        self._panel, self._store, self._wire = weakref.ref(panel), store, wire
        self.state = state
        self.lock = threading.Lock()
        """Held by whoever looks or sends."""

        self.seen = True
        """Somebody can see the panel."""

        self.voice = Voice(self._send)
        self._mark: object = None
        self._began = time.monotonic()
        self._twin_due = self._began + _TWIN_SECONDS
        self._welcomed_at = -_WELCOME_SECONDS
        self._is_done = False
        """The end of the run has been sent."""

        self._beats = Pacing()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._feed, name="trackbook-live", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()
        if self._wire is not None and self._has_beats():
            self._wire.repeat(self._beat)

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def finish(self) -> None:
        """Send the end of a run of this process before its cell ends; the thread does it where that would take long."""
        if self.lock.acquire(timeout=_PATIENCE):
            try:
                self._look(final=True)
            finally:
                self.lock.release()

    def note_progress(self) -> None:
        """Look at how far the run is for the last time, before its end takes the means away."""
        if self.state is not None and self.lock.acquire(timeout=_PATIENCE):
            try:
                self.state.refresh()
            finally:
                self.lock.release()

    def send_everything(self) -> None:
        """Send all there is, as to a browser that has just opened the notebook."""
        with self.lock:
            self.voice.tell_everything(self.state)

    def welcome(self) -> None:
        """Send everything to a browser that asks for it; those that waited in a row get one answer."""
        now = time.monotonic()
        if now - self._welcomed_at > _WELCOME_SECONDS:
            self._welcomed_at = now
            self.send_everything()

    def say(self, notice: str) -> None:
        """Answer a click with a sentence and the facts as they are now."""
        with self.lock:
            self.voice.answer(self.state, notice)

    def _has_beats(self) -> bool:
        """Only files of this process's own are read on the kernel's thread: no other's can keep it waiting."""
        return self._wire is not None and self.state is not None and self.state.run is not None

    def _beat(self) -> float | None:
        """Look at the points on the kernel's sending thread; return the seconds to the next time, None at the end."""
        if self._ended.is_set() or self._is_done or self._panel() is None:
            return None
        began = time.thread_time()
        if self.seen and self.lock.acquire(blocking=False):
            try:
                self._look_at_points()
            except Exception:  # noqa: BLE001 - the next look tries again
                _log.debug("a live panel could not follow its run", exc_info=True)
            finally:
                self.lock.release()
        return self._beats.rest(_TICK if self.seen else _SLOW_TICK, time.thread_time() - began)

    def _look_at_points(self) -> None:
        """Send the new points, and leave to our own thread whatever takes longer."""
        state, wire = self.state, self._wire
        if state is None or wire is None or not wire.is_free or not self.voice.has_begun:
            return
        if state.is_replaced or state.must_ask or state.is_over:
            return
        fresh = state.look()
        if fresh is not None:
            self.voice.tell_points(state, fresh)

    def _feed(self) -> None:
        over, pause, pacing = False, 0.0, Pacing()
        while not over and not self._ended.wait(pause) and self._panel() is not None:
            worked = time.thread_time()
            try:
                with self.lock:
                    over = self._look()
                cost = time.thread_time() - worked
                self._do_now_and_then(over=over)
            except Exception:  # noqa: BLE001 - the next look tries again; a thread has nobody to tell
                _log.debug("a live panel could not follow its run", exc_info=True)
                cost = time.thread_time() - worked
            pause = pacing.rest(self._tick(), cost)
        if self.state is not None:
            with self.lock:
                self.state.close()

    def _tick(self) -> float:
        if self.state is None:
            return _WAITING_SECONDS
        return _TICK if self.seen and not self._has_beats() else _SLOW_TICK

    def _look(self, *, final: bool = False) -> bool:
        """Look once and send what is new; tells whether the run is over."""
        state = self.state
        if state is None:
            state = self._first_run()
            if state is None:
                return False
        if self._is_done:
            return True
        fresh = state.look()
        if not self.seen and not state.is_over:
            return False
        self.voice.tell_news(state, fresh, final=final)
        self._is_done = state.is_over
        if self._is_done:
            self._draw_twin()
        return self._is_done

    def _first_run(self) -> LiveState | None:
        """Take the first run that comes; a mark of the store's files tells without opening it when to ask."""
        mark = change_mark(self._store.location)
        if mark == self._mark:
            return None
        self._mark = mark
        try:
            self.state = newest_source(self._store)
        except (TrackbookError, OSError):
            return None
        self._mark = change_mark(self._store.location)
        if self.state is None and not self.voice.has_begun:
            self.voice.tell_everything(None)
        return self.state

    def _do_now_and_then(self, *, over: bool) -> None:
        """Ask for bands and draw the twin, where it is time for it."""
        state = self.state
        if state is None:
            return
        own = state.run is not None
        now = time.monotonic()
        if self.seen and (over or not own or now - self._began > _BAND_SECONDS):
            is_new = state.find_bands()  # without the lock: the store may be asked for long
            if over and is_new:
                with self.lock:
                    self.voice.tell_news(state, None)
                    self._draw_twin()
        if own and not over and now > self._twin_due:
            began = time.thread_time()
            with self.lock:
                self._draw_twin()
            self._twin_due = now + max(_TWIN_SECONDS, _TWIN_SHARE * (time.thread_time() - began))

    def _send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        panel = self._panel()
        if panel is None:
            return
        if self._wire is not None:
            self._wire.send(content, buffers)
        else:
            panel.send(content, buffers)

    def _draw_twin(self) -> None:
        panel = self._panel()
        if panel is not None:
            panel.draw_twin()
