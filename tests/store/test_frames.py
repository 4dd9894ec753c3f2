"""The wide table: one row a run, columns of the type that their values have."""

from __future__ import annotations

import numpy as np
import pytest

from trackbook.store import runs_frame, which_way_is_up
from trackbook.tracking.fluent import define_metric
from trackbook.tracking.start import start_run


def frame_of(home, **options):
    with home.asking() as db:
        return runs_frame(db, **options)


def log(home, **runs):
    for name, params in runs.items():
        with start_run(name) as run:
            run.log_params(params)


@pytest.mark.parametrize(
    ("a", "b", "dtype"),
    [
        pytest.param(1, 2, "int64", id="ints"),
        pytest.param(1.0, 2.5, "float64", id="floats"),
        pytest.param(0.1, float("nan"), "float64", id="floats and NaN"),
        pytest.param(1, "one", "object", id="mixed"),
        pytest.param(True, False, "object", id="bools"),
        pytest.param([1], [2, "a"], "object", id="lists"),
        pytest.param(2**63 + 1, 7, "object", id="ints beyond 64 bits"),
        pytest.param(2**53 + 1, 7, "object", id="ints that a float cannot hold"),
        pytest.param(1 - 2**53, 2**53 - 1, "int64", id="the largest that it can"),
    ],
)
def test_a_param_column_has_the_type_of_its_values(home, a, b, dtype):
    log(home, first={"p": a}, second={"p": b})
    column = frame_of(home, order_by="name")["params.p"]
    assert column.dtype == dtype
    assert repr(column.tolist()) == repr([a, b])


def test_ints_among_floats_become_floats(home):
    log(home, first={"p": 1}, second={"p": 2.5})
    assert frame_of(home, order_by="name")["params.p"].tolist() == [1.0, 2.5]


def test_a_word_that_looks_like_a_number_stays_a_word(home):
    log(home, first={"p": "NaN"}, second={"p": "1"})
    assert frame_of(home, order_by="name")["params.p"].tolist() == ["NaN", "1"]


def test_what_a_run_has_not_is_missing(home):
    log(home, first={"n": 1, "t": "x", "b": True}, second={})
    frame = frame_of(home, order_by="name")
    assert frame["params.n"].dtype == "float64"
    assert np.isnan(frame["params.n"][1])
    assert frame["params.t"].isna().tolist() == [False, True]
    assert frame["params.b"].tolist() == [True, None]


def test_the_newest_comes_first_and_metrics_are_last_values(home):
    for number in range(3):
        with start_run(f"r{number}", tags={"n": str(number)}) as run:
            for value in (5.0, float(number)):
                run.log_metric("loss", value)
    frame = frame_of(home)
    assert frame["name"].tolist() == ["r2", "r1", "r0"]
    assert frame["metrics.loss"].tolist() == [2.0, 1.0, 0.0]
    assert frame["tags.n"].tolist() == ["2", "1", "0"]
    assert frame_of(home, limit=1)["name"].tolist() == ["r2"]


def test_no_runs_make_an_empty_frame_with_the_attributes(home):
    frame = frame_of(home)
    assert len(frame) == 0
    assert {"run_id", "name", "status", "started_at"} <= set(frame.columns)


def test_which_way_is_up_is_known_for_common_names_and_the_users_word_wins(home):
    with start_run("x") as run:
        for name in ("loss", "mine"):
            for value in (3.0, 1.0, 2.0):
                run.log_metric(name, value)

    def best():
        with home.asking() as db:
            return dict(db.execute("SELECT name, best FROM summaries").fetchall()), which_way_is_up(db)

    assert best() == ({"loss": 1.0, "mine": None}, {"loss": "lower"})
    define_metric("mine", better="higher")
    define_metric("loss", better="higher")
    assert best() == ({"loss": 3.0, "mine": 3.0}, {"loss": "higher", "mine": "higher"})
    define_metric("mine", better="lower")
    assert best()[0]["mine"] == 1.0
