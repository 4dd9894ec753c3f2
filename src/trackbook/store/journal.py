"""Everything but points on its way to the store: one JSON line an event.

A line is whole when its newline is there. Lines are appended with one write,
which the kernel keeps when the process dies.
"""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

JOURNAL_BYTES = 8_000_000
"""A journal grows to about this and is followed by the next, so that merged ones can go."""

Event = dict[str, Any]


def journal_path(folder: Path, number: int) -> Path:
    """Name the file of one journal."""
    return folder / f"events-{number:06d}.jsonl"


def journal_numbers(folder: Path) -> list[int]:
    """List the journals that are there, in order."""
    names = (name for name in os.listdir(folder) if name.startswith("events-") and name.endswith(".jsonl"))
    return sorted(int(name[7:-6]) for name in names if name[7:-6].isdigit())


def encode_event(event: Mapping[str, object]) -> bytes:
    """Write one line. NaN and infinities in Python's own JSON dialect: only we read it."""
    return json.dumps(event, separators=(",", ":"), allow_nan=True).encode("ascii") + b"\n"


class Journal:
    """The journal that this process appends to."""

    def __init__(self, folder: Path, number: int = 0) -> None:
        self._folder, self._number = folder, number
        self._open()

    def append(self, line: bytes) -> None:
        """Append one line whole or not at all; raises OSError(ENOSPC) when the disk is full."""
        if self._size and self._size + len(line) > JOURNAL_BYTES:
            full = self._file
            self._number += 1
            self._open()
            os.close(full)  # not before the next is open: a closed number may soon be another file's
        written = 0
        try:
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError:
            if written:  # half a line would glue itself to the next one
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
            raise
        self._size += len(line)

    def sync(self) -> None:
        """Bring the lines to the disk."""
        os.fsync(self._file)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _open(self) -> None:
        path = journal_path(self._folder, self._number)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o644)
        self._size = os.fstat(self._file).st_size
        if self._size > JOURNAL_BYTES:
            raise OSError(errno.EFBIG, "journal of an earlier process", str(path))


def read_lines(path: Path, start: int, *, complete: bool) -> tuple[list[bytes], int]:
    """Read the whole lines from byte `start` on, without their newlines.

    complete: nobody appends any more, so a last line without newline is taken
    too, for the merge to reject. Returns the lines and where to start next time.
    """
    with path.open("rb") as file:
        file.seek(start)
        raw = file.read()
    end = len(raw) if complete else raw.rfind(b"\n") + 1
    return [line for line in raw[:end].split(b"\n") if line], start + end
