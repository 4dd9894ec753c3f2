"""A run followed while it is written: every point once, whatever merges, dies or forks meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest

import trackbook as tb
from trackbook.store import run_record
from trackbook.store.segments import RECORD, SEGMENT_RECORDS, segment_path
from trackbook.store.spool_tail import end_of, is_dead
from trackbook.store.tail import Tail


class Seen:
    """What somebody who follows a run knows of it: curves as lists of (step, value)."""

    def __init__(self, tail):
        self.tail, self.points, self.events, self.wholes = tail, {}, [], 0

    def look(self):
        look = self.tail.look()
        if look.whole is not None:
            self.wholes += 1
            self.points = {
                name: list(zip(*map(np.ndarray.tolist, curve), strict=True))
                for name, curve in look.whole.curves.items()
            }
        for part in look.points:
            for which, step, value in zip(part.which, part.steps.tolist(), part.values.tolist(), strict=True):
                self.points.setdefault(part.names[which], []).append((step, value))
        self.events += [event["e"] for event in look.events]
        return self


def until(happened, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (answer := happened()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)
    return answer


@pytest.fixture
def run(home):
    with tb.start_run("followed") as run:
        yield run


@pytest.fixture
def fresh(run):
    return Seen(Tail(run.store, run.run_id, fresh=True))


@pytest.fixture
def later(run):
    """Somebody who comes when the run has been going on for a while."""
    return lambda: Seen(Tail(run.store, run.run_id))


def test_new_points_come_with_their_metric_and_only_once(fresh):
    assert fresh.look().points == {}
    tb.log_metrics({"loss": 0.5, "acc": 0.1})
    tb.log_metric("loss", 0.25)
    assert fresh.look().points == {"loss": [(0, 0.5), (1, 0.25)], "acc": [(0, 0.1)]}
    assert fresh.look().points == {"loss": [(0, 0.5), (1, 0.25)], "acc": [(0, 0.1)]}
    tb.log_metric("loss", float("nan"), step=9)
    step, value = fresh.look().points["loss"][-1]
    assert step == 9
    assert np.isnan(value)


def test_what_another_run_logs_is_not_shown(fresh):
    with tb.start_run("other"):
        tb.log_metric("loss", 7.0)
        fresh.look()
    tb.log_metric("loss", 1.0)
    assert fresh.look().points == {"loss": [(0, 1.0)]}


def test_looking_merges_nothing_and_writes_nothing(run, fresh):
    tb.log_metric("loss", 1.0)
    before = sorted(run.store.location.folder.rglob("*"))
    fresh.look()
    assert sorted(run.store.location.folder.rglob("*")) == before
    assert not run.store.location.file.exists()


def test_who_comes_later_gets_what_was_merged_from_the_store_and_the_rest_from_the_spool(run, later):
    tb.log_metric("loss", 1.0)
    assert run.store.merge() is not None
    tb.log_metric("loss", 0.5)
    seen = later().look()
    tb.log_metric("loss", 0.25)
    assert seen.look().points == {"loss": [(0, 1.0), (1, 0.5), (2, 0.25)]}
    assert seen.wholes == 1


def test_a_merge_between_two_looks_loses_and_doubles_nothing(run, fresh):
    for step in range(5):
        tb.log_metric("loss", float(step))
        fresh.look()
        assert run.store.merge() is not None
    assert fresh.look().points["loss"] == [(step, float(step)) for step in range(5)]


def test_segments_that_were_merged_and_deleted_before_a_look_come_from_the_store(run, fresh):
    for step in range(2 * SEGMENT_RECORDS + 50):
        tb.log_metric("loss", float(step % 1000))
    assert run.store.merge() is not None
    assert not segment_path(run.store.spool.folder, 0).exists()
    until(lambda: fresh.look().wholes)
    assert fresh.points["loss"][0][0] == 0
    assert fresh.points["loss"][-1] == (2 * SEGMENT_RECORDS + 49, float((2 * SEGMENT_RECORDS + 49) % 1000))
    assert {value for _, value in fresh.points["loss"]} >= {0.0, 999.0}
    tb.log_metric("loss", -1.0)
    assert fresh.look().points["loss"][-1] == (2 * SEGMENT_RECORDS + 50, -1.0)


def test_a_segment_that_is_deleted_while_it_is_read_is_read_to_its_end(run, fresh):
    tb.log_metric("loss", 0.0)
    fresh.look()
    for _ in range(SEGMENT_RECORDS + 20):
        tb.log_metric("loss", 1.0)
    assert run.store.merge() is not None
    assert len(fresh.look().points["loss"]) == SEGMENT_RECORDS + 21
    assert fresh.wholes == 0


def test_a_place_that_an_interrupt_left_empty_stops_nobody_for_long(run, fresh, monkeypatch):
    from trackbook.store import spool_tail

    monkeypatch.setattr(spool_tail, "_HOLE_SECONDS", 0.05)
    tb.log_metric("loss", 1.0)
    fresh.look()
    run.store.spool.writer.offset += RECORD  # claimed, and never filled
    tb.log_metric("loss", 2.0)
    until(lambda: len(fresh.look().points["loss"]) == 2)
    assert fresh.points["loss"] == [(0, 1.0), (1, 2.0)]


def test_the_end_of_the_run_is_seen(run, fresh):
    assert not fresh.look().tail.over
    run.end()
    assert fresh.look().tail.over
    assert fresh.events == ["end"]


CHILD = """
import os, sys, time, trackbook as tb
run = tb.start_run(run_id=sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else tb.start_run("elsewhere")
tb.log_metric("loss", 1.0)
print(run.run_id, flush=True)
if sys.stdin.readline().strip() == "die":
    tb.log_metric("loss", 0.5)
    os.kill(os.getpid(), 9)
tb.log_metric("loss", 0.5)
"""


@pytest.fixture
def elsewhere(home):
    """A run of another process."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=home.location.file.parent,
        env=os.environ | {"TRACKBOOK_STORE": str(home.location.file)},
    )  # fmt: skip
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait(60)
    process.stdin.close()
    process.stdout.close()


def test_a_run_of_another_process_is_followed_to_its_end(home, elsewhere):
    process, run_id = elsewhere
    seen = Seen(Tail(home, run_id)).look()
    assert seen.points == {"loss": [(0, 1.0)]}
    process.stdin.write("end\n")
    process.stdin.flush()
    until(lambda: seen.look().tail.over)
    assert seen.look().points == {"loss": [(0, 1.0), (1, 0.5)]}


def test_a_process_that_dies_without_a_word_ends_the_run_and_keeps_its_last_point(home, elsewhere, monkeypatch):
    from trackbook.store import tail

    monkeypatch.setattr(tail, "_ALIVE_SECONDS", 0.05)
    process, run_id = elsewhere
    seen = Seen(Tail(home, run_id)).look()
    process.stdin.write("die\n")
    process.stdin.flush()
    process.wait(60)
    until(lambda: seen.look().tail.over)
    assert seen.points == {"loss": [(0, 1.0), (1, 0.5)]}
    with home.asking() as db:
        assert run_record(db, run_id)["ended_by"] == "lost"


def test_a_forked_child_adds_to_the_curve(run, fresh):
    tb.log_metric("loss", 1.0)
    fresh.look()
    child = os.fork()
    if child == 0:
        try:
            tb.log_metric("loss", 0.5)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    until(lambda: len(fresh.look().points["loss"]) == 2)
    assert [value for _, value in fresh.points["loss"]] == [1.0, 0.5]


def test_without_the_store_the_spools_are_followed_all_the_same(run, later, monkeypatch):
    from trackbook.errors import StoreHeld

    tb.log_metric("loss", 1.0)

    def held(*_):
        raise StoreHeld(run.store.location.file, "somebody")

    monkeypatch.setattr("trackbook.store.tail.run_so_far", held)
    seen = later().look()
    assert seen.points == {"loss": [(0, 1.0)]}
    assert "held open by somebody" in seen.tail.trouble


def test_the_place_where_a_spool_ends_is_found(run):
    for _ in range(777):
        tb.log_metric("loss", 1.0)
    place = end_of(run.store.spool.folder)
    assert (place.points_segment, place.points_record) == (0, 777)
    assert not is_dead(run.store.spool.folder)
    assert is_dead(run.store.location.spools / "never-was")


def test_plain_writes_are_followed_too(home, monkeypatch):
    monkeypatch.setenv("TRACKBOOK_PLAIN_WRITES", "1")
    with tb.start_run("slow disk") as run:
        seen = Seen(Tail(run.store, run.run_id, fresh=True))
        for step in range(3):
            tb.log_metric("loss", float(step))
            seen.look()
    assert seen.points["loss"] == [(0, 0.0), (1, 1.0), (2, 2.0)]
