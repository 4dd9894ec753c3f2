"""The short way of a point into the spool: the path that must cost nothing.

It is one function on purpose, made once for whoever logs: each further Python
call on the way would cost a tenth of the whole, and the spool's lock a third.
Without it the interpreter's own lock is relied on: Python changes threads and
looks for signals when a call returns, so what has no call in it is one step.
"""

from __future__ import annotations

import sys
from time import time
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

from trackbook.store.segments import RECORD, pack_point, seal_point

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.store.open_series import Series


class HasPoints(Protocol):
    """A run, as far as this path knows it."""

    points: dict[str, Series]
    """The series that are open; empty once the run has ended."""


class LogMetric(Protocol):
    """What `log_metric` is, wherever it stands."""

    def __call__(self, name: str, value: float, step: int | None = None) -> None:
        """Add one point."""


def point_logger(run_of: Callable[[], HasPoints | None], otherwise: LogMetric) -> LogMetric:
    """Make a function (name, value, step) that appends one point to the run that `run_of` gives.

    otherwise: called with the same when there is no run, no such series yet, no
    room in the segment's file, or a value that needs a closer look.
    """
    if not getattr(sys, "_is_gil_enabled", lambda: True)():  # a free-threaded Python: the careful way takes the lock
        return otherwise

    def log_metric(name: str, value: float, step: int | None = None) -> None:
        """Add one point to a metric of the active run; about half a microsecond, and safe once it returns.

        value: any scalar number, NaN and infinities included. step: 0-based; left
        out it is the previous one + 1. Never raises; trouble is one warning.
        """
        try:
            series = run_of().points[name]  # type: ignore[union-attr]  # None has no points: otherwise()
            writer, before = series.writer, series.step
            place = before + 1 if step is None else step
            record = pack_point(series.key, place, time(), value)
            check = crc32(record)
            # From here no call before the place is filled: it is not given twice, and no thread and no signal
            # handler sees it half done.
            offset = writer.offset
            if offset == writer.end or series.step != before:  # no room, or another thread logged meanwhile
                series.spool.log(series, value, step)
            else:
                writer.offset = offset + RECORD
                series.step = place
                seal_point(writer.map, offset, record, check)  # type: ignore[arg-type]  # a map while there is room
                series.record = record
        except Exception:  # noqa: BLE001 - whatever it is, the careful way says it
            otherwise(name, value, step)

    return log_metric
