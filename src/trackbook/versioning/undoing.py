"""Taking a decision back, as a decision of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.store.registry.assignments import CROWDED, DELETED, read_assignments
from trackbook.store.registry.errors import DecidedSince
from trackbook.store.registry.reading import (
    aliases_of,
    find_version,
    model_description,
    model_names,
    stages_of,
    tags_of,
)
from trackbook.versioning.deciding import deciding
from trackbook.versioning.gates.approving import APPROVE, WITHDRAW
from trackbook.versioning.history import ROLLBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.store.registry.change import Change
    from trackbook.store.registry.reading import AuditEntry


def take_back(entry: AuditEntry, *, reason: str) -> None:
    """Put back what an entry of the trail changed, unless somebody has decided about the same since.

    A new entry: the trail keeps both. Gates are not asked, since what comes back was there before.
    Raises DecidedSince, BadInput for an entry that changed nothing that could be put back, VersionNotFound.
    """
    subject = entry.subject.removeprefix("model ")
    action, _, slot = entry.action.partition(" ")
    with deciding(reason) as change:
        if action in {"promote", "archive"} or (action == ROLLBACK and slot):
            _stages_back(change, subject, entry, slot)
        elif action in {"alias", ROLLBACK}:
            _alias_back(change, subject, entry, action)
        elif action in {"delete", "restore"}:
            _version_back(change, subject, entry)
        elif action == "describe":
            _description_back(change, subject, entry)
        elif action == "tag":
            _tag_back(change, subject, entry)
        elif action == "rename":
            _name_back(change, entry)
        elif action == "register":
            _registration_back(change, subject, entry)
        elif action == APPROVE:
            _approval_back(change, subject, entry)
        else:
            raise BadInput(f"There is nothing to take back in what {entry.action!r} did.")


def _stages_back(change: Change, model: str, entry: AuditEntry, rolled_back: str) -> None:
    before, after = read_assignments(entry.before), read_assignments(entry.after)
    _unless_moved(entry, after, stages_of(change.db, model))
    # The trail's past of a stage is to be what it was: taking a step back for what went a step on, and the reverse.
    change.set_stages(model, before, "promote" if rolled_back else f"{ROLLBACK} {_slot(before, after)}")


def _slot(before: Mapping[int, str], after: Mapping[int, str]) -> str:
    """The stage that a decision was about: what somebody entered, else what somebody left."""
    stages = [*after.values(), *before.values()]
    return next((stage for stage in stages if stage not in CROWDED), stages[0])


def _unless_moved(entry: AuditEntry, left: Mapping[int, object], now: Mapping[int, object]) -> None:
    if any(now.get(version) != stage for version, stage in left.items()):
        raise DecidedSince(entry.action, entry.subject)


def _alias_back(change: Change, subject: str, entry: AuditEntry, action: str) -> None:
    model, _, alias = subject.rpartition("@")
    if str(aliases_of(change.db, model).get(alias, "")) != entry.after:
        raise DecidedSince(entry.action, entry.subject)
    version = int(entry.before) if entry.before else None
    if version is not None:
        find_version(change.db, model, version)
    change.set_alias(model, alias, version, "alias" if action == ROLLBACK else ROLLBACK)


def _version_back(change: Change, model: str, entry: AuditEntry) -> None:
    ((version, left),) = read_assignments(entry.after).items()
    row = find_version(change.db, model, version, deleted=True)
    _unless_moved(entry, {version: left}, {version: DELETED if row.deleted else row.stage})
    if row.deleted:
        change.restore_version(row)
    elif version in aliases_of(change.db, model).values():
        raise DecidedSince(entry.action, entry.subject)
    else:
        change.delete_version(row)


def _description_back(change: Change, subject: str, entry: AuditEntry) -> None:
    model, version = _about(subject)
    now = (
        model_description(change.db, model) if version is None else find_version(change.db, model, version).description
    )
    if now != entry.after:
        raise DecidedSince(entry.action, entry.subject)
    change.describe(model, version, now, entry.before)


def _tag_back(change: Change, subject: str, entry: AuditEntry) -> None:
    model, version = _about(subject)
    name, _, _ = (entry.after or entry.before).partition("=")
    now = tags_of(change.db, model).get(version, {})
    if (f"{name}={now[name]}" if name in now else "") != entry.after:
        raise DecidedSince(entry.action, entry.subject)
    change.tag(model, version, name, entry.before.partition("=")[2] if entry.before else None)


def _name_back(change: Change, entry: AuditEntry) -> None:
    names = model_names(change.db)
    if entry.after not in names or entry.before in names:
        raise DecidedSince(entry.action, entry.subject)
    change.rename(entry.after, entry.before)


def _registration_back(change: Change, model: str, entry: AuditEntry) -> None:
    """Hide the version again; its number stays taken."""
    ((version, stage),) = read_assignments(entry.after).items()
    _unless_moved(entry, {version: stage}, stages_of(change.db, model))
    if version in aliases_of(change.db, model).values():
        raise DecidedSince(entry.action, entry.subject)
    change.delete_version(find_version(change.db, model, version))


def _approval_back(change: Change, subject: str, entry: AuditEntry) -> None:
    if entry.actor != change.actor:
        raise BadInput(f"This is the approval of {entry.actor}, who alone can withdraw it.")
    model, version = _about(subject)
    if version is None:
        raise BadInput("There is nothing to take back: an approval is of one version.")
    change.note(WITHDRAW, model, find_version(change.db, model, version).version, entry.after, "")


def _about(subject: str) -> tuple[str, int | None]:
    """Read `churn/3` as model and version, and `churn` as a model; no name of a model ends like a version."""
    model, _, version = subject.rpartition("/")
    return (model, int(version)) if model and version.isdecimal() else (subject, None)
