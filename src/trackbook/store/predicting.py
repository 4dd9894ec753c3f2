"""Which of several runs have kept predictions, of which names, and which of them could be compared."""

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


def comparable_predictions(db: DuckDBPyConnection, reference: str, run_ids: Sequence[str], name: str) -> dict[str, str]:
    """Digests of the predictions of a name by run, of the runs of the reference's experiment that have them.

    A run's own go before those of its evaluations, of each the newest.
    """
    rows = fetch(
        db,
        """
        SELECT CAST(owner AS VARCHAR), blob
        FROM (
            SELECT p.run_id AS owner, p.blob, p.logged_at, 1 AS own FROM _tb.predictions AS p WHERE p.name = $2
            UNION ALL
            SELECT r.evaluates_run_id AS owner, p.blob, p.logged_at, 0 AS own
            FROM _tb.predictions AS p
            JOIN _tb.runs AS r ON r.run_id = p.run_id
            WHERE p.name = $2 AND r.evaluates_run_id IS NOT NULL AND r.deleted_at IS NULL
        ) AS kept
        JOIN _tb.runs AS r ON r.run_id = owner
        WHERE owner IN (SELECT unnest(CAST($1 AS UUID[])))
          AND r.experiment = (SELECT asked.experiment FROM _tb.runs AS asked WHERE asked.run_id = CAST($3 AS UUID))
        ORDER BY own, logged_at
        """,
        [list(run_ids), name, reference],
    )
    return dict(rows)
