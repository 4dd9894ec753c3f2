"""Which class a run takes for which: counts of true and predicted labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.tracking.comparison.cases import as_labels
from trackbook.tracking.comparison.forms import form_of
from trackbook.tracking.comparison.pairing import FEWEST_ROWS, Paired, pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.tracking.comparison.predictions import Predictions

MOST_CLASSES = 30
"""Classes with a row each; the rarest of more share one, named OTHERS."""

OTHERS = "other classes"


@dataclass(frozen=True, slots=True)
class Confusion:
    """What two runs, or one, make of the same rows."""

    classes: tuple[str, ...]
    """In sorted order; last OTHERS and `no label`, where there are any."""

    a: NDArray[Any]
    """Shape (classes, classes): rows of a true class (first) that a took for a class (second)."""

    b: NDArray[Any] | None
    """The same of b; None for one run alone."""

    rows: int
    left_out: int
    """Rows that only one run has, or without a true label."""


def confusion(a: Predictions, b: Predictions | None = None) -> Confusion:
    """Count what was taken for what, of two runs over the rows they share.

    Raises BadInput for predictions that are numbers, for fewer than 20 rows, or where the two do not fit together.
    """
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if b is None:
        if len(a.keys) < FEWEST_ROWS:
            raise BadInput(f"{a.run} kept predictions of {len(a.keys)} rows, and {FEWEST_ROWS} are the fewest.")
        classes = pd.unique(a.truth[~pd.isna(a.truth)])
        paired = Paired(a.run, a.run, a.keys, a.truth, a.guess, a.guess, np.asarray(classes), 0)
    else:
        paired = pair(a, b)
    if form_of(paired) == "numbers":
        raise BadInput(
            f"{a.run} predicted numbers, and a confusion matrix needs labels or probabilities; "
            'view="rows" compares numbers.'
        )
    cases = as_labels(paired)
    names = [_written(each) for each in cases.classes.tolist()]
    places, shown = _fewer(cases.truth, names)
    if (cases.a < 0).any() or (cases.b < 0).any():
        shown.append("no label")
    counts = [_counted(places, len(shown), cases.truth, guess) for guess in (cases.a, cases.b)]
    left_out = paired.left_out + int((~cases.kept).sum())
    return Confusion(tuple(shown), counts[0], None if b is None else counts[1], len(cases.truth), left_out)


def _fewer(truth: NDArray[Any], names: list[str]) -> tuple[NDArray[Any], list[str]]:
    """Where each class stands in the matrix; the rarest share the last place."""
    import numpy as np  # noqa: PLC0415

    if len(names) <= MOST_CLASSES:
        return np.arange(len(names)), list(names)
    often = np.sort(np.argsort(-np.bincount(truth, minlength=len(names)), kind="stable")[: MOST_CLASSES - 1])
    places = np.full(len(names), MOST_CLASSES - 1)
    places[often] = np.arange(len(often))
    return places, [*(names[place] for place in often), OTHERS]


def _counted(places: NDArray[Any], size: int, truth: NDArray[Any], guess: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    said = np.where(guess < 0, size - 1, places[np.maximum(guess, 0)])
    found: NDArray[Any] = np.bincount(places[truth] * size + said, minlength=size * size).reshape(size, size)
    return found


def _written(label: object) -> str:
    """Write a label; whole numbers without a point."""
    return f"{label:g}" if isinstance(label, float) else str(label)
