"""One line about a run, as the side bar lists it and a cell's badge shows it. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from trackbook.meaning import default_better
from trackbook.views.literals import cut, one_line
from trackbook.views.side_bar.badges import run_badges
from trackbook.views.table.cells import metric_cell
from trackbook.views.table.columns import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.store.run_glances import RunGlance

_LONGEST_ERROR = 300
_LONGEST_NOTE = 2000
_DIGITS = 6


def run_line(
    glance: RunGlance, better: Mapping[str, str], *, notebook: str = "", progress: float | None = None
) -> dict[str, Any]:
    """Write a run for the browser.

    better: which way is up, where the store knows. notebook: its path as the browser names it.
    progress: from 0 to 1, of a run that runs and says so.
    """
    run, facts = glance.run, glance.run.attributes
    return {
        "id": run.run_id,
        "name": facts["name"] or run.run_id[:8],
        "experiment": facts["experiment"] or "",
        "status": facts["status"],
        "started": facts["started_at"] or 0.0,
        "took": facts["duration"],
        "attempt": facts["attempt"] or 0,
        "star": facts["starred"],
        "note": (facts["note"] or "")[:_LONGEST_NOTE],
        "deleted": glance.deleted,
        "metric": _metric(glance, better),
        "course": [None if value is None or not math.isfinite(value) else _short(value) for value in glance.course],
        "badges": run_badges(glance),
        "progress": progress,
        "notebook": notebook,
        "cellId": facts["cell_id"] or "",
        "cellKey": glance.cell_key,
        "error": cut(one_line(facts["error"] or ""), _LONGEST_ERROR),
    }


def _metric(glance: RunGlance, better: Mapping[str, str]) -> dict[str, Any] | None:
    """Set the key metric as the run table does, its difference that to the attempt before."""
    name = glance.metric
    if not name:
        return None
    column = Column(f"metrics.{name}", one_line(name), "metric", better.get(name) or default_better(name) or "")
    return {"name": column.title, "cell": metric_cell(glance.run, column, glance.before).as_json()}


def _short(value: float) -> float:
    """Keep as many digits as a small line can show."""
    return float(f"{value:.{_DIGITS}g}")


def progress_of(done: int, total: int | None) -> float | None:
    """Say how far a loop is, from 0 to 1; None where it does not know how far it goes."""
    return round(min(1.0, done / total), 3) if total else None
