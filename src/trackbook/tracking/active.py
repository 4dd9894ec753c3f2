"""Which run a log call means: the block's, else the process's innermost, else the parent process's.

What was begun in a block and outlives it, a thread or a task, goes on logging to the run of that block.
So does a worker process that a pool keeps, joblib's for one: it has the environment that it was started with.
"""

from __future__ import annotations

import asyncio
import os
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from trackbook.config import RUN_VARIABLE, STORE_VARIABLE
from trackbook.errors import NoActiveRun

if TYPE_CHECKING:
    from trackbook.tracking.run import Run

_current: ContextVar[Run | None] = ContextVar("trackbook_run", default=None)


@dataclass(slots=True, eq=False)
class _Entered:
    """A run between its begin and its end."""

    run: Run
    outer: Run | None
    """Which run its own context had before; another task's may be the innermost of the process."""

    variables: tuple[str | None, str | None]
    """What the two variables of the environment were before."""

    threads: WeakSet[threading.Thread]
    """Those that were running already."""


_stack: list[_Entered] = []
"""Every entered run of this process, innermost last; what a new thread, which sees no ContextVar, goes by."""

_homes: WeakKeyDictionary[Run, tuple[int, int]] = WeakKeyDictionary()
"""Thread and task that entered a run. Where a context has the run elsewhere, it was begun inside the run."""

_outliving: WeakKeyDictionary[threading.Thread, Run] = WeakKeyDictionary()
"""Threads that a run began and that still ran at its end."""

_changing = threading.RLock()
_attached: dict[str, Run] = {}


def enter(run: Run) -> None:
    """Make a run the active one, here and in child processes. Entering twice is entering once."""
    with _changing:
        outer = _current.get()
        _current.set(run)
        if _entered(run) is not None:
            return
        variables = (os.environ.get(RUN_VARIABLE), os.environ.get(STORE_VARIABLE))
        _stack.append(_Entered(run, outer, variables, WeakSet(threading.enumerate())))
        _homes[run] = _here()
        os.environ[RUN_VARIABLE] = run.run_id
        os.environ[STORE_VARIABLE] = str(run.store.location.file)


def leave(run: Run) -> None:
    """Make the run before it the active one again. Leaving twice changes nothing."""
    with _changing:
        left = _entered(run)
        if left is None:
            return
        place = _stack.index(left)
        _stack.remove(left)
        if _current.get() is run:
            _current.set(left.outer)
        for thread in threading.enumerate():
            if thread not in left.threads and not _serves_anybody(thread):
                _outliving.setdefault(thread, run)
        if place < len(_stack):  # one that began later goes on; what it will bring back must not be this run
            _stack[place].variables = left.variables
            return
        for variable, value in zip((RUN_VARIABLE, STORE_VARIABLE), left.variables, strict=True):
            if value is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = value


def _entered(run: Run) -> _Entered | None:
    return next((each for each in _stack if each.run is run), None)


def _here() -> tuple[int, int]:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop in this thread
        task = None
    return threading.get_ident(), 0 if task is None else id(task)


def _serves_anybody(thread: threading.Thread) -> bool:
    """Tell the worker of a pool, which works for whoever asks next, from a thread with an errand of its own."""
    target = getattr(thread, "_target", None)
    return getattr(target, "__module__", "") in {"concurrent.futures.thread", "multiprocessing.pool"}


def find_active_run() -> Run | None:
    """Return the run that a log call means here, or None. It has ended where the caller outlives it."""
    run = _current.get()
    if run is not None and (run.status == "RUNNING" or _homes.get(run, _here()) != _here()):
        return run
    run = _outliving.get(threading.current_thread())
    if run is not None:
        return run
    for entered in reversed(_stack):
        if entered.run.status == "RUNNING":
            return entered.run
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
