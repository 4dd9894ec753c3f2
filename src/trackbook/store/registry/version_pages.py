"""Versions of registered models in lines: the newest few and whoever is in a stage of each, or a page of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.registry.reading import check_registered
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version among many."""

    model: str
    version: int
    stage: str
    created_at: datetime
    """UTC."""

    run_id: str
    run_name: str
    """Empty when the run behind it is gone."""

    deleted: bool
    aliases: tuple[str, ...]


_LINE = """
    SELECT v.model, v.version, v.stage, v.created_at, coalesce(CAST(v.run_id AS VARCHAR), ''),
           coalesce((SELECT max(r.name) FROM _tb.runs AS r WHERE r.run_id = v.run_id), ''), v.deleted_at IS NOT NULL
"""


def ask_newest_versions(db: DuckDBPyConnection, most: int) -> dict[str, tuple[list[VersionLine], int]]:
    """Read, of each registered model, its newest versions, at most so many, and how many it has in all.

    A version that is in a stage or that an alias points at is read however old it is. Without the deleted ones.
    """
    found: dict[str, tuple[list[VersionLine], int]] = {model: ([], count) for model, count in fetch(db, _COUNTS)}
    aliases = _aliases(db)
    rows = fetch(
        db,
        f"""
        {_LINE}
        FROM (SELECT *, row_number() OVER (PARTITION BY model ORDER BY version DESC) AS place
              FROM _tb.versions WHERE deleted_at IS NULL) AS v
        WHERE v.place <= $1 OR v.stage NOT IN ('None', 'Archived')
              OR EXISTS (SELECT 1 FROM _tb.aliases AS a WHERE a.model = v.model AND a.version = v.version)
        ORDER BY v.model, v.version DESC
        """,
        [most],
    )
    for row in rows:
        found[row[0]][0].append(_line(row, aliases))
    return found


def ask_version_page(db: DuckDBPyConnection, model: str, offset: int, limit: int) -> tuple[int, list[VersionLine]]:
    """Read how many versions a model has, and some of them, the newest first. Raises RegisteredModelNotFound."""
    check_registered(db, model)
    shown = "v.model = $1 AND v.deleted_at IS NULL"
    total = fetch(db, f"SELECT count(*) FROM _tb.versions AS v WHERE {shown}", [model])[0][0]
    rows = fetch(
        db,
        f"{_LINE} FROM _tb.versions AS v WHERE {shown} ORDER BY v.version DESC LIMIT $2 OFFSET $3",
        [model, limit, offset],
    )
    aliases = _aliases(db)
    return int(total), [_line(row, aliases) for row in rows]


_COUNTS = """
    SELECT m.model, count(v.version)
    FROM _tb.registered_models AS m
    LEFT JOIN _tb.versions AS v ON v.model = m.model AND v.deleted_at IS NULL
    GROUP BY m.model
    ORDER BY m.model
"""


def _aliases(db: DuckDBPyConnection) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for model, version, alias in fetch(db, "SELECT model, version, alias FROM _tb.aliases ORDER BY alias"):
        found.setdefault((model, version), []).append(alias)
    return found


def _line(row: tuple[object, ...], aliases: dict[tuple[str, int], list[str]]) -> VersionLine:
    model, version = str(row[0]), int(row[1])  # type: ignore[call-overload]
    return VersionLine(*row, tuple(aliases.get((model, version), ())))  # type: ignore[arg-type, call-arg]
