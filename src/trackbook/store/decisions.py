"""What people decide about runs: written at once, each with its audit entry in the same transaction."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trackbook.store.audit import Decision, write_audit
from trackbook.store.questions import RunRow, find_run_in
from trackbook.store.rows import fetch, moment
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duckdb import DuckDBPyConnection

    from trackbook.store.store import Store


def delete_run(store: Store, wanted: str, *, actor: str, reason: str = "", place: str = "") -> RunRow:
    """Hide a run from every view; `restore_run` brings it back whole. Raises RunNotFound."""
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        if not run.deleted:
            db.execute("UPDATE _tb.runs SET deleted_at = $2 WHERE run_id = $1", [run.run_id, moment(time.time())])
            _note(db, run, "delete", "shown", "deleted", actor, reason, place)
        return run


def restore_run(store: Store, wanted: str, *, actor: str, reason: str = "", place: str = "") -> RunRow:
    """Bring a deleted run back. Raises RunNotFound."""
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        if run.deleted:
            db.execute("UPDATE _tb.runs SET deleted_at = NULL WHERE run_id = $1", [run.run_id])
            _note(db, run, "restore", "deleted", "shown", actor, reason, place)
        return run


def tag_run(store: Store, wanted: str, tags: Mapping[str, str], *, actor: str, place: str = "") -> RunRow:
    """Set tags of a run by hand. Raises RunNotFound, BadName."""
    for name in tags:
        check_name("tag", name)
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        for name, value in tags.items():
            old = fetch(db, "SELECT value FROM _tb.tags WHERE run_id = $1 AND name = $2", [run.run_id, name])
            db.execute("DELETE FROM _tb.tags WHERE run_id = $1 AND name = $2", [run.run_id, name])
            db.execute(
                "INSERT INTO _tb.tags (run_id, name, value, set_at, spool_id) VALUES ($1, $2, $3, $4, '')",
                [run.run_id, name, value, moment(time.time())],
            )
            before = f"{name}={old[0][0]}" if old else ""
            _note(db, run, "tag", before, f"{name}={value}", actor, "", place)
        return run


def note_run(store: Store, wanted: str, text: str, *, actor: str, place: str = "") -> RunRow:
    """Write a note about a run, in place of the one it had. Raises RunNotFound."""
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        old = fetch(db, "SELECT note FROM _tb.runs WHERE run_id = $1", [run.run_id])[0][0]
        db.execute("UPDATE _tb.runs SET note = $2 WHERE run_id = $1", [run.run_id, text])
        _note(db, run, "note", old or "", text, actor, "", place)
        return run


def _note(
    db: DuckDBPyConnection, run: RunRow, action: str, before: str, after: str, actor: str, reason: str, place: str
) -> None:
    write_audit(db, Decision(actor, action, f"run {run.run_id}", before, after, reason, place))
