"""Looking after the store from the shell."""

import os
import time

import pytest

import trackbook as tb
from trackbook.store import delete_run
from trackbook.store.blobs import blob_files

OLD = time.time() - 3 * 86_400


@pytest.fixture
def kept(store):
    """A run with a large artifact, which lies beside the file."""
    with tb.start_run("kept"):
        tb.log_text("large" * 20_000, "large.txt")
        tb.log_text("small", "small.txt")
        tb.log_metric("loss", 1.0)
    store.merge()
    return store


def age(store):
    """Make every blob three days old."""
    for path in blob_files(store.location):
        os.utime(path, (OLD, OLD))
    with store.deciding() as db:
        db.execute("UPDATE _tb.blobs SET kept_at = kept_at - INTERVAL 3 DAY")


def test_info_says_where_the_store_is_and_what_it_holds(call, kept):
    facts = call("store", "info", "--format", "json").json()
    assert facts["file"] == str(kept.location.file)
    assert (facts["runs"], facts["points"], facts["blobs"]) == (1, 1, 2)
    assert str(kept.location.file) in call("info").out


def test_verify_finds_nothing_wrong_in_a_sound_store(call, kept):
    answer = call("store", "verify")
    assert (answer.code, answer.out, answer.err) == (0, "", "Nothing is wrong.\n")


def test_verify_names_what_is_damaged_and_fails(call, kept):
    (large,) = blob_files(kept.location)
    large.write_bytes(b"other")
    answer = call("verify")
    assert answer.code == 1
    assert answer.out == f"Blob {large.name} is damaged: its content has another hash.\n"
    assert answer.err == "1 fault found.\n"


def test_gc_leaves_a_tidy_store_alone(call, kept):
    age(kept)
    assert call("store", "gc", "--yes").err == "There is nothing to remove.\n"


def test_gc_shows_what_would_go_and_removes_nothing_on_a_dry_run(call, kept):
    delete_run(kept, "kept", actor="ana")
    age(kept)
    answer = call("store", "gc", "--dry-run", "--deleted-before", "2100-01-01")
    assert "kept, deleted " in answer.out
    assert "2 blobs (100 kB)" in answer.out
    assert call("runs", "--deleted", "--format", "csv").csv()["name"].tolist() == ["kept"]
    assert len(list(blob_files(kept.location))) == 1


def test_gc_asks_and_a_no_keeps_everything(call, kept):
    delete_run(kept, "kept", actor="ana")
    age(kept)
    answer = call("store", "gc", "--deleted-before", "2100-01-01", typing="n\n")
    assert answer.code == 1
    assert "for good?" in answer.err
    assert answer.out == ""
    assert len(list(blob_files(kept.location))) == 1


def test_gc_removes_what_it_showed(call, kept):
    delete_run(kept, "kept", actor="ana")
    age(kept)
    answer = call("store", "gc", "--deleted-before", "2100-01-01", "--yes")
    assert "1 run and 2 blobs removed." in answer.err
    assert list(blob_files(kept.location)) == []
    assert call("store", "info", "--format", "json").json()["deleted_runs"] == 0
    assert call("store", "gc", "--deleted-before", "2100-01-01", "--dry-run").err == "There is nothing to remove.\n"


def test_gc_spares_runs_deleted_more_recently_than_asked(call, kept):
    delete_run(kept, "kept", actor="ana")
    age(kept)
    assert "nothing to remove" in call("gc", "--deleted-before", "30d", "--yes").err


@pytest.mark.parametrize("age", ["soon", "30", "-3d", "30 years", "99999999d"])
def test_gc_does_not_guess_what_an_age_means(call, kept, age):
    answer = call("gc", "--deleted-before", age, "--dry-run")
    assert answer.code == 2
    assert "write 12h, 30d" in answer.err


def test_a_snapshot_is_a_store_of_its_own(call, kept, tmp_path):
    answer = call("store", "snapshot", tmp_path / "copies" / "copy.duckdb")
    assert (answer.code, answer.out) == (0, "")
    copy = call("--store", tmp_path / "copies" / "copy.duckdb", "runs", "--format", "csv")
    assert copy.csv()["name"].tolist() == ["kept"]
    assert call("verify", "--store", tmp_path / "copies" / "copy.duckdb").code == 0


def test_a_snapshot_replaces_nothing(call, kept, tmp_path):
    (tmp_path / "mine.duckdb").write_text("mine")
    answer = call("snapshot", tmp_path / "mine.duckdb")
    assert answer.code == 1
    assert (tmp_path / "mine.duckdb").read_text() == "mine"


def test_merge_brings_what_was_logged_into_the_file(call, store):
    with tb.start_run("fresh"):
        tb.log_metric("loss", 1.0)
    answer = call("store", "merge")
    assert answer.code == 0
    assert "merged" in answer.err
    assert "0 points and 0 events merged." in call("merge").err


def test_the_store_can_be_named_before_and_after_the_command_and_by_its_folder(call, kept, tmp_path, monkeypatch):
    monkeypatch.delenv("TRACKBOOK_STORE")
    monkeypatch.chdir("/")
    file = kept.location.file
    for words in (["--store", file, "runs"], ["runs", "--store", file], ["runs", "--store", tmp_path]):
        assert "kept" in call(*words).out


def test_a_named_store_that_is_not_there_is_an_error_and_is_not_made(call, tmp_path):
    for words in (["runs"], ["info"], ["verify"], ["gc", "--yes"], ["merge"], ["snapshot", tmp_path / "x"]):
        answer = call("--store", tmp_path / "none.duckdb", *words)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith(f"Error: There is no store at {tmp_path / 'none.duckdb'}")
    assert list(tmp_path.glob("none*")) == []


def test_without_any_store_there_are_no_runs_and_a_hint(call, tmp_path, monkeypatch):
    monkeypatch.delenv("TRACKBOOK_STORE")
    answer = call("runs", "--format", "json")
    assert (answer.code, answer.json()) == (0, [])
    assert "There is no store at" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_kind_is_named_in_a_sentence(call, tmp_path):
    (tmp_path / "notes.txt").write_text("not a database at all, but long enough")
    answer = call("runs", "--store", tmp_path / "notes.txt")
    assert (answer.code, answer.out) == (1, "")
    assert "is not a trackbook store" in answer.err
