"""Is it really better? One measure of two runs, their difference with its interval, and the sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from trackbook.errors import BadInput
from trackbook.tracking.comparison.bootstrap import interval, resample_means, way_of
from trackbook.tracking.comparison.forms import form_of
from trackbook.tracking.comparison.measures import BETTER, get_measure
from trackbook.tracking.comparison.pairing import pair
from trackbook.tracking.comparison.predictions import get_predictions
from trackbook.tracking.comparison.scoring import score
from trackbook.tracking.difference_text import printable

if TYPE_CHECKING:
    from trackbook.meaning import Better
    from trackbook.tracking.comparison.measures import Scored
    from trackbook.tracking.comparison.pairing import Paired
    from trackbook.tracking.past import PastRun
    from trackbook.tracking.run import Run

Word: TypeAlias = Literal["better", "worse", "within noise"]

FEWEST_DIFFERING = 10
"""Rows that must tell two runs apart before one is called better: five that all speak for one of them
happen by chance once in sixteen times, and a bootstrap of so few would not notice."""

_TAIL = 10
"""Resamples that must lie beyond each end of the interval, or its ends are guesswork."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether run a is better than run b, as far as their common rows can tell."""

    name_a: str
    name_b: str
    metric: str
    """accuracy, balanced_accuracy, f1, f1_macro, log_loss, brier, roc_auc, rmse, mse, mae or r2."""

    better: Better
    """Which way is up."""

    value_a: float
    value_b: float
    difference: float
    """value_a - value_b, in the metric's own unit; below zero is good where lower is better."""

    low: float
    """Lower end of the interval of the difference."""

    high: float
    confidence: float
    """0.95 is a 95 % interval."""

    rows: int
    """Rows compared."""

    left_out: int
    """Rows that only one run has, or that have no true value or no usable prediction."""

    differing: int
    """Rows to which the runs do not contribute the same."""

    resamples: int
    verdict: Word
    """better and worse when the interval leaves zero out and at least ten rows differ."""

    method: str

    def __repr__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        a, b = printable(self.name_a), printable(self.name_b)
        said = "is within noise of" if self.verdict == "within noise" else f"is {self.verdict} than"
        digits = _digits(self.low, self.high)
        lower = " (lower is better)" if self.better == "lower" else ""
        rows = f"{self.rows:,} rows"
        rows += f" ({self.left_out:,} left out)" if self.left_out else ""
        few = f", {self.differing} of them tell the two apart" if self.differing < FEWEST_DIFFERING else ""
        return (
            f"{a} {said} {b}: {self.metric} {self.difference:+.{digits}f}{lower}, {100 * self.confidence:g} % interval "
            f"[{self.low:+.{digits}f}, {self.high:+.{digits}f}], {rows}{few}, paired bootstrap"
        )


def is_better(
    a: str | PastRun | Run,
    b: str | PastRun | Run,
    metric: str | None = None,
    *,
    name: str = "predictions",
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Verdict:
    """Say whether run a is better than run b, from what both predicted for the same rows.

    a, b: as for `tb.diff`, kept with `tb.log_predictions`. metric: accuracy, balanced_accuracy, f1, f1_macro;
    of probabilities also log_loss, brier and, for two classes, roc_auc; of numbers rmse, mse, mae, r2;
    left out, accuracy of labels, log_loss of probabilities, rmse of numbers. name: as given
    to log_predictions. The same seed gives the same answer.

    The rows are those of the stored predictions: the interval speaks of other rows of the same
    kind, not of what another seed would have trained (`tb.leaderboard` looks at seeds).
    Raises RunNotFound, NotThere without predictions, BadInput where the two cannot be compared.
    """
    check_settings(confidence, resamples)
    paired = pair(get_predictions(a, name), get_predictions(b, name))
    return judge(paired, metric, confidence=confidence, resamples=resamples, seed=seed)


def check_settings(confidence: float, resamples: int) -> None:
    """Raise BadInput for an interval that so many resamples cannot give."""
    if not 0 < confidence < 1:
        raise BadInput(f"confidence is {confidence!r}, and it is a share between 0 and 1, such as 0.95.")
    needed = math.ceil(2 * _TAIL / (1 - confidence) - 1e-6)
    if resamples < needed:
        raise BadInput(f"A {100 * confidence:g} % interval needs at least {needed:,} resamples, not {resamples:,}.")


def judge(
    paired: Paired, metric: str | None = None, *, confidence: float = 0.95, resamples: int = 2000, seed: int = 0
) -> Verdict:
    """As `is_better`, for predictions that were paired before; asks nobody."""
    measure = get_measure(metric, form_of(paired))
    cases, scored = score(paired, measure)
    low, high = difference_interval(scored, confidence, resamples, seed)
    up = BETTER[scored.metric]
    return Verdict(
        name_a=paired.name_a,
        name_b=paired.name_b,
        metric=scored.metric,
        better=up,
        value_a=scored.value_a,
        value_b=scored.value_b,
        difference=scored.value_a - scored.value_b,
        low=low,
        high=high,
        confidence=confidence,
        rows=scored.rows,
        left_out=paired.left_out + int((~cases.kept).sum()),
        differing=scored.differing,
        resamples=resamples,
        verdict=_word(low, high, up) if scored.differing >= FEWEST_DIFFERING else "within noise",
        method=f"paired bootstrap, {resamples:,} resamples, {way_of(scored.rows, scored.counts)}, "
        "expanded percentile interval",
    )


def difference_interval(scored: Scored, confidence: float, resamples: int, seed: int) -> tuple[float, float]:
    """Resample the rows and return the interval of a's value less b's; zero where no row differs."""
    if not scored.differing:
        return 0.0, 0.0
    drawn = scored.difference(resample_means(scored.columns, scored.counts, resamples, seed))
    return interval(drawn, scored.rows, confidence)


def _word(low: float, high: float, up: Better) -> Word:
    if low > 0:
        return "better" if up == "higher" else "worse"
    if high < 0:
        return "worse" if up == "higher" else "better"
    return "within noise"


def _digits(low: float, high: float) -> int:
    """Decimals in which the interval is at least five steps wide, and no end beside zero is shown as zero."""
    if not high > low:
        return 3
    digits = max(0, math.ceil(-math.log10((high - low) / 5)))
    while digits < 15 and any(end and not float(f"{end:.{digits}f}") for end in (low, high)):  # noqa: PLR2004
        digits += 1
    return digits
