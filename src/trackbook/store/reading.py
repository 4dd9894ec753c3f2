"""What a merger sees of a spool: what is new in it, and whether its process lives."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from trackbook.store.birth import SPOOL_FORMAT
from trackbook.store.journal import journal_numbers, journal_path, read_lines
from trackbook.store.lock import try_lock
from trackbook.store.segments import read_records, segment_numbers, segment_path

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_HEARTBEAT_SECONDS = 600.0
"""A process on another host whose heartbeat is older counts as dead; its files stay."""

_MOST_LINE_BYTES = 16_000_000
_MOST_SEGMENTS = 2
"""Taken in one pass, so that a merge's memory stays flat whatever has piled up."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a spool is consumed."""

    points_segment: int = 0
    points_record: int = 0
    events_journal: int = 0
    events_byte: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass takes from one spool."""

    spool_id: str
    folder: Path
    host: str
    lines: list[bytes]
    records: list[NDArray[np.void]]
    damaged: int
    """Records whose CRC is wrong and that nobody is still writing."""

    place: Place
    """To start at next time."""

    more: bool
    """There was more than one pass takes."""

    alive: bool
    removable: bool
    """The process is dead for certain, so its folder can go when all is merged."""

    last_seen: float
    """Seconds since the epoch: heartbeat, newest line or newest point, whichever is latest."""


class SpoolFolder:
    """One spool while a merge looks at it; holds its lock when its process is dead."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError or ValueError when the folder vanished or holds no spool of ours."""
        self.folder, self.spool_id = folder, folder.name
        facts = json.loads((folder / "spool.json").read_text(encoding="utf-8"))
        self.host = str(facts["host"])
        self.too_new = int(facts["format"]) > SPOOL_FORMAT
        self._lock = _open_lock(folder / "lock")
        self.dead = try_lock(self._lock)
        self.heartbeat = (folder / "lock").stat().st_mtime

    def close(self) -> None:
        """Give the lock back."""
        self._lock.close()

    def alive(self, now: float) -> bool:
        """Tell whether the process may still write. Across hosts a lock proves nothing."""
        if self.host == socket.gethostname():
            return not self.dead
        return not self.dead or now - self.heartbeat < _HEARTBEAT_SECONDS

    def read(self, place: Place, now: float) -> Reading:
        """Read what is new. Points before lines, so that every key they use is known."""
        alive = self.alive(now)
        removable = self.dead and not alive and self.host == socket.gethostname()
        records, damaged, place_points, more_points = self._read_points(place, complete=removable)
        lines, place_lines, more_lines = self._read_lines(place, complete=removable)
        if more_lines:  # keys may be among the lines not yet read
            records, damaged, place_points = [], 0, (place.points_segment, place.points_record)
        stamps = [float(part["at"][-1]) for part in records if len(part)]
        written = [path.stat().st_mtime for path in self.folder.glob("events-*")]
        return Reading(
            spool_id=self.spool_id,
            folder=self.folder,
            host=self.host,
            lines=lines,
            records=records,
            damaged=damaged,
            place=Place(*place_points, *place_lines),
            more=more_lines or more_points,
            alive=alive,
            removable=removable,
            last_seen=min(now, max([self.heartbeat, *stamps, *written])),
        )

    def _read_points(
        self, place: Place, *, complete: bool
    ) -> tuple[list[NDArray[np.void]], int, tuple[int, int], bool]:
        numbers = [number for number in segment_numbers(self.folder) if number >= place.points_segment]
        found: list[NDArray[np.void]] = []
        damaged, at = 0, (place.points_segment, place.points_record)
        for number in numbers[:_MOST_SEGMENTS]:
            start = place.points_record if number == place.points_segment else 0
            last = number == numbers[-1]
            records, reached, bad = read_records(
                segment_path(self.folder, number), start, complete=complete or not last
            )
            found.append(records)
            damaged += bad
            at = (number, reached) if last else (number + 1, 0)
        return found, damaged, at, len(numbers) > _MOST_SEGMENTS

    def _read_lines(self, place: Place, *, complete: bool) -> tuple[list[bytes], tuple[int, int], bool]:
        numbers = [number for number in journal_numbers(self.folder) if number >= place.events_journal]
        found: list[bytes] = []
        size, at = 0, (place.events_journal, place.events_byte)
        for number in numbers:
            if size > _MOST_LINE_BYTES:
                return found, at, True
            start = place.events_byte if number == place.events_journal else 0
            last = number == numbers[-1]
            lines, reached = read_lines(journal_path(self.folder, number), start, complete=complete or not last)
            found += lines
            size += reached - start
            at = (number, reached) if last else (number + 1, 0)
        return found, at, False


def _open_lock(path: Path) -> IO[str]:
    """Open a spool's lock; of somebody else's spool only for reading, which is enough to try it."""
    try:
        return path.open("a")
    except OSError:
        return path.open("r")


def tidy(reading: Reading) -> None:
    """Remove what the committed merge has consumed."""
    if reading.removable and not reading.more:
        # Renamed first, so that nobody meets half of it, whenever this process is killed.
        with contextlib.suppress(OSError):
            shutil.rmtree(reading.folder.rename(reading.folder.with_name(f".{reading.spool_id}")), ignore_errors=True)
        return
    for number in segment_numbers(reading.folder):
        if number < reading.place.points_segment:
            segment_path(reading.folder, number).unlink(missing_ok=True)
    for number in journal_numbers(reading.folder):
        if number < reading.place.events_journal:
            journal_path(reading.folder, number).unlink(missing_ok=True)
