"""What people decide about runs: written at once, each with its audit entry in the same transaction."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trackbook.store.audit import Decision, write_audit
from trackbook.store.questions import RunRow, find_run_in
from trackbook.store.rows import fetch, moment
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from trackbook.store.store import Store


def delete_run(store: Store, wanted: str, *, actor: str, reason: str = "", place: str = "") -> RunRow:
    """Hide a run from every view; `restore_run` brings it back whole. Raises RunNotFound."""
    return delete_runs(store, [wanted], actor=actor, reason=reason, place=place)[0]


def delete_runs(
    store: Store, wanted: Sequence[str], *, actor: str, reason: str = "", place: str = ""
) -> list[RunRow]:  # fmt: skip
    """Hide several runs, all or none. Raises RunNotFound."""
    with store.deciding() as db:
        runs = [find_run_in(db, each) for each in wanted]
        for run in runs:
            if not run.deleted:
                db.execute("UPDATE _tb.runs SET deleted_at = $2 WHERE run_id = $1", [run.run_id, moment(time.time())])
                _note(db, run, "delete", "shown", "deleted", actor, reason, place)
        return runs


def restore_run(store: Store, wanted: str, *, actor: str, reason: str = "", place: str = "") -> RunRow:
    """Bring a deleted run back. Raises RunNotFound."""
    return restore_runs(store, [wanted], actor=actor, reason=reason, place=place)[0]


def restore_runs(
    store: Store, wanted: Sequence[str], *, actor: str, reason: str = "", place: str = ""
) -> list[RunRow]:  # fmt: skip
    """Bring several deleted runs back, all or none. Raises RunNotFound."""
    with store.deciding() as db:
        runs = [_deleted_run(db, each) for each in wanted]
        for run in runs:
            if run.deleted:
                db.execute("UPDATE _tb.runs SET deleted_at = NULL WHERE run_id = $1", [run.run_id])
                _note(db, run, "restore", "deleted", "shown", actor, reason, place)
        return runs


def _deleted_run(db: DuckDBPyConnection, wanted: str) -> RunRow:
    """Find a run to bring back; `last` is the one deleted last."""
    if wanted == "last":
        rows = fetch(db, _DELETED_LAST)
        if rows:
            wanted = str(rows[0][0])
    return find_run_in(db, wanted)


_DELETED_LAST = """
    SELECT CAST(run_id AS VARCHAR)
    FROM _tb.runs
    WHERE deleted_at IS NOT NULL
    ORDER BY deleted_at DESC, seq DESC
    LIMIT 1
"""


def rename_run(store: Store, wanted: str, name: str, *, actor: str, place: str = "") -> RunRow:
    """Give a run another name; returns it as it was. Raises RunNotFound, BadName."""
    check_name("run", name)
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        if run.name != name:
            db.execute("UPDATE _tb.runs SET name = $2 WHERE run_id = $1", [run.run_id, name])
            _note(db, run, "rename", run.name, name, actor, "", place)
        return run


def star_runs(store: Store, stars: Mapping[str, bool], *, actor: str, place: str = "") -> dict[str, bool]:
    """Put stars on runs or take them off, by run; returns what was before, which undoes it. Raises RunNotFound."""
    with store.deciding() as db:
        before: dict[str, bool] = {}
        for wanted, starred in stars.items():
            run = find_run_in(db, wanted)
            old = bool(fetch(db, "SELECT starred FROM _tb.runs WHERE run_id = $1", [run.run_id])[0][0])
            before[run.run_id] = old
            if old != starred:
                db.execute("UPDATE _tb.runs SET starred = $2 WHERE run_id = $1", [run.run_id, starred])
                words = ("no star", "starred")
                _note(db, run, "star", words[old], words[starred], actor, "", place)
        return before


def tag_run(store: Store, wanted: str, tags: Mapping[str, str], *, actor: str, place: str = "") -> RunRow:
    """Set tags of a run by hand. Raises RunNotFound, BadName."""
    for name in tags:
        check_name("tag", name)
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        for name, value in tags.items():
            _set_tag(db, run, name, value, actor, place)
        return run


def tag_runs(
    store: Store, name: str, values: Mapping[str, str | None], *, actor: str, place: str = ""
) -> dict[str, str | None]:
    """Set one tag of several runs, or take it away where the value is None, by run; returns what was before.

    Given back to this function, that undoes it. Raises RunNotFound, BadName.
    """
    check_name("tag", name)
    with store.deciding() as db:
        runs = {wanted: find_run_in(db, wanted) for wanted in values}
        return {run.run_id: _set_tag(db, run, name, values[wanted], actor, place) for wanted, run in runs.items()}


def _set_tag(db: DuckDBPyConnection, run: RunRow, name: str, value: str | None, actor: str, place: str) -> str | None:
    """Set or remove a tag; returns its value before, None where there was none."""
    rows = fetch(db, "SELECT value FROM _tb.tags WHERE run_id = $1 AND name = $2", [run.run_id, name])
    old = str(rows[0][0]) if rows else None
    db.execute("DELETE FROM _tb.tags WHERE run_id = $1 AND name = $2", [run.run_id, name])
    if value is not None:
        db.execute(
            "INSERT INTO _tb.tags (run_id, name, value, set_at, spool_id) VALUES ($1, $2, $3, $4, '')",
            [run.run_id, name, value, moment(time.time())],
        )
    before, after = ("" if each is None else f"{name}={each}" for each in (old, value))
    _note(db, run, "tag", before, after, actor, "", place)
    return old


def note_run(store: Store, wanted: str, text: str, *, actor: str, place: str = "") -> RunRow:
    """Write a note about a run, in place of the one it had. Raises RunNotFound."""
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        _set_note(db, run, text, actor, place)
        return run


def note_runs(store: Store, texts: Mapping[str, str], *, actor: str, place: str = "") -> dict[str, str]:
    """Write notes about several runs; returns those before, which undoes it. Raises RunNotFound."""
    with store.deciding() as db:
        runs = {wanted: find_run_in(db, wanted) for wanted in texts}
        return {run.run_id: _set_note(db, run, texts[wanted], actor, place) for wanted, run in runs.items()}


def _set_note(db: DuckDBPyConnection, run: RunRow, text: str, actor: str, place: str) -> str:
    old = str(fetch(db, "SELECT note FROM _tb.runs WHERE run_id = $1", [run.run_id])[0][0] or "")
    db.execute("UPDATE _tb.runs SET note = $2 WHERE run_id = $1", [run.run_id, text])
    _note(db, run, "note", old, text, actor, "", place)
    return old


def _note(
    db: DuckDBPyConnection, run: RunRow, action: str, before: str, after: str, actor: str, reason: str, place: str
) -> None:
    write_audit(db, Decision(actor, action, f"run {run.run_id}", before, after, reason, place))
