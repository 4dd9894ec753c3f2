"""Runs that nobody ended, at the end of their process.

A script may begin a run and come to its end without a `with` block or `end`.
Then the run ends with the script: finished, or failed with the error that
stopped it. A process that dies without a word leaves that to the next merge.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from typing import TYPE_CHECKING

import trackbook.store.keeper  # noqa: F401 - what is registered later runs earlier, and the keeper merges last

if TYPE_CHECKING:
    from trackbook.tracking.run import Run

_open: dict[str, Run] = {}


def remember(run: Run) -> None:
    """Note a run that this process has to end."""
    _open[run.run_id] = run


def forget(run: Run) -> None:
    """Note that it has ended."""
    _open.pop(run.run_id, None)


def _end_all() -> None:
    error = _what_stopped_the_script()
    for run in reversed(list(_open.values())):
        with contextlib.suppress(Exception):
            if error is None:
                run.end()
            else:
                run.fail(error)


def _what_stopped_the_script() -> BaseException | None:
    """Return the uncaught exception; None at a normal end, and at a prompt, where errors stop nothing.

    Python keeps it in `sys.last_value` before it calls any `sys.excepthook`, so no hook of the user's is touched.
    """
    error = getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) and not hasattr(sys, "ps1") else None


atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_open.clear)  # the parent's to end
