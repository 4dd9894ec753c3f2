"""A full disk costs nothing but memory, and nothing that was logged."""

from __future__ import annotations

import contextlib
import warnings

import pytest

from trackbook.errors import DiskFull, TrackbookWarning
from trackbook.store import keeper_of, open_store, store_info
from trackbook.store.location import Location
from trackbook.tracking.start import start_run, use_store

LOGGER = """
import sys, warnings
import trackbook as tb
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    run = tb.start_run("squeezed")
    for step in range(250_000):
        run.log_metric("loss", float(step))
    run.log_params({"late": 1})
    print(len(caught), caught[0].message if caught else "", flush=True)
    sys.stdin.readline()
    run.log_metric("after", 1.0)
    run.end()
"""


def test_a_process_goes_on_logging_and_nothing_is_lost_when_space_is_freed(home, child, disk):
    place = disk("size=6m")
    squeezed = child(LOGGER, TRACKBOOK_STORE=str(place / "trackbook.duckdb"))
    said = squeezed.hear()
    assert said.startswith("1 The disk is full: what you log now waits in memory")
    disk("size=100m")
    squeezed.say("there is space again")
    squeezed.finish()
    with open_store(Location(place / "trackbook.duckdb")).asking() as db:
        assert db.execute("SELECT name, count, last FROM summaries ORDER BY name").fetchall() == [
            ("after", 1, 1.0),
            ("loss", 250_000, 249_999.0),
        ]
        steps = db.execute("SELECT step FROM metrics WHERE name = 'loss' ORDER BY seq").fetchnumpy()["step"]
        assert (steps == range(250_000)).all()
        assert db.execute("SELECT name FROM params").fetchall() == [("late",)]
        assert db.execute("SELECT status FROM runs").fetchall() == [("FINISHED",)]


def test_beyond_the_most_that_waits_points_are_counted_and_said(home, disk, monkeypatch):
    monkeypatch.setattr("trackbook.store.backlog._MOST_WAITING", 100)
    store = use_store(disk("size=1m") / "trackbook.duckdb")
    run = start_run("squeezed", store=store)
    with pytest.warns(TrackbookWarning, match="The disk is full"):
        run.log_metric("loss", 1.0)
    for _ in range(149):
        run.log_metric("loss", 1.0)
    disk("size=50m")
    with pytest.warns(TrackbookWarning, match="50 points were lost while the disk was full"):
        run.end()
    with store.asking() as db:
        assert db.execute("SELECT count FROM summaries").fetchone() == (100,)


def test_warnings_made_errors_lose_no_point_on_a_full_disk(home, disk):
    store = use_store(disk("size=1m") / "trackbook.duckdb")
    run = start_run("strict", store=store)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(TrackbookWarning):
            store.spool.log(run._open_series("loss"), 1.0)
    disk("size=50m")
    run.end()
    with store.asking() as db:
        assert db.execute("SELECT count FROM summaries").fetchone() == (1,)


def test_a_question_is_answered_from_what_is_merged_when_a_merge_finds_the_disk_full(home, disk):
    place = disk("size=40m")
    store = use_store(place / "trackbook.duckdb")
    with start_run("early", store=store) as run:
        run.log_metric("loss", 1.0)
    keeper_of(store).stop()
    late = start_run("late", store=store)
    for step in range(300_000):
        late.log_metric("noise", hash((step, "x")) / 3.0)
    filler = place / "filler"
    _fill(filler)
    with pytest.warns(TrackbookWarning, match="newest runs are missing"), store.asking() as db:
        assert db.execute("SELECT name FROM runs").fetchall() == [("early",)]
    with pytest.raises(DiskFull):
        store.merge()
    late.log_metric("one more", 1.0)
    filler.unlink()
    late.end()
    with store.asking() as db:
        assert db.execute("SELECT name, count FROM summaries ORDER BY name").fetchall() == [
            ("loss", 1),
            ("noise", 300_000),
            ("one more", 1),
        ]
        assert db.execute("SELECT count(*) FROM metrics").fetchone() == (300_002,)
    assert store_info(store).rejected == 0


def test_a_run_cannot_begin_on_a_full_disk_and_the_reason_is_a_sentence(home, disk):
    place = disk("size=1m")
    _fill(place / "filler")
    with pytest.raises(DiskFull, match="is full"):
        start_run("nowhere", store=open_store(Location(place / "trackbook.duckdb")))


def test_an_artifact_on_a_full_disk_is_a_warning_and_leaves_no_half_file(home, disk):
    from trackbook.tracking.artifacts import log_text

    place = disk("size=9m")
    store = use_store(place / "trackbook.duckdb")
    run = start_run("squeezed", store=store)
    with pytest.warns(TrackbookWarning, match=r"big\.txt was not kept: The disk"):
        log_text("x" * 20_000_000, "big.txt", run=run)
    assert list(store.location.blobs.glob(".new-*")) == []
    run.end()


def _fill(path):
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
