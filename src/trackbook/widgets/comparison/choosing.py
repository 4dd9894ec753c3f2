"""Which runs a comparison is about, however they were named, and what the store knows of them now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadFilter, BadInput, BadValue, RunNotFound
from trackbook.meaning import default_better
from trackbook.store.frames import runs_frame
from trackbook.store.questions import find_run_in, which_way_is_up
from trackbook.tracking.past import PastRun
from trackbook.tracking.run import Run
from trackbook.views.numbers import count
from trackbook.views.palette import COLOURS, best_first, run_colours
from trackbook.widgets.comparison.tab import ChosenRuns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from duckdb import DuckDBPyConnection

    from trackbook.store import Store

MOST = 2000
"""Runs of one comparison; of a filter that fits more the newest are taken."""

_WHOLE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for: runs by name, or all that a filter fits, asked anew each time."""

    store: Store
    run_ids: tuple[str, ...] | None
    """In the order asked for; None for a filter."""

    filter: str
    written: str
    """As the first argument of the Python call."""


def choose(runs: object, store: Store) -> Choice:
    """Understand what somebody gave to `tb.compare`. Raises RunNotFound, BadFilter, BadInput, StoreHeld."""
    if runs is None or (isinstance(runs, str) and not runs.strip()):
        return Choice(store, None, "", "")
    if isinstance(runs, str):
        return _named_or_filtered(runs, store)
    if isinstance(runs, (PastRun, Run)):
        return _listed([runs], runs.store)
    if hasattr(runs, "columns") and hasattr(runs, "loc"):
        return _listed(_ids_of_frame(runs), store)
    if hasattr(runs, "selected"):  # a table of runs
        if not runs.selected:
            raise BadInput("No run of this table is selected; select some, or give the table's filter.")
        return _listed(list(runs.selected), store)
    try:
        listed: list[Any] = list(runs)  # type: ignore[call-overload]  # whatever a user gave
    except TypeError:
        raise BadValue(
            "What to compare", runs, "needs to be a filter, a run, a list of runs, or a frame of runs"
        ) from None
    return _listed(listed, next((run.store for run in listed if isinstance(run, (PastRun, Run))), store))


def _named_or_filtered(text: str, store: Store) -> Choice:
    with store.asking() as db:
        try:
            row = find_run_in(db, text)
        except RunNotFound as not_found:
            try:
                runs_frame(db, text, limit=0)
            except BadFilter:
                if re.fullmatch(r"[\w.@-]+", text.strip()):  # one word was meant as a name
                    raise not_found from None
                raise
            return Choice(store, None, text, _quoted(text))
    return Choice(store, (row.run_id,), "", _quoted(row.name))


def _ids_of_frame(frame: Any) -> list[str]:  # noqa: ANN401 - a pandas frame
    if "run_id" not in frame.columns:
        raise BadInput("This frame has no column run_id; tb.runs() gives one that has.")
    return [str(run_id) for run_id in frame["run_id"]]


def _listed(runs: Iterable[object], store: Store) -> Choice:
    ids: dict[str, str] = {}
    with store.asking() as db:
        for run in runs:
            run_id, name = _one(run, db)
            ids[run_id] = name
    if len(ids) > MOST:
        raise BadInput(f"{count(len(ids), 'run')} are more than a comparison holds; choose at most {MOST}.")
    names = [name for name in ids.values() if name]
    # A name means the newest run that bears it: only where that is this one may the call use it.
    written = list(ids.values()) if len(names) == len(ids) == len(set(names)) else [run_id[:18] for run_id in ids]
    return Choice(store, tuple(ids), "", f"[{', '.join(map(_quoted, written))}]")


def _one(run: object, db: DuckDBPyConnection) -> tuple[str, str]:
    """Return a run's id, and the name it was asked for by, if by its name."""
    if isinstance(run, (PastRun, Run)):
        return run.run_id, ""
    if not isinstance(run, str):
        raise BadValue("A run to compare", run, "needs to be its id, its name, or what tb.get_run returned")
    if _WHOLE_ID.fullmatch(run):
        return run, ""
    row = find_run_in(db, run)
    return row.run_id, row.name if row.name == run else ""


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'


def read_runs(choice: Choice, metric: str | None, known: ChosenRuns | None) -> tuple[ChosenRuns, str]:
    """Ask the store for the chosen runs as they are now; returns them and a sentence about what is left out.

    metric: by which the best are coloured when there are many. known: from the time before, whose colours stay.
    """
    with choice.store.asking() as db:
        frame = runs_frame(db, choice.filter, limit=MOST + 1, run_ids=choice.run_ids, defaults=False)
        better = which_way_is_up(db)
    notice = ""
    if len(frame) > MOST:
        frame = frame.head(MOST)
        notice = f"More than {MOST} runs fit: the newest {MOST} are here; narrow the filter to see others."
    if choice.run_ids is not None:
        places = {run_id: place for place, run_id in enumerate(choice.run_ids)}
        frame = frame.sort_values("run_id", key=lambda ids: ids.map(places), ignore_index=True)
        missing = len(choice.run_ids) - len(frame)
        if missing:
            notice = f"{count(missing, 'run')} left out: deleted, or not in this store; %track restore brings one back."
    ids = tuple(str(run_id) for run_id in frame["run_id"]) if len(frame) else ()
    colours = dict(known.colours) if known and set(known.run_ids) == set(ids) else _colours(frame, ids, metric, better)
    return ChosenRuns(choice.store, ids, frame, colours, better), notice


def _colours(frame: pd.DataFrame, ids: Sequence[str], metric: str | None, better: dict[str, str]) -> dict[str, str]:
    if len(ids) <= len(COLOURS):
        return run_colours(ids)
    leading = leading_metric(frame, metric, better)
    if not leading:
        return run_colours(ids)
    column = frame[f"metrics.{leading}"].astype(float)
    scores = dict(zip(ids, column.tolist(), strict=True))
    return run_colours(ids, best_first(scores, better.get(leading) or default_better(leading)))


def leading_metric(frame: pd.DataFrame, wanted: str | None, better: dict[str, str]) -> str:
    """Return the metric by which runs are the best: the wanted one, else the first that has a way up."""
    names = [str(name).removeprefix("metrics.") for name in frame.columns if str(name).startswith("metrics.")]
    if wanted in names:
        return str(wanted)
    known = [name for name in names if better.get(name) or default_better(name)]
    return next(iter([*known, *names]), "")
