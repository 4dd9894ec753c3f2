"""Measures of predicted numbers: rmse, mse, mae, r2; and those that are a plain mean over rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.tracking.comparison.measures import Scored

if TYPE_CHECKING:
    from trackbook.tracking.comparison.cases import Cases
    from trackbook.tracking.comparison.measures import Floats


def score_numbers(cases: Cases, metric: str) -> Scored:
    """Compute rmse, mse, mae or r2 of both runs."""
    import numpy as np  # noqa: PLC0415

    off_a, off_b = cases.a - cases.truth, cases.b - cases.truth
    if metric == "mae":
        return mean_of_rows(metric, np.abs(off_a), np.abs(off_b))
    if metric == "mse":
        return mean_of_rows(metric, off_a**2, off_b**2)
    return _rmse(off_a**2, off_b**2) if metric == "rmse" else _r2(cases.truth, off_a**2, off_b**2)


def mean_of_rows(metric: str, rows_a: Floats, rows_b: Floats) -> Scored:
    """Compare two means over the same rows by the mean of the rows' differences."""
    import numpy as np  # noqa: PLC0415

    return Scored(
        metric,
        float(rows_a.mean()),
        float(rows_b.mean()),
        columns=(rows_a - rows_b)[:, None],
        counts=None,
        difference=lambda means: means[:, 0],
        rows=len(rows_a),
        differing=int(np.count_nonzero(rows_a != rows_b)),
    )


def _rmse(squares_a: Floats, squares_b: Floats) -> Scored:
    import numpy as np  # noqa: PLC0415

    def difference(means: Floats) -> Floats:
        # What rounding makes of a sum of squares may lie below zero by a hair.
        both = np.sqrt(np.maximum(means[:, 1] + means[:, 0], 0)), np.sqrt(np.maximum(means[:, 1], 0))
        return np.asarray(both[0] - both[1])

    return Scored(
        "rmse",
        math.sqrt(squares_a.mean()),
        math.sqrt(squares_b.mean()),
        columns=np.column_stack([squares_a - squares_b, squares_b]),
        counts=None,
        difference=difference,
        rows=len(squares_a),
        differing=int(np.count_nonzero(squares_a != squares_b)),
    )


def _r2(truth: Floats, squares_a: Floats, squares_b: Floats) -> Scored:
    import numpy as np  # noqa: PLC0415

    off = truth - truth.mean()  # of centred values the variance loses no digits
    spread = float((off**2).mean())
    if spread == 0:
        raise BadInput("r2 needs different values in y_true, and all rows have the same; ask for rmse or mae.")

    def difference(means: Floats) -> Floats:
        variance = means[:, 2] - means[:, 1] ** 2
        return np.asarray(np.where(variance > 0, -means[:, 0] / np.where(variance > 0, variance, 1), np.nan))

    return Scored(
        "r2",
        1 - float(squares_a.mean()) / spread,
        1 - float(squares_b.mean()) / spread,
        columns=np.column_stack([squares_a - squares_b, off, off**2]),
        counts=None,
        difference=difference,
        rows=len(truth),
        differing=int(np.count_nonzero(squares_a != squares_b)),
    )
