"""How far two runs' predictions let a metric be told apart; remembered, for the same predictions say the same again."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import TrackbookError
from trackbook.tracking.comparison.bootstrap import resample_means
from trackbook.tracking.comparison.forms import form_of
from trackbook.tracking.comparison.measures import find_measure
from trackbook.tracking.comparison.pairing import pair
from trackbook.tracking.comparison.scoring import score
from trackbook.tracking.comparison.student import t_quantile
from trackbook.tracking.comparison.verdict import FEWEST_DIFFERING

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.tracking.comparison.predictions import Predictions

_RESAMPLES = 500
"""Enough for a standard deviation, which is all that is taken from them."""

_SAME_VALUE = 1e-3
"""How near the logged metric must be to the one computed from predictions: it may have been rounded."""

_MOST = 10_000
"""Pairs that are remembered, each a few numbers."""


@dataclass(frozen=True, slots=True)
class PairNoise:
    """What two runs' common rows say about the difference of a metric."""

    value_a: float
    value_b: float
    spread: float
    """Standard deviation of the difference over resamples of the rows; NaN where too few rows differ."""

    rows: int
    differing: int
    """Rows to which the runs do not contribute the same."""

    def tells_apart(self, logged_a: float, logged_b: float, confidence: float) -> bool | None:
        """Tell whether the runs differ; None when these predictions are not what the metric was logged of."""
        pairs = ((self.value_a, logged_a), (self.value_b, logged_b))
        if not all(math.isclose(value, logged, rel_tol=_SAME_VALUE) for value, logged in pairs):
            return None
        if self.differing < FEWEST_DIFFERING:
            return False
        return abs(self.value_a - self.value_b) > t_quantile((1 + confidence) / 2, self.rows - 1) * self.spread


def pair_noise(a: Predictions, b: Predictions, metric: str) -> PairNoise | None:
    """Compare two runs' predictions by a metric as it was logged; None where they cannot be."""
    import numpy as np  # noqa: PLC0415

    try:
        paired = pair(a, b)
        measure = find_measure(metric, form_of(paired))
        scored = score(paired, measure)[1] if measure else None
    except TrackbookError:
        return None
    if scored is None:
        return None
    spread = math.nan
    if scored.differing >= FEWEST_DIFFERING:
        means = resample_means(scored.columns, scored.counts, _RESAMPLES, seed=0)
        spread = float(np.nanstd(scored.difference(means)))
    return PairNoise(scored.value_a, scored.value_b, spread, scored.rows, scored.differing)


class NoiseShelf:
    """Remembers pairs by the digests of their predictions, in which y_true and the keys are. Safe from any thread."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], PairNoise | None] = {}
        self._lock = threading.Lock()

    def knows(self, digest_a: str, digest_b: str, metric: str) -> bool:
        """Tell whether this pair costs nothing."""
        return (digest_a, digest_b, metric) in self._known

    def get(
        self, digest_a: str, digest_b: str, metric: str, read: Callable[[], tuple[Predictions, Predictions]]
    ) -> PairNoise | None:
        """Return what is known of a pair; else read both and compare them."""
        key = (digest_a, digest_b, metric)
        if key not in self._known:
            found = pair_noise(*read(), metric)
            with self._lock:
                while len(self._known) >= _MOST:
                    del self._known[next(iter(self._known))]
                self._known[key] = found
            return found
        return self._known.get(key)
