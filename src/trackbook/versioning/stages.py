"""The rules of stages: who goes where when a version is promoted, archived, rolled back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from trackbook.store.registry.assignments import ARCHIVED, CROWDED
from trackbook.store.registry.errors import MoveNotAllowed, UnknownStage

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from trackbook.versioning.rules import Rules


def known_stage(wanted: str, rules: Rules) -> str:
    """Return a stage as the project writes it, whatever the case typed; raises UnknownStage."""
    return _as_written(wanted, rules.stages) or _refused(wanted, rules)


def _as_written(wanted: object, stages: Collection[str]) -> str | None:
    """Find a stage that was typed in any case. Python's None is not the stage `None`: it is what somebody forgot."""
    if not isinstance(wanted, str):
        return None
    return next((stage for stage in stages if stage.lower() == wanted.lower()), None)


def _refused(wanted: object, rules: Rules) -> NoReturn:
    raise UnknownStage(wanted, rules.stages)


def held_stage(wanted: str, rules: Rules, held: Collection[str]) -> str:
    """Return a stage as `known_stage` does, also one that the project gave up while a version still has it.

    held: stages that versions have. Raises UnknownStage.
    """
    return _as_written(wanted, rules.stages) or _as_written(wanted, held) or _refused(wanted, rules)


def promoted(
    model: str, held: Mapping[int, str], version: int, stage: str, rules: Rules, *, archive_existing: bool = True
) -> dict[int, str]:
    """Who has which stage once a version has this one; only versions whose stage changes.

    held: stages now, by version. Raises MoveNotAllowed.
    """
    before = held[version]
    allowed = rules.ways_from(before)
    if stage not in {before, *allowed}:
        raise MoveNotAllowed(model, version, before, stage, allowed)
    changed = {version: stage} if before != stage else {}
    if archive_existing and stage not in CROWDED:
        changed |= {other: ARCHIVED for other, has in held.items() if has == stage and other != version}
    return changed


def rolled_back(held: Mapping[int, str], stage: str, earlier: Collection[int]) -> dict[int, str]:
    """Who has which stage once these versions have this one again; those there now are archived."""
    changed = {other: ARCHIVED for other, has in held.items() if has == stage and other not in earlier}
    return changed | {version: stage for version in earlier if held[version] != stage}
