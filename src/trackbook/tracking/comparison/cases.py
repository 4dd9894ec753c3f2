"""Paired rows in the form that a measure needs; rows that cannot be scored are taken out and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.tracking.comparison.forms import is_number, is_probability
from trackbook.tracking.comparison.pairing import FEWEST_ROWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.tracking.comparison.pairing import Paired


@dataclass(frozen=True, slots=True)
class Cases:
    """The rows that are scored."""

    kept: NDArray[Any]
    """Shape (paired rows,), True for those that are here."""

    truth: NDArray[Any]
    """Shape (rows,): numbers, or the place in `classes`."""

    a: NDArray[Any]
    """Shape (rows,): numbers, scores, or the place in `classes` (-1 for a label left empty);
    for probabilities shape (rows, classes)."""

    b: NDArray[Any]
    classes: NDArray[Any]
    """Labels in sorted order; empty for numbers."""


def as_labels(paired: Paired) -> Cases:
    """Make labels of whatever was kept: the likeliest class, or the second of two beyond 0.5.

    A missing label is a wrong one. Rows without a true label are taken out.
    """
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    known = ~pd.isna(paired.truth)
    named = [paired.truth, *(_labels(paired, guess) for guess in (paired.a, paired.b))]
    numbers = [is_number(values) for values in named]
    if not all(numbers) and (numbers[0] != numbers[1] or numbers[0] != numbers[2]):
        other = paired.name_a if numbers[0] != numbers[1] else paired.name_b
        kinds = ("numbers", "text") if numbers[0] else ("text", "numbers")
        raise BadInput(f"y_true holds {kinds[0]} and what {other} predicted is {kinds[1]}: log labels of one kind.")
    if all(numbers):
        joined = np.concatenate([values.astype(float) for values in named])
    else:
        joined = np.concatenate([_as_text(values) for values in named])
    codes, classes = pd.factorize(joined, sort=True)
    truth, a, b = np.split(codes, 3)
    return _take(paired, known, truth, a, b, np.asarray(classes))


def as_probabilities(paired: Paired) -> Cases:
    """Make (rows, classes) of probabilities. Raises BadInput where a run kept none."""
    import numpy as np  # noqa: PLC0415

    for name, guess in ((paired.name_a, paired.a), (paired.name_b, paired.b)):
        if not is_probability(paired, guess):
            raise BadInput(f"This metric needs probabilities, and {name} kept none: log what predict_proba returns.")
    a, b = (guess if guess.ndim > 1 else np.column_stack([1 - guess, guess]) for guess in (paired.a, paired.b))
    if a.shape[1] != b.shape[1]:
        raise BadInput(f"{paired.name_a} predicts {a.shape[1]} classes and {paired.name_b} {b.shape[1]}.")
    classes = _classes(paired, a.shape[1])
    truth = _places(classes, paired.truth)
    known = (truth >= 0) & np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    return _take(paired, known, truth, a, b, classes)


def as_scores(paired: Paired) -> Cases:
    """Make one score a row, higher for the second of two classes. Raises BadInput for more than two."""
    import numpy as np  # noqa: PLC0415

    classes, two = _sorted(paired.classes), 2
    if len(classes) != two:
        raise BadInput(f"roc_auc needs two classes in y_true, which has {len(classes)}.")
    a, b = (guess[:, -1] if guess.ndim > 1 else guess for guess in (paired.a, paired.b))
    if not (is_number(a) and is_number(b)):
        raise BadInput("roc_auc needs probabilities or scores, and what was kept are labels.")
    a, b = a.astype(float), b.astype(float)
    truth = _places(classes, paired.truth)
    known = (truth >= 0) & ~np.isnan(a) & ~np.isnan(b)
    return _take(paired, known, truth, a, b, classes)


def as_numbers(paired: Paired) -> Cases:
    """Take numbers as they are. Raises BadInput for text and for a column a class."""
    import numpy as np  # noqa: PLC0415

    for what, values in (("y_true", paired.truth), (paired.name_a, paired.a), (paired.name_b, paired.b)):
        if values.ndim > 1 or not is_number(values):
            raise BadInput(f"This metric needs one number a row, and {what} has something else.")
    truth, a, b = (values.astype(float) for values in (paired.truth, paired.a, paired.b))
    known = np.isfinite(truth) & np.isfinite(a) & np.isfinite(b)
    return _take(paired, known, truth, a, b, np.empty(0))


def _take(
    paired: Paired, kept: NDArray[Any], truth: NDArray[Any], a: NDArray[Any], b: NDArray[Any], classes: NDArray[Any]
) -> Cases:
    if kept.sum() < FEWEST_ROWS:
        raise BadInput(
            f"Only {int(kept.sum())} rows have a true value and a prediction of both {paired.name_a} and "
            f"{paired.name_b}, and {FEWEST_ROWS} are the fewest to compare."
        )
    if kept.all():
        return Cases(kept, truth, a, b, classes)
    return Cases(kept, truth[kept], a[kept], b[kept], classes)


def _labels(paired: Paired, guess: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    if guess.ndim > 1 and not is_number(guess):
        raise BadInput("Several columns of text are no labels: log one label a row.")
    if guess.ndim > 1:
        likeliest = np.where(np.isnan(guess), -np.inf, guess).argmax(axis=1)
        return _or_missing(_classes(paired, guess.shape[1])[likeliest], np.isnan(guess).all(axis=1))
    if is_probability(paired, guess):
        return _or_missing(_classes(paired, 2)[(guess > 0.5).astype(int)], np.isnan(guess))  # noqa: PLR2004
    return guess


def _or_missing(labels: NDArray[Any], missing: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    if not missing.any():
        return labels
    return np.where(missing, np.nan, labels.astype(float)) if is_number(labels) else _without(labels, missing)


def _without(labels: NDArray[Any], missing: NDArray[Any]) -> NDArray[Any]:
    some = labels.astype(object)
    some[missing] = None
    return some


def _classes(paired: Paired, count: int) -> NDArray[Any]:
    """Name the columns of probabilities: 0, 1, …, or the sorted true values, as scikit-learn orders them."""
    import numpy as np  # noqa: PLC0415

    known = _sorted(paired.classes)
    if is_number(known) and set(known.tolist()) <= set(range(count)):
        return np.arange(count)
    if len(known) == count:
        return known
    raise BadInput(
        f"The predictions have {count} columns and y_true {len(known)} different values, so nobody knows which "
        "column is which class: log y_true as the column's number, 0 to n - 1."
    )


def _places(classes: NDArray[Any], truth: NDArray[Any]) -> NDArray[Any]:
    """Where each true value stands among the classes; -1 for a missing one."""
    import pandas as pd  # noqa: PLC0415

    if is_number(truth):
        classes, truth = classes.astype(float), truth.astype(float)
    else:
        truth = _as_text(truth)
    places: NDArray[Any] = pd.Index(classes).get_indexer(pd.Index(truth))
    return places


def _sorted(classes: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    return np.sort(classes if is_number(classes) else _as_text(classes))


def _as_text(values: NDArray[Any]) -> NDArray[Any]:
    """Make text of labels, None of missing ones; whatever else was kept is compared as it is written."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.infer_dtype(values, skipna=True) == "string":
        return values.astype(object)
    missing = pd.isna(values)
    text = values.astype(object)
    text[:] = [None if gone else str(value) for value, gone in zip(values.tolist(), missing, strict=True)]
    return np.asarray(text, dtype=object)
