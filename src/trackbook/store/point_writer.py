"""Where a spool's points go: one segment behind another, each open for the short way while it has room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.segments import RECORD, SEGMENT_BYTES, MappedSegment, PlainSegment, segment_path

if TYPE_CHECKING:
    from pathlib import Path


class PointWriter:
    """Writes records one behind another. Everything but the short way is done with the spool's lock held."""

    def __init__(self) -> None:
        self.map: object = b""
        """Of the present segment. Points are written from `offset` to `end` without the lock; both 0: with it."""

        self.offset = self.end = 0
        self._segment: MappedSegment | PlainSegment | None = None
        self._place = self._before = 0
        """Bytes written: in the present segment, as of when the short way was last closed; in those before it."""

    def begin(self, folder: Path, *, plain: bool) -> None:
        """Write into a new spool's folder from here on. plain: without mapped memory."""
        self._folder, self._plain, self._segments = folder, plain, 0

    @property
    def bytes_written(self) -> int:
        """Bytes of points in this spool so far."""
        return self._before + (self.offset or self._place)

    def put(self, record: bytes) -> None:
        """Write one record where there is room. Raises OSError."""
        self.close_short_way()
        if self._segment is None or self._place == SEGMENT_BYTES:
            self._turn_over()
            assert self._segment is not None
        self._segment.put(self._place, record)
        self._place += RECORD

    def open_short_way(self) -> None:
        """Let points be written without the lock from here on."""
        # Asked last: a signal handler may have opened it meanwhile and written there.
        if isinstance(self._segment, MappedSegment) and not self.end:
            self.map, self.offset, self.end = self._segment.map, self._place, SEGMENT_BYTES

    def close_short_way(self) -> None:
        """Make every point come with the lock: a full segment and none at all look the same from outside."""
        if self.end:
            self._place = self.offset
            self.offset = self.end = 0

    def sync(self) -> None:
        """Bring the present segment to the disk. Raises OSError."""
        if self._segment is not None:
            self._segment.sync()

    def abandon(self) -> None:
        """In a forked child: let go of the parent's segment without a trace in it."""
        self.offset = self.end = self._place = self._before = 0
        self._segment, self.map = None, b""

    def _turn_over(self) -> None:
        """Begin the next segment. Raises OSError."""
        # Counted first: a Ctrl-C between here and the end must not leave a number that is taken.
        path = segment_path(self._folder, self._segments)
        self._segments += 1
        fresh: PlainSegment | MappedSegment = PlainSegment(path) if self._plain else MappedSegment(path)
        if self._segment is not None:
            self._segment.close()
        self._segment, self._before, self._place = fresh, self._before + self._place, 0
