"""A run's life: begun, logged to, ended by whatever ends it, taken up again."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import pytest

import trackbook as tb
from trackbook.errors import RunNotFound, TrackbookWarning
from trackbook.tracking.start import start_run


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        pytest.param(None, ("FINISHED", "cell", ""), id="its end"),
        pytest.param(ValueError("no rows"), ("FAILED", "error", "ValueError: no rows"), id="an error"),
        pytest.param(KeyboardInterrupt(), ("KILLED", "interrupt", "KeyboardInterrupt"), id="the stop button"),
        pytest.param(SystemExit(0), ("FINISHED", "cell", ""), id="sys.exit(0)"),
        pytest.param(SystemExit(), ("FINISHED", "cell", ""), id="sys.exit()"),
        pytest.param(SystemExit(3), ("FAILED", "error", "SystemExit: 3"), id="sys.exit(3)"),
        pytest.param(MemoryError(), ("FAILED", "error", "MemoryError"), id="no memory"),
        pytest.param(TimeoutError(), ("FAILED", "error", "TimeoutError"), id="a timeout"),
    ],
)
def test_how_a_block_ends_its_run(home, stop, expected):
    def work():
        with start_run("x") as run:
            run.log_metric("loss", 1.0)
            if stop is not None:
                raise stop

    if stop is None:
        work()
    else:
        with pytest.raises(type(stop)) as caught:
            work()
        assert caught.value is stop, "the user's own exception passes through untouched"
    found = tb.get_run("x")
    assert (found.status, found.ended_by, found.error) == expected
    assert found.metrics == {"loss": 1.0}
    assert found.duration >= 0
    assert ("Traceback" in found.traceback) == bool(expected[2])


def test_a_note_on_an_error_does_not_hide_the_error(home):
    error = ValueError("no rows")
    error.add_note("while reading train.csv\nsecond line")
    with pytest.raises(ValueError), start_run("x"):
        raise error
    found = tb.get_run("x")
    assert found.error == "ValueError: no rows"
    assert "while reading train.csv" in found.traceback


def test_an_error_that_cannot_even_be_printed_ends_the_run_all_the_same(home):
    class Broken(Exception):
        def __str__(self):
            raise RuntimeError

    with pytest.raises(Broken), start_run("x"):
        raise Broken
    assert tb.get_run("x").status == "FAILED"


def test_a_second_end_changes_nothing(home):
    run = start_run("x")
    run.end()
    run.fail(ValueError("too late"))
    with run:
        pass
    found = tb.get_run("x")
    assert (found.status, found.error) == ("FINISHED", "")


class Unfloatable:
    def __float__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("name", "value", "step"),
    [
        pytest.param("loss", "0.5", None, id="text"),
        pytest.param("loss", None, None, id="None"),
        pytest.param("loss", 1j, None, id="complex"),
        pytest.param("loss", [1.0, 2.0], None, id="a list"),
        pytest.param("loss", Unfloatable(), None, id="a broken number"),
        pytest.param("loss", object(), None, id="an object"),
        pytest.param("", 1.0, None, id="an empty name"),
        pytest.param(["loss"], 1.0, None, id="a name that cannot be hashed"),
        pytest.param(7, 1.0, None, id="a number for a name"),
        pytest.param("a\x00b", 1.0, None, id="NUL"),
        pytest.param("\ud800", 1.0, None, id="half a character"),
        pytest.param("x" * 251, 1.0, None, id="a long name"),
        pytest.param("loss", 1.0, 1.5, id="half a step"),
        pytest.param("loss", 1.0, "one", id="a word for a step"),
        pytest.param("loss", 1.0, math.nan, id="NaN for a step"),
        pytest.param("loss", 1.0, math.inf, id="infinity for a step"),
        pytest.param("loss", 1.0, 2**63, id="a step too far"),
        pytest.param("loss", 10**400, None, id="a number too large"),
        pytest.param("loss", Decimal("-1e400"), None, id="a decimal too large"),
    ],
)
def test_log_metric_never_raises_and_warns_once(home, name, value, step):
    run = start_run("x")
    with pytest.warns(TrackbookWarning) as caught:  # noqa: PT031 - three calls, one warning
        for _ in range(3):
            run.log_metric(name, value, step)
        run.log_metric("good", 1.0)
    assert len(caught) == 1
    run.end()
    assert tb.get_run("x").metrics == {"good": 1.0}


@pytest.mark.parametrize(
    ("value", "step", "sentence"),
    [
        (10**400, None, "The value of metric 'v' is out of range: a float ends at 1.8e308"),
        (1.0, 2**63, "The step of metric 'v' is out of range: a step is a whole number below 2**63"),
        (1.0, 0.5, "The step of metric 'v' is a float, and a step is a whole number"),
        (1j, None, "The value of metric 'v' is a complex, and a metric needs one number"),
    ],
)
def test_a_warning_says_what_is_wrong_with_a_point(home, value, step, sentence):
    with start_run("x") as run, pytest.warns(TrackbookWarning, match=re.escape(sentence)):
        run.log_metric("v", value, step)


@pytest.mark.parametrize("metrics", [None, 5, "loss", ["loss"]], ids=repr)
def test_log_metrics_never_raises_either(home, metrics):
    with start_run("x") as run, pytest.warns(TrackbookWarning, match="it takes a dict of names and values"):
        run.log_metrics(metrics)


def test_a_step_left_out_is_the_one_before_and_one(home):
    with start_run("x") as run:
        for step in (None, None, 10, None, 3, None, 4.0, None):
            run.log_metric("loss", 1.0, step)
    assert tb.metrics(run.run_id, "loss")["step"].tolist() == [0, 1, 10, 11, 3, 4, 4, 5]


@pytest.mark.parametrize("wanted", ["the id", "its beginning", "the name", "last"])
def test_a_resumed_run_goes_on_where_it_was(home, wanted):
    with start_run("first") as run:
        for _ in range(3):
            run.log_metric("loss", 1.0)
        run.log_params({"lr": 1, "depth": 2})
    word = {"the id": run.run_id, "its beginning": run.run_id[:20], "the name": "first", "last": "last"}[wanted]
    with start_run(run_id=word) as again:
        assert tb.get_run("first").status == "RUNNING"
        again.log_metric("loss", 2.0)
        again.log_metric("new", 2.0)
        again.log_params({"lr": 5})
    found = tb.get_run("first")
    assert (found.run_id, found.status, found.name) == (run.run_id, "FINISHED", "first")
    assert found.params == {"lr": 5, "depth": 2}
    assert found.history("loss")["step"].tolist() == [0, 1, 2, 3]
    assert found.history("new")["step"].tolist() == [0]
    assert tb.sql("SELECT name, count FROM summaries ORDER BY name").to_dict("list") == {
        "name": ["loss", "new"],
        "count": [4, 1],
    }


def test_only_a_run_that_is_there_can_be_resumed(home):
    with start_run("first"):
        pass
    with pytest.raises(RunNotFound, match="Did you mean first"):
        start_run(run_id="firstt")


def test_a_renamed_run_is_found_by_its_new_name(home):
    with start_run("old") as run:
        run.rename("new")
    assert tb.get_run("new").run_id == run.run_id


def test_a_run_nobody_named_has_a_name_that_one_can_say(home):
    with start_run() as run:
        pass
    assert tb.get_run(run.run_id).name.count("-") == 1


def test_naming_runs_leaves_the_users_seeded_generator_alone(home):
    import random

    random.seed(1)
    expected = random.random()
    random.seed(1)
    with start_run():
        pass
    assert random.random() == expected
