"""What was logged comes back: names, values, points, order, summaries."""

from __future__ import annotations

import importlib.util
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackbook.config import PLAIN_WRITES_VARIABLE
from trackbook.errors import BadName
from trackbook.store.questions import params_of
from trackbook.tracking.past import read_run
from trackbook.tracking.start import start_run

slowly = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ODD_NAMES = [
    "a.b",
    "a/b",
    "acc@5",
    "<b>bold</b>",
    "x'; DROP TABLE _tb.runs; --",
    '"',
    "`",
    "é",
    "名前",
    "🦆",
    "a" * 250,
    "%",
    "_",
    " a ",
]
REFUSED = ["", " ", "a" * 251, "a\x00b", "a\nb", "\ud800", 7, None, b"a", ("a",)]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_printable_name_is_kept_as_it_is(home, name):
    with start_run(name, experiment=name, tags={name: name}) as run:
        run.log_metric(name, 1.0)
        run.log_params({name: name})
    found = read_run(home, run.run_id)
    assert (found.name, found.experiment) == (name, name)
    assert (found.metrics, found.params, found.tags) == ({name: 1.0}, {name: name}, {name: name})
    assert found.history(name)["value"].tolist() == [1.0]


@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_a_name_that_cannot_be_kept_is_refused_with_a_reason(home, name):
    run = start_run("x")
    for log in (run.log_params, run.set_tags):
        with pytest.raises(BadName):
            log({name: 1})


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=250)
IN_LISTS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT.filter(lambda text: text not in {"NaN", "Infinity", "-Infinity"})
)
VALUES = SCALARS | st.lists(st.recursive(IN_LISTS, lambda inner: st.lists(inner, max_size=3), max_leaves=4), max_size=4)


@slowly
@given(params=st.dictionaries(NAMES, VALUES, max_size=8))
def test_params_come_back_with_their_types(home, params):
    with start_run("x") as run:
        run.log_params(params)
    with home.asking() as db:
        found = params_of(db, run.run_id)
    assert repr(sorted(found.items())) == repr(sorted(params.items()))


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "null", "true", "1", '"', "\\", "[1]", "", "1e5"])
def test_text_that_looks_like_something_else_stays_text(home, value):
    with start_run("x") as run:
        run.log_params({"p": value})
    assert read_run(home, run.run_id).params == {"p": value}


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\ud83d"], ids=ascii)
def test_what_no_database_holds_is_replaced_and_the_rest_stays(home, text):
    with start_run("x", tags={"t": text}) as run:
        run.log_params({"p": text, "list": [text], "good": 1})
    found = read_run(home, run.run_id)
    assert found.params["good"] == 1
    assert len(found.params["p"]) == len(text) == len(found.tags["t"])
    with home.asking() as db:
        assert db.execute("SELECT count(*) FROM _tb.rejected").fetchone() == (0,)


NEEDS_TORCH = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")


def _tensor(value):
    if importlib.util.find_spec("torch") is None:
        return None
    import torch

    return torch.tensor(value)


def numbers():
    return [
        pytest.param(np.float32(0.5), 0.5, id="numpy float32"),
        pytest.param(np.int64(3), 3, id="numpy int64"),
        pytest.param(np.bool_(True), True, id="numpy bool"),
        pytest.param(np.array(2.5), 2.5, id="numpy array without dimensions"),
        pytest.param(_tensor(1.5), 1.5, id="torch scalar", marks=NEEDS_TORCH),
        pytest.param(_tensor([4]), 4, id="one-element tensor", marks=NEEDS_TORCH),
        pytest.param(Decimal("0.25"), 0.25, id="decimal"),
        pytest.param(Fraction(1, 4), 0.25, id="fraction"),
        pytest.param(np.float64("nan"), math.nan, id="numpy NaN"),
    ]


@pytest.mark.parametrize(("value", "expected"), numbers())
def test_scalars_of_every_library_are_numbers(home, value, expected):
    with start_run("x") as run:
        run.log_params({"p": value})
        run.log_metric("m", value)
    found = read_run(home, run.run_id)
    assert repr(found.params["p"]) == repr(expected)
    assert found.metrics["m"] == pytest.approx(float(expected), nan_ok=True)


def test_nested_params_are_flattened_and_an_endless_one_is_refused(home):
    endless = {"a": 1}
    endless["self"] = endless
    with start_run("x") as run:
        run.log_params(
            {"model": {"depth": 3, "head": {"size": 8}, "empty": {}}, "layers": [1, {"a": 2}], "array": np.arange(3)}
        )
    assert read_run(home, run.run_id).params == {
        "model.depth": 3, "model.head.size": 8, "model.empty": {}, "layers": [1, {"a": 2}], "array": [0, 1, 2],
    }  # fmt: skip
    with start_run("y") as run, pytest.raises(BadName, match="250 is the most"):
        run.log_params({"e": endless})


POINTS = st.lists(
    st.tuples(st.sampled_from(["loss", "acc"]), st.none() | st.integers(-(2**62), 2**62), st.floats(width=64)),
    max_size=60,
)


@slowly
@given(points=POINTS, cuts=st.sets(st.integers(0, 60), max_size=3))
def test_points_and_summaries_are_those_of_numpy_wherever_merges_fall(home, points, cuts):
    with start_run("x") as run:
        for place, (name, step, value) in enumerate(points):
            if place in cuts:
                home.merge()
            run.log_metric(name, value, step)
    with home.asking() as db:
        for name in ("loss", "acc"):
            mine = [(step, value) for kind, step, value in points if kind == name]
            sql = "SELECT step, value FROM metrics WHERE run_id = CAST($1 AS UUID) AND name = $2 ORDER BY seq"
            found = db.execute(sql, [run.run_id, name]).fetchall()
            assert repr(found) == repr(list(zip(steps(mine), [value for _, value in mine], strict=True)))
            if mine:
                sql = "SELECT first, last, min, max, mean, count FROM summaries WHERE run_id = CAST($1 AS UUID) AND name = $2"
                same_summary(db.execute(sql, [run.run_id, name]).fetchone(), np.array([value for _, value in mine]))


def steps(points):
    at, found = 0, []
    for step, _ in points:
        at = at if step is None else step
        found.append(at)
        at += 1
    return found


def same_summary(found, values):
    first, last, low, high, mean, count = found
    known = values[~np.isnan(values)]
    assert repr([first, last, count]) == repr([float(values[0]), float(values[-1]), len(values)])
    assert (low, high) == ((known.min(), known.max()) if len(known) else (None, None))
    with np.errstate(all="ignore"):
        expected = known.mean() if len(known) else None
        # Sums of numbers near the end of the range overflow in one order and not in another.
        if expected is None or np.abs(known).max(initial=0) < 1e300:
            assert mean == (
                None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-6 * np.abs(known).max())
            )


def test_with_plain_writes_everything_is_the_same(home, monkeypatch):
    """As on a network file system."""
    monkeypatch.setenv(PLAIN_WRITES_VARIABLE, "1")
    monkeypatch.setattr("trackbook.store.point_writer.SEGMENT_BYTES", 32 * 100)
    run = start_run("x")
    for value in range(250):
        run.log_metric("loss", float(value))
        if value == 120:
            home.merge()
    assert home.spool.bytes_spooled > 250 * 32
    run.end()
    assert read_run(home, run.run_id).history("loss")["value"].tolist() == [float(value) for value in range(250)]


def test_a_later_tag_wins_and_at_the_same_moment_the_higher_spool(home):
    from trackbook.store.spool import Spool

    run = start_run("x")
    first, second = sorted([Spool(home.location), Spool(home.location)], key=lambda spool: spool.spool_id)
    for spool, at, value in [(second, 5.0, "second at 5"), (first, 7.0, "first at 7"), (second, 6.0, "second at 6")]:
        spool.event({"e": "tags", "run_id": run.run_id, "tags": {"late": value}, "at": at})
    second.event({"e": "tags", "run_id": run.run_id, "tags": {"tie": "second"}, "at": 9.0})
    home.merge()
    first.event({"e": "tags", "run_id": run.run_id, "tags": {"tie": "first"}, "at": 9.0})
    assert read_run(home, run.run_id).tags == {"late": "first at 7", "tie": "second"}
    for spool in (first, second):
        spool.abandon()


def test_a_child_merged_before_its_parents_run_makes_no_second_series(home):
    """The run's line may be read a moment after what a forked child logged."""
    from trackbook.ids import new_id
    from trackbook.store.open_series import Series
    from trackbook.store.spool import Spool

    run_id, early = new_id(), Spool(home.location)
    series = Series(early, run_id, "loss")
    early.declare(series)
    early.log(series, 1.0)
    early.event({"e": "params", "run_id": run_id, "params": {"lr": 1}})
    home.merge()
    late = Spool(home.location)
    late.event({"e": "run", "run_id": run_id, "experiment": "x", "name": "n", "started_at": 1.0})
    late.event({"e": "params", "run_id": run_id, "params": {"lr": 2}})
    series = Series(late, run_id, "loss")
    late.declare(series)
    late.log(series, 2.0)
    with home.asking() as db:
        assert db.execute("SELECT count, first, last FROM summaries").fetchall() == [(2, 1.0, 2.0)]
        assert db.execute("SELECT name, number FROM params").fetchall() == [("lr", 2.0)]
    for spool in (early, late):
        spool.abandon()
