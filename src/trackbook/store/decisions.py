"""What people decide about runs: written at once, each with its audit entry in the same transaction.

Ten thousand runs are decided about in a few statements: nobody else can use the file meanwhile.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from trackbook.store.audit import Decision, write_audits
from trackbook.store.questions import RunRow, as_seconds, find_run_in
from trackbook.store.rows import delete_pairs, fetch, insert_rows, moment, update_rows
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
        runs = _each_once(_find_all(db, wanted))
        now = moment(time.time())
        shown = [run.run_id for run in runs if not run.deleted]
        update_rows(db, "runs", "run_id", ["deleted_at"], [(run_id, now) for run_id in shown])
        changes = [(run_id, "shown", "deleted") for run_id in shown]
        _note(db, "delete", changes, actor=actor, reason=reason, place=place)
        return runs


def restore_run(store: Store, wanted: str, *, actor: str, reason: str = "", place: str = "") -> RunRow:
    """Bring a deleted run back. Raises RunNotFound."""
    return restore_runs(store, [wanted], actor=actor, reason=reason, place=place)[0]


def restore_runs(
    store: Store, wanted: Sequence[str], *, actor: str, reason: str = "", place: str = ""
) -> list[RunRow]:  # fmt: skip
    """Bring several deleted runs back, all or none. Raises RunNotFound."""
    with store.deciding() as db:
        runs = _each_once(_find_all(db, [_deleted_last(db) if each == "last" else each for each in wanted]))
        deleted = [run.run_id for run in runs if run.deleted]
        update_rows(db, "runs", "run_id", ["deleted_at"], [(run_id, None) for run_id in deleted])
        changes = [(run_id, "deleted", "shown") for run_id in deleted]
        _note(db, "restore", changes, actor=actor, reason=reason, place=place)
        return runs


def _deleted_last(db: DuckDBPyConnection) -> str:
    """What `last` means of runs to bring back: the one deleted last."""
    rows = fetch(db, _DELETED_LAST)
    return str(rows[0][0]) if rows else "last"


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
            _note(db, "rename", [(run.run_id, run.name, name)], actor=actor, place=place)
        return run


def star_runs(store: Store, stars: Mapping[str, bool], *, actor: str, place: str = "") -> dict[str, bool]:
    """Put stars on runs or take them off, by run; returns what was before, which undoes it. Raises RunNotFound."""
    with store.deciding() as db:
        wanted = {run.run_id: stars[given] for given, run in _find_all(db, list(stars)).items()}
        before = {run_id: bool(starred) for run_id, starred in _values(db, "starred", list(wanted)).items()}
        changed = [(run_id, starred) for run_id, starred in wanted.items() if before[run_id] != starred]
        update_rows(db, "runs", "run_id", ["starred"], changed)
        words = ("no star", "starred")
        changes = [(run_id, words[before[run_id]], words[starred]) for run_id, starred in changed]
        _note(db, "star", changes, actor=actor, place=place)
        return before


def tag_run(store: Store, wanted: str, tags: Mapping[str, str], *, actor: str, place: str = "") -> RunRow:
    """Set tags of a run by hand. Raises RunNotFound, BadName."""
    for name in tags:
        check_name("tag", name)
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        for name, value in tags.items():
            _set_tags(db, name, {run.run_id: value}, actor, place)
        return run


def tag_runs(
    store: Store, name: str, values: Mapping[str, str | None], *, actor: str, place: str = ""
) -> dict[str, str | None]:
    """Set one tag of several runs, or take it away where the value is None, by run; returns what was before.

    Given back to this function, that undoes it. Raises RunNotFound, BadName.
    """
    check_name("tag", name)
    with store.deciding() as db:
        wanted = {run.run_id: values[given] for given, run in _find_all(db, list(values)).items()}
        return _set_tags(db, name, wanted, actor, place)


def _set_tags(
    db: DuckDBPyConnection, name: str, values: Mapping[str, str | None], actor: str, place: str
) -> dict[str, str | None]:
    """Set or remove a tag of runs, by run id; returns its values before, None where there was none."""
    rows = fetch(
        db,
        """
        SELECT CAST(run_id AS VARCHAR), value
        FROM _tb.tags
        WHERE name = $1 AND run_id IN (SELECT unnest(CAST($2 AS UUID[])))
        """,
        [name, list(values)],
    )
    before: dict[str, str | None] = dict.fromkeys(values) | {run_id: str(value) for run_id, value in rows}
    now = moment(time.time())
    delete_pairs(db, "tags", [(run_id, name) for run_id in values])
    fresh = [(run_id, name, value, now, "") for run_id, value in values.items() if value is not None]
    insert_rows(db, "tags", ["run_id", "name", "value", "set_at", "spool_id"], fresh)
    changes = [(run_id, _written(name, before[run_id]), _written(name, value)) for run_id, value in values.items()]
    _note(db, "tag", changes, actor=actor, place=place)
    return before


def _written(name: str, value: str | None) -> str:
    return "" if value is None else f"{name}={value}"


def note_run(store: Store, wanted: str, text: str, *, actor: str, place: str = "") -> RunRow:
    """Write a note about a run, in place of the one it had. Raises RunNotFound."""
    with store.deciding() as db:
        run = find_run_in(db, wanted)
        _set_notes(db, {run.run_id: text}, actor, place)
        return run


def note_runs(store: Store, texts: Mapping[str, str], *, actor: str, place: str = "") -> dict[str, str]:
    """Write notes about several runs; returns those before, which undoes it. Raises RunNotFound."""
    with store.deciding() as db:
        wanted = {run.run_id: texts[given] for given, run in _find_all(db, list(texts)).items()}
        return _set_notes(db, wanted, actor, place)


def _set_notes(db: DuckDBPyConnection, texts: Mapping[str, str], actor: str, place: str) -> dict[str, str]:
    before = {run_id: str(note or "") for run_id, note in _values(db, "note", list(texts)).items()}
    update_rows(db, "runs", "run_id", ["note"], list(texts.items()))
    changes = [(run_id, before[run_id], text) for run_id, text in texts.items()]
    _note(db, "note", changes, actor=actor, place=place)
    return before


def _find_all(db: DuckDBPyConnection, wanted: Sequence[str]) -> dict[str, RunRow]:
    """Find runs, by what each was asked for; whole ids in one question. Raises RunNotFound."""
    ids = [each for each in wanted if _WHOLE_ID.fullmatch(each)]
    found = {}
    for run_id, experiment, name, started_at, status, deleted in fetch(db, _RUNS_OF_IDS, [ids]):
        found[run_id] = RunRow(run_id, experiment, name, as_seconds(started_at) or 0.0, status, deleted)
    return {each: found.get(each) or find_run_in(db, each) for each in wanted}


def _each_once(runs: Mapping[str, RunRow]) -> list[RunRow]:
    """Take a run that was asked for in two ways once."""
    return list({run.run_id: run for run in runs.values()}.values())


_WHOLE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RUNS_OF_IDS = """
    SELECT CAST(run_id AS VARCHAR), experiment, name, started_at, status, deleted_at IS NOT NULL
    FROM _tb.runs
    WHERE run_id IN (SELECT unnest(CAST($1 AS UUID[])))
"""


def _values(db: DuckDBPyConnection, column: str, run_ids: Sequence[str]) -> dict[str, Any]:
    """Read one of our columns of runs, by run id."""
    of_ids = "run_id IN (SELECT unnest(CAST($1 AS UUID[])))"
    return dict(fetch(db, f"SELECT CAST(run_id AS VARCHAR), {column} FROM _tb.runs WHERE {of_ids}", [list(run_ids)]))


def _note(
    db: DuckDBPyConnection,
    action: str,
    changes: Sequence[tuple[str, str, str]],
    *,
    actor: str,
    reason: str = "",
    place: str = "",
) -> None:
    """Write the audit of what was decided about runs: each change is a run id, what was before, and what is now."""
    decisions = [
        Decision(actor, action, f"run {run_id}", before, after, reason, place) for run_id, before, after in changes
    ]
    write_audits(db, decisions)
