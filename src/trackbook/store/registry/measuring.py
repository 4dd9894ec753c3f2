"""How good a run's model was, and on which data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's last value, and the hashes of the data in the run that measured it."""

    value: float
    data: frozenset[str]


def measured(db: DuckDBPyConnection, run_id: str, metric: str) -> Measured | None:
    """Read a metric of a run, or of the newest run that evaluated its model; None when neither has it."""
    rows = fetch(
        db,
        """
        SELECT CAST(r.run_id AS VARCHAR), s.last
        FROM _tb.series AS s
        JOIN _tb.runs AS r ON r.run_id = s.run_id
        WHERE s.name = $2 AND r.deleted_at IS NULL AND s.last IS NOT NULL
          AND (r.run_id = $1 OR r.evaluates_run_id = $1)
        ORDER BY r.run_id = $1, r.seq DESC
        LIMIT 1
        """,
        [run_id, metric],
    )
    if not rows:
        return None
    measuring, value = rows[0]
    data = fetch(db, "SELECT DISTINCT digest FROM _tb.datasets WHERE run_id = $1", [measuring])
    return Measured(value, frozenset(digest for (digest,) in data))
