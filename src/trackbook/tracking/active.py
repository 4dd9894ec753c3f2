"""Which run a log call means: the block's, else the process's innermost, else the parent process's."""

from __future__ import annotations

import os
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

from trackbook.config import RUN_VARIABLE, STORE_VARIABLE
from trackbook.errors import NoActiveRun

if TYPE_CHECKING:
    from trackbook.tracking.run import Run

_current: ContextVar[Run | None] = ContextVar("trackbook_run", default=None)
_stack: list[Run] = []
"""Every entered run of this process, innermost last; what a new thread, which sees no ContextVar, goes by."""

_saved: dict[int, tuple[str | None, str | None]] = {}
"""What the two variables were before a run was entered."""

_outer: dict[int, Run | None] = {}
"""Which run its own context had before; another task's may be the innermost of the process."""

_changing = threading.RLock()
_attached: dict[str, Run] = {}


def enter(run: Run) -> None:
    """Make a run the active one, here and in child processes. Entering twice is entering once."""
    with _changing:
        outer = _current.get()
        _current.set(run)
        if run in _stack:
            return
        _stack.append(run)
        _outer[id(run)] = outer
        _saved[id(run)] = (os.environ.get(RUN_VARIABLE), os.environ.get(STORE_VARIABLE))
        os.environ[RUN_VARIABLE] = run.run_id
        os.environ[STORE_VARIABLE] = str(run.store.location.file)


def leave(run: Run) -> None:
    """Make the run before it the active one again. Leaving twice changes nothing."""
    with _changing:
        if run not in _stack:
            return
        place = _stack.index(run)
        _stack.remove(run)
        outer = _outer.pop(id(run), None)
        if _current.get() is run:
            _current.set(outer)
        before = _saved.pop(id(run), (None, None))
        if place < len(_stack):  # one that began later goes on; what it will bring back must not be this run
            _saved[id(_stack[place])] = before
            return
        for variable, value in zip((RUN_VARIABLE, STORE_VARIABLE), before, strict=True):
            if value is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = value


def find_active_run() -> Run | None:
    """Return the active run, or None."""
    run = _current.get()
    if run is not None and run.status == "RUNNING":
        return run
    for run in reversed(_stack):
        if run.status == "RUNNING":
            return run
    return _of_parent_process()


def active_run(verb: str) -> Run:
    """Return the active run; raises NoActiveRun with the verb that needed one."""
    run = find_active_run()
    if run is None:
        raise NoActiveRun(verb)
    return run


def _of_parent_process() -> Run | None:
    """Attach to the run that a parent process named in the environment."""
    run_id = os.environ.get(RUN_VARIABLE)
    if not run_id:
        return None
    run = _attached.get(run_id)
    if run is None:
        from trackbook.tracking.start import attach_run  # noqa: PLC0415 - start builds on this room

        with _changing:
            run = _attached.setdefault(run_id, attach_run(run_id))
    return run


if hasattr(os, "register_at_fork"):
    # A thread may hold the lock while another one forks; a fresh one serves the child, whose only thread forked.
    os.register_at_fork(before=_changing.acquire, after_in_parent=_changing.release, after_in_child=_changing.release)
