"""What waits in memory while the disk is full: in the order logged, bounded, and said once."""

from __future__ import annotations

import errno
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

from trackbook.errors import warn
from trackbook.store.segments import SEALED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MOST_WAITING = 200_000
"""Points kept while the disk is full; later ones are dropped and counted. Lines are few, and all kept."""

_RETRY_SECONDS = 1.0
"""How often a full disk is tried again."""


def is_point(item: bytes) -> bool:
    """Tell a packed point from a journal's line, the shortest of which is longer."""
    return len(item) == SEALED


class Backlog:
    """Points and lines that could not be written yet; true while there are any."""

    def __init__(self, folder: Path) -> None:
        """folder: of the store, for the warning."""
        self._folder = folder
        self._items: deque[bytes] = deque()
        self._dropped, self._tried_at = 0, 0.0
        self._draining = False

    def __bool__(self) -> bool:
        return bool(self._items)

    def add(self, item: bytes, error: OSError | None = None) -> None:
        """Keep a point or a line. error: why it could not be written, for a warning."""
        if len(self._items) < _MOST_WAITING or not is_point(item):
            self._items.append(item)
        else:
            self._dropped += 1
        if error is not None:
            self._tried_at = monotonic()
            _warn(error, self._folder)  # last, because a user may have made warnings errors

    def is_due(self) -> bool:
        """Tell whether something waits and the disk deserves another try."""
        return bool(self._items) and monotonic() - self._tried_at > _RETRY_SECONDS

    def drain(self, write: Callable[[bytes], None]) -> None:
        """Write what waits, in order, until OSError. What a signal handler logs meanwhile waits behind it."""
        if self._draining:
            return
        self._draining = True
        try:
            while self._items:
                write(self._items[0])
                self._items.popleft()
        except OSError:
            self._tried_at = monotonic()
            return
        finally:
            self._draining = False
        if self._dropped:
            text = f"{self._dropped} points were lost while the disk was full; everything else is kept."
            self._dropped = 0
            warn(text)


def _warn(error: OSError, folder: Path) -> None:
    full = error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    reason = "The disk is full" if full else f"{folder} cannot be written ({error.strerror})"
    warn(
        f"{reason}: what you log now waits in memory, {_MOST_WAITING:,} points at most. "
        "Free some space before this process ends; your code goes on."
    )
