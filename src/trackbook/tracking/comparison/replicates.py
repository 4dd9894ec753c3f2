"""Seed replicates: runs that differ in nothing but their seed, and the mean they tell."""

from __future__ import annotations

import math
import re
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.tracking.comparison.student import t_quantile
from trackbook.values import to_json

if TYPE_CHECKING:
    import pandas as pd

_SEED = re.compile(r"(?:.*_)?(?:seed|random_state)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Replicates:
    """One metric of runs that agree in experiment and params, their seeds aside."""

    run_ids: tuple[str, ...]
    """Newest first."""

    name: str
    """Of the newest run."""

    mean: float
    std: float
    """Sample standard deviation, of n - 1; NaN for one run."""

    low: float
    """Of the interval of the mean; NaN for one run."""

    high: float

    @property
    def n(self) -> int:
        """How many seeds."""
        return len(self.run_ids)


def is_seed(param: str) -> bool:
    """Tell whether a param is a seed: its last dotted part is seed, random_state, or ends in one after `_`."""
    return bool(_SEED.fullmatch(param.rsplit(".", 1)[-1]))


def find_replicates(runs: pd.DataFrame, metric: str, confidence: float = 0.95) -> list[Replicates]:
    """Group the runs of a frame from `tb.runs` that agree in all params but a seed.

    Only finished runs that have the metric are taken, and NaN is no value of it. Of equal seeds the newest run
    counts, for running the same twice tells nothing new; a run without any seed stands for itself.
    The params must tell the runs apart: an edit of the code that shows in no param is not seen.
    The interval is mean ± t·std/√n, Student's t with n - 1 degrees of freedom.

    Source: Student, "The probable error of a mean" (1908).
    """
    groups: dict[str, dict[str, tuple[str, str, float]]] = {}
    column = f"metrics.{metric}"
    if column not in runs:
        return []
    found = runs[(runs["status"] == "FINISHED") & runs[column].notna()]
    params = [str(name) for name in found.columns if str(name).startswith("params.")]
    for row in found.to_dict("records"):
        seeds = {name: row[name] for name in params if is_seed(name) and not _missing(row[name])}
        rest = [(name, row[name]) for name in params if name not in seeds and not _missing(row[name])]
        key = to_json([row["experiment"], rest, sorted(seeds)]) if seeds else str(row["run_id"])
        seed = to_json(seeds)
        groups.setdefault(key, {}).setdefault(seed, (str(row["run_id"]), str(row["name"]), float(row[column])))
    return [_summary(list(group.values()), confidence) for group in groups.values()]


def _missing(value: Any) -> bool:  # noqa: ANN401 - any param
    return value is None or (isinstance(value, float) and math.isnan(value))


def _summary(runs: list[tuple[str, str, float]], confidence: float) -> Replicates:
    values = [value for _, _, value in runs]
    ids, name, mean, n = tuple(run_id for run_id, _, _ in runs), runs[0][1], statistics.fmean(values), len(runs)
    if n == 1 or not all(map(math.isfinite, values)):
        return Replicates(ids, name, mean if all(map(math.isfinite, values)) else values[0], *[math.nan] * 3)
    std = statistics.stdev(values)
    half = t_quantile((1 + confidence) / 2, n - 1) * std / math.sqrt(n)
    return Replicates(ids, name, mean, std, mean - half, mean + half)


def welch_interval(a: Replicates, b: Replicates, confidence: float) -> tuple[float, float]:
    """Return the interval of a's mean less b's, whose spreads may differ; NaN when one of them is a single run.

    Source: Welch, "The generalization of 'Student's' problem when several different population variances are
    involved" (1947).
    """
    part_a, part_b = a.std**2 / a.n, b.std**2 / b.n
    difference, total = a.mean - b.mean, part_a + part_b
    if math.isnan(total):
        return math.nan, math.nan
    if not total:
        return difference, difference
    freedom = total**2 / (part_a**2 / (a.n - 1) + part_b**2 / (b.n - 1))
    half = t_quantile((1 + confidence) / 2, freedom) * math.sqrt(total)
    return difference - half, difference + half
