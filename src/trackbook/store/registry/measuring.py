"""How good a run's model was, and on which data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's last value, and the hashes of the data that it was measured on."""

    value: float
    data: frozenset[str]
    """Of the data sets that are called a test, a validation or a holdout; without one of all but those to train on."""


_SCORED_ON = re.compile(
    r"(?<![a-z])(test|val|valid|validation|holdout|hold_out|eval|evaluation|dev|oof)(?![a-z])", re.IGNORECASE
)
_FITTED_ON = re.compile(r"(?<![a-z])(train|training|fit)(?![a-z])", re.IGNORECASE)


def measured(db: DuckDBPyConnection, run_id: str, metric: str) -> Measured | None:
    """Read a metric of a run, also of a deleted one, or of the newest run that evaluated its model; None without."""
    rows = fetch(
        db,
        """
        SELECT CAST(r.run_id AS VARCHAR), s.last
        FROM _tb.series AS s
        JOIN _tb.runs AS r ON r.run_id = s.run_id
        WHERE s.name = $2 AND s.last IS NOT NULL
          AND (r.run_id = $1 OR (r.evaluates_run_id = $1 AND r.deleted_at IS NULL))
        ORDER BY r.run_id = $1, r.seq DESC
        LIMIT 1
        """,
        [run_id, metric],
    )
    if not rows:
        return None
    measuring, value = rows[0]
    data = fetch(
        db,
        "SELECT DISTINCT CASE WHEN role <> '' THEN role ELSE name END, digest FROM _tb.datasets WHERE run_id = $1",
        [measuring],
    )
    return Measured(value, _scored_on(data))


def scored_by(db: DuckDBPyConnection, run_id: str) -> list[tuple[str, str]]:
    """List the runs that evaluated a run's model, as (id, name), the newest first."""
    return fetch(
        db,
        """
        SELECT CAST(run_id AS VARCHAR), name
        FROM _tb.runs
        WHERE evaluates_run_id = $1 AND deleted_at IS NULL
        ORDER BY seq DESC
        """,
        [run_id],
    )


def _scored_on(data: list[tuple[str, str]]) -> frozenset[str]:
    """Choose, of (name, hash), the data that a score tells of: two models share what they were trained on too."""
    scored = [digest for name, digest in data if _SCORED_ON.search(name)]
    other = [digest for name, digest in data if not _FITTED_ON.search(name)]
    return frozenset(scored or other or [digest for _, digest in data])
