"""What one line about a run says: its facts, one metric with its course and its change, and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.store.rows import fetch
from trackbook.store.run_pages import RunFacts, ask_runs
from trackbook.store.sparks import ask_sparks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

_MOST_METRICS = 12
"""Of a run's metrics looked at to find the one to show; a deviation hides its mean's last value, no more."""

_LOOK_BACK = 20
"""Attempts looked back for one that is not deleted."""

_COURSE = 16


@dataclass(slots=True)
class RunGlance:
    """One run, as a line shows it."""

    run: RunFacts
    """With its key metric alone, where it has one."""

    cell_key: str
    """What all attempts of its cell share; empty without a cell."""

    deleted: bool
    metric: str = ""
    """Name of its key metric; empty without any."""

    before: RunFacts | None = None
    """The attempt of its cell before, with that metric alone; None for a first one."""

    course: list[float | None] = field(default_factory=list)
    """Of the key metric, in at most 16 values; empty of a single point."""

    left_out: int = 0
    """Bytes of output that were not kept."""

    went_on_after: str = ""
    """The error after which the cell went on; empty without."""

    patch_cut: bool = False
    """Whether only the beginning of the uncommitted changes was kept."""

    code: str = ""


def key_metric(names: Sequence[str], wanted: Sequence[str] = ()) -> str:
    """Choose the metric that stands for a run: the first wanted one that it has, else what its card shows first.

    names: in the order first logged. What a short array left is shown by its mean, as on the card.
    """
    for name in wanted:
        if name in names:
            return name
    known = set(names)
    deviations = {f"{name.removesuffix('.mean')}.std" for name in names if name.endswith(".mean")} & known
    inside = deviations | {name.removesuffix(".std") for name in deviations}
    return next((name for name in names if name not in inside), "")


def ask_glances(db: DuckDBPyConnection, numbers: Sequence[int], wanted: Sequence[str] = ()) -> list[RunGlance]:
    """Read the lines of some runs, in the order given; wanted: metrics to show rather than the first one."""
    runs = ask_runs(db, numbers, [])
    if not runs:
        return []
    more = {row[0]: row[1:] for row in fetch(db, _MORE, [[run.number for run in runs]])}
    found = {
        run.run_id: RunGlance(run, key or "", bool(deleted), patch_cut=bool(cut), code=code or "")
        for run in runs
        for key, deleted, cut, code in [more[run.number]]
    }
    for run_id, cut, error in fetch(db, _OUTPUTS, [list(found)]):
        found[run_id].left_out, found[run_id].went_on_after = int(cut or 0), error or ""
    _choose_metrics(db, found, wanted)
    _look_back(db, found)
    named = sorted({glance.metric for glance in found.values() if glance.metric})
    for (run_id, name), course in ask_sparks(db, list(found), named, _COURSE).items() if named else ():
        if found[run_id].metric == name:
            found[run_id].course = course
    return list(found.values())


def _choose_metrics(db: DuckDBPyConnection, found: dict[str, RunGlance], wanted: Sequence[str]) -> None:
    names: dict[str, dict[str, float]] = {}
    for run_id, name, last in fetch(db, _METRICS, [list(found), _MOST_METRICS, list(wanted)]):
        names.setdefault(run_id, {})[name] = last
    for run_id, values in names.items():
        glance = found[run_id]
        glance.metric = key_metric(list(values), wanted)
        if glance.metric:
            glance.run.metrics[glance.metric] = values[glance.metric]


def _look_back(db: DuckDBPyConnection, found: dict[str, RunGlance]) -> None:
    """Find the attempt before of each run, and its value of the same metric."""
    compared = [glance for glance in found.values() if glance.cell_key and glance.metric and _attempt(glance) > 1]
    if not compared:
        return
    attempts = [_attempt(glance) for glance in compared]
    keys = sorted({glance.cell_key for glance in compared})
    rows = fetch(db, _EARLIER, [keys, min(attempts) - _LOOK_BACK, max(attempts) - 1])
    by_cell: dict[tuple[str, str], list[tuple[int, str]]] = {}
    by_id: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for notebook, cell_id, key, attempt, run_id in rows:  # the newest first
        by_cell.setdefault((notebook, key), []).append((attempt, run_id))
        by_id.setdefault((cell_id, key), []).append((attempt, run_id))
    earlier: dict[str, str] = {}
    for glance in compared:
        cell = by_cell.get((glance.run.attributes["notebook"], glance.cell_key), [])
        # A notebook that was renamed since is another one, but its cells have their ids.
        cell_id = glance.run.attributes["cell_id"]
        renamed = by_id.get((cell_id, glance.cell_key), []) if cell_id else []
        before = next((run_id for attempt, run_id in [*cell, *renamed] if attempt < _attempt(glance)), None)
        if before is not None:
            earlier[glance.run.run_id] = before
    names = sorted({found[run_id].metric for run_id in earlier})
    values = {(row[0], row[1]): row[2] for row in fetch(db, _VALUES, [list(set(earlier.values())), names])}
    for run_id, before in earlier.items():
        glance = found[run_id]
        value = values.get((before, glance.metric))
        if value is not None:
            glance.before = RunFacts(-1, before, {}, metrics={glance.metric: value})


def _attempt(glance: RunGlance) -> int:
    value: Any = glance.run.attributes["attempt"]
    return int(value or 0)


_AMONG = "run_id IN (SELECT unnest(CAST($1 AS UUID[])))"
_MORE = """
    SELECT r.seq, r.cell_key, r.deleted_at IS NOT NULL,
           (SELECT bool_or(g.patch_cut) FROM _tb.git_states AS g WHERE g.digest = r.git_state), r.code
    FROM _tb.runs AS r
    WHERE r.seq IN (SELECT unnest(CAST($1 AS BIGINT[])))
"""
_OUTPUTS = f"""
    SELECT CAST(run_id AS VARCHAR), sum(cut), max(CASE WHEN kind = 'error' THEN name END)
    FROM _tb.outputs
    WHERE {_AMONG}
    GROUP BY run_id
"""
_METRICS = f"""
    SELECT CAST(run_id AS VARCHAR), name, last
    FROM (SELECT run_id, name, last, series_id,
                 row_number() OVER (PARTITION BY run_id ORDER BY series_id) AS place
          FROM _tb.series
          WHERE {_AMONG} AND count > 0) AS s
    WHERE place <= $2 OR name IN (SELECT unnest(CAST($3 AS TEXT[])))
    ORDER BY run_id, series_id
"""
_EARLIER = """
    SELECT notebook, cell_id, cell_key, attempt, CAST(run_id AS VARCHAR)
    FROM _tb.runs
    WHERE cell_key IN (SELECT unnest(CAST($1 AS TEXT[]))) AND attempt BETWEEN $2 AND $3 AND deleted_at IS NULL
    ORDER BY attempt DESC, started_at DESC
"""
_VALUES = f"""
    SELECT CAST(run_id AS VARCHAR), name, last
    FROM _tb.series
    WHERE {_AMONG} AND name IN (SELECT unnest(CAST($2 AS TEXT[]))) AND count > 0
"""
