"""Points from the spools into their table, with a summary for each series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray


@dataclass(slots=True)
class Summary:
    """What a merge adds to one series. NaN counts as a point and is left out of min, max and total."""

    count: int
    valued: int
    """Points that are not NaN."""

    first: float
    last: float
    min: float | None
    max: float | None
    total: float
    last_step: int
    last_at: float

    def followed_by(self, later: Summary) -> Summary:
        """Put two stretches of one series together."""
        lows = [low for low in (self.min, later.min) if low is not None]
        highs = [high for high in (self.max, later.max) if high is not None]
        return Summary(
            count=self.count + later.count,
            valued=self.valued + later.valued,
            first=self.first,
            last=later.last,
            min=min(lows, default=None),
            max=max(highs, default=None),
            total=self.total + later.total,
            last_step=later.last_step,
            last_at=later.last_at,
        )


def load_points(
    db: DuckDBPyConnection, records: NDArray[np.void], series_of_key: NDArray[np.int64], seq: int
) -> tuple[dict[int, Summary], int]:
    """Insert records and summarise them by series.

    records: fields key, step, at, value, in the order logged. series_of_key:
    shape (highest key + 1,), -1 where a key is unknown. seq: number of the
    first of these points. Returns the summaries and how many had unknown keys.
    """
    import numpy as np  # noqa: PLC0415

    keys = records["key"]
    series = np.where(keys < len(series_of_key), series_of_key[np.minimum(keys, len(series_of_key) - 1)], -1)
    known = series >= 0
    unknown = int(len(series) - known.sum())
    if unknown:
        records, series = records[known], series[known]
    if not len(records):
        return {}, unknown
    # Rows of a series lie together: reading one of them back touches few row groups.
    order = np.argsort(series, kind="stable")
    records, series = records[order], series[order]
    at = np.ascontiguousarray(records["at"])
    value = np.ascontiguousarray(records["value"])
    db.register("fresh_points", {
        "series_id": series,
        "seq": order + seq,
        "step": np.ascontiguousarray(records["step"]),
        "logged_at": _microseconds(at),
        "value": value,
    })  # fmt: skip
    # Only after success: in a transaction that failed it would raise too, and hide why.
    # DuckDB reads a NaN in an array as NULL; here it is a value.
    db.execute("""
        INSERT INTO _tb.points
        SELECT series_id, seq, step, logged_at, COALESCE(value, CAST('NaN' AS DOUBLE PRECISION)) FROM fresh_points
    """)
    db.unregister("fresh_points")
    return _summaries(series, records["step"], at, value), unknown


def _microseconds(seconds: NDArray[np.float64]) -> NDArray[np.datetime64]:
    import numpy as np  # noqa: PLC0415

    return np.rint(seconds * 1e6).astype("int64").view("datetime64[us]")


def _summaries(
    series: NDArray[np.int64], step: NDArray[np.int64], at: NDArray[np.float64], value: NDArray[np.float64]
) -> dict[int, Summary]:
    """Summarise each stretch of equal series; all arrays have shape (n,), sorted by series."""
    import numpy as np  # noqa: PLC0415

    starts = np.flatnonzero(np.r_[True, series[1:] != series[:-1]])
    ends = np.r_[starts[1:], len(series)]
    missing = np.isnan(value)
    valued = np.add.reduceat(~missing, starts, dtype=np.int64)
    with np.errstate(invalid="ignore"):  # infinity - infinity is NaN, and that is the honest mean
        totals = np.add.reduceat(np.where(missing, 0.0, value), starts)
    lows = np.minimum.reduceat(np.where(missing, np.inf, value), starts)
    highs = np.maximum.reduceat(np.where(missing, -np.inf, value), starts)
    return {
        int(series[start]): Summary(
            count=int(end - start),
            valued=int(valued[place]),
            first=float(value[start]),
            last=float(value[end - 1]),
            min=float(lows[place]) if valued[place] else None,
            max=float(highs[place]) if valued[place] else None,
            total=float(totals[place]),
            last_step=int(step[end - 1]),
            last_at=float(at[end - 1]),
        )
        for place, (start, end) in enumerate(zip(starts, ends, strict=True))
    }
