"""Which version a URI means just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.registry.errors import VersionNotFound
from trackbook.store.registry.reading import aliases_of, check_registered, find_version, stages_of, versions_of
from trackbook.versioning.stages import held_stage
from trackbook.versioning.uri import LATEST

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.store.registry.reading import VersionRow
    from trackbook.versioning.rules import Rules
    from trackbook.versioning.uri import RegisteredUri

_NAMED = 5
"""Versions that a sentence lists."""


def version_at(db: DuckDBPyConnection, uri: RegisteredUri, rules: Rules) -> VersionRow:
    """Find the version that a URI means; of several in one stage the newest.

    Raises RegisteredModelNotFound, VersionNotFound, UnknownStage.
    """
    if uri.version is not None:
        return find_version(db, uri.model, uri.version)
    if uri.alias == LATEST:
        newest = versions_of(db, uri.model, most=1)
        if not newest:
            raise VersionNotFound(uri.model, "no version", "Register one with tb.register.")
        return newest[0]
    if uri.alias:
        aliases = aliases_of(db, check_registered(db, uri.model))
        if uri.alias not in aliases:
            has = f"It has: {', '.join(f'@{alias}' for alias in aliases)}." if aliases else "tb.set_alias makes one."
            raise VersionNotFound(uri.model, f"no alias @{uri.alias}", has)
        return find_version(db, uri.model, aliases[uri.alias])
    stage = held_stage(uri.stage, rules, stages_of(db, check_registered(db, uri.model)).values())
    if holders := versions_of(db, uri.model, stage=stage, most=1):
        return holders[0]
    where = ", ".join(f"{row.version} {row.stage}" for row in versions_of(db, uri.model, most=_NAMED)) or "none"
    raise VersionNotFound(uri.model, f"no version in {stage}", f"Its versions: {where}.")
