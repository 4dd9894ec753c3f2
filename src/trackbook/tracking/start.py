"""Beginning a run, resuming one, adding to a parent process's."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
import sys
import time
from contextvars import ContextVar
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture.notebook import notebook_name, script_path
from trackbook.config import settings
from trackbook.errors import BadValue, RunDeleted
from trackbook.ids import new_id
from trackbook.records import RunStart
from trackbook.store import Location, Store, find_run, keeper_of, locate, open_store
from trackbook.store.control import make_page
from trackbook.tracking import active, endings
from trackbook.tracking.names import make_name
from trackbook.tracking.run import Run, check_tags
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.store.questions import RunRow

_held: dict[Path, Store] = {}
_chosen: list[Store] = []
_meant: ContextVar[Store | None] = ContextVar("store", default=None)


@contextlib.contextmanager
def working_in(store: Store) -> Iterator[None]:
    """Decide and ask in another store than this process's, as a server of several stores does; of this thread only."""
    before = _meant.set(store)
    try:
        yield
    finally:
        _meant.reset(before)


def current_store() -> Store:
    """Return the store of this process: found once, whatever `os.chdir` does later."""
    if (meant := _meant.get()) is not None:
        return meant
    if not _chosen:
        use_store(locate(chosen=settings().store, notebook=own_file()).file)
    return _chosen[-1]


def use_store(file: Path, *, keep: bool = True) -> Store:
    """Open the store at a path; keep: make it this process's."""
    file = file.absolute()
    store = _held.setdefault(file, open_store(Location(file)))
    if keep:
        _chosen[:] = [store]
    return store


def start_run(
    name: str | None = None,
    *,
    experiment: str | None = None,
    run_id: str | None = None,
    tags: dict[str, object] | None = None,
    store: Store | None = None,
) -> Run:
    """Begin a run and make it the active one; use it in a `with` block, or call its `end`.

    name: left out, one is made up. experiment: left out, the enclosing run's,
    the configured one, or the script's name. run_id: resumes that run (its id
    or an unambiguous beginning). Inside another run, also one of the parent
    process, it is nested. Raises BadName, BadValue, RunNotFound, RunDeleted, StoreReadOnly.
    """
    store = current_store() if store is None else store
    if not isinstance(store, Store):
        raise BadValue("What start_run was given as store", store, "a run of another store needs its Store")
    given = {} if tags is None else check_tags("start_run(tags=…)", tags)  # before anything is begun
    if run_id is not None:
        run = resume_run(run_id, store)
    else:
        parent = active.find_active_run()
        run = begin_run(
            store,
            RunStart(
                run_id=new_id(),
                experiment=check_name("experiment", _experiment(parent) if experiment is None else experiment),
                name=make_name() if name is None else check_name("run", name),
                started_at=time.time(),
                notebook=relative_to_store(own_file(), store),
                parent_run_id=parent.run_id if parent is not None else "",
                run_by=user_name(),
                host=socket.gethostname(),
            ),
        )
        note_surroundings(run)
    if given:
        run.set_tags(given)
    active.enter(run)
    return run


def note_surroundings(run: Run) -> None:
    """Have the environment noted, and the repository where the script or notebook is."""
    from trackbook.tracking import surroundings  # noqa: PLC0415 - git and packages concern whoever begins a run

    file = own_file()
    surroundings.note_surroundings(run, file.parent if file is not None and file.parent.is_dir() else Path.cwd())


def begin_run(store: Store, start: RunStart) -> Run:
    """Write down that a run began; does not make it the active one."""
    run = Run(store, start)
    store.event("run", **asdict(start))
    _make_page(run)
    endings.remember(run)
    keeper_of(store).start()
    return run


def resume_run(run_id: str, store: Store) -> Run:
    """Take up a run again; this process becomes its owner. Raises RunNotFound, RunDeleted."""
    row = find_shown_run(store, run_id)
    start = RunStart(row.run_id, row.experiment, row.name, row.started_at)
    run = Run(store, start, resumed=True)
    store.event("resume", run_id=row.run_id, at=time.time())
    _make_page(run)
    endings.remember(run)
    keeper_of(store).start()
    return run


def find_shown_run(store: Store, wanted: str) -> RunRow:
    """Find a run to add to. Raises RunNotFound, RunDeleted."""
    row = find_run(store, wanted)
    if row.deleted:
        raise RunDeleted(row.name, row.run_id)
    return row


def _make_page(run: Run) -> None:
    """Let others reach into the run's loop; where that cannot be, only a loop that asks has to know."""
    with contextlib.suppress(OSError):
        make_page(run.store.location, run.run_id)


def attach_run(run_id: str) -> Run:
    """Add to the run of a parent process, which alone will end it."""
    return Run(current_store(), RunStart(run_id, "", "", time.time()), owner=False)


def own_file() -> Path | None:
    """Return the script or notebook that this process runs; a script started from a notebook is a script."""
    found = script_path()
    if found is None:
        notebook = notebook_name(vars(sys.modules["__main__"]), os.environ)
        found = notebook.absolute() if notebook is not None else None
    return found


def _experiment(parent: Run | None) -> str:
    if parent is not None and parent.experiment:
        return parent.experiment
    script = own_file()
    return settings().experiment or (script.stem if script is not None else "default")


def relative_to_store(path: Path | None, store: Store) -> str:
    """Name a file so that the name survives moving the whole folder; empty for None."""
    if path is None:
        return ""
    home = store.location.file.parent
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)


@cache
def user_name() -> str:
    """Return the login name; empty where the system has none for us."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return os.environ.get("USER", "")
