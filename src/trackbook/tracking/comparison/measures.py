"""The measures that two runs can be compared by, and how a user may call them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from trackbook.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.meaning import Better
    from trackbook.tracking.comparison.forms import Form

    Floats: TypeAlias = NDArray[np.float64]
    Whole: TypeAlias = NDArray[np.int64]

BETTER: dict[str, Better] = {
    "accuracy": "higher",
    "balanced_accuracy": "higher",
    "brier": "lower",
    "f1": "higher",
    "f1_macro": "higher",
    "log_loss": "lower",
    "mae": "lower",
    "mse": "lower",
    "r2": "higher",
    "rmse": "lower",
    "roc_auc": "higher",
}
"""Each measure and which way is up."""

DEFAULT: dict[Form, str] = {"labels": "accuracy", "probabilities": "log_loss", "numbers": "rmse"}
_SCORE: dict[Form, str] = {"labels": "accuracy", "probabilities": "accuracy", "numbers": "r2"}
"""What scikit-learn's `score` is."""

_ALIASES = {
    "acc": "accuracy", "auc": "roc_auc", "auroc": "roc_auc", "crossentropy": "log_loss", "nll": "log_loss",
    "macrof1": "f1_macro", "r²": "r2", "meanabsoluteerror": "mae", "meansquarederror": "mse",
    "rootmeansquarederror": "rmse", "brierloss": "brier",
}  # fmt: skip
_NAMED = {known.replace("_", ""): known for known in BETTER} | _ALIASES
_WHICH_DATA = frozenset({
    "test", "train", "training", "val", "valid", "validation", "eval", "evaluation", "dev", "holdout", "oob", "cv",
    "final",
})  # fmt: skip
"""Words that say of which data a metric is; any other word (weighted, top5, neg) makes another metric of it."""

_APART = re.compile(r"[^a-z0-9²]+")


@dataclass(frozen=True, slots=True)
class Scored:
    """One measure of two runs over the same rows, ready to be resampled.

    Both values are functions of means over rows, so their difference in a resample is
    that function of the resample's means.
    """

    metric: str
    value_a: float
    value_b: float
    columns: Floats
    """Shape (lines, columns): what a row contributes."""

    counts: Whole | None
    """Shape (lines,): how many rows each line stands for; None when each is one row."""

    difference: Callable[[Floats], Floats]
    """From means of shape (resamples, columns) to a's value less b's, shape (resamples,)."""

    rows: int
    differing: int
    """Rows to which the two runs do not contribute the same."""


def find_measure(name: str, form: Form) -> str | None:
    """Recognise a measure in the name of a metric: `test_accuracy`, `val/auc`, `score`; None when it is none."""
    words = [word for word in _APART.split(name.lower()) if word]
    while words and words[0] in _WHICH_DATA:
        words.pop(0)
    joined = "".join(words)
    if joined == "score":
        return _SCORE[form]
    return _NAMED.get(joined) or _NAMED.get(joined.removesuffix("score"))


def get_measure(name: str | None, form: Form) -> str:
    """As `find_measure`, the form's own when no name is given. Raises BadInput for an unknown one."""
    if name is None:
        return DEFAULT[form]
    found = find_measure(str(name), form)
    if found is None:
        near = get_close_matches(str(name), BETTER, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(BETTER)}."
        raise BadInput(f"{name!r} cannot be computed from predictions. {hint}")
    return found
