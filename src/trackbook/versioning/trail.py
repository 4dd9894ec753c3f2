"""What was decided about one registered model, read without the rest of a long trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.registry.reading import AuditEntry, audit_entries, names_before
from trackbook.versioning.history import entries_about

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read_trail(db: DuckDBPyConnection, model: str) -> list[AuditEntry]:
    """Read every entry about the model that has this name now, also those from when it had another."""
    return entries_about(audit_entries(db, *(f"model {name}" for name in names_before(db, model))), model)
