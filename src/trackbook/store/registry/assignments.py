"""Which version has which stage, as the audit trail writes it: `2 Archived, 3 Production`.

An event says so before and after itself, so that the trail alone tells what was
where at any moment. A deleted version has the word `deleted` in place of a stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NONE = "None"
"""The stage of a version that nobody has promoted, as in MLflow."""

ARCHIVED = "Archived"
CROWDED = frozenset({NONE, ARCHIVED})
"""Stages that any number of versions have at once; nobody is archived for entering them."""

DELETED = "deleted"


def write_assignments(stages: Mapping[int, str]) -> str:
    """Write stages by version; stage names have no comma."""
    return ", ".join(f"{version} {stage}" for version, stage in sorted(stages.items()))


def read_assignments(text: str) -> dict[int, str]:
    """Read back what `write_assignments` wrote; raises ValueError for anything else."""
    stages: dict[int, str] = {}
    for part in text.split(", ") if text else ():
        version, _, stage = part.partition(" ")
        stages[int(version)] = stage
    return stages
