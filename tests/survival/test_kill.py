"""kill -9 at any moment: what a call returned from is there exactly once, and the file opens."""

from __future__ import annotations

import os
import random
import signal

import pytest

from trackbook.ids import new_id
from trackbook.records import RunStart
from trackbook.tracking.start import begin_run


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.long)])
@pytest.mark.timeout(900)
def test_whatever_was_logged_or_decided_survives_the_killing_of_everybody(home, nursery, tmp_path, until, rounds):
    dice = random.Random(rounds)
    decided_about = begin_run(home, RunStart(new_id(), "default", "decided", 1.0)).run_id
    home.merge()
    for number in range(rounds):
        reports = {do: tmp_path / f"{number}-{do}" for do in ("log", "merge", "decide")}
        about = {"log": f"run {number}", "decide": decided_about}
        alive = {do: nursery().bear(do, home, report, about.get(do, "")) for do, report in reports.items()}
        until(lambda report=reports["log"]: "point" in nursery.returned(report))
        order = list(alive)
        dice.shuffle(order)
        for do in order:
            _let_time_pass(dice.uniform(0.0, 0.05))
            os.kill(alive[do], signal.SIGKILL)
        until(lambda alive=alive: all(map(nursery.is_gone, alive.values())))
        _check(home, decided_about, {do: nursery.returned(report) for do, report in reports.items()})


def _let_time_pass(seconds):
    """The moment of a death is drawn by lot; nothing waits for anything here."""
    from threading import Event

    Event().wait(seconds)


def _check(home, decided_about, returned_calls):
    logged = returned_calls["log"]
    run_id, points, params = logged["run"][0], len(logged["point"]), len(logged.get("param", []))
    with home.asking() as db:
        run = "WHERE run_id = CAST($1 AS UUID)"
        steps = db.execute(f"SELECT step, value FROM metrics {run} ORDER BY seq", [run_id]).fetchall()
        assert steps == [(step, float(step)) for step in range(len(steps))]
        assert len(steps) in {points, points + 1}, "a returned point is missing, or one came twice"
        names = db.execute(f"SELECT name FROM params {run}", [run_id]).fetchall()
        assert len(names) == len(set(names))
        assert len(names) in {params, params + 1}
        assert db.execute(f"SELECT count FROM summaries {run}", [run_id]).fetchall() == [(len(steps),)]
        assert db.execute(f"SELECT status, ended_by FROM runs {run}", [run_id]).fetchall() == [("KILLED", "lost")]
        tags = [name for (name,) in db.execute(f"SELECT name FROM tags {run}", [decided_about]).fetchall()]
        assert set(returned_calls["decide"].get("tag", [])) <= set(tags)
        assert len(tags) == len(set(tags))
        assert db.execute("SELECT count(*), max(seq) FROM audit").fetchone() == (len(tags), len(tags) or None)
        assert db.execute("SELECT * FROM _tb.rejected WHERE place <> 'points'").fetchall() == []
