"""One metric as a live picture keeps it: every point counts, and the number of points kept is bounded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUCKETS = 500
"""A curve has at most twice as many points as this, and up to a bucket's worth that is not yet in one."""

_PENDING = 4096
"""Points that wait to be put into buckets; putting them there a few at a time would cost more."""


class LiveCurve:
    """The lowest and the highest value of equal stretches of a metric, which grow longer as the metric does."""

    def __init__(self) -> None:
        self.count = 0
        """Points so far."""

        self.nans = 0
        self.last = math.nan
        self.last_step = -1
        self.nan_since: int | None = None
        """Step of the first of the NaNs at the end; None when the last value is a number."""

        self._stride = 1
        self._steps: list[NDArray[np.float64]] = []
        self._values: list[NDArray[np.float64]] = []
        self._waiting = 0
        self._buckets: NDArray[np.float64] | None = None
        """Shape (n, 4): step and value of the lowest, step and value of the highest."""

    def add(self, steps: NDArray[np.int64] | NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Add points in the order logged; both of shape (n,)."""
        import numpy as np  # noqa: PLC0415

        if not len(values):
            return
        missing = np.isnan(values)
        nans = int(missing.sum())
        if missing[-1]:
            good = np.flatnonzero(~missing)
            if self.nan_since is None or len(good):
                self.nan_since = int(steps[int(good[-1]) + 1 if len(good) else 0])
        else:
            self.nan_since = None
        self.count, self.nans = self.count + len(values), self.nans + nans
        self.last, self.last_step = float(values[-1]), int(steps[-1])
        self._steps.append(steps.astype(np.float64))
        self._values.append(values.astype(np.float64))
        self._waiting += len(values)
        if self._waiting >= _PENDING:
            self._fold()

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return steps and values to draw a line through, in the order logged; NaN is a gap."""
        import numpy as np  # noqa: PLC0415

        self._fold()
        rest_steps, rest_values = self._rest()
        if self._buckets is None:
            return rest_steps, rest_values
        steps, values = _in_order(self._buckets)
        return np.r_[steps, rest_steps], np.r_[values, rest_values]

    def best(self, better: Literal["lower", "higher"]) -> tuple[int, float] | None:
        """Return step and value of the best point, the first of equals; None without a finite one."""
        import numpy as np  # noqa: PLC0415

        steps, values = self.points()
        values = np.where(np.isfinite(values), values, math.inf if better == "lower" else -math.inf)
        if not len(values):
            return None
        place = int(values.argmin() if better == "lower" else values.argmax())
        return (int(steps[place]), float(values[place])) if math.isfinite(values[place]) else None

    def _rest(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        import numpy as np  # noqa: PLC0415

        if len(self._steps) > 1:
            self._steps, self._values = [np.concatenate(self._steps)], [np.concatenate(self._values)]
        return (self._steps[0], self._values[0]) if self._steps else (np.empty(0), np.empty(0))

    def _fold(self) -> None:
        """Put what waits into buckets, and make these longer until there are few enough."""
        import numpy as np  # noqa: PLC0415

        if self.count <= 2 * BUCKETS:
            return
        steps, values = self._rest()
        whole = len(values) // self._stride * self._stride
        if whole:
            fresh = _extremes(np.column_stack([steps[:whole], values[:whole]] * 2), self._stride)
            self._buckets = fresh if self._buckets is None else np.concatenate([self._buckets, fresh])
            self._steps, self._values = [steps[whole:]], [values[whole:]]
            self._waiting = len(values) - whole
        while self._buckets is not None and len(self._buckets) > BUCKETS:
            even = len(self._buckets) // 2 * 2
            left = self._buckets[even:]
            self._buckets = _extremes(self._buckets[:even], 2)
            self._stride *= 2
            if len(left):  # the odd one out waits with the points: its two ends stand for it
                odd_steps, odd_values = _in_order(left)
                self._steps.insert(0, odd_steps)
                self._values.insert(0, odd_values)


def _extremes(rows: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Join each `length` rows (step and value of a lowest, step and value of a highest) into one; shape (n, 4)."""
    import numpy as np  # noqa: PLC0415

    if length == 1:
        return rows
    grouped = rows.reshape(-1, length, 4)
    low = np.where(np.isnan(grouped[:, :, 1]), math.inf, grouped[:, :, 1]).argmin(axis=1)
    high = np.where(np.isnan(grouped[:, :, 3]), -math.inf, grouped[:, :, 3]).argmax(axis=1)
    places = np.arange(len(grouped))
    return np.column_stack([grouped[places, low, :2], grouped[places, high, 2:]])


def _in_order(buckets: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two points a bucket, the earlier first; one point where both are the same."""
    import numpy as np  # noqa: PLC0415

    swap = buckets[:, 0] > buckets[:, 2]
    ordered = np.where(swap[:, None], buckets[:, [2, 3, 0, 1]], buckets)
    points = ordered.reshape(-1, 2)
    same = np.zeros(len(points), dtype=np.bool_)
    same[1::2] = (points[1::2] == points[::2]).all(axis=1)
    return points[~same, 0], points[~same, 1]
