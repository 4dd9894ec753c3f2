"""Asking about registered models: who is where, what a version is, who decided what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.store.registry.errors import RegisteredModelNotFound, VersionNotFound
from trackbook.store.rows import fetch
from trackbook.values import check_name

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a registered model, as the store has it."""

    model: str
    version: int
    """From 1, without gaps; a deleted one keeps its number."""

    stage: str
    model_id: str
    run_id: str
    """The run that logged the model."""

    description: str
    """Markdown."""

    created_at: datetime
    """UTC."""

    created_by: str
    parent_version: int | None
    """The version that had the highest stage when this one was registered; None for the first."""

    copied_from: str
    """`churn/3` where it is a copy; else empty."""

    last_loaded_at: datetime | None
    deleted: bool
    registration: str
    """JSON that tells a package outside the store which version it is; empty for none."""


HIGHEST_VERSION = 2**31 - 1
"""A column of integers holds no more."""

_NAMED = 5
"""Versions that a sentence lists."""

_VERSION = """
    SELECT model, version, stage, CAST(model_id AS VARCHAR), CAST(run_id AS VARCHAR), coalesce(description, ''),
           created_at, coalesce(created_by, ''), parent_version, coalesce(copied_from, ''), last_loaded_at,
           deleted_at IS NOT NULL, coalesce(registration, '')
    FROM _tb.versions
"""


def model_names(db: DuckDBPyConnection) -> list[str]:
    """Every registered model."""
    return [row[0] for row in fetch(db, "SELECT model FROM _tb.registered_models ORDER BY model")]


def check_registered(db: DuckDBPyConnection, model: str) -> str:
    """Return the name when there is such a model; raises RegisteredModelNotFound with the nearest, and BadName."""
    check_name("model", model)
    if not fetch(db, "SELECT 1 FROM _tb.registered_models WHERE model = $1", [model]):
        raise RegisteredModelNotFound(model, model_names(db), name_now(db, model))
    return model


def versions_of(
    db: DuckDBPyConnection, model: str, *, deleted: bool = False, stage: str | None = None, most: int | None = None
) -> list[VersionRow]:
    """Read the versions of a model, of one stage where it is given, the newest first. Raises RegisteredModelNotFound.

    most: as many, at most; all of them without.
    """
    check_registered(db, model)
    hidden = "" if deleted else "AND deleted_at IS NULL"
    rows = fetch(
        db,
        f"{_VERSION} WHERE model = $1 AND ($2 IS NULL OR stage = $2) {hidden} ORDER BY version DESC LIMIT $3",
        [model, stage, most],
    )
    return [VersionRow(*row) for row in rows]


def all_versions(db: DuckDBPyConnection) -> list[VersionRow]:
    """Read every version of every model that is not deleted, by model, the newest first."""
    return [VersionRow(*row) for row in fetch(db, f"{_VERSION} WHERE deleted_at IS NULL ORDER BY model, version DESC")]


def find_version(db: DuckDBPyConnection, model: str, version: int, *, deleted: bool = False) -> VersionRow:
    """Read one version. Raises RegisteredModelNotFound, and VersionNotFound when it is not there or deleted."""
    check_name("model", model)
    rows = []
    if version <= HIGHEST_VERSION:
        rows = fetch(db, f"{_VERSION} WHERE model = $1 AND version = $2", [model, version])
    if not rows:
        raise VersionNotFound(model, f"no version {version}", f"It has: {_some_versions(db, model)}.")
    row = VersionRow(*rows[0])
    if row.deleted and not deleted:
        way_out = f"tb.restore_version({model!r}, {version}) brings it back."
        raise VersionNotFound(model, f"a version {version} that was deleted", way_out)
    return row


def _some_versions(db: DuckDBPyConnection, model: str) -> str:
    """Name the newest versions of a model, for a sentence."""
    newest = [str(row.version) for row in versions_of(db, model, most=_NAMED + 1)]
    return ", ".join(newest[:_NAMED] + ["…"] * (len(newest) > _NAMED)) or "none"


def stages_of(db: DuckDBPyConnection, model: str) -> dict[int, str]:
    """The stage of each version that is not deleted."""
    return dict(fetch(db, "SELECT version, stage FROM _tb.versions WHERE model = $1 AND deleted_at IS NULL", [model]))


def aliases_of(db: DuckDBPyConnection, model: str) -> dict[str, int]:
    """Which version each alias points at."""
    return dict(fetch(db, "SELECT alias, version FROM _tb.aliases WHERE model = $1 ORDER BY alias", [model]))


def tags_of(db: DuckDBPyConnection, model: str) -> dict[int | None, dict[str, str]]:
    """Tags by version; None has those of the model itself."""
    found: dict[int | None, dict[str, str]] = {}
    rows = fetch(db, "SELECT version, name, value FROM _tb.model_tags WHERE model = $1 ORDER BY name", [model])
    for version, name, value in rows:
        found.setdefault(version, {})[name] = value
    return found


def model_description(db: DuckDBPyConnection, model: str) -> str:
    """The Markdown about a registered model. Raises RegisteredModelNotFound."""
    check_registered(db, model)
    return str(fetch(db, "SELECT description FROM _tb.registered_models WHERE model = $1", [model])[0][0] or "")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One decision, as the trail has it."""

    seq: int
    occurred_at: datetime
    """UTC."""

    actor: str
    action: str
    subject: str
    before: str
    after: str
    reason: str
    place: str
    hash: str


def audit_entries(db: DuckDBPyConnection, *subjects: str, until: datetime | None = None) -> list[AuditEntry]:
    """Read the trail in its order; subjects: only entries whose subject begins with one of them.

    until: UTC; all entries up to the newest one of that moment. Clocks differ and are set back, and half of a
    decision's past would make no sense without the other half.
    """
    conditions, parameters = ["1 = 1"], list[Any](subjects)
    if subjects:
        begins = [f"starts_with(subject, ${number})" for number in range(1, len(subjects) + 1)]
        conditions.append(f"({' OR '.join(begins)})")
    if until is not None:
        parameters.append(until)
        conditions.append(f"seq <= (SELECT max(seq) FROM _tb.audit WHERE occurred_at <= ${len(parameters)})")
    rows = fetch(
        db,
        "SELECT seq, occurred_at, actor, action, subject, before, after, reason, place, hash FROM _tb.audit "
        f"WHERE {' AND '.join(conditions)} ORDER BY seq",
        parameters,
    )
    return [AuditEntry(*row) for row in rows]


def names_before(db: DuckDBPyConnection, model: str) -> list[str]:
    """The name of a registered model, and every name that it, or another one of such a name, had before."""
    names = [model]
    renames = "action = 'rename' AND starts_with(subject, 'model ')"
    for before, after in fetch(db, f"SELECT before, after FROM _tb.audit WHERE {renames} ORDER BY seq DESC"):
        if after in names and before not in names:
            names.append(before)
    return names


def name_now(db: DuckDBPyConnection, model: str) -> str:
    """The name that a registered model has now which was called so; the same where nobody renamed it."""
    renames = "action = 'rename' AND starts_with(subject, 'model ')"
    for before, after in fetch(db, f"SELECT before, after FROM _tb.audit WHERE {renames} ORDER BY seq"):
        model = after if before == model else model
    return model


def audit_head(db: DuckDBPyConnection) -> str:
    """The hash of the newest entry; empty before the first."""
    rows = fetch(db, "SELECT hash FROM _tb.audit ORDER BY seq DESC LIMIT 1")
    return str(rows[0][0]) if rows else ""
