"""What predictions are: labels, probabilities or numbers; told by what they hold, since nobody declared it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from trackbook.errors import BadInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.tracking.comparison.pairing import Paired

Form: TypeAlias = Literal["labels", "probabilities", "numbers"]

_MOST_CLASSES = 100
"""Whole numbers stored as floats are labels up to so many different ones; integers always are."""

_SUM_TOLERANCE = 1e-3
"""Of a row of probabilities, which may come from single precision."""


def form_of(paired: Paired) -> Form:
    """Tell in what form two runs' predictions can be compared.

    (rows, classes) within 0 and 1 and summing to 1, or one column within 0 and 1 for two
    classes, are probabilities. Text, booleans, integers, and up to 100 different whole numbers are labels when
    y_true is such, too. Everything else is numbers. Where only one run kept probabilities,
    labels are made of them. Raises BadInput when the runs kept what has nothing in common.
    """
    forms = {_form(paired, guess) for guess in (paired.a, paired.b)}
    if "numbers" not in forms:
        return "probabilities" if forms == {"probabilities"} else "labels"
    if paired.a.ndim > 1 or paired.b.ndim > 1:
        raise BadInput(
            f"{paired.name_a} and {paired.name_b} cannot be compared: the one kept a column a class, the other numbers."
        )
    return "numbers"


def is_number(values: NDArray[Any]) -> bool:
    """Tell whether an array holds numbers; booleans count."""
    return values.dtype.kind in "biuf"


def is_probability(paired: Paired, guess: NDArray[Any]) -> bool:
    """Tell whether one run's predictions are probabilities."""
    return _form(paired, guess) == "probabilities"


def _form(paired: Paired, guess: NDArray[Any]) -> Form:
    truth = paired.truth
    if guess.ndim > 1:
        return "probabilities" if _sums_to_one(guess) else "labels"
    if not is_number(guess):
        return "labels"
    if _are_labels(truth) and _are_labels(guess):
        return "labels"
    if guess.dtype.kind == "f" and _has_two_classes(paired) and _within(guess):
        return "probabilities"
    return "numbers" if is_number(truth) else "labels"


def _are_labels(values: NDArray[Any]) -> bool:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if values.dtype.kind != "f":
        return True
    known = values[np.isfinite(values)]
    return bool(np.all(known == np.floor(known))) and len(pd.unique(known)) <= _MOST_CLASSES


def _has_two_classes(paired: Paired) -> bool:
    """Two true values; only zeros or only ones is the same with one of them unseen."""
    classes = paired.classes
    two = 2
    return len(classes) == two or (is_number(classes) and set(classes.tolist()) <= {0, 1})


def _within(values: NDArray[Any]) -> bool:
    import numpy as np  # noqa: PLC0415

    known = values[~np.isnan(values)]
    return bool(len(known)) and bool(known.min() >= 0) and bool(known.max() <= 1)


def _sums_to_one(wide: NDArray[Any]) -> bool:
    import numpy as np  # noqa: PLC0415

    if not is_number(wide) or not _within(wide.ravel()):
        return False
    sums = wide.sum(axis=1)
    return bool(np.nanmax(np.abs(sums - 1)) <= _SUM_TOLERANCE)
