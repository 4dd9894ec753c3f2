"""Measures of predicted labels, equal to scikit-learn's accuracy_score, balanced_accuracy_score and f1_score.

Only how often each (truth, a, b) occurs matters to them, so that resampling is exact and quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.tracking.comparison.measures import Scored

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    from trackbook.tracking.comparison.cases import Cases
    from trackbook.tracking.comparison.measures import Floats


_MOST_CELLS = 2_000_000
"""Of (kinds of rows) × classes: five numbers each."""


def score_labels(cases: Cases, metric: str) -> Scored:
    """Compute accuracy, balanced_accuracy, f1 or f1_macro of both runs.

    f1 is that of class 1 where the labels are 0 and 1 (or False and True), else the macro average,
    and then named so.
    """
    import numpy as np  # noqa: PLC0415

    if metric == "accuracy":
        return _accuracy(cases)
    if metric == "balanced_accuracy":
        return _by_class(cases, metric, range(len(cases.classes)), _recall)
    if metric == "f1" and cases.classes.dtype.kind == "f" and np.isin(cases.classes, (0, 1)).all():
        return _by_class(cases, "f1", np.flatnonzero(cases.classes == 1).tolist() or [-2], _f1)
    return _by_class(cases, "f1_macro", range(len(cases.classes)), _f1)


def _accuracy(cases: Cases) -> Scored:
    import numpy as np  # noqa: PLC0415

    right_a, right_b = cases.a == cases.truth, cases.b == cases.truth
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    rows = len(cases.truth)
    return Scored(
        "accuracy",
        float(right_a.mean()),
        float(right_b.mean()),
        columns=np.array([[1.0], [-1.0], [0.0]]),
        counts=np.array([only_a, only_b, rows - only_a - only_b]),
        difference=lambda means: means[:, 0],
        rows=rows,
        differing=only_a + only_b,
    )


def _by_class(
    cases: Cases, metric: str, places: range | list[int], value: Callable[[Floats, Floats, Floats], Floats]
) -> Scored:
    """Score classes one by one and average them.

    value: from the shares of rows that are right, predicted and true, each of shape (resamples, classes),
    to one value a resample.
    """
    import numpy as np  # noqa: PLC0415

    kinds, counts = _kinds(cases)
    if len(kinds) * len(places) > _MOST_CELLS:
        raise BadInput(f"{metric} of {len(places):,} classes takes too much memory; ask for accuracy.")
    truth, a, b = (kinds[:, place, None] == np.asarray(places)[None, :] for place in range(3))
    columns = np.hstack([truth, a & truth, a, b & truth, b]).astype(float)

    def values(means: Floats) -> tuple[Floats, Floats]:
        true, right_a, said_a, right_b, said_b = np.split(means, 5, axis=1)
        return value(right_a, said_a, true), value(right_b, said_b, true)

    def difference(means: Floats) -> Floats:
        of_a, of_b = values(means)
        return of_a - of_b

    plain_a, plain_b = values((counts @ columns / counts.sum())[None, :])
    differing = int(np.count_nonzero(cases.a != cases.b))
    return Scored(
        metric, float(plain_a[0]), float(plain_b[0]), columns, counts, difference, len(cases.truth), differing
    )


def _kinds(cases: Cases) -> tuple[NDArray[Any], NDArray[Any]]:
    """List the different (truth, a, b), shape (kinds, 3), and how many rows are of each."""
    import numpy as np  # noqa: PLC0415

    base = len(cases.classes) + 1  # -1 is a label left empty
    code = ((cases.truth + 1) * base + cases.a + 1) * base + cases.b + 1
    found, counts = np.unique(code, return_counts=True)
    rest, b = np.divmod(found, base)
    truth, a = np.divmod(rest, base)
    return np.column_stack([truth, a, b]) - 1, counts


def _recall(right: Floats, said: Floats, true: Floats) -> Floats:
    """Average the recall of the classes that occur."""
    del said
    return _mean_where(right, true, true > 0)


def _f1(right: Floats, said: Floats, true: Floats) -> Floats:
    """Average the f1 of the classes that are true or predicted somewhere; no such class is 0."""
    return _mean_where(2 * right, said + true, said + true > 0)


def _mean_where(upper: Floats, lower: Floats, there: NDArray[Any]) -> Floats:
    import numpy as np  # noqa: PLC0415

    each = upper / np.where(there, lower, 1)
    return np.asarray(each.sum(axis=1) / np.maximum(there.sum(axis=1), 1))
