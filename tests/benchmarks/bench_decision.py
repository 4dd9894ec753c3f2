"""What a decision about a model costs, its audit entry committed with it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from table import Row, at_most, median_of, shown, timed

import trackbook as tb

if TYPE_CHECKING:
    from pathlib import Path

_VERSIONS = 50
_TIMES = 40


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At most 40 ms a transition, in a store of a thousand runs and fifty versions."""
    del folder
    if quick:
        return []
    for _ in range(1000):
        with tb.start_run():
            tb.log_metric("accuracy", 0.9)
    rows = np.array([[0.0], [1.0], [2.0], [3.0]])
    with tb.start_run():
        tb.log_model(LogisticRegression().fit(rows, [0, 0, 1, 1]), input_example=rows[:2])
    registering = timed(lambda: [tb.register("churn") for _ in range(_VERSIONS)]) / _VERSIONS
    turn = itertools.cycle(range(1, _VERSIONS + 1))
    moving = median_of(_TIMES, lambda: tb.promote("churn", next(turn), reason="better"))
    back = itertools.cycle((tb.rollback, lambda model: tb.promote(model, 1)))
    returning = median_of(_TIMES, lambda: next(back)("churn"))
    return [
        at_most("promote a version, audit entry committed", moving, 0.040),
        at_most("promote and roll back in turn", returning, 0.040),
        shown("register a version of a small model", f"{registering * 1e3:.1f} ms"),
    ]
