"""How often the store is really asked: a desk with a real store, its questions counted."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

import trackbook as tb
from trackbook.labapi.desk import Desk
from trackbook.store import star_runs


class Counted:
    """A question about how many runs there are."""

    def __init__(self):
        self.times = 0

    def __call__(self, db):
        self.times += 1
        return db.execute("SELECT count(*) FROM _tb.runs").fetchone()[0]


@pytest.fixture
def desk(home):
    with ThreadPoolExecutor(2) as executor:
        yield Desk(home, executor)


@pytest.fixture
def openings(home, monkeypatch):
    """How often the file was opened."""
    count, asking = [], home.asking

    @contextmanager
    def counted(*args):
        count.append(1)
        with asking(*args) as db:
            yield db

    monkeypatch.setattr(home, "asking", counted)
    return count


def log(name="run"):
    with tb.start_run(name) as run:
        tb.log_metric("loss", 1.0)
    return run


def test_twenty_who_ask_the_same_at_once_are_answered_by_one_look(desk, openings):
    log()
    runs = Counted()

    async def all_at_once():
        return await asyncio.gather(*(desk.ask("runs", runs) for _ in range(20)))

    assert {json.loads(body) for body in asyncio.run(all_at_once())} == {1}
    assert runs.times == 1
    assert len(openings) == 1


def test_different_questions_share_one_opening_of_the_file(desk, openings):
    log()

    async def all_at_once():
        return await asyncio.gather(*(desk.ask(place, Counted()) for place in range(8)))

    asyncio.run(all_at_once())
    assert len(openings) == 1


def test_nothing_is_computed_again_while_nothing_changes_and_all_of_it_once_something_does(desk):
    log()
    runs = Counted()

    async def story():
        seen = []
        for _ in range(5):
            desk._looked_at = -1e9  # as if time had passed
            seen.append(json.loads(await desk.ask("runs", runs)))
        assert runs.times == 1
        await asyncio.to_thread(log, "another")
        desk._looked_at = -1e9
        seen.append(json.loads(await desk.ask("runs", runs)))
        return seen

    assert asyncio.run(story()) == [1, 1, 1, 1, 1, 2]
    assert runs.times == 2


def test_whoever_decides_here_sees_it_in_the_next_answer(desk, home):
    run = log()

    def stars(db):
        return db.execute("SELECT count(*) FROM _tb.runs WHERE starred").fetchone()[0]

    async def story():
        desk.is_watched = True
        await desk.look()
        before = json.loads(await desk.ask("stars", stars))
        await asyncio.to_thread(star_runs, home, {run.run_id: True}, actor="ana")
        desk.decided()
        return before, json.loads(await desk.ask("stars", stars))

    assert asyncio.run(story()) == (0, 1)


def test_what_was_asked_lately_is_ready_before_anybody_is_told(desk, openings):
    log()
    runs = Counted()

    async def story():
        desk.is_watched = True
        await desk.look()
        await desk.ask("runs", runs)
        await asyncio.to_thread(log, "news")
        await desk.look()
        opened = len(openings)
        answer = json.loads(await desk.ask("runs", runs))
        return answer, len(openings) - opened

    assert asyncio.run(story()) == (2, 0)


def test_one_bad_question_spoils_no_other_and_is_not_remembered(desk):
    log()

    def bad(_db):
        raise tb_errors.BadInput("no such thing")

    from trackbook import errors as tb_errors

    async def story():
        good, worse = await asyncio.gather(desk.ask("good", Counted()), desk.ask("bad", bad), return_exceptions=True)
        return json.loads(good), worse, json.loads(await desk.ask("bad", Counted()))

    good, worse, later = asyncio.run(story())
    assert (good, later) == (1, 1)
    assert isinstance(worse, tb_errors.BadInput)


def test_one_who_hangs_up_takes_the_answer_from_nobody(desk):
    log()

    async def story():
        impatient = asyncio.create_task(desk.ask("runs", Counted()))
        patient = asyncio.create_task(desk.ask("runs", Counted()))
        await asyncio.sleep(0)
        impatient.cancel()
        return json.loads(await patient)

    assert asyncio.run(story()) == 1


def test_the_file_is_held_by_nobody_between_two_questions(desk, home):
    log()
    asyncio.run(desk.ask("runs", Counted()))
    elsewhere = "import sys, duckdb; duckdb.connect(sys.argv[1]).close()"  # DuckDB lets one process have it
    subprocess.run([sys.executable, "-c", elsewhere, str(home.location.file)], check=True)
