"""Which version a URI means just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import VersionNotFound
from trackbook.store.registry.reading import aliases_of, find_version, versions_of
from trackbook.versioning.stages import known_stage
from trackbook.versioning.uri import LATEST

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.store.registry.reading import VersionRow
    from trackbook.versioning.rules import Rules
    from trackbook.versioning.uri import RegisteredUri


def version_at(db: DuckDBPyConnection, uri: RegisteredUri, rules: Rules) -> VersionRow:
    """Find the version that a URI means; of several in one stage the newest.

    Raises RegisteredModelNotFound, VersionNotFound, UnknownStage.
    """
    versions = versions_of(db, uri.model)
    if uri.version is not None:
        return find_version(db, uri.model, uri.version)
    if uri.alias == LATEST:
        if not versions:
            raise VersionNotFound(uri.model, "no version", "Register one with tb.register.")
        return versions[0]
    if uri.alias:
        aliases = aliases_of(db, uri.model)
        if uri.alias not in aliases:
            has = f"It has: {', '.join(f'@{alias}' for alias in aliases)}." if aliases else "tb.set_alias makes one."
            raise VersionNotFound(uri.model, f"no alias @{uri.alias}", has)
        return find_version(db, uri.model, aliases[uri.alias])
    stage = known_stage(uri.stage, rules)
    for row in versions:
        if row.stage == stage:
            return row
    where = ", ".join(f"{row.version} {row.stage}" for row in versions[:5]) or "none"
    raise VersionNotFound(uri.model, f"no version in {stage}", f"Its versions: {where}.")
