"""Two runs, 100,000 predictions each, 2,000 resamples: is it really better?"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import numpy as np
from table import Row, at_most, cheaper, median_of, shown, timed

import trackbook as tb
from trackbook.tracking.comparison.pairing import pair
from trackbook.tracking.comparison.predictions import Predictions
from trackbook.tracking.comparison.verdict import judge

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.tracking.comparison.pairing import Paired

RESAMPLES = 2_000
MOST = 0.300


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """A mean over rows in at most 300 ms, and at least twice as fast as drawing rows in a loop."""
    del folder
    count = 100_000
    truth, likely, less = _two_models(count)
    both = _paired(truth, likely, less)
    loss = median_of(3 if quick else 7, lambda: judge(both, "log_loss", resamples=RESAMPLES))
    found = [cheaper(f"log_loss of {count:,} rows × {RESAMPLES:,} resamples", loss, _loop(both), "a loop", 2.0)]
    if quick:
        return found
    labels = _paired(truth, likely > 0.5, less > 0.5)
    amounts = _paired(truth * 3.5, likely, less)
    found += [
        at_most("  the same", loss, MOST),
        at_most("  accuracy", median_of(7, lambda: judge(labels, resamples=RESAMPLES)), MOST),
        at_most("  mae", median_of(7, lambda: judge(amounts, "mae", resamples=RESAMPLES)), MOST),
    ]
    # Two and three means a resample instead of one.
    for metric, data in (("rmse", amounts), ("r2", amounts), ("roc_auc", both)):
        taken = median_of(5, lambda metric=metric, data=data: judge(data, metric, resamples=RESAMPLES))
        found.append(at_most(f"  {metric}", taken, MOST))
    found.append(_whole(truth, likely, less))
    return found


def _two_models(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, count)
    odds = (2 * truth - 1) + rng.standard_normal((2, count))
    likely, less = 1 / (1 + np.exp(-2 * odds))
    return truth, likely, less


def _paired(truth: np.ndarray, a: np.ndarray, b: np.ndarray) -> Paired:
    keys = np.arange(len(truth))
    return pair(Predictions("newer", keys, truth, a), Predictions("older", keys, truth, b))


def _loop(both: Paired, measured: int = 60) -> float:
    """Seconds of the plain way: draw the rows anew and take the mean, in a loop."""
    rng = np.random.default_rng(0)
    losses = [-np.log(np.where(both.truth == 1, each, 1 - each)) for each in (both.a, both.b)]
    lead = losses[0] - losses[1]

    def once() -> float:
        return float(lead[rng.integers(0, len(lead), len(lead))].mean())

    return statistics.median(timed(once) for _ in range(measured)) * RESAMPLES


def _whole(truth: np.ndarray, a: np.ndarray, b: np.ndarray) -> Row:
    """`tb.is_better` with all that it reads."""
    for name, guess in (("newer", a), ("older", b)):
        with tb.start_run(name):
            tb.log_predictions(truth, guess)
    taken = median_of(5, lambda: tb.is_better("newer", "older", resamples=RESAMPLES))
    return shown("tb.is_better(a, b) from the store, log_loss", f"{taken * 1e3:.0f} ms")
