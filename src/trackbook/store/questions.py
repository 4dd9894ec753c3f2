"""Small questions to the store; the wide table of runs has a room of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, RunNotFound, TrackbookError
from trackbook.records import Attempt
from trackbook.store.rows import fetch
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

    Of several runs with one name the newest is meant.
    """
    with store.asking() as db:
        return find_run_in(db, wanted)


def find_run_in(db: DuckDBPyConnection, wanted: str) -> RunRow:
    """As `find_run`, on an open connection."""
    wanted = str(wanted).strip()
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
        rows = fetch(db, f"{_RUN_ROW} WHERE name = $1 ORDER BY started_at DESC, seq DESC LIMIT 1", [wanted])
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


def earlier_steps(store: Store, run_id: str) -> dict[str, int]:
    """Last step of each metric that a run has so far; empty when the store cannot be asked."""
    try:
        with store.asking() as db:
            return dict(fetch(db, "SELECT name, last_step FROM _tb.series WHERE run_id = $1", [run_id]))
    except (TrackbookError, OSError):
        return {}


def last_attempt(store: Store, notebook: str, cell_id: str, cell_key: str) -> tuple[str, Attempt | None]:
    """Find the newest earlier attempt of a cell, and the key that its attempts share.

    A cell is known by its front-end id; a copy of it, or one without an id, by
    the key of its shape. Returns the given key when nothing matches.
    """
    with store.asking() as db:
        rows = fetch(
            db,
            """
            SELECT CAST(run_id AS VARCHAR), attempt, cell_key
            FROM _tb.runs
            WHERE notebook = $1 AND attempt > 0 AND (cell_key = $2 OR (cell_id = $3 AND cell_id <> ''))
            ORDER BY (cell_id = $3 AND cell_id <> '') DESC, attempt DESC, started_at DESC
            LIMIT 1
            """,
            [notebook, cell_key, cell_id],
        )
        if not rows:
            return cell_key, None
        run_id, number, key = rows[0]
        highest = fetch(db, "SELECT max(attempt) FROM _tb.runs WHERE notebook = $1 AND cell_key = $2", [notebook, key])
        return key, Attempt(run_id, max(number, highest[0][0] or 0), params_of(db, run_id), metrics_of(db, run_id))


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
