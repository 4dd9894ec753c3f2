"""One decision about registered models: rows and their audit entry, in one transaction."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import StoreDamaged
from trackbook.store.audit import Decision, write_audit
from trackbook.store.packages import kept_files, missing_files
from trackbook.store.registry.assignments import DELETED, NONE, write_assignments
from trackbook.store.registry.reading import audit_head, stages_of
from trackbook.store.rows import clean, fetch, insert_rows, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duckdb import DuckDBPyConnection

    from trackbook.store.packages import KeptModel
    from trackbook.store.registry.reading import VersionRow
    from trackbook.store.store import Store

REGISTRATION = "registration.json"
"""The file in a version's package that says which version it is, and the head of the trail when it became one."""


@dataclass(frozen=True, slots=True)
class Change:
    """What may be written about registered models; each method adds its own entry to the trail."""

    store: Store
    db: DuckDBPyConnection
    actor: str
    reason: str
    place: str

    def add_version(self, model: str, kept: KeptModel, *, parent: int | None, copied_from: str = "") -> int:
        """Register a logged model under the next number, and its name where it is new.

        Raises StoreDamaged when a file of its package is not there: a version always has its files.
        """
        if gone := missing_files(self.db, self.store.location, kept_files(self.db, kept.model_id)):
            raise StoreDamaged(self.store.location.blobs, f"{gone[0]} of the model is missing, so it is not registered")
        now = moment(time.time())
        if not fetch(self.db, "SELECT 1 FROM _tb.registered_models WHERE model = $1", [model]):
            insert_rows(self.db, "registered_models", ("model", "description", "created_at"), [(model, "", now)])
        highest = fetch(self.db, "SELECT coalesce(max(version), 0) FROM _tb.versions WHERE model = $1", [model])
        version = int(highest[0][0]) + 1
        insert_rows(
            self.db,
            "versions",
            (
                "model", "version", "stage", "model_id", "run_id", "description", "created_at", "created_by",
                "parent_version", "copied_from", "registration",
            ),
            [(
                model, version, NONE, kept.model_id, kept.run_id, "", now, self.actor, parent,
                copied_from, self._registration(model, version, kept),
            )],
        )  # fmt: skip
        self._audit("register", f"model {model}", "", write_assignments({version: NONE}))
        return version

    def _registration(self, model: str, version: int, kept: KeptModel) -> str:
        """Write the file that makes a package outside the store a witness of the trail."""
        now = moment(time.time())
        facts = {"model": model, "version": version, "model_id": kept.model_id, "run_id": kept.run_id,
                 "manifest": kept.manifest, "audit_head": audit_head(self.db), "registered_by": self.actor,
                 "registered_at": now.isoformat() + "Z"}  # fmt: skip
        return json.dumps(facts, indent=1)

    def set_stages(self, model: str, after: Mapping[int, str], action: str) -> None:
        """Give versions their new stages, those of `after`, as one event. None where nothing would change."""
        held = stages_of(self.db, model)
        changed = {version: stage for version, stage in after.items() if held.get(version) != stage}
        for version, stage in changed.items():
            self.db.execute(
                "UPDATE _tb.versions SET stage = $3 WHERE model = $1 AND version = $2", [model, version, stage]
            )
        if changed:
            before = write_assignments({version: held[version] for version in changed})
            self._audit(action, f"model {model}", before, write_assignments(changed))

    def set_alias(self, model: str, alias: str, version: int | None, action: str = "alias") -> None:
        """Point an alias at a version, or take it away."""
        rows = fetch(self.db, "SELECT version FROM _tb.aliases WHERE model = $1 AND alias = $2", [model, alias])
        before = str(rows[0][0]) if rows else ""
        after = "" if version is None else str(version)
        if before == after:
            return
        self.db.execute("DELETE FROM _tb.aliases WHERE model = $1 AND alias = $2", [model, alias])
        if version is not None:
            insert_rows(self.db, "aliases", ("model", "alias", "version"), [(model, alias, version)])
        self._audit(action, f"model {model}@{alias}", before, after)

    def delete_version(self, row: VersionRow) -> None:
        """Hide a version; its number is never given again."""
        self._set_deleted(row, deleted=True)
        self._audit("delete", f"model {row.model}", f"{row.version} {row.stage}", f"{row.version} {DELETED}")

    def restore_version(self, row: VersionRow) -> None:
        """Bring a deleted version back, in the stage it had."""
        self._set_deleted(row, deleted=False)
        self._audit("restore", f"model {row.model}", f"{row.version} {DELETED}", f"{row.version} {row.stage}")

    def _set_deleted(self, row: VersionRow, *, deleted: bool) -> None:
        self.db.execute(
            "UPDATE _tb.versions SET deleted_at = $3 WHERE model = $1 AND version = $2",
            [row.model, row.version, moment(time.time()) if deleted else None],
        )

    def rename(self, model: str, name: str) -> None:
        """Give a registered model another name, everywhere but in the trail, which tells of it."""
        for table in ("registered_models", "versions", "aliases", "model_tags"):
            self.db.execute(f"UPDATE _tb.{table} SET model = $2 WHERE model = $1", [model, name])
        copies = [each for (each,) in fetch(self.db, "SELECT DISTINCT copied_from FROM _tb.versions") if each]
        for origin in copies:
            owner, _, version = origin.rpartition("/")
            if owner == model:
                self.db.execute(
                    "UPDATE _tb.versions SET copied_from = $2 WHERE copied_from = $1", [origin, f"{name}/{version}"]
                )
        self._audit("rename", f"model {model}", model, name)

    def describe(self, model: str, version: int | None, before: str, text: str) -> None:
        """Write the Markdown about a model or one of its versions."""
        text = clean(text)
        if before == text:
            return
        if version is None:
            self.db.execute("UPDATE _tb.registered_models SET description = $2 WHERE model = $1", [model, text])
        else:
            self.db.execute(
                "UPDATE _tb.versions SET description = $3 WHERE model = $1 AND version = $2", [model, version, text]
            )
        self._audit("describe", _about(model, version), before, text)

    def tag(self, model: str, version: int | None, name: str, value: str | None) -> None:
        """Set a tag of a model or a version, or take it away."""
        same = "model = $1 AND name = $2 AND version IS NOT DISTINCT FROM $3"
        rows = fetch(self.db, f"SELECT value FROM _tb.model_tags WHERE {same}", [model, name, version])
        before = f"{name}={rows[0][0]}" if rows else ""
        after = "" if value is None else f"{name}={clean(value)}"
        if before == after:
            return
        self.db.execute(f"DELETE FROM _tb.model_tags WHERE {same}", [model, name, version])
        if value is not None:
            fresh = [(model, version, name, clean(value))]
            insert_rows(self.db, "model_tags", ("model", "version", "name", "value"), fresh)
        self._audit("tag", _about(model, version), before, after)

    def note(self, action: str, model: str, version: int, before: str, after: str) -> None:
        """Add an entry that changes no row: an approval, an overridden gate."""
        self._audit(action, _about(model, version), before, after)

    def _audit(self, action: str, subject: str, before: str, after: str) -> None:
        write_audit(self.db, Decision(self.actor, action, subject, before, after, self.reason, self.place))


def _about(model: str, version: int | None) -> str:
    return f"model {model}" if version is None else f"model {model}/{version}"


@contextmanager
def changing(store: Store, *, actor: str, reason: str = "", place: str = "") -> Iterator[Change]:
    """Decide about registered models: all of it is written when the block ends well, or nothing.

    Raises StoreHeld, StoreReadOnly, DiskFull.
    """
    with store.deciding() as db:
        yield Change(store, db, actor, reason, place)
