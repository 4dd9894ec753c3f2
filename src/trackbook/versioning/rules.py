"""What a project asks of its registry: stages, moves between them, gates; read from trackbook.toml beside the store.

[registry]
stages = ["None", "Staging", "Canary", "Production", "Archived"]

[registry.moves]
Staging = ["Canary", "Archived"]

[registry.gates.Production]
description = true
not_worse = "accuracy"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.store.registry.assignments import ARCHIVED, DELETED, NONE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RULES_NAME = "trackbook.toml"
STAGES = (NONE, "Staging", "Production", ARCHIVED)
"""Without a file: MLflow's."""

_KNOWN = ("stages", "moves", "gates")

_FORBIDDEN = frozenset(",@/")
"""What separates stages in the trail, and parts of a model URI."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A project's rules."""

    stages: tuple[str, ...] = STAGES
    """In the order of a version's way; the first is `None`, the last `Archived`."""

    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Where a version may go from a stage. A stage not named lets it go anywhere."""

    gates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By stage, what each gate asks."""

    def ways_from(self, stage: str) -> tuple[str, ...]:
        """The stages that a version may go to from this one."""
        return self.moves.get(stage, tuple(other for other in self.stages if other != stage))


def read_rules(store_file: Path) -> Rules:
    """Read the rules beside a store; MLflow's stages, any move and no gates without a file.

    Raises BadInput that names what is wrong in the file.
    """
    path = store_file.with_name(RULES_NAME)
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8")).get("registry", {})
    except FileNotFoundError:
        return Rules()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no TOML: {error}.") from error
    if not isinstance(given, dict):
        raise BadInput(f"[registry] in {path} is no table.")
    if unknown := sorted(given.keys() - _KNOWN):
        raise BadInput(f"[registry] in {path} has {unknown[0]!r}; it takes {', '.join(_KNOWN)}.")
    stages = _stages(given, path)
    moves = {stage: tuple(_names(ways, path)) for stage, ways in _table(given, "moves", path).items()}
    gates = {stage: _table(_table(given, "gates", path), stage, path) for stage in _table(given, "gates", path)}
    for stage in {*moves, *gates, *(way for ways in moves.values() for way in ways)}:
        if stage not in stages:
            raise BadInput(f"{path} names a stage {stage!r}, which is not among its stages: {', '.join(stages)}.")
    return Rules(stages, moves, gates)


def _stages(given: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    stages = tuple(_names(given.get("stages", STAGES), path))
    for stage in stages:
        if not _is_stage(stage):
            raise BadInput(f"{stage!r} in {path} is no name for a stage: a word without comma, slash and @.")
    if len({stage.lower() for stage in stages}) < len(stages):
        raise BadInput(f"The stages in {path} name one twice: {', '.join(stages)}; capitals make no difference.")
    if NONE not in stages or ARCHIVED not in stages:
        raise BadInput(f"The stages in {path} need None, where a version begins, and Archived, where it ends.")
    return stages


def _is_stage(name: str) -> bool:
    """Tell whether a name can stand in a model's URI and in the trail."""
    is_word = bool(name) and name == name.strip() and name.isprintable() and not name.isdecimal()
    return is_word and not _FORBIDDEN & set(name) and name.lower() not in {"latest", DELETED}


def _names(given: Any, path: Path) -> list[str]:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        raise BadInput(f"Stages in {path} are a list of names, and {given!r} is not.")
    return list(given)


def _table(given: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    found = given.get(name, {})
    if not isinstance(found, dict):
        raise BadInput(f"[registry.{name}] in {path} is no table.")
    return found
