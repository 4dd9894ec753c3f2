"""What this process logs, appended to files of its own: it never waits for anybody.

The spool's folder is locked by the operating system for as long as the process
lives; that lock, and not a process id, says whether its runs are alive.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import warnings
import weakref
from collections import deque
from threading import RLock
from time import monotonic, time
from typing import TYPE_CHECKING

from trackbook.config import PLAIN_WRITES_VARIABLE
from trackbook.ids import new_id
from trackbook.store.birth import bear_spool
from trackbook.store.filesystem import is_network_file_system
from trackbook.store.journal import Journal, encode_event
from trackbook.store.segments import (
    RECORD,
    SEGMENT_BYTES,
    MappedSegment,
    PlainSegment,
    pack_point,
    segment_path,
    unpack_point,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackbook.store.location import Location

_MOST_WAITING = 200_000
"""Points kept in memory while the disk is full; later ones are dropped and counted."""

_RETRY_SECONDS = 1.0
"""How often a full disk is tried again."""


class TrackbookWarning(UserWarning):
    """Trouble in recording. The user's work goes on."""


TrackbookWarning.__module__ = "trackbook"


class Series:
    """One metric of one run, as this process logs it."""

    __slots__ = ("__weakref__", "key", "name", "record", "run_id", "spool", "step")

    def __init__(self, spool: Spool, run_id: str, name: str, step: int = -1) -> None:
        self.spool, self.run_id, self.name = spool, run_id, name
        self.step = step
        """Of the newest point; -1 before the first."""

        self.key = 0
        """In the records of the present spool; 0 is undeclared."""

        self.record = b""
        """The newest point as packed: a number, where the value itself might hold on to a tensor and its graph."""

    @property
    def last(self) -> float:
        """Newest value that this process logged; NaN before the first."""
        return float(unpack_point(self.record)[3]) if self.record else math.nan


class Spool:
    """Points and events of this process, safe from its sudden death once a call returned."""

    def __init__(self, location: Location) -> None:
        """Make a spool's folder and lock it. Raises OSError when the folder cannot be made."""
        self.location = location
        self.lock = RLock()
        """Reentrant, because a signal handler may log while its own thread is logging."""
        self._busy = self._draining = False
        """The slow path is under way; what a signal handler logs meanwhile queues behind it."""
        self.bytes_written = 0
        """Since the process began; the keeper compares it with what was merged."""
        self._series: weakref.WeakSet[Series] = weakref.WeakSet()
        self._waiting: deque[bytes] = deque()
        self._dropped, self._tried_at = 0, 0.0
        self._begun = False
        self._segment: MappedSegment | PlainSegment | None = None
        self.map: object = b""
        """Of the present segment. Points are written from `offset` to `end` without the lock; both 0: with it."""

        self.offset = self.end = self._place = 0
        self._begin()
        _spools.add(self)

    def log(self, series: Series, value: float, step: int | None = None) -> None:
        """Append one point, stamped now, with all care; `point_logger` is the short way to the same place.

        value: anything with __float__. step: None is the previous one + 1.
        Raises struct.error or TypeError for what is no number; never for a full disk.
        """
        with self.lock:
            self._ensure_begun()
            self._close_short_way()
            record = _pack(series, value, step)
            if self._busy:
                self._waiting.append(record)
                return
            self._busy = True
            try:
                self._drain_when_due()
                if self._waiting:
                    self._wait(record)
                else:
                    self._put_record(record)
            except OSError as error:
                self._wait(record, error)
            finally:
                self._busy = False
            self._drain_when_due()  # what a signal handler logged meanwhile
            if not self._waiting:
                self._open_short_way()

    def declare(self, series: Series) -> None:
        """Give a series its key, written down before its first point."""
        with self.lock:
            self._ensure_begun()
            self._declare(series)
            self._series.add(series)

    def event(self, event: Mapping[str, object]) -> None:
        """Append one event."""
        line = encode_event(event)
        with self.lock:
            self._ensure_begun()
            self._put_line(line)

    def sync(self) -> None:
        """Bring everything to the disk."""
        with self.lock, contextlib.suppress(OSError):
            if self._begun:
                self._drain()
                self._journal.sync()
                if self._segment is not None:
                    self._segment.sync()

    def beat(self) -> None:
        """Show a sign of life to other hosts, and give what waits another try."""
        with self.lock, contextlib.suppress(OSError):
            if self._begun:
                os.utime(self.folder / "lock")
                self._drain()

    @property
    def points_bytes(self) -> int:
        """Bytes of points and events that this process has spooled so far."""
        return self.bytes_written + self.offset

    def abandon(self) -> None:
        """In a forked child: leave the parent's files alone; the first write opens new ones.

        Closing the inherited descriptor does not unlock: the lock belongs to the open file of the parent.
        """
        self.lock, self._busy, self._draining = RLock(), False, False
        self.offset = self.end = self._place = 0
        if self._begun:
            self._begun = False
            self._waiting.clear()
            with contextlib.suppress(OSError):
                self._lifeline.close()
                self._journal.close()
            self._segment, self.map = None, b""

    def _begin(self) -> None:
        self.spool_id = new_id()
        self.folder, self._lifeline = bear_spool(self.location, self.spool_id)
        self._keys = self._segments = 0
        self._segment = None
        self._plain = os.environ.get(PLAIN_WRITES_VARIABLE) == "1" or is_network_file_system(self.location.folder)
        self._journal = Journal(self.folder)
        self._begun = True

    def _ensure_begun(self) -> None:
        if not self._begun:
            self._begin()
            for series in self._series:
                self._declare(series)

    def _declare(self, series: Series) -> None:
        self._keys += 1
        series.key = self._keys
        self._put_line(encode_event({"e": "key", "key": series.key, "run_id": series.run_id, "name": series.name}))

    def _put_record(self, record: bytes) -> None:
        """Write one record where there is room. Raises OSError."""
        self._close_short_way()
        if self._segment is None or self._place == SEGMENT_BYTES:
            self._turn_over()
            assert self._segment is not None
        self._segment.put(self._place, record)
        self._place += RECORD
        self.bytes_written += RECORD

    def _turn_over(self) -> None:
        """Begin the next segment. Raises OSError."""
        # Counted first: a Ctrl-C between here and the end must not leave a number that is taken.
        path = segment_path(self.folder, self._segments)
        self._segments += 1
        fresh: PlainSegment | MappedSegment = PlainSegment(path) if self._plain else MappedSegment(path)
        if self._segment is not None:
            self._segment.close()
        self._segment, self._place = fresh, 0

    def _open_short_way(self) -> None:
        """Let points be written without the lock from here on."""
        # Asked last: a signal handler may have opened it meanwhile and written there.
        if isinstance(self._segment, MappedSegment) and not self.end:
            self.bytes_written -= self._place
            self.map, self.offset, self.end = self._segment.map, self._place, SEGMENT_BYTES

    def _close_short_way(self) -> None:
        """Make every point come with the lock: a full segment and none at all look the same from outside."""
        if self.end:
            self._place = self.offset
            self.offset = self.end = 0
            self.bytes_written += self._place

    def _put_line(self, line: bytes) -> None:
        if self._waiting and not self._busy:
            self._drain()
        if self._waiting:
            self._wait(line)
            return
        try:
            self._journal.append(line)
            self.bytes_written += len(line)
        except OSError as error:
            self._wait(line, error)

    def _wait(self, item: bytes, error: OSError | None = None) -> None:
        """Keep a record or a line in memory, in order, until the disk has room again.

        A line is told from a record by its newline at the end and its first
        byte `{`; records are 28 bytes, the shortest line is longer.
        """
        # While something waits, every point must come the slow way and queue behind it.
        self._close_short_way()
        if len(self._waiting) < _MOST_WAITING or len(item) > RECORD:
            self._waiting.append(item)
        else:
            self._dropped += 1
        if error is not None:
            self._tried_at = monotonic()
            _warn(error, self.location.folder)  # last, because a user may have made warnings errors

    def _drain_when_due(self) -> None:
        if self._waiting and monotonic() - self._tried_at > _RETRY_SECONDS:
            self._drain()

    def _drain(self) -> None:
        """Write what waits, in order. What a signal handler logs meanwhile waits behind it."""
        if self._draining:
            return
        self._draining = True
        try:
            while self._waiting:
                item = self._waiting[0]
                if len(item) > RECORD:
                    self._journal.append(item)
                else:
                    self._put_record(item)
                self._waiting.popleft()
        except OSError:
            self._tried_at = monotonic()
            return
        finally:
            self._draining = False
        if self._dropped:
            text = f"{self._dropped} points were lost while the disk was full; everything else is kept."
            self._dropped = 0
            warnings.warn(text, TrackbookWarning, stacklevel=4)


def _pack(series: Series, value: float, step: int | None) -> bytes:
    """Pack a point stamped now and take its step, which a signal handler may want at the same moment."""
    while True:
        before = series.step
        place = before + 1 if step is None else step
        record = pack_point(series.key, place, time(), value)
        if series.step == before:
            series.step = place
            series.record = record
            return record


def _warn(error: OSError, folder: Path) -> None:
    full = error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    reason = "The disk is full" if full else f"{folder} cannot be written ({error.strerror})"
    warnings.warn(
        f"{reason}: what you log now waits in memory, {_MOST_WAITING:,} points at most. "
        "Free some space before this process ends; your code goes on.",
        TrackbookWarning,
        stacklevel=5,
    )


_spools: weakref.WeakSet[Spool] = weakref.WeakSet()
_forking: list[Spool] = []


def _before_fork() -> None:
    _forking.extend(_spools)
    for spool in _forking:
        spool.lock.acquire()


def _after_in_parent() -> None:
    while _forking:
        _forking.pop().lock.release()


def _after_in_child() -> None:
    while _forking:
        _forking.pop().abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
