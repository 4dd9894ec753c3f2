"""What a decision would change, said before it is made: before → after of everything it touches. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.store.registry.assignments import ARCHIVED, CROWDED, DELETED
from trackbook.store.registry.errors import RegistryRefusal, VersionInUse
from trackbook.versioning.deeds import Deed
from trackbook.versioning.gates.approving import approved_by
from trackbook.versioning.history import entries_about_version
from trackbook.versioning.stages import known_stage, promoted, rolled_back
from trackbook.versioning.uri import check_model_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.versioning.history import ModelHistory
    from trackbook.views.registry.facts import ModelFacts

NOBODY, NOTHING = "nobody", "nothing yet"


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that becomes another."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deed would do."""

    deed: Deed
    title: str
    verb: str
    """What the button says."""

    changes: tuple[Changed, ...] = ()
    refusal: str = ""
    """Why it cannot be done; empty when it can."""

    call: str = ""
    """The same in Python, without the reason."""

    gates: tuple[str, ...] = ()
    """Names of the gates that the project has for it."""

    choices: tuple[str, ...] = field(default=())
    """Other slots that it could be about."""


def plan(deed: Deed, model: ModelFacts, history: ModelHistory | None = None) -> Plan:
    """Say what a deed would change. history: of the model; rollback needs it."""
    maker = _MAKERS[deed.what]
    return maker(deed, model, history or _no_history())


def _no_history() -> ModelHistory:
    from trackbook.versioning.history import ModelHistory  # noqa: PLC0415

    return ModelHistory()


def _promote(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    title = f"Promote version {deed.version} of {deed.model} to {deed.slot}"
    others = [repr(deed.slot)] if deed.slot != "Production" else []
    others += [] if deed.archive_existing else ["archive_existing=False"]
    call = f"tb.promote({', '.join([repr(deed.model), str(deed.version), *others])})"
    try:
        stage = known_stage(deed.slot, model.rules)
        held = _held(model, deed)
        changed = promoted(deed.model, held, deed.version, stage, model.rules, archive_existing=deed.archive_existing)
    except RegistryRefusal as error:
        return Plan(deed, title, "Promote", refusal=str(error), call=call)
    gates = tuple(name for name, asked in model.rules.gates.get(stage, {}).items() if asked is not False)
    if not changed:
        return Plan(deed, title, "Promote", refusal=f"Version {deed.version} is in {stage} already.", call=call)
    return Plan(deed, title, "Promote", _stages(held, changed, stage), call=call, gates=gates)


def _held(model: ModelFacts, deed: Deed) -> dict[int, str]:
    held = model.held
    if deed.version not in held:
        way_out = f"restore it first: tb.restore_version({deed.model!r}, {deed.version})"
        raise VersionInUse(deed.model, deed.version, DELETED, way_out)
    return held


def _archive(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    title, call = f"Archive version {deed.version} of {deed.model}", f"tb.archive({deed.model!r}, {deed.version})"
    try:
        held = _held(model, deed)
        changed = promoted(deed.model, held, deed.version, ARCHIVED, model.rules)
    except RegistryRefusal as error:
        return Plan(deed, title, "Archive", refusal=str(error), call=call)
    if not changed:
        return Plan(deed, title, "Archive", refusal=f"Version {deed.version} is archived already.", call=call)
    left = held[deed.version]
    return Plan(deed, title, "Archive", _stages(held, changed, "" if left in CROWDED else left), call=call)


def _rollback(deed: Deed, model: ModelFacts, history: ModelHistory) -> Plan:
    choices = tuple(slot for slot in _slots(model, history) if history.before(slot))
    slot = deed.slot or next(iter(choices), "Production")
    deed = Deed(deed.what, deed.model, deed.version, slot)
    title = f"Roll back {slot} of {deed.model}"
    call = f"tb.rollback({deed.model!r}{'' if slot == 'Production' else f', {slot!r}'})"
    held, earlier = model.held, history.before(slot)
    if not earlier:
        refusal = f"{slot} of {deed.model} pointed at nothing else before; there is nothing to roll back to."
        return Plan(deed, title, "Roll back", refusal=refusal, call=call, choices=choices)
    if gone := sorted(earlier - held.keys()):
        refusal = f"Version {gone[0]}, which was there before, is deleted. Restore it first."
        return Plan(deed, title, "Roll back", refusal=refusal, call=call, choices=choices)
    if slot.startswith("@"):
        changes: tuple[Changed, ...] = (Changed(slot, _who(history.holders(slot)), _who({min(earlier)})),)
    else:
        changes = _stages(held, rolled_back(held, slot, earlier), slot)
    return Plan(deed, title, "Roll back", changes, call=call, choices=choices)


def _slots(model: ModelFacts, history: ModelHistory) -> list[str]:
    stages = [stage for stage in reversed(model.rules.stages) if stage not in CROWDED]
    return [*stages, *(slot for slot in sorted(history.past) if slot.startswith("@"))]


def _alias(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    title = f"Set an alias of version {deed.version} of {deed.model}"
    call = f"tb.set_alias({deed.model!r}, {deed.slot or '…'!r}, {deed.version})"
    before = model.aliases.get(deed.slot)
    choices = tuple(model.aliases)
    if deed.slot and before == deed.version:
        refusal = f"@{deed.slot} points at version {deed.version} already."
        return Plan(deed, title, "Set alias", refusal=refusal, call=call, choices=choices)
    changes = (
        (Changed(f"@{deed.slot}", _who({before} if before else set()), _who({deed.version})),) if deed.slot else ()
    )
    return Plan(deed, title, "Set alias", changes, call=call, choices=choices)


def _unalias(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    title, before = f"Take the alias @{deed.slot} of {deed.model} away", model.aliases.get(deed.slot)
    changes = (Changed(f"@{deed.slot}", _who({before} if before else set()), NOBODY),)
    refusal = "" if before else f"{deed.model} has no alias @{deed.slot}."
    return Plan(deed, title, "Take away", changes, refusal, f"tb.delete_alias({deed.model!r}, {deed.slot!r})")


def _delete(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    title = f"Delete version {deed.version} of {deed.model}"
    call = f"tb.delete_version({deed.model!r}, {deed.version})"
    stage = model.held.get(deed.version)
    if stage is None:
        return Plan(deed, title, "Delete", refusal=f"Version {deed.version} is deleted already.", call=call)
    changes = (Changed(f"version {deed.version}", stage, DELETED),)
    if stage not in CROWDED:
        return Plan(deed, title, "Delete", changes, f"It is in {stage}; archive it first.", call)
    if aliases := model.aliases_of(deed.version):
        refusal = f"@{aliases[0]} points at it; move that alias first, or take it away."
        return Plan(deed, title, "Delete", changes, refusal, call)
    return Plan(deed, title, "Delete", changes, call=call)


def _restore(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    title = f"Restore version {deed.version} of {deed.model}"
    call = f"tb.restore_version({deed.model!r}, {deed.version})"
    row = next((row for row in model.rows if row.version == deed.version), None)
    if row is None or not row.deleted:
        return Plan(deed, title, "Restore", refusal=f"Version {deed.version} is not deleted.", call=call)
    return Plan(deed, title, "Restore", (Changed(f"version {deed.version}", DELETED, row.stage),), call=call)


def _approve(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    choices = tuple(stage for stage in reversed(model.rules.stages) if stage not in CROWDED)
    stage = deed.slot or next(iter(choices), "Production")
    deed = Deed(deed.what, deed.model, deed.version, stage)
    title = f"Approve version {deed.version} of {deed.model} for {stage}"
    others = "" if stage == "Production" else f", {stage!r}"
    call = f"tb.approve({deed.model!r}, {deed.version}{others})"
    try:
        known_stage(stage, model.rules)
        _held(model, deed)
    except RegistryRefusal as error:
        return Plan(deed, title, "Approve", refusal=str(error), call=call, choices=choices)
    people = ", ".join(sorted(approved_by(entries_about_version(model.trail, deed.version), stage)))
    changes = (Changed(f"approved for {stage} by", people or NOBODY, f"{people}, and you" if people else "you"),)
    return Plan(deed, title, "Approve", changes, call=call, choices=choices)


def _rename(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    title = f"Rename {model.name}"
    call = f"tb.rename_model({model.name!r}, {deed.slot or '…'!r})"
    if not deed.slot:
        return Plan(deed, title, "Rename", call=call)
    if refusal := _name_refused(deed.slot) or ("It is called so already." if deed.slot == model.name else ""):
        return Plan(deed, title, "Rename", refusal=refusal, call=call)
    old, new = f"models:/{model.name}/…", f"models:/{deed.slot}/…"
    return Plan(deed, title, "Rename", (Changed("name", model.name, deed.slot), Changed("URI", old, new)), call=call)


def _copy(deed: Deed, model: ModelFacts, _history: ModelHistory) -> Plan:
    title = f"Copy version {deed.version} of {deed.model} to another model"
    call = f"tb.copy_version({f'models:/{deed.model}/{deed.version}'!r}, {deed.slot or '…'!r})"
    try:
        _held(model, deed)
    except RegistryRefusal as error:
        return Plan(deed, title, "Copy", refusal=str(error), call=call)
    if not deed.slot:
        return Plan(deed, title, "Copy", call=call)
    if refusal := _name_refused(deed.slot):
        return Plan(deed, title, "Copy", refusal=refusal, call=call)
    what = f"next version of {deed.slot}"
    return Plan(deed, title, "Copy", (Changed(what, NOTHING, f"a copy of version {deed.version}"),), call=call)


def _name_refused(name: str) -> str:
    try:
        check_model_name(name)
    except BadInput as error:
        return str(error)
    return ""


def _stages(held: Mapping[int, str], changed: Mapping[int, str], slot: str) -> tuple[Changed, ...]:
    """First what the stage points at, then each version that moves, the newest first."""
    found = []
    if slot:
        now = {version for version, stage in held.items() if stage == slot}
        after = {version for version, stage in {**held, **changed}.items() if stage == slot}
        found.append(Changed(slot, _who(now), _who(after)))
    moved = sorted(changed.items(), reverse=True)
    return (*found, *(Changed(f"version {version}", held[version], stage) for version, stage in moved))


def _who(versions: set[int] | frozenset[int]) -> str:
    if not versions:
        return NOBODY
    return f"version{'s' if len(versions) > 1 else ''} {', '.join(map(str, sorted(versions, reverse=True)))}"


_MAKERS = {
    "promote": _promote,
    "archive": _archive,
    "rollback": _rollback,
    "alias": _alias,
    "unalias": _unalias,
    "delete": _delete,
    "restore": _restore,
    "approve": _approve,
    "rename": _rename,
    "copy": _copy,
}
DEEDS = frozenset(_MAKERS)
