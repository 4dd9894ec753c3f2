"""Choosing one of the runs that are compared: by name, with the beginning of the id where names repeat."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from trackbook.errors import NotThere

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackbook.widgets.comparison.tab import ChosenRuns


def run_words(chosen: ChosenRuns, run_ids: Iterable[str]) -> dict[str, str]:
    """Write each run for a menu; no two alike."""
    names = run_names(chosen)
    often = Counter(names.values())
    return {
        run_id: names[run_id] if often[names[run_id]] == 1 else f"{names[run_id]} · {run_id[-8:]}"
        for run_id in run_ids
        if run_id in names
    }


def run_names(chosen: ChosenRuns) -> dict[str, str]:
    """Name of each compared run by its id."""
    ids, names = chosen.frame["run_id"].astype(str), chosen.frame["name"].astype(str)
    return dict(zip(ids, names, strict=True))


def no_run(wanted: str, known: Sequence[str]) -> NotThere:
    """Say that a run is not among those compared, or lacks what this view needs."""
    which = ", ".join(known[:3]) or "none here has"
    return NotThere(
        f"The run {wanted!r} is not among those compared here that have what this view needs ({which}); "
        "choose one from the menu."
    )
