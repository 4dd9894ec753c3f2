"""What people decide: in the file at once, with who, why and an unbroken chain."""

from __future__ import annotations

import duckdb
import pytest

from trackbook.errors import BadInput, BadName, RunNotFound
from trackbook.store import delete_run, note_run, restore_run, snapshot, store_info, tag_run, verify_store
from trackbook.tracking.start import start_run


@pytest.fixture
def run(home):
    with start_run("churn") as run:
        run.log_metric("acc", 0.9)
    return run


def audit(home):
    with home.asking() as db:
        return db.execute("SELECT action, before, after, reason FROM audit ORDER BY seq").fetchall()


def test_a_deleted_run_is_hidden_everywhere_and_comes_back_whole(home, run):
    delete_run(home, run.run_id, actor="me", reason="wrong data")
    with home.asking() as db:
        for view in ("runs", "metrics", "params", "tags", "summaries"):
            assert db.execute(f"SELECT count(*) FROM {view}").fetchone() == (0,), view
    delete_run(home, run.run_id, actor="me")
    restore_run(home, run.run_id, actor="me")
    with home.asking() as db:
        assert db.execute("SELECT count(*) FROM metrics").fetchone() == (1,)
    assert audit(home) == [("delete", "shown", "deleted", "wrong data"), ("restore", "deleted", "shown", "")]


def test_tags_and_notes_remember_what_was_before(home, run):
    tag_run(home, "churn", {"team": "ads"}, actor="me")
    tag_run(home, "churn", {"team": "search"}, actor="me")
    note_run(home, "churn", "look again", actor="me")
    note_run(home, "churn", "fine", actor="me")
    assert audit(home) == [
        ("tag", "", "team=ads", ""),
        ("tag", "team=ads", "team=search", ""),
        ("note", "", "look again", ""),
        ("note", "look again", "fine", ""),
    ]
    with home.asking() as db:
        assert db.execute("SELECT name, value FROM tags").fetchall() == [("team", "search")]
        assert db.execute("SELECT note FROM runs").fetchall() == [("fine",)]


def test_a_decision_about_a_run_that_is_not_there_changes_nothing(home, run):
    for decide in (
        lambda: delete_run(home, "nobody", actor="me"),
        lambda: tag_run(home, "nobody", {"a": "b"}, actor="me"),
    ):
        with pytest.raises(RunNotFound):
            decide()
    with pytest.raises(BadName):
        tag_run(home, "churn", {"": "b"}, actor="me")
    assert audit(home) == []


def test_a_decision_that_fails_half_way_leaves_nothing(home, run):
    with pytest.raises(ZeroDivisionError), home.deciding() as db:  # noqa: PT012 - the block is what fails
        db.execute("UPDATE _tb.runs SET note = 'half'")
        raise ZeroDivisionError
    with home.asking() as db:
        assert db.execute("SELECT note FROM runs").fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        pytest.param("UPDATE _tb.audit SET actor = 'you' WHERE seq = 2", [2], id="an entry is changed"),
        pytest.param("UPDATE _tb.audit SET occurred_at = now() WHERE seq = 1", [1], id="its time is changed"),
        pytest.param("DELETE FROM _tb.audit WHERE seq = 2", [3], id="an entry is removed"),
        pytest.param("DELETE FROM _tb.audit WHERE seq = 1", [2], id="the first is removed"),
        pytest.param("UPDATE _tb.audit SET seq = 5 - seq", [1, 2, 3, 4], id="they are in another order"),
        pytest.param("UPDATE _tb.audit SET reason = '' WHERE seq = 1", [1], id="a reason is blotted out"),
    ],
)
def test_tampering_with_the_chain_is_found(home, run, tampering, broken):
    delete_run(home, run.run_id, actor="me", reason="why")
    restore_run(home, run.run_id, actor="me")
    note_run(home, run.run_id, "a", actor="me")
    note_run(home, run.run_id, "b", actor="me")
    assert verify_store(home) == []
    with home.deciding() as db:
        db.execute(tampering)
    found = [fault for fault in verify_store(home) if fault.startswith("Audit entry")]
    assert found == [f"Audit entry {seq} was changed, or one before it removed." for seq in broken]


def test_a_snapshot_is_opened_by_plain_duckdb_while_we_go_on(home, run, tmp_path):
    run_two = start_run("waiting")
    run_two.log_metric("acc", 0.5)
    target = tmp_path / "copies" / "friday.duckdb"
    snapshot(home, target)
    with duckdb.connect(str(target)) as db:
        run_two.log_metric("acc", 0.6)
        assert db.execute("SELECT count(*) FROM metrics").fetchone() == (2,)
        assert db.execute("SELECT name FROM runs ORDER BY name").fetchall() == [("churn",), ("waiting",)]
        with home.asking() as ours:
            assert ours.execute("SELECT count(*) FROM metrics").fetchone() == (3,)
    with pytest.raises(BadInput, match="a snapshot makes a new file"):
        snapshot(home, target)
    assert [path.name for path in target.parent.glob("*.duckdb*")] == ["friday.duckdb"]


def test_a_snapshot_of_nothing_is_an_empty_store(home, tmp_path):
    snapshot(home, tmp_path / "empty.duckdb")
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_the_info_counts_what_is_there(home, run):
    info = store_info(home)
    assert (info.runs, info.deleted_runs, info.points, info.rejected, info.spools) == (1, 0, 1, 0, 1)
    assert info.size > 0


def test_verify_finds_a_summary_that_lies(home, run):
    with home.deciding() as db:
        db.execute("UPDATE _tb.series SET count = 7")
    assert verify_store(home) == ["Metric 'acc' says it has 7 points, and has 1."]
