"""Lines about runs as an answer needs them: asked from the store, their notebooks named as the browser names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.config import settings
from trackbook.errors import BadInput
from trackbook.store import which_way_is_up
from trackbook.store.control import read_page
from trackbook.store.run_glances import ask_glances
from trackbook.views.side_bar.runs import progress_of, run_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from trackbook.labapi.roots import Root
    from trackbook.store import Location


def run_lines(
    db: DuckDBPyConnection, root: Root, location: Location, numbers: Sequence[int], metric: str = ""
) -> list[dict[str, Any]]:
    """Write the lines of some runs, in the order given. metric: shown instead of the first, where a run has it."""
    wanted = [metric, *settings().key_metrics] if metric else settings().key_metrics
    better, glances = which_way_is_up(db), ask_glances(db, numbers, wanted)
    # Most runs of a page are of one notebook, and following links costs a look at the disk a folder.
    kept = {glance.run.attributes["notebook"] or "" for glance in glances}
    notebooks = {each: root.notebook_of(each, location) for each in kept}
    return [
        run_line(
            glance,
            better,
            notebook=notebooks[glance.run.attributes["notebook"] or ""],
            progress=progress(location, glance.run.run_id) if glance.run.attributes["status"] == "RUNNING" else None,
        )
        for glance in glances
    ]


def progress(location: Location, run_id: str) -> float | None:
    """Read from its control page how far a run is, from 0 to 1; None where it does not say."""
    try:
        page = read_page(location, run_id)
    except (BadInput, OSError):
        return None
    return progress_of(page.done, page.total) if page is not None else None
