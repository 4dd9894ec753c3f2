"""The short way of a point into the spool: the path that must cost nothing.

It is one function on purpose, made once for whoever logs: each further Python
call on the way would cost a tenth of the whole.
"""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

from trackbook.store.segments import RECORD, pack_point, seal_point

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.store.spool import Series


class HasPoints(Protocol):
    """A run, as far as this path knows it."""

    points: dict[str, Series]
    """The series that are open; empty once the run has ended."""


class LogMetric(Protocol):
    """What `log_metric` is, wherever it stands."""

    def __call__(self, name: str, value: float, step: int | None = None) -> None:
        """Add one point."""


def point_logger(
    run_of: Callable[[], HasPoints | None], otherwise: Callable[[str, float, int | None], None]
) -> LogMetric:
    """Make a function (name, value, step) that appends one point to the run that `run_of` gives.

    otherwise: called with the same when there is no run, no such series yet, no
    room in the segment's file, or a value that needs a closer look.
    """

    def log_metric(name: str, value: float, step: int | None = None) -> None:
        """Add one point to a metric of the active run; under a microsecond, and safe once it returns.

        value: any scalar number, NaN and infinities included. step: 0-based; left
        out it is the previous one + 1. Never raises; trouble is one warning.
        """
        try:
            series = run_of().points[name]  # type: ignore[union-attr]  # None has no points: otherwise()
            spool = series.spool
            with spool.lock:
                if step is None:
                    step = series.step + 1
                record = pack_point(series.key, step, time(), value)
                check = crc32(record)
                # Python looks for signals when a call returns. Claimed before it is filled and without a call
                # since it was read, the place is not given twice, whether a handler logs or raises there;
                # readers go by the checksum.
                offset = spool.offset
                if offset == spool.end:
                    spool.put_slowly(series, step, value)
                else:
                    spool.offset = offset + RECORD
                    seal_point(spool.map, offset, record, check)  # type: ignore[arg-type]  # a map while there is room
                    series.record = record
                series.step = step
        except Exception:  # noqa: BLE001 - whatever it is, the careful way says it
            otherwise(name, value, step)

    return log_metric
