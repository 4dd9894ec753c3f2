"""What a merge costs when the store is big already."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from build import store_of_points
from table import Row, at_most, timed

from trackbook.ids import new_id
from trackbook.records import EndedBy, RunStart, RunStatus
from trackbook.tracking.run import Run

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.store import Store


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """A store of 10 million points opens, merges one new run and closes in at most 60 ms."""
    if quick:
        return []
    store = store_of_points(folder, 10_000_000)
    _merge_one(store)
    took = statistics.median(_merge_one(store) for _ in range(21))
    return [at_most("open, merge one run, close; 10,000,000 points", took, 0.060)]


def _merge_one(store: Store) -> float:
    """Seconds of the merge alone; no keeper is started that could be quicker than we are."""
    start = RunStart(new_id(), "benchmark", "one", 1.8e9)
    run = Run(store, start)
    store.event("run", run_id=start.run_id, experiment="benchmark", name="one", started_at=start.started_at)
    run.log_params({f"p{place}": place / 7 for place in range(10)})
    for step in range(100):
        run.log_metric("m0", 1 / (step + 1), step)
    store.event(
        "end", run_id=start.run_id, status=RunStatus.FINISHED, ended_by=EndedBy.CELL, ended_at=start.started_at + 1
    )
    return timed(store.merge)
