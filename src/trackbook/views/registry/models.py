"""The lists at the left of a registry browser: models, and the versions of one of them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from trackbook.views.numbers import count, number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from trackbook.store.registry.listing import ModelLine
    from trackbook.views.registry.facts import ModelFacts

MOST_MODELS = 2000
"""Models in the list at once; of more one types a part of the name."""


def lines_told(models: Sequence[ModelLine]) -> list[dict[str, Any]]:
    """Write models for the browser: name, newest version, who is where."""
    return [
        {
            "name": model.name,
            "versions": model.versions,
            "newest": model.newest,
            "stages": [[stage, held] for stage, held in model.holders.items()],
            "aliases": list(model.aliases.items()),
        }
        for model in models[:MOST_MODELS]
    ]


def models_sentence(shown: int, text: str) -> str:
    """Say how many models there are, and what to do when there are none."""
    if not shown:
        if text:
            return f"No model has “{text}” in its name, description, tags, aliases or stages."
        return 'There are no registered models yet; tb.register("churn") makes one of the last run\'s model.'
    more = f"; the first {number(MOST_MODELS)} are listed" if shown > MOST_MODELS else ""
    return f"{count(shown, 'model')}{more}"


def version_lines(facts: ModelFacts) -> list[dict[str, Any]]:
    """Write a model's versions, the newest first."""
    return [
        {
            "version": row.version,
            "stage": row.stage,
            "deleted": row.deleted,
            "aliases": facts.aliases_of(row.version),
            "at": seconds(row.created_at),
        }
        for row in facts.rows
    ]


def seconds(moment: datetime) -> float:
    """Since the epoch, of a moment of the store, which is UTC."""
    return moment.replace(tzinfo=UTC).timestamp()
