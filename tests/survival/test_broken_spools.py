"""Spools that are torn, foreign, gone or from another time: each costs itself at most, and blocks nobody."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackbook.errors import TrackbookWarning
from trackbook.ids import new_id
from trackbook.store.batch import _APPLY
from trackbook.store.database import opened
from trackbook.store.journal import journal_path
from trackbook.store.merge import merge_spools
from trackbook.store.migrations import migrate
from trackbook.store.open_series import Series
from trackbook.store.segments import RECORD, SEGMENT_BYTES, segment_path
from trackbook.store.spool import Spool


@pytest.fixture
def dead(home):
    """A spool whose process has died: one run, one metric with 100 points."""
    spool = Spool(home.location)
    run_id = new_id()
    spool.event({"e": "run", "run_id": run_id, "experiment": "x", "name": "torn", "started_at": 1.0})
    series = Series(spool, run_id, "loss")
    spool.declare(series)
    for value in range(100):
        spool.log(series, float(value))
    spool.abandon()
    spool.run_id = run_id
    return spool


@pytest.fixture
def memory():
    """A database in memory, for many merges in little time."""
    with opened(Path(":memory:")) as db:
        migrate(db, Path(":memory:"))
        yield db


def values(home):
    with home.asking() as db:
        return [value for (value,) in db.execute("SELECT value FROM metrics ORDER BY seq").fetchall()]


def rejected(home):
    with home.asking() as db:
        return db.execute("SELECT place, event, reason FROM _tb.rejected").fetchall()


def test_a_torn_last_record_is_noted_and_the_others_are_there(home, dead):
    with segment_path(dead.folder, 0).open("r+b") as file:
        file.seek(99 * RECORD + 20)
        file.write(bytes(6))
    assert values(home) == [float(value) for value in range(99)]
    assert rejected(home) == [("points", "1 points", "a wrong checksum")]


def test_a_damaged_record_in_the_middle_costs_itself_only(home, dead):
    with segment_path(dead.folder, 0).open("r+b") as file:
        file.seek(50 * RECORD + 1)
        file.write(b"\xff\xff")
    assert values(home) == [float(value) for value in range(100) if value != 50]


def test_a_segment_cut_short_keeps_what_is_left(home, dead):
    with segment_path(dead.folder, 0).open("r+b") as file:
        file.truncate(10 * RECORD + 7)
    assert values(home) == [float(value) for value in range(10)]


def test_a_truncated_event_line_is_rejected_and_the_lines_before_it_count(home, dead):
    with journal_path(dead.folder, 0).open("ab") as file:
        file.write(b'{"e":"params","run_id":"')
    assert values(home) == [float(value) for value in range(100)]
    [(place, event, reason)] = rejected(home)
    assert (place, event) == ("events", '{"e":"params","run_id":"')
    assert reason.startswith("JSONDecodeError")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 400))
def test_a_journal_torn_anywhere_gives_back_its_whole_lines(home, memory, cut):
    spool = Spool(home.location)
    run_id = new_id()
    spool.event({"e": "run", "run_id": run_id, "experiment": "x", "name": "torn", "started_at": 1.0})
    for number in range(4):
        spool.event({"e": "params", "run_id": run_id, "params": {f"p{number}": number}})
    spool.abandon()
    journal = journal_path(spool.folder, 0)
    content = journal.read_bytes()
    journal.write_bytes(content[: min(cut, len(content))])
    whole = [json.loads(line) for line in content[: min(cut, len(content))].split(b"\n")[:-1]]
    merge_spools(memory, home.location, inline_limit=0)
    found = memory.execute("SELECT name FROM params WHERE run_id = CAST($1 AS UUID)", [run_id]).fetchall()
    expected = [name for event in whole if event["e"] == "params" for name in event["params"]]
    last = content[: min(cut, len(content))].rpartition(b"\n")[2]
    if last.endswith(b"}}"):  # only the newline is missing
        expected += json.loads(last)["params"]
    assert [name for (name,) in found] == expected


def test_a_spool_of_a_newer_format_waits_for_newer_code(home, dead):
    facts = dead.folder / "spool.json"
    written = json.loads(facts.read_text())
    facts.write_text(json.dumps(written | {"format": 99}))
    with pytest.warns(
        TrackbookWarning, match=r"A process of a newer trackbook logged to .* until trackbook is upgraded"
    ):
        assert values(home) == []
    assert values(home) == []  # said once
    assert dead.folder.exists()
    facts.write_text(json.dumps(written))
    assert len(values(home)) == 100


def test_an_event_of_an_unknown_kind_is_kept_for_reading(home, dead):
    with journal_path(dead.folder, 0).open("ab") as file:
        file.write(b'{"e":"teleport","to":"mars"}\n')
    assert len(values(home)) == 100
    assert rejected(home) == [("events", '{"e":"teleport","to":"mars"}', "KeyError: 'teleport'")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ODD = st.one_of(
    JSON,
    st.sampled_from([2**31, 2**63, -(2**70), 1e300, 253402300800.0, "\x00", "\ud800", "a" * 64, "0" * 400]),
)
FIELDS = (
    "run_id", "experiment", "name", "started_at", "attempt", "at", "ended_at", "status", "ended_by", "params", "tags",
    "key", "position", "output", "facts", "path", "kind", "size", "blob", "rows", "digest", "python", "packages",
    "commit", "branch", "edits", "remote", "patch", "patch_cut", "implementation", "platform", "session_id", "source",
    "executed_at", "succeeded", "metric", "better", "cell_id", "parent_run_id", "columns", "data", "mime", "cut", "row_count",
)  # fmt: skip
GOOD_ID = "01920000-0000-7000-8000-000000000001"
PLAUSIBLE = {
    "run_id": GOOD_ID, "experiment": "x", "name": "n", "started_at": 1.0, "at": 1.0, "ended_at": 2.0,
    "status": "FINISHED", "ended_by": "cell", "params": {"a": 1}, "tags": {"a": "b"}, "key": 1, "digest": "d",
    "python": "3", "implementation": "C", "platform": "L", "packages": {}, "commit": "", "branch": "", "edits": 0,
    "remote": "", "patch": "", "patch_cut": False, "session_id": "s", "position": 1, "source": "", "executed_at": 1.0,
    "metric": "m", "better": "lower", "path": "p", "kind": "file", "blob": "0" * 64, "size": 1, "rows": 1,
}  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(
        st.tuples(st.sampled_from(sorted(_APPLY)), st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=3)),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_no_event_however_odd_blocks_a_merge(home, memory, events):
    spool = Spool(home.location)
    for kind, odd in events:
        spool.event(PLAUSIBLE | odd | {"e": kind})
    good = new_id()
    spool.event({"e": "run", "run_id": good, "experiment": "x", "name": "good", "started_at": 1.0})
    spool.abandon()
    assert merge_spools(memory, home.location, inline_limit=1000).events == len(events) + 1
    assert memory.execute("SELECT count(*) FROM runs WHERE run_id = CAST($1 AS UUID)", [good]).fetchone() == (1,)


def test_a_segment_that_vanished_takes_only_its_own_points_along(home, dead):
    segment_path(dead.folder, 0).unlink()
    assert values(home) == []
    with home.asking() as db:
        assert db.execute("SELECT name, status FROM runs").fetchall() == [("torn", "KILLED")]


def test_a_journal_that_vanished_takes_only_its_own_events_along(home):
    spool = Spool(home.location)
    run_id = new_id()
    spool.event({"e": "run", "run_id": run_id, "experiment": "x", "name": "torn", "started_at": 1.0})
    series = Series(spool, run_id, "loss")
    spool.declare(series)
    spool.log(series, 1.0)
    assert values(home) == [1.0]
    journal_path(spool.folder, 0).unlink()
    spool.log(series, 2.0)  # of a key that was merged before
    spool.abandon()
    assert values(home) == [1.0, 2.0]
    with home.asking() as db:
        assert db.execute("SELECT name, status FROM runs").fetchall() == [("torn", "KILLED")]


def test_a_spool_folder_that_vanished_leaves_its_run_lost(home):
    spool = Spool(home.location)
    spool.event({"e": "run", "run_id": new_id(), "experiment": "x", "name": "gone", "started_at": 1.0})
    home.merge()
    shutil.rmtree(spool.folder)
    another = Spool(home.location)  # any process that logs
    with home.asking() as db:
        assert db.execute("SELECT status, ended_by FROM runs").fetchall() == [("KILLED", "lost")]
    for one in (spool, another):
        one.abandon()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "one", "host": "h"}', '{"host": "h"}'])
def test_a_folder_that_is_no_spool_is_left_alone_and_doubles_nothing(home, dead, content):
    assert len(values(home)) == 100
    stranger = home.location.spools / "0000"
    stranger.mkdir()
    (stranger / "spool.json").write_text(content)
    (home.location.spools / "notes.txt").write_text("mine")
    assert len(values(home)) == 100
    assert stranger.exists()


def test_a_live_spool_that_cannot_be_read_for_a_moment_is_not_merged_twice(home, monkeypatch):
    """As when a process has too many files open: its place must not be forgotten."""
    spool = Spool(home.location)
    run_id = new_id()
    spool.event({"e": "run", "run_id": run_id, "experiment": "x", "name": "n", "started_at": 1.0})
    series = Series(spool, run_id, "loss")
    spool.declare(series)
    spool.log(series, 1.0)
    assert values(home) == [1.0]
    facts = spool.folder / "spool.json"
    hidden = facts.rename(spool.folder / "hidden")
    assert values(home) == [1.0]
    hidden.rename(facts)
    spool.log(series, 2.0)
    assert values(home) == [1.0, 2.0]
    spool.abandon()


def test_a_merger_killed_while_it_removed_a_spool_leaves_nothing_half(home, dead):
    assert len(values(home)) == 100
    assert [path.name for path in home.location.spools.iterdir()] == []
    half = home.location.spools / f".{dead.spool_id}"
    half.mkdir()
    segment_path(half, 0).write_bytes(bytes(64))
    assert len(values(home)) == 100


def test_a_clock_that_jumps_back_changes_no_order(home, monkeypatch):
    spool = Spool(home.location)
    run_id = new_id()
    spool.event({"e": "run", "run_id": run_id, "experiment": "x", "name": "n", "started_at": 2e9})
    series = Series(spool, run_id, "loss")
    spool.declare(series)
    for value, moment in enumerate([2e9, 1e9, 5e8, 2e9, 1.5e9]):
        monkeypatch.setattr("trackbook.store.open_series.time", lambda moment=moment: moment)
        spool.log(series, float(value))
    monkeypatch.undo()
    spool.event({"e": "end", "run_id": run_id, "status": "FINISHED", "ended_by": "cell", "ended_at": 1e9})
    assert values(home) == [0.0, 1.0, 2.0, 3.0, 4.0]
    with home.asking() as db:
        assert db.execute("SELECT last FROM summaries").fetchone() == (4.0,)
        assert db.execute("SELECT status FROM runs").fetchone() == ("FINISHED",)
    spool.abandon()


def test_a_heartbeat_from_the_future_is_no_sign_of_death(home):
    spool = Spool(home.location)
    facts = json.loads((spool.folder / "spool.json").read_text())
    spool.event({"e": "run", "run_id": new_id(), "experiment": "x", "name": "n", "started_at": time.time() + 1e6})
    spool.abandon()
    (spool.folder / "spool.json").write_text(json.dumps(facts | {"host": "elsewhere"}))
    import os

    os.utime(spool.folder / "lock", (time.time() + 1e6,) * 2)
    with home.asking() as db:
        assert db.execute("SELECT status FROM runs").fetchone() == ("RUNNING",)


def test_what_has_piled_up_is_merged_in_passes_of_bounded_size(home, monkeypatch):
    """Neither memory nor open files grow with it; each pass is a transaction of its own."""
    monkeypatch.setattr("trackbook.store.merge._MOST_SPOOLS", 3)
    monkeypatch.setattr("trackbook.store.reading._MOST_SEGMENTS", 1)
    monkeypatch.setattr("trackbook.store.reading._MOST_LINE_BYTES", 1_000)
    monkeypatch.setattr("trackbook.store.journal.JOURNAL_BYTES", 2_000)
    for number in range(8):
        spool = Spool(home.location)
        run_id = new_id()
        spool.event({"e": "run", "run_id": run_id, "experiment": "x", "name": f"r{number}", "started_at": 1.0})
        for place in range(60):
            spool.event({"e": "params", "run_id": run_id, "params": {f"p{place}": "x" * 50}})
        series = Series(spool, run_id, "loss")
        spool.declare(series)
        for value in range(3 if number else SEGMENT_BYTES // RECORD + 5):
            spool.log(series, float(value))
        spool.abandon()
    with home.asking() as db:
        assert db.execute("SELECT count(*), sum(count) FROM summaries").fetchone() == (8, 131_072 + 5 + 7 * 3)
        assert db.execute("SELECT count(*) FROM params").fetchone() == (480,)
        assert db.execute("SELECT status, count(*) FROM runs GROUP BY status").fetchall() == [("KILLED", 8)]
        assert db.execute("SELECT count(*) FROM _tb.rejected").fetchone() == (0,)
    assert list(home.location.spools.iterdir()) == []
