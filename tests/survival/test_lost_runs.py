"""Runs whose process died without a word."""

from __future__ import annotations

import json
import os
import time

import pytest

from trackbook.ids import new_id
from trackbook.store.open_series import Series
from trackbook.store.spool import Spool

LOGGER = """
import sys
import trackbook as tb
run = tb.start_run("doomed")
run.log_metric("loss", 1.0)
print(run.run_id, flush=True)
sys.stdin.readline()
"""


def state(home):
    with home.asking() as db:
        return db.execute("SELECT status, ended_by, ended_at IS NOT NULL FROM runs").fetchall()


def test_a_killed_process_is_found_by_the_next_and_its_run_marked(home, child):
    doomed = child(LOGGER)
    run_id = doomed.hear()
    assert state(home) == [("RUNNING", None, False)]
    doomed.kill()
    died = time.time()
    with home.asking() as db:
        rows = db.execute(
            "SELECT CAST(run_id AS VARCHAR), status, ended_by, last_seen_at = ended_at, epoch(last_seen_at) FROM runs"
        ).fetchall()
        assert db.execute("SELECT count FROM summaries").fetchall() == [(1,)]
    [(found, status, ended_by, same, seen)] = rows
    assert (found, status, ended_by, same) == (run_id, "KILLED", "lost", True)
    assert died - 120 < seen <= died + 1
    assert list(home.location.spools.iterdir()) == []


def test_a_script_killed_by_the_system_is_lost_too(home, child):
    doomed = child(LOGGER)
    doomed.hear()
    doomed.process.terminate()
    doomed.process.wait(60)
    assert state(home) == [("KILLED", "lost", True)]


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        pytest.param("", ("FINISHED", "cell", ""), id="comes to its end"),
        pytest.param("raise ValueError('no rows')", ("FAILED", "error", "ValueError: no rows"), id="an error"),
        pytest.param("raise KeyboardInterrupt", ("KILLED", "interrupt", "KeyboardInterrupt"), id="Ctrl-C"),
        pytest.param("import sys; sys.exit(0)", ("FINISHED", "cell", ""), id="sys.exit(0)"),
        pytest.param(
            "import sys; sys.excepthook = lambda *_: None; raise ValueError('quiet')",
            ("FAILED", "error", "ValueError: quiet"), id="a hook of the user's",
        ),
        pytest.param(
            "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass", ("FINISHED", "cell", ""), id="an error it caught"
        ),
        pytest.param(
            "import threading; t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
            ("FINISHED", "cell", ""), id="an error in a thread",
        ),
    ],
)  # fmt: skip
def test_a_script_that_never_calls_end_ends_its_run_when_it_ends(home, child, ending, expected):
    script = child(f"import trackbook as tb\ntb.start_run('loose')\ntb.log_metric('loss', 1.0)\n{ending}\n")
    script.process.communicate(timeout=60)
    with home.asking() as db:
        assert db.execute("SELECT status, ended_by, error FROM runs").fetchall() == [expected]
        assert db.execute("SELECT count FROM summaries").fetchall() == [(1,)]
    assert list(home.location.spools.iterdir()) == [], "the last merge came after the end"


def test_the_last_merge_of_a_short_script_takes_no_longer_than_any_other(home, child):
    """DuckDB 1.x imports pandas for each value when an import at exit fails: minutes, and then a crash."""
    code = "import trackbook as tb\nrun = tb.start_run('wide')\ntb.log_params({f'p{place}': 'x' for place in range(4000)})\n"
    began = time.monotonic()
    child(code).finish()
    assert time.monotonic() - began < 30
    with home.asking() as db:
        assert db.execute("SELECT count(*) FROM params").fetchall() == [(4000,)]


def test_a_child_that_ends_does_not_end_the_run_of_its_parent(home, child):
    parent = child(
        "import os, sys, trackbook as tb\nrun = tb.start_run('parent')\nborn = os.fork()\n"
        "if not born:\n    tb.log_metric('loss', 1.0)\n    sys.exit(0)\n"
        "os.waitpid(born, 0)\nprint('waited', flush=True)\nsys.stdin.readline()\n"
    )
    assert parent.hear() == "waited"
    assert state(home) == [("RUNNING", None, False)]
    parent.say("end")
    parent.finish()
    assert state(home) == [("FINISHED", "cell", True)]


@pytest.fixture
def elsewhere(home):
    """A process on another host that shares the folder: locks prove nothing there."""
    spool = Spool(home.location)
    facts = json.loads((spool.folder / "spool.json").read_text())
    (spool.folder / "spool.json").write_text(json.dumps(facts | {"host": "elsewhere"}))
    spool._lifeline.close()  # its lock is not seen from here
    run_id = new_id()
    spool.event({"e": "run", "run_id": run_id, "experiment": "x", "name": "far", "started_at": time.time()})
    spool.series = Series(spool, run_id, "loss")
    spool.declare(spool.series)
    yield spool
    spool._journal.close()
    spool._begun = False


def beat(spool, seconds_ago):
    moment = time.time() - seconds_ago
    os.utime(spool.folder / "lock", (moment, moment))


def test_on_another_host_a_heartbeat_older_than_ten_minutes_is_death_until_it_writes_again(home, elsewhere):
    beat(elsewhere, 590)
    assert state(home) == [("RUNNING", None, False)]
    beat(elsewhere, 700)
    assert state(home) == [("KILLED", "lost", True)]
    assert elsewhere.folder.exists()
    beat(elsewhere, 0)
    assert state(home) == [("KILLED", "lost", True)], "it has only shown that it lives"
    elsewhere.log(elsewhere.series, 1.0)
    assert state(home) == [("RUNNING", None, False)]
    with home.asking() as db:
        assert db.execute("SELECT count FROM summaries").fetchall() == [(1,)]


def test_an_end_that_arrives_late_wins_over_lost(home, elsewhere):
    beat(elsewhere, 700)
    assert state(home) == [("KILLED", "lost", True)]
    run_id = elsewhere.series.run_id
    elsewhere.event({"e": "end", "run_id": run_id, "status": "FINISHED", "ended_by": "cell", "ended_at": time.time()})
    assert state(home) == [("FINISHED", "cell", True)]
