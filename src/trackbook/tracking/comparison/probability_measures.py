"""Measures of predicted probabilities: log_loss, brier and roc_auc; they equal scikit-learn's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.tracking.comparison.measures import Scored
from trackbook.tracking.comparison.number_measures import mean_of_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.tracking.comparison.cases import Cases
    from trackbook.tracking.comparison.measures import Floats


def score_probabilities(cases: Cases, metric: str) -> Scored:
    """Compute log_loss (natural logarithm) or brier (of two classes half the sum of squares) of both runs."""
    if metric == "log_loss":
        return mean_of_rows(metric, *row_log_losses(cases))
    return mean_of_rows(metric, _row_brier(cases.a, cases.truth), _row_brier(cases.b, cases.truth))


def row_log_losses(cases: Cases) -> tuple[Floats, Floats]:
    """Return what each row adds to the log loss of a and of b.

    A probability of 0 counts as the smallest step of the coarser precision of the two, so that
    single precision is no advantage.
    """
    import numpy as np  # noqa: PLC0415

    least = max(float(np.finfo(each.dtype if each.dtype.kind == "f" else float).eps) for each in (cases.a, cases.b))
    return _row_log_loss(cases.a, cases.truth, least), _row_log_loss(cases.b, cases.truth, least)


def _row_log_loss(probabilities: NDArray[Any], truth: NDArray[Any], least: float) -> Floats:
    import numpy as np  # noqa: PLC0415

    true = probabilities[np.arange(len(truth)), truth].astype(float)
    return np.asarray(-np.log(np.clip(true, least, 1)))


def _row_brier(probabilities: NDArray[Any], truth: NDArray[Any]) -> Floats:
    import numpy as np  # noqa: PLC0415

    wide = probabilities.astype(float)
    rows = np.arange(len(truth))
    squares = (wide**2).sum(axis=1) - wide[rows, truth] ** 2 + (1 - wide[rows, truth]) ** 2
    two = 2
    return np.asarray(squares / 2 if wide.shape[1] == two else squares)


def roc_auc(cases: Cases) -> Scored:
    """Compute the area under the ROC curve of both runs.

    The area is the mean over positive rows of their placement (the share of negatives below), and the
    mean over negative rows of theirs. Resamples keep the placements of the whole sample, which leaves out
    a term that shrinks with 1/rows, so that an area costs two means instead of a sort.

    Source: DeLong, DeLong & Clarke-Pearson, "Comparing the areas under two or more correlated
    receiver operating characteristic curves" (1988).
    """
    import numpy as np  # noqa: PLC0415

    positive = cases.truth == 1
    if positive.all() or not positive.any():
        raise BadInput("roc_auc needs rows of both classes, and y_true has one only.")
    places_a, places_b = _placements(cases.a, positive), _placements(cases.b, positive)
    lead = places_a - places_b
    area_a, area_b = float(places_a[positive].mean()), float(places_b[positive].mean())

    def difference(means: Floats) -> Floats:
        share, of_positive, of_negative = means.T
        mixed = (share > 0) & (share < 1)
        share = np.where(mixed, share, 0.5)
        found = of_positive / share + of_negative / (1 - share) - (area_a - area_b)
        return np.asarray(np.where(mixed, found, np.nan))

    return Scored(
        "roc_auc",
        area_a,
        area_b,
        columns=np.column_stack([positive, np.where(positive, lead, 0), np.where(positive, 0, lead)]).astype(float),
        counts=None,
        difference=difference,
        rows=len(lead),
        differing=int(np.count_nonzero(lead)),
    )


def _placements(scores: NDArray[Any], positive: NDArray[Any]) -> Floats:
    """For each positive row the share of negatives below it, for each negative that of positives above; ties half.

    One sort, and counts over equal scores: a quarter of the time that looking each row up takes.
    """
    import numpy as np  # noqa: PLC0415

    order = np.argsort(scores)
    sorted_scores, sorted_positive = scores[order], positive[order]
    new = np.r_[True, sorted_scores[1:] != sorted_scores[:-1]]
    starts = np.flatnonzero(new)
    positives = np.add.reduceat(sorted_positive.astype(np.int64), starts)
    negatives = np.diff(np.r_[starts, len(scores)]) - positives
    below = (np.cumsum(negatives) - negatives / 2) / negatives.sum()
    above = 1 - (np.cumsum(positives) - positives / 2) / positives.sum()
    kind = np.cumsum(new) - 1
    found = np.empty(len(scores))
    found[order] = np.where(sorted_positive, below[kind], above[kind])
    return found
