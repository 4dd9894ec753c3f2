"""Every registered model in one line each: how many versions, who is in which stage, what aliases point at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.store.registry.assignments import CROWDED
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection


@dataclass(slots=True)
class ModelLine:
    """One registered model among many."""

    name: str
    description: str
    created_at: datetime
    """UTC."""

    stages: dict[str, list[int]] = field(default_factory=dict)
    """Versions by stage, the newest first, without the deleted."""

    aliases: dict[str, int] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def versions(self) -> int:
        """How many there are, without the deleted."""
        return sum(map(len, self.stages.values()))

    @property
    def newest(self) -> int:
        """Its highest version; 0 where none is left."""
        return max((held[0] for held in self.stages.values()), default=0)

    @property
    def holders(self) -> dict[str, list[int]]:
        """Who has the stages that are used: all but None and Archived."""
        return {stage: held for stage, held in self.stages.items() if stage not in CROWDED}

    def has(self, text: str) -> bool:
        """Tell whether a text is in its name, description, tags, aliases or stages that somebody has, in any case."""
        aliases = [f"@{alias}" for alias in self.aliases]
        words = [self.name, self.description, *self.tags, *self.tags.values(), *aliases, *self.holders]
        return any(text.lower() in word.lower() for word in words)


def model_lines(db: DuckDBPyConnection, text: str = "") -> list[ModelLine]:
    """List the registered models by name; text: only those that have it in a word about them.

    Versions are put together in the store, so that ten thousand cost little more than the models they belong to.
    """
    rows = fetch(db, "SELECT model, coalesce(description, ''), created_at FROM _tb.registered_models ORDER BY model")
    lines = {name: ModelLine(name, description, created_at) for name, description, created_at in rows}
    for name, stage, versions in fetch(db, _STAGES):
        lines[name].stages[stage] = versions
    for name, alias, version in fetch(db, "SELECT model, alias, version FROM _tb.aliases ORDER BY alias"):
        lines[name].aliases[alias] = version
    tags = "SELECT model, name, value FROM _tb.model_tags WHERE version IS NULL ORDER BY name"
    for name, tag, value in fetch(db, tags):
        lines[name].tags[tag] = value
    return [line for line in lines.values() if not text or line.has(text)]


def has_been_renamed(db: DuckDBPyConnection, model: str) -> bool:
    """Tell whether a registered model has the name that it has from a renaming."""
    return bool(fetch(db, "SELECT 1 FROM _tb.audit WHERE action = 'rename' AND after = $1 LIMIT 1", [model]))


_STAGES = """
    SELECT model, stage, array_agg(version ORDER BY version DESC)
    FROM _tb.versions
    WHERE deleted_at IS NULL
    GROUP BY model, stage
    ORDER BY max(version) DESC
"""
