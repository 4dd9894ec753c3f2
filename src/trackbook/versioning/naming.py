"""Aliases, names, descriptions and tags of registered models; deleting versions and bringing them back."""

from __future__ import annotations

from trackbook.errors import BadName
from trackbook.store.packages import find_kept_model
from trackbook.store.registry.assignments import CROWDED
from trackbook.store.registry.errors import VersionInUse, VersionNotFound
from trackbook.store.registry.reading import (
    aliases_of,
    check_registered,
    find_version,
    model_description,
    model_names,
)
from trackbook.values import check_name, check_pairs
from trackbook.versioning.deciding import deciding, whole_number
from trackbook.versioning.texts import check_text
from trackbook.versioning.uri import check_alias, check_model_name
from trackbook.versioning.version import Version, read_version


def set_alias(model: str, alias: str, version: int, *, reason: str = "") -> Version:
    """Point an alias, such as `champion`, at a version; one that pointed elsewhere moves.

    Raises RegisteredModelNotFound, VersionNotFound, BadName.
    """
    number = whole_number(version)
    alias = check_alias(alias)
    with deciding(reason) as change:
        find_version(change.db, model, number)
        change.set_alias(model, alias, number)
        return read_version(change.store, change.db, model, number)


def delete_alias(model: str, alias: str, *, reason: str = "") -> None:
    """Take an alias away. Raises RegisteredModelNotFound, VersionNotFound when there is none."""
    alias = check_name("alias", alias).removeprefix("@")
    with deciding(reason) as change:
        check_registered(change.db, model)
        known = aliases_of(change.db, model)
        if alias not in known:
            way_out = f"It has: {', '.join(f'@{each}' for each in known) or 'none'}."
            raise VersionNotFound(model, f"no alias @{alias}", way_out)
        change.set_alias(model, alias, None)


def delete_version(model: str, version: int, *, reason: str = "") -> None:
    """Hide a version that no stage and no alias points at; its number is never given again.

    Raises RegisteredModelNotFound, VersionNotFound, VersionInUse.
    """
    number = whole_number(version)
    with deciding(reason) as change:
        row = find_version(change.db, model, number)
        if row.stage not in CROWDED:
            raise VersionInUse(model, number, f"in {row.stage}", f"archive it first: tb.archive({model!r}, {number})")
        for alias, pointed in aliases_of(change.db, model).items():
            if pointed == number:
                way_out = f"move the alias first, or take it away: tb.delete_alias({model!r}, {alias!r})"
                raise VersionInUse(model, number, f"what @{alias} points at", way_out)
        change.delete_version(row)


def restore_version(model: str, version: int, *, reason: str = "") -> Version:
    """Bring a deleted version back, in the stage it had.

    Raises RegisteredModelNotFound, VersionNotFound, also when `trackbook store gc` has removed its files.
    """
    number = whole_number(version)
    with deciding(reason) as change:
        row = find_version(change.db, model, number, deleted=True)
        if row.deleted and find_kept_model(change.db, row.model_id) is None:
            way_out = "Its number stays taken; tb.register makes a new version."
            raise VersionNotFound(model, f"a version {number} whose files were removed as garbage", way_out)
        if row.deleted:
            change.restore_version(row)
        return read_version(change.store, change.db, model, number)


def rename_model(model: str, name: str, *, reason: str = "") -> None:
    """Give a registered model another name. Raises RegisteredModelNotFound, BadName when the name is taken."""
    check_model_name(name)
    with deciding(reason) as change:
        check_registered(change.db, model)
        if name == model:
            return
        if name in model_names(change.db):
            raise BadName("model", name, "is taken; copy versions to it with tb.copy_version")
        change.rename(model, name)


def describe(model: str, text: str, version: int | None = None, *, reason: str = "") -> None:
    """Write, in Markdown, what a registered model is, or what one of its versions is.

    Raises RegisteredModelNotFound, VersionNotFound, BadInput.
    """
    check_text("A description", text)
    with deciding(reason) as change:
        if version is None:
            before = model_description(change.db, model)
            number = None
        else:
            number = whole_number(version)
            before = find_version(change.db, model, number).description
        change.describe(model, number, before, text)


def tag_model(model: str, tags: dict[str, str | None], version: int | None = None, *, reason: str = "") -> None:
    """Set tags of a registered model, or of one of its versions; None takes one away.

    Raises RegisteredModelNotFound, VersionNotFound, BadName, BadInput.
    """
    for name, value in check_pairs("tb.tag_model", tags).items():
        check_name("tag", name)
        check_text("A tag", "" if value is None else str(value))
        if "=" in name:
            raise BadName("tag", name, "has a =, which the trail writes between name and value; take it out")
    with deciding(reason) as change:
        check_registered(change.db, model)
        number = None if version is None else find_version(change.db, model, whole_number(version)).version
        for name, value in tags.items():
            change.tag(model, number, name, None if value is None else str(value))
