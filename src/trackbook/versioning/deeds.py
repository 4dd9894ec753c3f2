"""A decision as a value: what a button or a menu asks for, made, and found again in the trail to be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.tracking.start import user_name
from trackbook.versioning.gates.approving import approve
from trackbook.versioning.moving import archive, promote, rollback
from trackbook.versioning.naming import (
    delete_alias,
    delete_version,
    describe,
    rename_model,
    restore_version,
    set_alias,
    tag_model,
)
from trackbook.versioning.registering import copy_version
from trackbook.versioning.undoing import take_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.store.registry.reading import AuditEntry
    from trackbook.versioning.gates.progress import Progress


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody wants to decide."""

    what: str
    """promote, archive, restore, delete, rollback, alias, unalias, approve, rename or copy."""

    model: str
    version: int
    slot: str = ""
    """The stage of promote and approve; the stage or `@alias` of rollback; the alias, without @, of alias and unalias;
    the new name of rename; the model that copy adds a version to."""

    archive_existing: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """A decision that was made."""

    text: str
    """What was done, in one sentence."""

    entry: AuditEntry
    """What it wrote in the trail, which takes it back."""

    def undo(self) -> None:
        """Make the decision that takes it back. Raises DecidedSince."""
        take_back(self.entry, reason=f"undo of decision {self.entry.seq}")


def decide(
    deed: Deed,
    reason: str,
    *,
    override: bool = False,
    progress: Progress = lambda names: names,
) -> str:
    """Do what was planned; returns a sentence about it. Raises what the function of that name in `trackbook` raises."""
    model, version, slot = deed.model, deed.version, deed.slot
    match deed.what:
        case "promote":
            made = promote(
                model, version, slot, reason=reason, archive_existing=deed.archive_existing, override=override,
                progress=progress,
            )  # fmt: skip
            return f"Promoted version {version} of {model} to {made.stage}."
        case "archive":
            archive(model, version, reason=reason)
            return f"Archived version {version} of {model}."
        case "rollback":
            back = rollback(model, slot, reason=reason)
            return f"Rolled {slot} of {model} back to version {back.version}."
        case "alias":
            set_alias(model, slot, version, reason=reason)
            return f"Pointed @{slot} of {model} at version {version}."
        case "unalias":
            delete_alias(model, slot, reason=reason)
            return f"Took the alias @{slot} of {model} away."
        case "delete":
            delete_version(model, version, reason=reason)
            return f"Deleted version {version} of {model}."
        case "restore":
            restore_version(model, version, reason=reason)
            return f"Restored version {version} of {model}."
        case _:
            return _decide_more(deed, reason)


def _decide_more(deed: Deed, reason: str) -> str:
    model, version, slot = deed.model, deed.version, deed.slot
    match deed.what:
        case "approve":
            approve(model, version, slot, reason=reason)
            return f"Approved version {version} of {model} for {slot}."
        case "rename":
            rename_model(model, slot, reason=reason)
            return f"Renamed {model} to {slot}."
        case "copy":
            copy = copy_version(f"models:/{model}/{version}", slot, reason=reason)
            return f"Copied version {version} of {model} to version {copy.version} of {slot}."
        case _:
            raise BadInput(f"There is no decision {deed.what!r}.")


def write_description(model: str, version: int | None, text: str, reason: str) -> str:
    """Write the Markdown about a model or a version. Raises RegisteredModelNotFound, VersionNotFound."""
    describe(model, text, version, reason=reason)
    return f"Described {_what(model, version)}."


def set_tag(model: str, version: int | None, text: str, reason: str) -> str:
    """Set a tag written `name=value`, or take one away written `-name`. Raises BadInput, BadName, VersionNotFound."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if equals:
        tag_model(model, {name: value.strip()}, version, reason=reason)
        return f"Tagged {_what(model, version)} with {name}={value.strip()}."
    if not name.startswith("-"):
        raise BadInput("A tag is written name=value; -name takes it away.")
    tag_model(model, {name.lstrip("-"): None}, version, reason=reason)
    return f"Took the tag {name.lstrip('-')} off {_what(model, version)}."


def _what(model: str, version: int | None) -> str:
    return model if version is None else f"version {version} of {model}"


def written(trail: Sequence[AuditEntry], known: int, what: str, reason: str) -> AuditEntry | None:
    """Find the entry that a decision of ours has just written; None when it changed nothing.

    known: number of the newest entry before it.
    """
    action = {"unalias": "alias", "copy": "register"}.get(what, what)
    for entry in reversed(trail):
        if entry.seq <= known:
            return None
        if (entry.action.partition(" ")[0], entry.actor, entry.reason) == (action, user_name(), reason):
            return entry
    return None
