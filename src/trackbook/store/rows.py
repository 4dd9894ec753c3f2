"""Many rows in one statement, in the dialect that DuckDB and PostgreSQL share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

_DOUBLE = "DOUBLE PRECISION"
TYPES = {
    "run_id": "UUID", "parent_run_id": "UUID", "evaluates_run_id": "UUID", "model_id": "UUID",
    "seq": "BIGINT", "series_id": "BIGINT", "count": "BIGINT", "valued": "BIGINT", "last_step": "BIGINT",
    "size": "BIGINT", "cut": "BIGINT", "row_count": "BIGINT", "column_count": "BIGINT", "key": "BIGINT",
    "points_segment": "BIGINT", "points_record": "BIGINT", "events_journal": "BIGINT", "events_byte": "BIGINT",
    "attempt": "INTEGER", "version": "INTEGER", "position": "INTEGER", "git_edits": "INTEGER", "edits": "INTEGER",
    "number": "DOUBLE PRECISION", "first": "DOUBLE PRECISION", "last": "DOUBLE PRECISION",
    "min": "DOUBLE PRECISION", "max": "DOUBLE PRECISION", "total": "DOUBLE PRECISION",
    "started_at": "TIMESTAMP", "ended_at": "TIMESTAMP", "last_seen_at": "TIMESTAMP", "set_at": "TIMESTAMP",
    "logged_at": "TIMESTAMP", "last_at": "TIMESTAMP", "kept_at": "TIMESTAMP", "executed_at": "TIMESTAMP",
    "first_seen_at": "TIMESTAMP", "rejected_at": "TIMESTAMP", "occurred_at": "TIMESTAMP", "deleted_at": "TIMESTAMP",
    "created_at": "TIMESTAMP", "last_loaded_at": "TIMESTAMP",
    "is_default": "BOOLEAN", "sampled": "BOOLEAN", "patch_cut": "BOOLEAN", "starred": "BOOLEAN",
    "succeeded": "BOOLEAN", "asked": "BOOLEAN", "content": "BYTEA",
}  # fmt: skip
"""Column types where they are not TEXT; one name has one type in all tables."""


def unnested(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> tuple[str, list[list[object]]]:
    """Write rows as a sub-select with one array parameter a column; returns it and the parameters."""
    picks = ", ".join(
        f"CAST(unnest(CAST(${place} AS TEXT[])) AS {_DOUBLE}) AS {column}"
        if TYPES.get(column) == _DOUBLE
        else f"unnest(CAST(${place} AS {TYPES.get(column, 'TEXT')}[])) AS {column}"
        for place, column in enumerate(columns, start=1)
    )
    values = [list(column) for column in zip(*rows, strict=True)]
    return f"(SELECT {picks})", [
        [_number_text(value) for value in column] if TYPES.get(name) == _DOUBLE else column
        for name, column in zip(columns, values, strict=True)
    ]


def _number_text(value: object) -> str | None:
    """Write a number so that it comes back exactly: DuckDB 1.4 takes a NaN in a list of numbers for NULL."""
    return None if value is None else repr(float(value))  # type: ignore[arg-type]  # DOUBLE columns hold numbers


def insert_rows(db: DuckDBPyConnection, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Add rows to one of our tables."""
    names = ", ".join(columns)
    if len(rows) == 1:  # what most merges have, and planned in half the time
        places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
        db.execute(f"INSERT INTO _tb.{table} ({names}) VALUES ({places})", list(rows[0]))
    elif rows:
        source, parameters = unnested(columns, rows)
        db.execute(f"INSERT INTO _tb.{table} ({names}) SELECT {names} FROM {source} AS fresh", parameters)


def update_rows(
    db: DuckDBPyConnection, table: str, key: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Set columns of rows found by one key; each row is (key, value, …)."""
    if rows:
        source, parameters = unnested([key, *columns], rows)
        changes = ", ".join(f"{column} = fresh.{column}" for column in columns)
        db.execute(
            f"UPDATE _tb.{table} SET {changes} FROM {source} AS fresh WHERE {table}.{key} = fresh.{key}", parameters
        )


def delete_pairs(db: DuckDBPyConnection, table: str, rows: Sequence[tuple[str, str]]) -> None:
    """Delete the rows of a table that belong to these (run_id, name)."""
    if rows:
        source, parameters = unnested(["run_id", "name"], rows)
        db.execute(
            f"DELETE FROM _tb.{table} USING {source} AS old "
            f"WHERE {table}.run_id = old.run_id AND {table}.name = old.name",
            parameters,
        )


def fetch(db: DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run a query and return its rows."""
    return db.execute(sql, list(parameters)).fetchall()


def moment(seconds: float) -> datetime:
    """Turn seconds since the epoch into what a TIMESTAMP column holds: UTC without a zone."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def clean(text: str) -> str:
    """Make any text storable: no lone surrogates, no NUL, which PostgreSQL refuses."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{SYMBOL FOR NULL}")
