"""One process at a time, in the order of asking.

A turnstile stands before the main lock: whoever waits for the main lock holds
the turnstile, so one who has just left cannot slip in again before him.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING

import portalocker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.004
"""Seconds between two looks at a lock that somebody holds: short against the 20 ms of a merge."""


class LockTimeoutError(Exception):
    """Somebody else held the lock for the whole time; never leaves the store floor."""


class StoreLock:
    """The exclusive right to open the store's file, between processes and between threads."""

    def __init__(self, folder: Path) -> None:
        """folder: where the lock files are; it exists when the lock is taken."""
        self._folder = folder
        self.threads = threading.RLock()
        """Held by a thread from lock to close. Reentrant, so a decision may query."""
        self._depth = 0

    @contextmanager
    def held(self, timeout: float) -> Iterator[None]:
        """Hold the lock; raises LockTimeoutError after `timeout` seconds, 0 tries once."""
        deadline = time.monotonic() + timeout
        if not self.threads.acquire(timeout=timeout) if timeout else not self.threads.acquire(blocking=False):
            raise LockTimeoutError
        try:
            with ExitStack() as stack:
                if self._depth == 0:
                    self._take(stack, deadline)
                self._depth += 1
                stack.callback(self._leave)
                yield
        finally:
            self.threads.release()

    def _leave(self) -> None:
        self._depth -= 1

    def _take(self, stack: ExitStack, deadline: float) -> None:
        with _locked(self._folder / "turnstile", deadline):
            stack.enter_context(_locked(self._folder / "main", deadline))


@contextmanager
def _locked(path: Path, deadline: float) -> Iterator[None]:
    with path.open("a") as file:
        while not try_lock(file):
            if time.monotonic() >= deadline:
                raise LockTimeoutError
            time.sleep(_PAUSE)
        yield  # closing the file gives the lock back


def try_lock(file: IO[str]) -> bool:
    """Take an exclusive lock on an open file, or say at once that somebody has it."""
    try:
        portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
    except (portalocker.LockException, portalocker.AlreadyLocked):
        return False
    return True
