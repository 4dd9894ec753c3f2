"""Which metrics share a chart: the same measure on different data."""

from __future__ import annotations

import re

_SPLITS = frozenset({
    "train", "training", "trn", "val", "valid", "validation", "test", "testing", "eval", "evaluation", "dev", "holdout",
    "oof",
})  # fmt: skip
_APART = re.compile(r"[\s_./\\-]+")


def chart_of(name: str) -> str:
    """Name the chart that a metric is drawn in: `val_loss`, `train/loss` and `loss` are all in `loss`."""
    words = [word for word in _APART.split(name) if word and word.lower() not in _SPLITS]
    return " ".join(words).lower() or name


def is_of_unseen_data(name: str) -> bool:
    """Tell whether a metric is of data that was not trained on, so that it matters when it stops improving."""
    words = {word.lower() for word in _APART.split(name)}
    return bool(words & (_SPLITS - {"train", "training", "trn"}))
