"""What was where, and what before that: the trail played again. Pure.

The rows say what holds now; this says the same of any moment, from the trail alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.store.registry.assignments import CROWDED, DELETED, read_assignments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.store.registry.reading import AuditEntry

_SUBJECT = "model "
ROLLBACK = "rollback"
RENAME = "rename"
MOVES = frozenset({"register", "promote", "archive", "delete", "restore"})
"""Actions whose entries say before and after which version had which stage; `rollback STAGE` is one more."""


@dataclass(slots=True)
class ModelHistory:
    """One registered model at a moment, and what its stages and aliases pointed at before."""

    stages: dict[int, str] = field(default_factory=dict)
    """By version, without the deleted."""

    aliases: dict[str, int] = field(default_factory=dict)
    past: dict[str, list[frozenset[int]]] = field(default_factory=dict)
    """By stage, or `@alias`: what it pointed at, one after another, never nothing. A rollback takes the last away."""

    def holders(self, slot: str) -> frozenset[int]:
        """Versions that a stage or `@alias` points at."""
        if slot.startswith("@"):
            alias = self.aliases.get(slot[1:])
            return frozenset() if alias is None else frozenset({alias})
        return frozenset(version for version, stage in self.stages.items() if stage == slot)

    def before(self, slot: str) -> frozenset[int]:
        """What a slot pointed at before; empty when there was nothing else."""
        past, now = self.past.get(slot, []), self.holders(slot)
        earlier = past[:-1] if past and past[-1] == now else past
        return earlier[-1] if earlier else frozenset()


def play(entries: Iterable[AuditEntry]) -> dict[str, ModelHistory]:
    """Play entries of the trail in their order; returns each registered model as they left it, by name."""
    models: dict[str, ModelHistory] = {}
    for entry in entries:
        if not entry.subject.startswith(_SUBJECT):
            continue
        subject = entry.subject.removeprefix(_SUBJECT)
        action, _, slot = entry.action.partition(" ")
        if action == RENAME:
            models[entry.after] = models.pop(entry.before, ModelHistory())
        elif action in MOVES or (action == ROLLBACK and slot):
            _move(models.setdefault(subject, ModelHistory()), entry, slot)
        elif action in {"alias", ROLLBACK}:
            name, _, alias = subject.rpartition("@")
            _point(models.setdefault(name, ModelHistory()), alias, entry.after, back=action == ROLLBACK)
    return models


def entries_about(entries: Iterable[AuditEntry], model: str) -> list[AuditEntry]:
    """Choose, of the whole trail, what was decided about one registered model, also under names that it had before.

    model: the name it has now. What another one, renamed since, had done under that name is left out.
    """
    by_name: dict[str, list[AuditEntry]] = {}
    for entry in entries:
        name = _model_of(entry)
        if name and entry.action == RENAME:
            by_name[entry.after] = [*by_name.pop(entry.before, []), entry]
        elif name:
            by_name.setdefault(name, []).append(entry)
    return by_name.get(model, [])


def entries_about_version(entries: Iterable[AuditEntry], version: int) -> list[AuditEntry]:
    """Choose, of the entries about one registered model, those about one of its versions."""
    return [entry for entry in entries if version in _versions_of(entry)]


def _model_of(entry: AuditEntry) -> str:
    """The model that an entry is about, by the name that it had then; empty for what is about no model."""
    if not entry.subject.startswith(_SUBJECT):
        return ""
    subject = entry.subject.removeprefix(_SUBJECT)
    if _is_about_alias(entry):
        return subject.rpartition("@")[0]
    name, _, version = subject.rpartition("/")
    return name if name and version.isdecimal() else subject  # no name of a model ends like a version


def _versions_of(entry: AuditEntry) -> set[int]:
    if _is_about_alias(entry):
        return {int(version) for version in (entry.before, entry.after) if version}
    if entry.action.partition(" ")[0] in MOVES | {ROLLBACK}:
        return {*read_assignments(entry.before), *read_assignments(entry.after)}
    version = entry.subject.rpartition("/")[2]
    return {int(version)} if version.isdecimal() else set()


def _is_about_alias(entry: AuditEntry) -> bool:
    return entry.action in {"alias", ROLLBACK}


def _move(model: ModelHistory, entry: AuditEntry, rolled_back: str) -> None:
    after = read_assignments(entry.after)
    touched = {stage for stage in {*read_assignments(entry.before).values(), *after.values()} if stage != DELETED}
    for version, stage in after.items():
        if stage == DELETED:
            model.stages.pop(version, None)
        else:
            model.stages[version] = stage
    for slot in touched - CROWDED:
        _remember(model, slot, back=slot == rolled_back)


def _point(model: ModelHistory, alias: str, after: str, *, back: bool) -> None:
    if after:
        model.aliases[alias] = int(after)
    else:
        model.aliases.pop(alias, None)
    _remember(model, f"@{alias}", back=back)


def _remember(model: ModelHistory, slot: str, *, back: bool) -> None:
    """Add what a slot points at now to its past, or go back to it there."""
    past, now = model.past.setdefault(slot, []), model.holders(slot)
    if not now:
        return
    if back and now in past:
        while past[-1] != now:
            past.pop()
    elif not past or past[-1] != now:
        past.append(now)
