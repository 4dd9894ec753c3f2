"""What was logged reaches the file by itself: at a run's end, after a while, or when it is much."""

from __future__ import annotations

import shutil
import time

import duckdb
import pytest

import trackbook as tb
from trackbook.config import settings
from trackbook.store import keeper, keeper_of
from trackbook.tracking.start import current_store

NEVER = 10**9


@pytest.fixture(autouse=True)
def beats_often(monkeypatch):
    monkeypatch.setattr(keeper, "_BEAT_SECONDS", 0.05)


@pytest.fixture
def merging(monkeypatch):
    """Set after how many seconds or bytes a background merge runs."""

    def after(*, seconds, size):
        monkeypatch.setattr(settings(), "merge_seconds", float(seconds))
        monkeypatch.setattr(settings(), "merge_bytes", size)

    return after


def points_in(file, tmp_path):
    """Count points in a copy of the file, so that nobody's merge is caused by looking."""
    try:
        shutil.copy(file, copy := tmp_path / "copy.duckdb")
        with duckdb.connect(str(copy)) as db:
            return db.execute("SELECT count(*) FROM metrics").fetchone()[0]
    except (OSError, duckdb.Error):  # not there yet, or caught in the middle of a checkpoint
        return 0


def arrive(file, tmp_path, count):
    deadline = time.monotonic() + 60
    while points_in(file, tmp_path) < count:
        assert time.monotonic() < deadline, "the points have not come to the file"
        time.sleep(0.05)


def test_a_running_run_is_merged_after_a_while(home, merging, tmp_path):
    merging(seconds=0, size=NEVER)
    with tb.start_run():
        tb.log_metric("loss", 1.0)
        arrive(current_store().location.file, tmp_path, 1)


def test_much_is_merged_before_its_time(home, merging, tmp_path):
    merging(seconds=NEVER, size=10_000)
    with tb.start_run():
        for _ in range(1000):
            tb.log_metric("loss", 1.0)
        arrive(current_store().location.file, tmp_path, 1000)


def test_little_waits(home, merging, monkeypatch):
    monkeypatch.setattr(keeper, "_BEAT_SECONDS", 3600.0)  # nobody merges while we look
    merging(seconds=NEVER, size=10_000)
    with tb.start_run():
        tb.log_metric("loss", 1.0)
        assert not keeper_of(current_store())._is_due(current_store())
        merging(seconds=0, size=10_000)
        assert keeper_of(current_store())._is_due(current_store())


def test_a_run_that_ends_is_merged_soon(home, merging, tmp_path):
    merging(seconds=NEVER, size=NEVER)
    with tb.start_run():
        tb.log_metric("loss", 1.0)
    arrive(current_store().location.file, tmp_path, 1)


def test_runs_that_end_one_after_the_other_are_merged_in_one_go_after_their_cells_have_answered(
    home, merging, monkeypatch
):
    monkeypatch.setattr(keeper, "_BEAT_SECONDS", 3600.0)
    monkeypatch.setattr(keeper, "_BREATH_SECONDS", 1.0)
    merging(seconds=NEVER, size=NEVER)
    store, began, merges = current_store(), [], []
    merge = store.merge

    def noted(timeout):
        began.append(time.monotonic())
        merges.append(merge(timeout))
        return merges[-1]

    monkeypatch.setattr(store, "merge", noted)
    for _ in range(3):
        with tb.start_run():
            tb.log_metric("loss", 1.0)
    last_end = time.monotonic()
    deadline = last_end + 60
    while not merges and time.monotonic() < deadline:
        time.sleep(0.02)
    assert began[0] > last_end
    assert [merged.points for merged in merges] == [3]
