"""One run's metrics, each with what was kept of all its points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.meaning import default_better
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Summary:
    """One metric of one run."""

    name: str
    last: float
    first: float
    min: float | None
    """None when every point is NaN; so are max, mean and best."""

    max: float | None
    mean: float | None
    best: float | None
    """None also when nobody knows which way is up."""

    count: int
    last_step: int


def run_summaries(db: DuckDBPyConnection, run_id: str) -> list[Summary]:
    """Read what was kept of each metric of a run, by name."""
    found = []
    for name, last, first, low, high, mean, count, last_step, better in fetch(db, _SUMMARIES, [run_id]):
        up = better or default_better(name)
        best = low if up == "lower" else high if up == "higher" else None
        found.append(Summary(name, last, first, low, high, mean, best, count, last_step))
    return found


_SUMMARIES = """
    SELECT name, last, first, min, max, mean, count, last_step, better
    FROM _tb.metric_summaries
    WHERE run_id = $1 AND count > 0
    ORDER BY name
"""
