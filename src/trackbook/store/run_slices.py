"""A slice of the newest runs that a filter matches: what a list that pages through HTTP asks for.

A table that lives in a kernel keeps the order of all its runs (`run_pages.py`); a browser that asks anew each
time would pay for that order every time, so here the store sorts no more than it returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.filters import compile_query
from trackbook.store.rows import fetch
from trackbook.store.run_pages import shown

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class RunSlice:
    """Some of the runs of a filter, the newest first."""

    numbers: list[int]
    """The store's own number of each run of the slice."""

    total: int
    """Runs that the filter matches."""

    every: int
    """Runs in the store, whatever the filter; of deleted ones when these are asked for."""


def ask_slice(
    db: DuckDBPyConnection, text: str, experiment: str | None, offset: int, limit: int, *, deleted: bool = False
) -> RunSlice:
    """Find the runs from `offset` on, at most `limit`. experiment: of its runs only. Raises BadFilter."""
    query = compile_query(text)
    places = [f"${len(query.parameters) + place}" for place in (1, 2, 3)]
    chosen = f"""
        FROM _tb.runs AS r
        {" ".join(query.joins)}
        WHERE {shown(deleted=deleted)} AND ({query.where}) AND ({places[0]} IS NULL OR r.experiment = {places[0]})
    """
    narrowed = bool(text.strip()) or experiment is not None
    counted = ", count(*) OVER ()" if narrowed else ""  # with the page, so that a filter is worked out once
    rows = fetch(
        db,
        f"SELECT r.seq{counted} {chosen} ORDER BY r.started_at DESC, r.seq DESC LIMIT {places[1]} OFFSET {places[2]}",
        [*query.parameters, experiment, limit, offset],
    )
    every = int(fetch(db, f"SELECT count(*) FROM _tb.runs AS r WHERE {shown(deleted=deleted)}")[0][0])
    total = every
    if narrowed and rows:
        total = int(rows[0][1])
    elif narrowed:
        total = int(fetch(db, f"SELECT count(*) {chosen}", [*query.parameters, experiment])[0][0])
    return RunSlice([int(row[0]) for row in rows], total, every)


def ask_number(db: DuckDBPyConnection, run_id: str) -> int | None:
    """Find the store's own number of a run by its whole id; None when there is no such run."""
    rows = fetch(db, "SELECT seq FROM _tb.runs WHERE run_id = CAST($1 AS UUID)", [run_id])
    return int(rows[0][0]) if rows else None
