"""Which of several runs have kept predictions, and of which names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection


def predictions_by_run(db: DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, list[str]]:
    """Names of the predictions that each of these runs, or an evaluation of it, has kept; runs without are missing."""
    rows = fetch(
        db,
        """
        SELECT DISTINCT CAST(owner AS VARCHAR), name
        FROM (
            SELECT p.run_id AS owner, p.name FROM _tb.predictions AS p
            UNION ALL
            SELECT r.evaluates_run_id AS owner, p.name
            FROM _tb.predictions AS p
            JOIN _tb.runs AS r ON r.run_id = p.run_id
            WHERE r.evaluates_run_id IS NOT NULL AND r.deleted_at IS NULL
        ) AS kept
        WHERE owner IN (SELECT unnest(CAST($1 AS UUID[])))
        ORDER BY 1, 2
        """,
        [list(run_ids)],
    )
    found: dict[str, list[str]] = {}
    for run_id, name in rows:
        found.setdefault(run_id, []).append(name)
    return {run_id: found[run_id] for run_id in run_ids if run_id in found}
