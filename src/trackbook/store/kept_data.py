"""Data sets that runs kept whole, so that rows can be looked at by their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection


def kept_data(db: DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    """(Digest of the blob, rows) of each data set that one of these runs kept with its content, by role or name.

    Of several under one name that of the run asked for first, and of it the newest.
    """
    rows = fetch(
        db,
        """
        SELECT CAST(run_id AS VARCHAR), CASE WHEN role <> '' THEN role ELSE name END AS called, blob, row_count
        FROM _tb.datasets
        WHERE run_id IN (SELECT unnest(CAST($1 AS UUID[]))) AND blob IS NOT NULL AND blob <> ''
        ORDER BY logged_at DESC
        """,
        [list(run_ids)],
    )
    found: dict[str, tuple[str, int | None]] = {}
    for wanted in run_ids:
        for run_id, called, blob, count in rows:
            if run_id == wanted:
                found.setdefault(called, (blob, count))
    return found
