"""What a registry browser knows about models and versions before it writes it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.store.registry.assignments import CROWDED, read_assignments
from trackbook.store.registry.listing import has_been_renamed
from trackbook.store.registry.reading import aliases_of, audit_entries, model_description, tags_of, versions_of
from trackbook.versioning.history import entries_about
from trackbook.versioning.rules import read_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.store.registry.reading import AuditEntry, VersionRow
    from trackbook.tracking.past import PastRun
    from trackbook.versioning.rules import Rules
    from trackbook.versioning.version import Version


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One registered model with all its versions."""

    name: str
    description: str
    """Markdown."""

    tags: Mapping[str, str]
    rows: Sequence[VersionRow]
    """The newest first, the deleted among them."""

    aliases: Mapping[str, int]
    trail: Sequence[AuditEntry]
    """What was decided about it, its versions and its aliases, under whatever name; the oldest first."""

    rules: Rules

    @property
    def held(self) -> dict[int, str]:
        """The stage of each version that is not deleted."""
        return {row.version: row.stage for row in self.rows if not row.deleted}

    def aliases_of(self, version: int) -> list[str]:
        """Names that point at a version."""
        return [alias for alias, pointed in self.aliases.items() if pointed == version]

    def leader(self) -> int | None:
        """The version furthest on its way, of several the newest; None when no stage is held."""
        held = self.held
        for stage in reversed(self.rules.stages):
            if stage not in CROWDED and (holders := [version for version, has in held.items() if has == stage]):
                return max(holders)
        return None

    def in_stage_since(self, version: int) -> datetime | None:
        """When a version entered the stage that it has; None when nobody moved it."""
        for entry in reversed(self.trail):
            if version in _assigned(entry):
                return entry.occurred_at
        return None


def _assigned(entry: AuditEntry) -> dict[int, str]:
    if entry.action in {"register", "promote", "archive"} or entry.action.startswith("rollback "):
        return read_assignments(entry.after)
    return {}  # a plain rollback is that of an alias


def read_model_facts(db: DuckDBPyConnection, name: str, store: Path) -> ModelFacts:
    """Ask for all about a registered model. store: the file, beside which the project's rules are.

    Raises RegisteredModelNotFound, and BadInput for faulty rules.
    """
    return ModelFacts(
        name=name,
        description=model_description(db, name),
        tags=tags_of(db, name).get(None, {}),
        rows=versions_of(db, name, deleted=True),
        aliases=aliases_of(db, name),
        trail=_trail(db, name),
        rules=read_rules(store),
    )


def _trail(db: DuckDBPyConnection, name: str) -> list[AuditEntry]:
    """Everything that was decided about a model; the whole trail is read only where it had another name before."""
    return entries_about(audit_entries(db, "model " if has_been_renamed(db, name) else f"model {name}"), name)


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version of a registered model with what it comes from."""

    version: Version
    run: PastRun | None
    """The run behind it; None when it is gone."""

    run_deleted: bool = False
    base: tuple[int, Mapping[str, float]] | None = None
    """Number and metrics of the version that its metrics are set beside."""

    better: Mapping[str, str] = field(default_factory=dict)
    """lower or higher by name of metric, where somebody said."""

    scored_by: Sequence[tuple[str, str]] = ()
    """Id and name of each run that evaluated the model of its run, the newest first."""
