"""Big stores in seconds: rows go straight into the tables, through the store's own opening and migrations."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trackbook.ids import new_id
from trackbook.store.database import opened
from trackbook.store.migrations import migrate
from trackbook.tracking.start import use_store

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.store import Store

SERIES = 100
"""Of the store of many points; each has an equal share."""


def store_of_runs(folder: Path, runs: int, name: str = "") -> Store:
    """Return a store of finished runs with 10 numeric params and 10 metrics each. name: of its file."""
    file = folder / (name or f"runs-{runs}.duckdb")
    if not file.exists():
        with opened(file) as db:
            migrate(db, file)
            _add_runs(db, runs)
            _add_params(db)
            _add_series(db, metrics=10, points=1)
            _count(db)
    return _use(file)


def store_of_points(folder: Path, points: int) -> Store:
    """Return a store of many points: 100 runs, one metric each, logged one after another."""
    file = folder / f"points-{points}.duckdb"
    if not file.exists():
        with opened(file) as db:
            migrate(db, file)
            _add_runs(db, SERIES)
            _add_params(db)
            _add_series(db, metrics=1, points=points // SERIES)
            _count(db)
    return _use(file)


def _use(file: Path) -> Store:
    os.environ["TRACKBOOK_STORE"] = str(file)
    return use_store(file)


def _add_runs(db: DuckDBPyConnection, runs: int) -> None:
    import numpy as np

    db.register("ids", {"run_id": np.array([new_id() for _ in range(runs)], dtype=object), "seq": np.arange(runs)})
    db.execute("""
        INSERT INTO _tb.runs (run_id, seq, experiment, name, status, ended_by, started_at, ended_at, notebook, cell_id,
                              cell_key, attempt, code, session_id, run_by, host, spool_id, starred)
        SELECT CAST(run_id AS UUID), seq, 'benchmark', 'run-' || seq, 'FINISHED', 'cell',
               TIMESTAMP '2026-01-01' + INTERVAL (seq) SECOND, TIMESTAMP '2026-01-01' + INTERVAL (seq + 1) SECOND,
               'study.ipynb', 'cell-' || seq % 10, 'key-' || seq % 10, seq // 10 + 1, 'fit(' || seq || ')',
               'session', 'user', 'host', 'spool', false
        FROM ids
    """)


def _add_params(db: DuckDBPyConnection) -> None:
    db.execute("""
        INSERT INTO _tb.params (run_id, name, value, number, text, source, is_default)
        SELECT run_id, name, CAST(number AS VARCHAR), number, CAST(number AS VARCHAR), 'logged', false
        FROM (SELECT run_id, 'p' || place AS name, ((seq * 7919 + place * 104729) % 100003) / 100003.0::DOUBLE AS number
              FROM _tb.runs, range(10) AS t(place) ORDER BY seq, place)
    """)


def _add_series(db: DuckDBPyConnection, *, metrics: int, points: int) -> None:
    """points: of each metric; its values fall from 1 + the run's own share to nearly that share."""
    share = "((seq * 7907 + place * 104743) % 100019) / 100019.0::DOUBLE"
    db.execute(f"""
        INSERT INTO _tb.series (series_id, run_id, name, count, valued, first, last, min, max, total, last_step, last_at)
        SELECT seq * {metrics} + place + 1, run_id, 'm' || place, {points}, {points}, {share} + 1,
               {share} + 1.0 / {points}, {share} + 1.0 / {points}, {share} + 1, {points} * ({share}), {points - 1}, started_at
        FROM _tb.runs, range({metrics}) AS t(place) ORDER BY seq, place
    """)
    db.execute(f"""
        INSERT INTO _tb.points (series_id, seq, step, logged_at, value)
        SELECT series_id, (series_id - 1) * {points} + step, step, last_at + INTERVAL (step) MILLISECOND,
               last - 1.0 / {points} + 1.0 / (step + 1)
        FROM _tb.series, range({points}) AS t(step) ORDER BY series_id, step
    """)


def _count(db: DuckDBPyConnection) -> None:
    for counter, sql in (
        ("runs", "SELECT count(*) FROM _tb.runs"),
        ("series", "SELECT max(series_id) FROM _tb.series"),
        ("points", "SELECT count(*) FROM _tb.points"),
    ):
        db.execute(f"UPDATE _tb.counters SET value = ({sql}) WHERE name = $1", [counter])
