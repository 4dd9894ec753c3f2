"""One spool read while it is being written: no merge, no lock, nothing that its writer could feel."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.store.filesystem import is_network_file_system
from trackbook.store.journal import journal_numbers, journal_path
from trackbook.store.reading import Place, SpoolFolder
from trackbook.store.segments import (
    RECORD,
    SEGMENT_BYTES,
    SEGMENT_RECORDS,
    all_sealed,
    as_records,
    segment_numbers,
    segment_path,
    unseal,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.store.journal import Event

_FEW_BYTES = 256 * RECORD
"""Read first: at a thousand points a second this is more than what is new."""

_MANY_BYTES = 8192 * RECORD
"""Read when the first look was full; a checksum of these takes a millisecond, and then others may go on."""

_HOLE_SECONDS = 1.0
"""A place still empty after this long, with good records behind it, is one that an interrupt left."""

_KINDS = tuple(f'{{"e":"{kind}"'.encode() for kind in ("key", "run", "resume", "end", "facts", "control"))


class Part(NamedTuple):
    """Points of one run, in the order logged."""

    names: list[str]
    """Metrics; more may come, and none changes its place."""

    which: NDArray[np.intp]
    """Place of each point's metric among the names; shape (n,), as the others."""

    steps: NDArray[np.int64]
    values: NDArray[np.float64]


class SpoolTail:
    """One spool as somebody follows it for one run; `look` gives what is new since the last look."""

    def __init__(self, folder: Path, run_id: str, place: Place | None = None) -> None:
        """place: where to begin; None is at what is written now, for a run that begins now."""
        self.folder = folder
        self.lost = False
        """Something was merged and deleted before it was read: from here on the store alone has it."""

        self._run_id = run_id.encode("ascii")
        self._keys: list[int] = []
        self._names: list[str] = []
        self._places: NDArray[np.intp] | None = None
        self._points: int | None = None
        self._map: mmap.mmap | None = None
        self._hole_since = 0.0
        self._anew = is_network_file_system(folder)
        place = end_of(folder) if place is None else place
        self._segment, self._record = place.points_segment, place.points_record
        self._journal, self._byte = place.events_journal, place.events_byte
        self._journal_path = os.fspath(journal_path(folder, self._journal))

    def know(self, names: dict[int, str]) -> None:
        """Take over which keys are metrics of the run, where their events were merged before."""
        for key, name in names.items():
            self._keep(key, name)

    def look(self) -> tuple[list[Part], list[Event]]:
        """Return the new points of the run, in the order logged, and its new events."""
        parts = self._read_points()  # before the events, so that every key they use is known
        events = self._read_events()
        found = [self._of_its_metrics(part) for part in parts] if self._names else []
        return [part for part in found if len(part.values)], events

    def close(self) -> None:
        """Let go of the open segment."""
        if self._map is not None:
            self._map.close()
            self._map = None
        if self._points is not None:
            with contextlib.suppress(OSError):
                os.close(self._points)
            self._points = None

    def _keep(self, key: int, name: str) -> None:
        """Note that a key is a metric of the run."""
        self._keys.append(key)
        self._names.append(name)
        self._places = None

    def _of_its_metrics(self, records: NDArray[np.void]) -> Part:
        """Leave out what belongs to other runs; a few array operations, however many metrics there are."""
        import numpy as np  # noqa: PLC0415

        if self._places is None:
            self._places = np.full(max(self._keys) + 2, -1, dtype=np.intp)
            self._places[self._keys] = np.arange(len(self._keys))
        keys = records["key"]
        try:
            which = self._places[keys]
        except IndexError:  # keys of other runs that came later
            which = self._places[np.minimum(keys, len(self._places) - 1)]
        if len(which) and which.min() < 0:
            mine = which >= 0
            which, records = which[mine], records[mine]
        return Part(self._names, which, records["step"], records["value"])

    def _read_points(self) -> list[NDArray[np.void]]:
        parts: list[NDArray[np.void]] = []
        size = _FEW_BYTES
        while self._open_segment():
            raw = self._read(size)
            full = len(raw) == size
            # Cut behind the last that is written, without numpy: most looks find little or nothing.
            raw = raw[: -(-len(raw.rstrip(b"\0")) // RECORD) * RECORD]
            if not raw:
                self._hole_since = 0.0
                break
            if len(raw) <= _FEW_BYTES and all_sealed(raw):
                records, taken = as_records(raw), len(raw) // RECORD
            else:
                records, taken, _ = unseal(raw, complete=False)
            if taken * RECORD < len(raw):
                records, taken = self._past_a_hole(raw, records, taken)
            if len(records):
                parts.append(records)
            self._record += taken
            if self._record >= SEGMENT_RECORDS:
                self._next_segment()
            elif not full or taken * RECORD < size:
                break
            size = _MANY_BYTES
        if self._anew:
            self.close()  # opened anew: that is when such file systems look at the server
        return parts

    def _read(self, size: int) -> bytes:
        """Read the next bytes of the open segment."""
        start = self._record * RECORD
        if self._map is not None:  # a call of the system would let others run, who give Python back after 5 ms
            return self._map[start : start + size]
        assert self._points is not None
        return os.pread(self._points, size, start)

    def _past_a_hole(self, raw: bytes, records: NDArray[np.void], taken: int) -> tuple[NDArray[np.void], int]:
        """Step over what an interrupt left empty, but not over what is being written just now."""
        now = time.monotonic()
        if not self._hole_since:
            self._hole_since = now
        if now - self._hole_since < _HOLE_SECONDS:
            return records, taken
        self._hole_since = 0.0
        records, taken, _ = unseal(raw, complete=True)
        return records, taken

    def _open_segment(self) -> bool:
        """Have the segment open that is read next; False when it is not there (yet)."""
        if self._points is not None:
            return True
        try:
            path = segment_path(self.folder, self._segment)
            self._points = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            # Shorter is one of plain writes, which grows.
            if not self._anew and os.fstat(self._points).st_size == SEGMENT_BYTES:
                self._map = mmap.mmap(self._points, SEGMENT_BYTES, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            self.lost = self.lost or self._is_past(segment_numbers, self._segment)
            return False
        return True

    def _next_segment(self) -> None:
        self.close()
        self._segment, self._record = self._segment + 1, 0

    def _is_past(self, numbers_in: Any, number: int) -> bool:  # noqa: ANN401 - segment_numbers or journal_numbers
        """Tell a file that was merged and deleted from one that is not written yet."""
        try:
            return any(later > number for later in numbers_in(self.folder))
        except OSError:  # the whole spool went, after its process's death
            return True

    def _read_events(self) -> list[Event]:
        events: list[Event] = []
        while True:
            path = self._journal_path
            try:
                size = os.stat(path).st_size  # noqa: PTH116 - ten times a second
                if size > self._byte:
                    with open(path, "rb") as file:  # noqa: PTH123
                        file.seek(self._byte)
                        raw = file.read()
                    end = raw.rfind(b"\n") + 1
                    self._byte += end
                    events += self._of_the_run(raw[:end])
            except OSError:
                self.lost = self.lost or self._is_past(journal_numbers, self._journal)
                return events
            if size < _FULL_JOURNAL or not self._is_past(journal_numbers, self._journal):
                return events
            if os.path.exists(path) and os.stat(path).st_size > self._byte:  # noqa: PTH110, PTH116
                continue  # it grew between our reading and the next one's birth
            self._journal, self._byte = self._journal + 1, 0
            self._journal_path = os.fspath(journal_path(self.folder, self._journal))

    def _of_the_run(self, raw: bytes) -> list[Event]:
        """Parse the few lines that speak of the run and that somebody who follows it wants."""
        found: list[Event] = []
        if self._run_id not in raw:
            return found
        for line in raw.split(b"\n"):
            if line.startswith(_KINDS) and self._run_id in line:
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    event = json.loads(line)
                    if event["run_id"].encode("ascii") != self._run_id:
                        continue
                    if event["e"] == "key":
                        self._keep(int(event["key"]), str(event["name"]))
                    found.append(event)
        return found


_FULL_JOURNAL = 4_000_000
"""A journal below this size has no successor, so nobody needs to look for one."""


def end_of(folder: Path) -> Place:
    """Find how far a spool is written now, with some twenty small reads. An unreadable one begins at its beginning."""
    try:
        segments, journals = segment_numbers(folder), journal_numbers(folder)
        journal = journals[-1] if journals else 0
        byte = journal_path(folder, journal).stat().st_size if journals else 0
        segment = segments[-1] if segments else 0
        record = _records_written(segment_path(folder, segment)) if segments else 0
    except OSError:
        return Place()
    return Place(segment, record, journal, byte)


def _records_written(path: Path) -> int:
    """Count the records of a segment, which are written one behind another into zeros, by halving."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        low, high = 0, min(SEGMENT_RECORDS, os.fstat(descriptor).st_size // RECORD)
        while low < high:
            middle = (low + high) // 2
            if any(os.pread(descriptor, RECORD, middle * RECORD)):
                low = middle + 1
            else:
                high = middle
        return low
    finally:
        os.close(descriptor)


def is_dead(folder: Path) -> bool:
    """Tell whether the spool's process is dead for certain, or its folder gone."""
    try:
        spool = SpoolFolder(folder)
    except (OSError, ValueError, KeyError):
        return not folder.exists()
    try:
        return not spool.alive(time.time())
    finally:
        spool.close()
