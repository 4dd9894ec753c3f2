"""The best runs by one metric, and which of them nobody can tell from the best."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from trackbook.errors import BadInput, NotThere, TrackbookError
from trackbook.meaning import default_better
from trackbook.store import which_way_is_up
from trackbook.tracking.client import runs
from trackbook.tracking.comparison.bootstrap import resample_means
from trackbook.tracking.comparison.forms import form_of
from trackbook.tracking.comparison.measures import find_measure
from trackbook.tracking.comparison.pairing import pair
from trackbook.tracking.comparison.predictions import get_predictions
from trackbook.tracking.comparison.replicates import find_replicates, welch_interval
from trackbook.tracking.comparison.scoring import score
from trackbook.tracking.comparison.student import t_quantile
from trackbook.tracking.comparison.verdict import FEWEST_DIFFERING, check_settings
from trackbook.tracking.start import current_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from trackbook.tracking.comparison.predictions import Predictions
    from trackbook.tracking.comparison.replicates import Replicates

Standing: TypeAlias = Literal["best", "within noise", "worse", "unknown"]

_RESAMPLES = 500
"""Enough for a standard deviation, which is all that is taken from them."""

_SAME_VALUE = 1e-3
"""How near the logged metric must be to the one computed from predictions: it may have been rounded."""


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the leaderboard: a run, or the seed replicates that stand for one."""

    runs: Replicates
    standing: Standing
    told_by: Literal["seeds", "predictions", ""]
    """What told it from the best; empty when nothing could."""


def leaderboard(
    metric: str, filter: str = "", *, name: str = "predictions", confidence: float = 0.95, limit: int = 50  # noqa: A002
) -> pd.DataFrame:  # fmt: skip
    """Return the best finished runs by a metric, and whether each can be told from the best.

    Columns: name and run_id (of seed replicates the newest), value (the last one logged; of replicates the mean),
    low and high (interval of that mean), n (seeds), standing (best, within noise, worse, unknown), told_by
    (seeds, predictions, or nothing) and best_or_equal (True, False, or NA where nobody can say).

    Two groups of seeds are told apart by their means, two single runs by the predictions called `name` that both
    kept for the same rows, where the logged metric is what these predictions give. Anything else is unknown.
    The best was picked from all, so a comparison counts as one of all pairs, each at 1 - (1 - confidence)/pairs
    (Bonferroni): with that confidence no line is called worse that is in truth as good as the best.
    filter: as for `tb.runs`. limit: lines at most; more lines are harder to tell apart.
    Raises NotThere when no run has the metric, BadInput when nobody knows which way is up, BadFilter.
    """
    check_settings(confidence, 1_000_000)
    frame = runs(filter)
    if f"metrics.{metric}" not in frame:
        known = [str(column)[8:] for column in frame.columns if str(column).startswith("metrics.")]
        raise NotThere(f"No run here has the metric {metric!r}. There is: {', '.join(known) or 'none yet'}.")
    with current_store().asking() as db:
        up = which_way_is_up(db).get(metric) or default_better(metric)
    if up is None:
        raise BadInput(
            f'Nobody knows which way is up: tb.define_metric("{metric}", better="higher") or "lower" says it.'
        )
    groups = find_replicates(frame, metric, confidence)
    groups.sort(key=lambda group: math.inf if math.isnan(group.mean) else group.mean if up == "lower" else -group.mean)
    return _as_frame(_stand(groups[: max(limit, 0)], metric, name, confidence))


def _stand(groups: Sequence[Replicates], metric: str, name: str, confidence: float) -> list[Place]:
    if not groups:
        return []
    best, others = groups[0], groups[1:]
    sure = 1 - (1 - confidence) / max(1, math.comb(len(groups), 2))
    shown = _predictions(best, name) if best.n == 1 and any(other.n == 1 for other in others) else None
    first = Place(best, "unknown" if math.isnan(best.mean) else "best", "")
    return [first, *(_place(best, shown, other, metric, name, sure) for other in others)]


def _place(
    best: Replicates, shown: Predictions | None, other: Replicates, metric: str, name: str, confidence: float
) -> Place:
    if best.n > 1 and other.n > 1:
        low, high = welch_interval(best, other, confidence)
        if not math.isnan(low):
            return Place(other, "within noise" if low <= 0 <= high else "worse", "seeds")
    if shown is not None and other.n == 1:
        theirs = _predictions(other, name)
        differ = theirs and _differ(shown, theirs, metric, (best.mean, other.mean), confidence)
        if differ is not None:
            return Place(other, "worse" if differ else "within noise", "predictions")
    return Place(other, "unknown", "")


def _predictions(runs: Replicates, name: str) -> Predictions | None:
    try:
        return get_predictions(runs.run_ids[0], name)
    except TrackbookError:
        return None


def _differ(
    best: Predictions, other: Predictions, metric: str, logged: tuple[float, float], confidence: float
) -> bool | None:
    """Tell whether two runs' predictions differ in the metric; None when they cannot say."""
    import numpy as np  # noqa: PLC0415

    try:
        paired = pair(best, other)
        measure = find_measure(metric, form_of(paired))
        scored = score(paired, measure)[1] if measure else None
    except TrackbookError:
        return None
    if scored is None or not all(
        math.isclose(one, two, rel_tol=_SAME_VALUE)
        for one, two in zip((scored.value_a, scored.value_b), logged, strict=True)
    ):
        return None
    if scored.differing < FEWEST_DIFFERING:
        return False
    spread = float(np.nanstd(scored.difference(resample_means(scored.columns, scored.counts, _RESAMPLES, seed=0))))
    return abs(scored.value_a - scored.value_b) > t_quantile((1 + confidence) / 2, scored.rows - 1) * spread


def _as_frame(places: Sequence[Place]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    equal = {"best": True, "within noise": True, "worse": False, "unknown": pd.NA}
    rows = [
        (
            place.runs.name, place.runs.run_ids[0], place.runs.mean, place.runs.low, place.runs.high, place.runs.n,
            place.standing, place.told_by, equal[place.standing],
        )
        for place in places
    ]  # fmt: skip
    columns = ["name", "run_id", "value", "low", "high", "n", "standing", "told_by", "best_or_equal"]
    return pd.DataFrame(rows, columns=columns).astype({"best_or_equal": "boolean"})
