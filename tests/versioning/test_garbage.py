"""Garbage collection never takes what a version needs."""

from __future__ import annotations

import time

import pytest

import trackbook as tb
from trackbook.store import collect_garbage, delete_run, verify_store
from trackbook.store.garbage import find_garbage
from trackbook.store.registry.errors import VersionNotFound

DAY = 86_400.0


def collect(home):
    """Collect as ten days from now, all that was deleted before; what it said it would is what it did."""
    later = time.time() + 10 * DAY
    expected = find_garbage(home, deleted_before=later, now=later)
    done = collect_garbage(home, deleted_before=later, now=later)
    assert done == (len(expected.runs), expected.inside + len(expected.files))
    assert find_garbage(home, deleted_before=later, now=later).is_empty
    assert verify_store(home) == []
    return done


def test_a_deleted_run_behind_a_version_stays_with_its_lineage_its_copies_too(home, log):
    run = log(metrics={"accuracy": 0.9})
    tb.register("churn", run)
    tb.copy_version("models:/churn/1", "live")
    tb.rename_model("churn", "leaving")
    delete_run(home, run.run_id, actor="me")
    later = time.time() + 10 * DAY
    assert find_garbage(home, deleted_before=later).spared == ((run.run_id, "fit", "leaving 1, live 1"),)
    assert find_garbage(home).spared == ()
    assert collect(home) == (0, 0)
    assert tb.load_model("models:/leaving/1").C == 1.0
    assert tb.load_model("models:/live/1").C == 1.0
    assert tb.get_version("models:/live/1").run().metrics == {"accuracy": 0.9}


def test_a_version_that_was_deleted_too_is_freed_and_its_number_and_trail_stay(home, log):
    kept, gone = log(), log(strength=2.0)
    tb.register("churn", kept)
    tb.register("churn", gone)
    tb.delete_version("churn", 2)
    assert collect(home) == (0, 0), "its run was not deleted"
    assert tb.restore_version("churn", 2).version == 2
    tb.delete_version("churn", 2)
    delete_run(home, gone.run_id, actor="me")
    runs, blobs = collect(home)
    assert runs == 1
    assert blobs >= 1
    with pytest.raises(VersionNotFound, match="removed as garbage"):
        tb.restore_version("churn", 2)
    with pytest.raises(VersionNotFound, match="was deleted"):
        tb.load_model("models:/churn/2")
    assert tb.versions("churn")["version"].tolist() == [1]
    assert tb.register("churn", kept).version == 3
    assert tb.audit("churn")["action"].tolist() == ["register", "register", "delete", "restore", "delete", "register"]


def test_a_copy_keeps_the_files_of_a_deleted_original(home, log):
    run = log()
    tb.register("churn", run)
    tb.copy_version("models:/churn/1", "live")
    tb.delete_version("churn", 1)
    delete_run(home, run.run_id, actor="me")
    assert collect(home) == (0, 0)
    assert tb.load_model("models:/live/1").C == 1.0
    assert tb.restore_version("churn", 1).version == 1


def test_a_version_deleted_after_the_moment_keeps_its_files(home, log):
    run = log()
    tb.register("churn", run)
    delete_run(home, run.run_id, actor="me")
    between = time.time()
    tb.delete_version("churn", 1)
    assert collect_garbage(home, deleted_before=between, now=between + 10 * DAY) == (0, 0)
    assert tb.restore_version("churn", 1).version == 1
    assert tb.load_model("models:/churn/1").C == 1.0
