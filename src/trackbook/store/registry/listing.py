"""Every registered model in one line each: how many versions, who is in which stage, what aliases point at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(slots=True)
class ModelLine:
    """One registered model among many."""

    name: str
    description: str
    versions: int = 0
    """How many there are, without the deleted."""

    newest: int = 0
    """0 where none is left."""

    holders: dict[str, list[int]] = field(default_factory=dict)
    """The newest first, by stage; without None and Archived, which any number of versions have."""

    aliases: dict[str, int] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def has(self, text: str) -> bool:
        """Tell whether a text is in its name, description, tags, aliases or stages that somebody has, in any case."""
        aliases = [f"@{alias}" for alias in self.aliases]
        words = [self.name, self.description, *self.tags, *self.tags.values(), *aliases, *self.holders]
        return any(text.lower() in word.lower() for word in words)


def model_lines(db: DuckDBPyConnection, text: str = "") -> list[ModelLine]:
    """List the registered models by name; text: only those that have it in a word about them.

    Counts in the store, so that ten thousand versions cost no more than the models they belong to.
    """
    rows = fetch(db, "SELECT model, coalesce(description, '') FROM _tb.registered_models ORDER BY model")
    lines = {name: ModelLine(name, description) for name, description in rows}
    counted = "SELECT model, count(*), max(version) FROM _tb.versions WHERE deleted_at IS NULL GROUP BY model"
    for name, versions, newest in fetch(db, counted):
        lines[name].versions, lines[name].newest = versions, newest
    for name, version, stage in fetch(db, _HOLDERS):
        lines[name].holders.setdefault(stage, []).append(version)
    for name, alias, version in fetch(db, "SELECT model, alias, version FROM _tb.aliases ORDER BY alias"):
        lines[name].aliases[alias] = version
    tags = "SELECT model, name, value FROM _tb.model_tags WHERE version IS NULL ORDER BY name"
    for name, tag, value in fetch(db, tags):
        lines[name].tags[tag] = value
    return [line for line in lines.values() if not text or line.has(text)]


def has_been_renamed(db: DuckDBPyConnection, model: str) -> bool:
    """Tell whether a registered model has the name that it has from a renaming."""
    return bool(fetch(db, "SELECT 1 FROM _tb.audit WHERE action = 'rename' AND after = $1 LIMIT 1", [model]))


_HOLDERS = """
    SELECT model, version, stage
    FROM _tb.versions
    WHERE deleted_at IS NULL AND stage <> 'None' AND stage <> 'Archived'
    ORDER BY version DESC
"""
