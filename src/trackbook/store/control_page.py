"""A control page in the hands of the loop that obeys it: asking costs one memory read."""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
import time
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.store.control import (
    ASKS,
    NUMBER,
    PAGE_BYTES,
    PROGRESS,
    YES,
    Knobs,
    checked,
    is_polled,
    newest_knobs,
    page_path,
)

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.store.location import Location

_TRIES = 3
"""A reader may meet a slot that two quick writers have just filled again; then the next look is whole."""

_POLL_SECONDS = 0.5
"""Between two looks at a page on a network file system, where memory is not shared."""


class PolledMemory:
    """Stands in for a map on a network file system: a copy, refreshed twice a second when somebody looks."""

    def __init__(self, path: Path) -> None:
        self._path, self._looked_at = path, time.monotonic()
        self._copy = path.read_bytes()

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - as mmap: a number for an index, bytes for a slice
        now = time.monotonic()
        if now - self._looked_at > _POLL_SECONDS:
            self._looked_at = now
            with contextlib.suppress(OSError):  # the page goes when the run ends
                fresh = self._path.read_bytes()  # opened anew: that is when such file systems look at the server
                self._copy = fresh if len(fresh) == PAGE_BYTES else self._copy
        return self._copy[place]

    def __setitem__(self, place: slice, content: bytes) -> None:
        """Write through; the file is gone when the run has ended."""
        with contextlib.suppress(OSError), self._path.open("r+b", buffering=0) as file:
            file.seek(place.start)
            file.write(content)


class ControlPage:
    """A page in the hands of a loop that obeys it; once it is open, reading it raises nothing."""

    def __init__(self, location: Location | None, run_id: str) -> None:
        """Open the page of a run; with location None one that never asks for anything. Raises OSError, BadInput."""
        self._knobs: Knobs = {}
        self._number: object = bytes(8)
        self._shown_at = 0.0
        self.memory: mmap.mmap | PolledMemory | bytearray = bytearray(PAGE_BYTES)
        """Look at the byte STOP."""

        self.offered: set[str] = set()
        """Knobs that this process has made known, or tried to."""

        self.has_loop = False
        """The outermost loop is under way; its progress is the run's."""

        if location is not None:
            path = page_path(location, run_id)
            self.memory = PolledMemory(path) if is_polled(path.parent) else _mapped(path)
            checked(self.memory[:], path)
            self.memory[ASKS : ASKS + 8] = YES

    def knobs(self) -> Knobs:
        """Return [default] or [default, value] of each knob, parsed anew only when somebody changed one."""
        if self.memory[NUMBER] != self._number:
            for _ in range(_TRIES):
                newest = newest_knobs(bytes(self.memory[:]))
                if newest is not None:
                    self._number, self._knobs = newest
                    break
        return self._knobs

    def show_progress(self, done: int, total: int) -> None:
        """Say how far the loop is."""
        if isinstance(self.memory, PolledMemory):
            now = time.monotonic()
            if now - self._shown_at < _POLL_SECONDS:
                return
            self._shown_at = now
        self.memory[PROGRESS] = struct.pack("<QQ", done, total)


def _mapped(path: Path) -> mmap.mmap:
    with path.open("r+b") as file:
        if os.fstat(file.fileno()).st_size < PAGE_BYTES:
            raise BadInput(f"{path} is not a control page.")
        return mmap.mmap(file.fileno(), PAGE_BYTES)
