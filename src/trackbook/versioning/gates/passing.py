"""Trying the gates of a stage, one after another."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from trackbook.errors import BadInput
from trackbook.store.registry.reading import versions_of
from trackbook.tracking.start import user_name
from trackbook.versioning.gates.facts import Gate, GateFacts
from trackbook.versioning.history import entries_about_version
from trackbook.versioning.trail import read_trail
from trackbook.versioning.version import read_version, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackbook.store import Store
    from trackbook.store.registry.reading import VersionRow
    from trackbook.versioning.gates.progress import Progress
    from trackbook.versioning.rules import Rules

GROUP = "trackbook.gates"


@dataclass(frozen=True, slots=True)
class GateResult:
    """What one gate said."""

    gate: str
    fault: str | None
    """None when it passed; else a sentence with the way to meet it."""

    stage: str
    model_id: str
    """The package that was tried: under its name and number there may be another one now."""

    holders: frozenset[int]
    """Versions that had the stage while the gates were tried."""

    def still_holds(self, row: VersionRow, held: Mapping[int, str]) -> bool:
        """Tell whether what was tried and what it was compared with are still what a version and its stage are now."""
        holders = frozenset(version for version, stage in held.items() if stage == self.stage)
        return (row.model_id, holders) == (self.model_id, self.holders)


def run_gates(
    store: Store,
    model: str,
    version: int,
    stage: str,
    rules: Rules,
    *,
    progress: Progress = lambda names: names,
) -> list[GateResult]:
    """Try every gate that the project has for a stage, all of them although one fails.

    Raises RegisteredModelNotFound, VersionNotFound, and BadInput for a gate that does not exist.
    """
    return list(tried_gates(store, model, version, stage, rules, progress=progress))


def tried_gates(
    store: Store, model: str, version: int, stage: str, rules: Rules, *, progress: Progress
) -> Iterator[GateResult]:
    """Try gates as `run_gates` does, and give each result at once."""
    asked = {name: value for name, value in rules.gates.get(stage, {}).items() if value is not False}
    if not asked:
        return
    facts = _facts(store, model, version, stage)
    holders, model_id = frozenset(holder.version for holder in facts.holders), facts.version.package.model_id
    names = iter(progress(asked))
    try:
        for name in names:
            yield GateResult(name, _try(name, facts, asked[name]), stage, model_id, holders)
    finally:
        if isinstance(names, Generator):
            names.close()  # an interrupted one would live in the traceback that IPython keeps, and go on drawing


def _facts(store: Store, model: str, version: int, stage: str) -> GateFacts:
    with store.asking() as db:
        return GateFacts(
            store=store,
            version=read_version(store, db, model, version),
            stage=stage,
            holders=tuple(version_of(store, db, row) for row in versions_of(db, model, stage=stage)),
            actor=user_name(),
            trail=tuple(entries_about_version(read_trail(db, model), version)),
        )


def _try(name: str, facts: GateFacts, asked: object) -> str | None:
    try:
        return known_gate(name)(facts, asked)
    except BadInput:
        raise
    except Exception as error:  # noqa: BLE001 - a project's own gate may raise anything; that is not a pass
        return f"The gate {name} failed itself: {type(error).__name__}: {error}."


@cache
def known_gate(name: str) -> Gate:
    """Find a gate by its name in trackbook.toml; raises BadInput with those there are."""
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        raise BadInput(f"There is no gate {name!r} in trackbook.toml. There is: {', '.join(sorted(found))}.")
    return cast("Gate", found[name].load())
