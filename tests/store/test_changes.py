"""A panel sees that somebody logged or decided, without opening the store."""

import time

import pytest

from trackbook.ids import new_id
from trackbook.store import note_run
from trackbook.store.changes import change_mark


@pytest.fixture
def run_id(home):
    run_id = new_id()
    home.event("run", run_id=run_id, experiment="default", name="baseline", started_at=time.time())
    home.merge()
    return run_id


def test_nothing_new_looks_the_same(home, run_id):
    assert change_mark(home.location) == change_mark(home.location)


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(lambda home, run_id: home.event("params", run_id=run_id, params={"lr": 1}), id="a param"),
        pytest.param(lambda home, run_id: note_run(home, run_id, "good", actor="ana"), id="a decision"),
        pytest.param(
            lambda home, run_id: home.event("run", run_id=new_id(), experiment="x", name="y", started_at=1.0),
            id="a run",
        ),
    ],
)
def test_what_somebody_logged_or_decided_is_seen_before_and_after_the_merge(home, run_id, what):
    before = change_mark(home.location)
    what(home, run_id)
    assert change_mark(home.location) != before
    home.merge()
    assert change_mark(home.location) != before


def test_a_store_that_is_not_there_yet_has_a_mark_too(home):
    before = change_mark(home.location)
    home.event("run", run_id=new_id(), experiment="x", name="y", started_at=1.0)
    assert change_mark(home.location) != before
