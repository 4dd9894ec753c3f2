"""Folders that cannot be written: what is there is shown, spools included, and nothing is touched."""

from __future__ import annotations

import os

import pytest

from trackbook.errors import StoreReadOnly
from trackbook.store import keeper_of, read_blob, runs_frame, snapshot, tag_run
from trackbook.store.database import opened
from trackbook.store.migrations import MIGRATIONS, migrate
from trackbook.tracking.artifacts import log_text
from trackbook.tracking.start import start_run, use_store


@pytest.fixture
def shown(home, read_only):
    """A store in a read-only folder; a run is merged, another waits in the spool of a live process."""
    with start_run("merged", store=home) as run:
        run.log_metric("loss", 1.0)
        log_text("hello", "note.txt", run=run)
    keeper_of(home).stop()
    start_run("waiting", store=home).log_metric("loss", 2.0)
    folder = read_only(home.location.file.parent)
    return use_store(folder / "trackbook.duckdb"), folder


def contents(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_the_spools_are_overlaid_and_nothing_is_touched(shown):
    store, folder = shown
    before = contents(folder)
    with store.asking() as db:
        frame = runs_frame(db)
        assert db.execute("SELECT value FROM metrics ORDER BY seq").fetchall() == [(1.0,), (2.0,)]
    assert dict(zip(frame["name"], frame["status"], strict=True)) == {"waiting": "RUNNING", "merged": "FINISHED"}
    with store.asking() as db:
        digest = db.execute("SELECT blob FROM artifacts").fetchone()[0]
    assert read_blob(store, digest) == b"hello"
    assert contents(folder) == before


def test_a_dead_processes_run_is_shown_as_lost(home, shown):
    store, _ = shown
    home.spool.abandon()
    with store.asking() as db:
        assert db.execute("SELECT status FROM runs WHERE name = 'waiting'").fetchone() == ("KILLED",)


def test_writing_is_refused_with_a_sentence(shown):
    store, _ = shown
    with pytest.raises(StoreReadOnly, match=r"cannot be written\. Set TRACKBOOK_STORE"):
        tag_run(store, "merged", {"a": "b"}, actor="me")
    with pytest.raises(StoreReadOnly):
        store.merge()


def test_a_users_connection_reads(shown):
    store, _ = shown
    with store.connect() as db:
        assert db.execute("SELECT name FROM runs").fetchall() == [("merged",)]


def test_a_snapshot_can_be_taken_to_another_place(shown, tmp_path):
    import duckdb

    store, _ = shown
    snapshot(store, tmp_path / "copy.duckdb")
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (2,)


@pytest.mark.parametrize("spools", [True, False], ids=["with spools", "without spools"])
def test_an_older_schema_is_brought_up_to_date_in_a_private_copy(home, read_only, spools):
    with opened(home.location.file) as db:
        migrate(db, home.location.file, MIGRATIONS[:2])
    if spools:
        start_run("waiting", store=home)
    folder = read_only(home.location.file.parent)
    before = contents(folder)
    with use_store(folder / "trackbook.duckdb").asking() as db:
        assert len(runs_frame(db)) == spools
    assert contents(folder) == before


def test_a_run_cannot_begin_in_a_read_only_folder(home, read_only, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreReadOnly):
        start_run("x", store=use_store(read_only(tmp_path / "empty") / "trackbook.duckdb"))


AS_NOBODY = """
import os, sys
from pathlib import Path
import trackbook as tb
from trackbook.errors import StoreReadOnly
from trackbook.tracking.start import use_store
with use_store(Path(sys.argv[1]), keep=False).asking() as db:  # everything is imported as root, who can read it all
    tb.runs(stores=[])
    from trackbook.store import runs_frame
    runs_frame(db)
os.setgid(65534); os.setuid(65534)
try:
    tb.start_run("x")
except StoreReadOnly as error:
    print(error)
print(len(tb.runs()))
"""


def test_somebody_without_the_right_to_write_reads_all_the_same(home, child, tmp_path, let_others_in):
    if os.geteuid():
        pytest.skip("only root can become somebody else")
    let_others_in(tmp_path)
    start_run("waiting", store=home)
    (tmp_path / "roots").mkdir()
    reader = child(AS_NOBODY, tmp_path / "roots" / "trackbook.duckdb")
    said = reader.finish().splitlines()
    assert "cannot be written" in said[0]
    assert said[1] == "1"
