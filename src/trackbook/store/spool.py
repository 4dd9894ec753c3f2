"""What this process logs, appended to files of its own: it never waits for anybody.

The spool's folder is locked by the operating system for as long as the process
lives; that lock, and not a process id, says whether its runs are alive.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from threading import RLock
from typing import TYPE_CHECKING

from trackbook.config import PLAIN_WRITES_VARIABLE
from trackbook.ids import new_id
from trackbook.store.backlog import Backlog, is_point
from trackbook.store.birth import bear_spool
from trackbook.store.filesystem import is_network_file_system
from trackbook.store.journal import Journal, encode_event
from trackbook.store.point_writer import PointWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.store.location import Location
    from trackbook.store.open_series import Series


class Spool:
    """Points and events of this process, safe from its sudden death once a call returned."""

    def __init__(self, location: Location) -> None:
        """Make a spool's folder and lock it. Raises OSError when the folder cannot be made."""
        self.location = location
        self.lock = RLock()
        """Reentrant, because a signal handler may log while its own thread is logging."""

        self.writer = PointWriter()
        self._backlog = Backlog(location.folder)
        self._busy = False
        """The slow path is under way; what a signal handler logs meanwhile queues behind it."""

        self._series: weakref.WeakSet[Series] = weakref.WeakSet()
        self._begun = False
        self._begin()
        _spools.add(self)

    def log(self, series: Series, value: float, step: int | None = None) -> None:
        """Append one point, stamped now, with all care; `point_logger` is the short way to the same place.

        value: anything with __float__. step: None is the previous one + 1.
        Raises struct.error or TypeError for what is no number; never for a full disk.
        """
        with self.lock:
            self._ensure_begun()
            self.writer.close_short_way()
            record = series.pack(value, step)
            if self._busy:
                self._backlog.add(record)
                return
            self._busy = True
            try:
                self._drain_when_due()
                if self._backlog:
                    self._wait(record)
                else:
                    self.writer.put(record)
            except OSError as error:
                self._wait(record, error)
            finally:
                self._busy = False
            self._drain_when_due()  # what a signal handler logged meanwhile
            if not self._backlog:
                self.writer.open_short_way()

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
                self._backlog.drain(self._write)
                self._journal.sync()
                self.writer.sync()

    def beat(self) -> None:
        """Show a sign of life to other hosts, and give what waits another try."""
        with self.lock, contextlib.suppress(OSError):
            if self._begun:
                os.utime(self.folder / "lock")
                self._backlog.drain(self._write)

    @property
    def bytes_spooled(self) -> int:
        """Bytes of points and events that this process has spooled so far."""
        return self._line_bytes + self.writer.bytes_written

    def abandon(self) -> None:
        """In a forked child: leave the parent's files alone; the first write opens new ones.

        Closing the inherited descriptor does not unlock: the lock belongs to the open file of the parent.
        """
        self.lock, self._busy = RLock(), False
        self.writer.abandon()
        self._backlog = Backlog(self.location.folder)
        if self._begun:
            self._begun = False
            with contextlib.suppress(OSError):
                self._lifeline.close()
                self._journal.close()

    def _begin(self) -> None:
        self.spool_id = new_id()
        self.folder, self._lifeline = bear_spool(self.location, self.spool_id)
        self._keys = self._line_bytes = 0
        plain = os.environ.get(PLAIN_WRITES_VARIABLE) == "1" or is_network_file_system(self.location.folder)
        self.writer.begin(self.folder, plain=plain)
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

    def _put_line(self, line: bytes) -> None:
        if self._backlog and not self._busy:
            self._backlog.drain(self._write)
        if self._backlog:
            self._wait(line)
            return
        try:
            self._write(line)
        except OSError as error:
            self._wait(line, error)

    def _write(self, item: bytes) -> None:
        """Write a packed point or a line. Raises OSError."""
        if is_point(item):
            self.writer.put(item)
        else:
            self._journal.append(item)
            self._line_bytes += len(item)

    def _wait(self, item: bytes, error: OSError | None = None) -> None:
        """Keep a point or a line until the disk has room again."""
        # While something waits, every point must come the slow way and queue behind it.
        self.writer.close_short_way()
        self._backlog.add(item, error)

    def _drain_when_due(self) -> None:
        if self._backlog.is_due():
            self._backlog.drain(self._write)


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
