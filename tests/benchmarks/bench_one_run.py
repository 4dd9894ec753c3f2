"""What a run costs from its beginning until it is in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import peers
from table import Row, at_most, timed

import trackbook as tb
from trackbook.tracking.start import current_store

if TYPE_CHECKING:
    from pathlib import Path

_RUNS = 1000


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At most 5 ms a run, merged, over 1,000 runs."""
    if quick:
        return []
    ours = timed(_many) / _RUNS
    theirs = peers.mlflow_run(folder, 50)
    other = ("mlflow.start_run", theirs) if theirs is not None else None
    return [at_most("create and finish a run, merged", ours, 0.005, other)]


def _many() -> None:
    for _ in range(_RUNS):
        with tb.start_run():
            pass
    current_store().merge()
