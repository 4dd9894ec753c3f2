"""One metric of one run, as this process logs it."""

from __future__ import annotations

import math
from time import time
from typing import TYPE_CHECKING

from trackbook.store.segments import pack_point, unpack_point

if TYPE_CHECKING:
    from trackbook.store.spool import Spool


class Series:
    """Where the next point of a metric goes, and what the newest was."""

    __slots__ = ("__weakref__", "key", "name", "record", "run_id", "spool", "step", "writer")

    def __init__(self, spool: Spool, run_id: str, name: str, step: int = -1) -> None:
        self.spool, self.writer, self.run_id, self.name = spool, spool.writer, run_id, name
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

    def pack(self, value: float, step: int | None) -> bytes:
        """Pack a point stamped now and take its step, which a signal handler may want at the same moment.

        Raises struct.error or TypeError for what is no number.
        """
        while True:
            before = self.step
            place = before + 1 if step is None else step
            record = pack_point(self.key, place, time(), value)
            if self.step == before:
                self.step = place
                self.record = record
                return record
