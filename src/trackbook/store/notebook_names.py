"""Under which names a store keeps notebooks: one that was moved since its runs is known by the ids of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST = 500


def ask_notebooks(db: DuckDBPyConnection) -> dict[str, list[str]]:
    """Read the names, that of the newest run first, each with the ids of the notebook's tracked cells."""
    return dict(fetch(db, _NOTEBOOKS, [_MOST]))


_NOTEBOOKS = """
    SELECT notebook, array_agg(DISTINCT cell_id)
    FROM _tb.runs
    WHERE notebook <> '' AND cell_id <> '' AND deleted_at IS NULL
    GROUP BY notebook
    ORDER BY max(started_at) DESC, notebook
    LIMIT $1
"""
