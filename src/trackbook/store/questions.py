"""Small questions to the store; the wide table of runs has a room of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, RunNotFound, TrackbookError
from trackbook.records import Attempt
from trackbook.store.notebook_names import ask_notebooks
from trackbook.store.rows import clean, fetch
from trackbook.values import from_json

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.store.store import Store

_BEGINNING = re.compile(r"[0-9a-fA-F-]{4,36}")


@dataclass(frozen=True, slots=True)
class RunRow:
    """The line of a run that one needs to take it up again."""

    run_id: str
    experiment: str
    name: str
    started_at: float
    """Seconds since the epoch."""

    status: str
    deleted: bool


def find_run(store: Store, wanted: str) -> RunRow:
    """Find a run by its id, an unambiguous beginning of it, its name, or `last`. Raises RunNotFound.

    Of several runs with one name the newest is meant, a deleted one only when there is no other.
    """
    with store.asking() as db:
        return find_run_in(db, wanted)


def find_run_in(db: DuckDBPyConnection, wanted: str) -> RunRow:
    """As `find_run`, on an open connection."""
    wanted = clean(str(wanted)).strip()
    rows: list[tuple[Any, ...]] = []
    if wanted == "last":
        rows = fetch(db, f"{_RUN_ROW} WHERE deleted_at IS NULL ORDER BY started_at DESC, seq DESC LIMIT 1")
    elif _BEGINNING.fullmatch(wanted):
        rows = fetch(
            db,
            f"{_RUN_ROW} WHERE CAST(run_id AS VARCHAR) LIKE $1 || '%' ORDER BY run_id LIMIT 6",
            [wanted.lower()],
        )
    if not rows:
        rows = fetch(
            db,
            f"{_RUN_ROW} WHERE name = $1 ORDER BY deleted_at IS NOT NULL, started_at DESC, seq DESC LIMIT 1",
            [wanted],
        )
    if len(rows) > 1:
        raise BadInput(
            f"{wanted!r} is the beginning of several runs: {', '.join(row[0][:13] for row in rows)}; type more of it."
        )
    if not rows:
        near = fetch(db, f"{_RUN_ROW} WHERE name ILIKE $1 || '%' ORDER BY started_at DESC LIMIT 3", [wanted[:4]])
        raise RunNotFound(wanted, [row[2] for row in near])
    run_id, experiment, name, started_at, status, deleted = rows[0]
    return RunRow(run_id, experiment, name, started_at.replace(tzinfo=UTC).timestamp(), status, deleted)


_RUN_ROW = """
    SELECT CAST(run_id AS VARCHAR) AS run_id, experiment, name, started_at, status, deleted_at IS NOT NULL
    FROM _tb.runs
"""


def find_run_before(store: Store, run_id: str) -> str | None:
    """Find the attempt of its cell before a run, else the run of its notebook before it; never one that is deleted."""
    with store.asking() as db:
        rows = fetch(
            db,
            """
            SELECT CAST(earlier.run_id AS VARCHAR)
            FROM _tb.runs AS earlier
            JOIN _tb.runs AS this ON earlier.notebook = this.notebook AND earlier.started_at < this.started_at
            WHERE this.run_id = $1 AND earlier.deleted_at IS NULL
            ORDER BY (earlier.cell_key = this.cell_key) DESC, earlier.started_at DESC
            LIMIT 1
            """,
            [run_id],
        )
    return str(rows[0][0]) if rows else None


def earlier_steps(store: Store, run_id: str) -> dict[str, int]:
    """Last step of each metric that a run has so far; empty when the store cannot be asked."""
    try:
        with store.asking() as db:
            return dict(fetch(db, "SELECT name, last_step FROM _tb.series WHERE run_id = $1", [run_id]))
    except (TrackbookError, OSError):
        return {}


@dataclass(frozen=True, slots=True)
class CellAttempt:
    """Where the attempts of one cell have come to."""

    cell_id: str
    """The front end's id then; empty without one."""

    cell_key: str
    """What all attempts of the cell share."""

    attempt: Attempt
    """The newest that is not deleted, to compare with; without a run_id when all are."""

    number: int
    """Of the newest attempt, deleted or not: a number is not given twice."""


@dataclass(frozen=True, slots=True)
class NotebookMemory:
    """What a kernel needs to know of the earlier runs of its notebook."""

    cells: list[CellAttempt]
    moved: list[CellAttempt]
    """Cells of notebooks that are no more where they ran, the newest first: by their ids they may be this one's."""

    ignored: frozenset[str]
    """Names that the user does not want as metrics."""

    better: dict[str, str]
    """Which way is up, where the store knows."""


def remember_notebook(store: Store, notebook: str) -> NotebookMemory:
    """Read the newest attempt of each cell of a notebook, with its params and last metrics."""
    home = store.location.file.parent
    with store.asking() as db:
        # Where not even this notebook is seen, as on another machine, nobody can tell which ones are gone.
        names = ask_notebooks(db) if notebook and (home / notebook).exists() else {}
        gone = [name for name in names if not (home / name).exists()]
        cells, moved = _newest_attempts(db, [notebook]), _newest_attempts(db, gone) if gone else []
        ignored = frozenset(row[0] for row in fetch(db, "SELECT name FROM _tb.ignored"))
        return NotebookMemory(cells, moved, ignored, which_way_is_up(db))


def _newest_attempts(db: DuckDBPyConnection, notebooks: list[str]) -> list[CellAttempt]:
    rows = fetch(
        db,
        """
        SELECT CASE WHEN deleted_at IS NULL THEN CAST(run_id AS VARCHAR) ELSE '' END,
               attempt, cell_id, cell_key, number
        FROM (SELECT *, max(attempt) OVER (PARTITION BY notebook, cell_key) AS number,
                     row_number() OVER (
                         PARTITION BY notebook, cell_key ORDER BY deleted_at IS NOT NULL, attempt DESC, started_at DESC
                     ) AS place
              FROM _tb.runs WHERE notebook IN (SELECT unnest(CAST($1 AS TEXT[]))) AND attempt > 0) AS newest
        WHERE place = 1
        ORDER BY started_at DESC
        """,
        [notebooks],
    )
    params, metrics = _values_of(db, [row[0] for row in rows if row[0]])
    return [
        CellAttempt(cell_id, key, Attempt(run_id, attempt, params.get(run_id, {}), metrics.get(run_id, {})), number)
        for run_id, attempt, cell_id, key, number in rows
    ]


def _values_of(
    db: DuckDBPyConnection, run_ids: list[str]
) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, float]]]:
    """Params that the user set, and last metrics, of several runs."""
    params: dict[str, dict[str, object]] = {}
    metrics: dict[str, dict[str, float]] = {}
    among = "run_id IN (SELECT unnest(CAST($1 AS UUID[])))"
    for run_id, name, *written in fetch(
        db,
        f"SELECT CAST(run_id AS VARCHAR), name, value, number, text FROM _tb.params WHERE {among} AND NOT is_default",
        [run_ids],
    ):
        params.setdefault(run_id, {})[name] = param_value(*written)
    for run_id, name, last in fetch(
        db, f"SELECT CAST(run_id AS VARCHAR), name, last FROM _tb.series WHERE {among} AND count > 0", [run_ids]
    ):
        metrics.setdefault(run_id, {})[name] = last
    return params, metrics


def params_of(db: DuckDBPyConnection, run_id: str, *, defaults: bool = False) -> dict[str, object]:
    """Params of a run by name; defaults: also those that the user left alone."""
    rows = fetch(
        db,
        "SELECT name, value, number, text FROM _tb.params WHERE run_id = $1 AND ($2 OR NOT is_default) ORDER BY name",
        [run_id, defaults],
    )
    return {name: param_value(value, number, text) for name, value, number, text in rows}


def param_value(value: str, number: float | None, text: str) -> object:
    """Read a param back: a string that spells NaN is still a string."""
    return text if number is None and value.startswith('"') else from_json(value)


def metrics_of(db: DuckDBPyConnection, run_id: str) -> dict[str, float]:
    """Last value of each metric of a run."""
    return dict(fetch(db, "SELECT name, last FROM _tb.series WHERE run_id = $1 AND count > 0 ORDER BY name", [run_id]))


def which_way_is_up(db: DuckDBPyConnection) -> dict[str, str]:
    """Metrics of which the store knows whether lower or higher is better."""
    return dict(fetch(db, "SELECT metric, better FROM _tb.meanings"))


def as_seconds(moment: datetime | None) -> float | None:
    """Turn a TIMESTAMP into seconds since the epoch."""
    return None if moment is None else moment.replace(tzinfo=UTC).timestamp()
