"""Which way is up for a metric of a comparison: as the store knows it, else as its name tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.meaning import default_better

if TYPE_CHECKING:
    from trackbook.widgets.comparison.tab import ChosenRuns


def better_of(chosen: ChosenRuns, column: str) -> str:
    """Return lower or higher for `metrics.loss`; empty when nobody knows."""
    metric = column.removeprefix("metrics.")
    return chosen.better.get(metric) or default_better(metric) or ""
