"""The best runs by one metric, and which of them nobody can tell from the best."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from trackbook.errors import BadInput, NotThere, TrackbookError
from trackbook.meaning import default_better
from trackbook.store import which_way_is_up
from trackbook.store.predicting import comparable_predictions
from trackbook.store.predictions import read_predictions
from trackbook.tracking.client import runs
from trackbook.tracking.comparison.noise import NoiseShelf, pair_noise
from trackbook.tracking.comparison.predictions import from_frame, get_predictions
from trackbook.tracking.comparison.replicates import find_replicates, welch_interval
from trackbook.tracking.comparison.verdict import check_settings
from trackbook.tracking.start import current_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from trackbook.store import Store
    from trackbook.tracking.comparison.predictions import Predictions
    from trackbook.tracking.comparison.replicates import Replicates

Standing: TypeAlias = Literal["best", "within noise", "worse", "unknown"]

_MOST_MARKED = 50
"""Runs that one question marks: beyond the first fifty nobody looks for the best."""

_SECONDS = 5.0
"""What one question may cost; what it did not come to, the next one does."""

_shelf = NoiseShelf()


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
        noise = theirs and pair_noise(shown, theirs, metric)
        differ = noise.tells_apart(best.mean, other.mean, confidence) if noise else None
        if differ is not None:
            return Place(other, "worse" if differ else "within noise", "predictions")
    return Place(other, "unknown", "")


def _predictions(runs: Replicates, name: str) -> Predictions | None:
    try:
        return get_predictions(runs.run_ids[0], name)
    except TrackbookError:
        return None


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


def within_noise(
    store: Store,
    reference: str,
    values: Mapping[str, float],
    metric: str,
    *,
    is_best: bool,
    name: str = "predictions",
    confidence: float = 0.95,
    is_wanted: Callable[[], bool] = lambda: True,
) -> frozenset[str]:
    """Return the runs that cannot be told from a reference run by what both predicted: a table's `≈`.

    reference: the id of the best run, or of a baseline. values: run id → the metric as logged, the reference's
    among them, best first; of the others the first fifty are looked at. Give the first of the whole table, not of
    the screen: then no mark changes while somebody scrolls. metric: `accuracy`, as logged. is_best: the reference
    was picked for its value, so that a comparison counts as one of all pairs, as in `leaderboard`; a baseline that
    somebody chose counts as one of as many comparisons as there are runs.

    A run is marked only where that can be said: it belongs to the reference's experiment, both kept predictions
    called `name` for common rows with the same y_true, and the logged metric is what these predictions give.
    Anything else is in no answer. Never raises for a run or predictions that are missing or damaged.

    Cost: one short question to the store; then about 0.1 s for each run with 100,000 predictions, once, because
    pairs are remembered by the hashes of their predictions for as long as the process lives. So call it from a
    thread of your own; after five seconds, or once `is_wanted` says no, it returns what it has, and the next call
    goes on. Raises StoreHeld and what else `store.asking` raises.
    """
    others = [run_id for run_id in values if run_id != reference][:_MOST_MARKED]
    with store.asking() as db:
        digests = comparable_predictions(db, reference, [reference, *others], name)
    others = [run_id for run_id in others if run_id in digests]
    if reference not in digests or reference not in values or not others:
        return frozenset()
    runs = len(others) + 1
    sure = 1 - (1 - confidence) / max(1, math.comb(runs, 2) if is_best else runs - 1)
    kept = _Kept(store)
    end, found = time.monotonic() + _SECONDS, set()
    for run_id in others:
        a, b = digests[reference], digests[run_id]
        if not _shelf.knows(a, b, metric) and (time.monotonic() > end or not is_wanted()):
            continue
        try:
            noise = _shelf.get(a, b, metric, lambda a=a, b=b: (kept.first(a), kept.read(b)))  # type: ignore[misc]
        except (TrackbookError, OSError):
            continue
        if noise and noise.tells_apart(values[reference], values[run_id], sure) is False:
            found.add(run_id)
    return frozenset(found)


class _Kept:
    """Reads predictions; the reference's only once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._first: Predictions | None = None

    def first(self, digest: str) -> Predictions:
        """Read the reference's, or take them from the time before."""
        if self._first is None:
            self._first = self.read(digest)
        return self._first

    def read(self, digest: str) -> Predictions:
        """Read a run's. Raises StoreDamaged."""
        return from_frame("", read_predictions(self._store, digest))
