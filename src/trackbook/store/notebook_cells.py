"""The tracked cells of a notebook, each with its last attempts; and the experiments of a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.questions import as_seconds
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class TrackedCell:
    """One cell that was tracked."""

    cell_id: str
    """The front end's id at the newest attempt; empty without one."""

    cell_key: str
    """What all attempts of the cell share."""

    code: str
    """As the newest attempt executed it; empty where it was not kept."""

    numbers: list[int]
    """The store's own numbers of its last attempts that are not deleted, the newest first."""


def ask_cells(db: DuckDBPyConnection, notebooks: Sequence[str], most: int) -> list[TrackedCell]:
    """Read the cells of a notebook, the one run last first; notebooks: all names that the store may have for it."""
    cells: dict[str, TrackedCell] = {}
    for key, cell_id, code, number in fetch(db, _CELLS, [list(notebooks), most]):
        cells.setdefault(key, TrackedCell(cell_id or "", key, code or "", [])).numbers.append(int(number))
    return list(cells.values())


_CELLS = """
    SELECT cell_key, cell_id, code, seq
    FROM (SELECT cell_key, cell_id, code, seq, started_at,
                 row_number() OVER (PARTITION BY cell_key ORDER BY started_at DESC, seq DESC) AS place,
                 max(started_at) OVER (PARTITION BY cell_key) AS newest
          FROM _tb.runs
          WHERE notebook IN (SELECT unnest(CAST($1 AS TEXT[]))) AND cell_key <> '' AND deleted_at IS NULL) AS r
    WHERE place <= $2
    ORDER BY newest DESC, cell_key, started_at DESC, seq DESC
"""


@dataclass(frozen=True, slots=True)
class ExperimentLine:
    """One experiment among others."""

    name: str
    runs: int
    running: int
    last: float
    """When its newest run began, in seconds since the epoch."""


def ask_experiments(db: DuckDBPyConnection) -> list[ExperimentLine]:
    """Count the runs of each experiment, the one with the newest run first; deleted runs are not counted."""
    rows = fetch(
        db,
        """
        SELECT experiment, count(*), count(CASE WHEN status = 'RUNNING' THEN 1 END), max(started_at) AS last
        FROM _tb.runs
        WHERE deleted_at IS NULL
        GROUP BY experiment
        ORDER BY last DESC, experiment
        """,
    )
    return [ExperimentLine(name or "", runs, running, as_seconds(last) or 0.0) for name, runs, running, last in rows]
