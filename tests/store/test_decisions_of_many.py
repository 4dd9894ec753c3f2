"""Decisions about several runs at once: all or none, each audited, each with what undoes it."""

from __future__ import annotations

import pytest

from trackbook.errors import BadName, RunNotFound
from trackbook.store import delete_runs, note_runs, rename_run, restore_runs, star_runs, tag_runs, verify_store
from trackbook.tracking.start import start_run


@pytest.fixture
def two(home):
    made = []
    for name in ("a", "b"):
        with start_run(name) as run:
            made.append(run.run_id)
    return made


def asked(home, sql):
    with home.asking() as db:
        return db.execute(sql).fetchall()


def test_stars_tags_and_notes_go_back_to_what_they_were(home, two):
    stars = star_runs(home, {two[0]: True, two[1]: True}, actor="me")
    tags = tag_runs(home, "stage", dict.fromkeys(two, "candidate"), actor="me")
    tag_runs(home, "stage", {two[0]: "final"}, actor="me")
    notes = note_runs(home, dict.fromkeys(two, "look"), actor="me")
    assert asked(home, "SELECT count(*) FROM runs WHERE starred AND note = 'look'") == [(2,)]
    assert asked(home, "SELECT value FROM tags ORDER BY value") == [("candidate",), ("final",)]
    star_runs(home, stars, actor="me")
    tag_runs(home, "stage", tags, actor="me")
    note_runs(home, notes, actor="me")
    assert asked(home, "SELECT count(*) FROM runs WHERE starred OR note <> ''") == [(0,)]
    assert asked(home, "SELECT count(*) FROM tags") == [(0,)]
    last = asked(home, 'SELECT action, "before", "after" FROM audit WHERE action = \'star\' ORDER BY seq')
    assert last == [("star", "no star", "starred")] * 2 + [("star", "starred", "no star")] * 2


def test_a_run_gets_another_name_and_its_old_one_back(home, two):
    before = rename_run(home, two[0], "better", actor="me")
    assert before.name == "a"
    assert asked(home, "SELECT name FROM runs ORDER BY name") == [("b",), ("better",)]
    assert asked(home, 'SELECT action, "before", "after" FROM audit') == [("rename", "a", "better")]
    with pytest.raises(BadName):
        rename_run(home, two[0], "", actor="me")


def test_several_are_deleted_and_restored_all_or_none(home, two):
    with pytest.raises(RunNotFound):
        delete_runs(home, [two[0], "nobody"], actor="me")
    assert asked(home, "SELECT count(*) FROM runs") == [(2,)]
    delete_runs(home, two, actor="me")
    assert asked(home, "SELECT count(*) FROM runs") == [(0,)]
    restore_runs(home, two, actor="me")
    assert asked(home, "SELECT count(*) FROM runs") == [(2,)]


def test_many_are_decided_about_in_one_go_and_the_chain_stays_whole(home):
    with home.deciding() as db:
        db.execute("""
            INSERT INTO _tb.runs (run_id, seq, experiment, name, status, started_at)
            SELECT uuid(), n, 'x', 'run-' || n, 'FINISHED', TIMESTAMP '2026-01-01' FROM range(3000) AS t(n)
        """)
    runs = [row[0] for row in asked(home, "SELECT CAST(run_id AS VARCHAR) FROM runs ORDER BY name")]
    assert set(star_runs(home, dict.fromkeys(runs, True), actor="me").values()) == {False}
    assert set(tag_runs(home, "stage", dict.fromkeys(runs, "x"), actor="me").values()) == {None}
    assert set(note_runs(home, dict.fromkeys(runs, "y"), actor="me").values()) == {""}
    assert len(delete_runs(home, [*runs, runs[0], "run-7"], actor="me")) == 3000
    restore_runs(home, runs, actor="me")
    assert asked(home, "SELECT count(*) FROM runs WHERE starred AND note = 'y'") == [(3000,)]
    assert asked(home, "SELECT count(*), count(DISTINCT seq) FROM audit") == [(15_000, 15_000)]
    assert verify_store(home) == []
