"""Curves few enough to draw: nothing that a reader would see is lost."""

from __future__ import annotations

import math

import numpy as np
import pytest

import trackbook as tb
from trackbook.store.curves import longest_series, metric_curves


def logged(name, values, steps=None):
    with tb.start_run(name) as run:
        for place, value in enumerate(values):
            run.log_metric("loss", value, steps[place] if steps else place)
    return run.run_id


def curves(home, run_ids, **more):
    with home.asking() as db:
        return metric_curves(db, run_ids, "loss", **more)


def noisy(count, seed=0):
    return np.random.default_rng(seed).standard_normal(count).tolist()


def test_a_short_run_comes_back_point_by_point(home):
    run_id = logged("short", [3.0, 1.0, 2.0])
    (curve,) = curves(home, [run_id])
    assert curve.whole
    assert curve.x.tolist() == [0, 1, 2]
    assert curve.value.tolist() == [3, 1, 2]


def test_a_single_peak_among_ten_thousand_points_is_kept_where_it_was(home):
    values = [0.0] * 10_000
    values[6_543], values[2_001] = 9.0, -9.0
    (curve,) = curves(home, [logged("peak", values)], most=100)
    assert len(curve.x) <= 110
    assert curve.x[curve.value.argmax()] == 6_543
    assert curve.x[curve.value.argmin()] == 2_001


@pytest.mark.parametrize("along", ["step", "wall", "relative"])
def test_each_stretch_keeps_its_lowest_and_highest_in_their_order(home, along):
    values = noisy(4_000)
    (curve,) = curves(home, [logged("noise", values)], along=along, most=200)
    assert not curve.whole
    assert np.all(np.diff(curve.x) >= 0)
    assert set(curve.value.tolist()) <= set(values)
    assert curve.value.max() == max(values)
    assert curve.value.min() == min(values)


def test_the_mean_of_a_stretch_is_that_of_all_its_points(home):
    values = noisy(2_000)
    (curve,) = curves(home, [logged("noise", values)], most=40)
    assert curve.mean == pytest.approx(np.array(values).reshape(20, 100).mean(axis=1))


def test_runs_come_in_the_order_asked_for_and_without_those_that_lack_the_metric(home):
    first, second = logged("first", [1.0]), logged("second", [2.0])
    with tb.start_run("without"):
        pass
    without = tb.get_run("without").run_id
    assert [curve.run_id for curve in curves(home, [second, without, first])] == [second, first]


def test_nan_and_infinities_are_gaps_and_hide_no_neighbour(home):
    values = [1.0, math.nan, math.inf, -math.inf, 2.0]
    (curve,) = curves(home, [logged("gaps", values)])
    assert [None if math.isnan(value) else value for value in curve.value] == [1.0, None, None, None, 2.0]

    many = [math.nan if 500 <= place < 1_500 else float(place) for place in range(3_000)]
    many[700] = math.inf
    (thin,) = curves(home, [logged("many gaps", many)], most=60)
    assert thin.value[np.isfinite(thin.value)].max() == 2_999
    assert np.isnan(thin.value[(thin.x > 550) & (thin.x < 1_450)]).all()


def test_a_window_shows_every_point_inside_it(home):
    values = noisy(5_000)
    run_id = logged("zoomed", values)
    (curve,) = curves(home, [run_id], window=(1_000, 1_100), most=400)
    assert curve.x.tolist() == list(range(1_000, 1_101))
    assert curve.value.tolist() == values[1_000:1_101]


def test_a_window_of_time_is_counted_from_each_runs_own_beginning(home):
    ids = [logged(name, noisy(1_000)) for name in ("one", "two")]
    whole = {curve.run_id: curve for curve in curves(home, ids, along="relative", most=20_000)}
    edges = {run_id: (curve.x[100], curve.x[300]) for run_id, curve in whole.items()}
    for run_id in ids:
        (part,) = curves(home, [run_id], along="relative", window=edges[run_id], most=400)
        assert part.x.min() >= edges[run_id][0] - 1e-6
        assert part.x.max() <= edges[run_id][1] + 1e-6


def test_what_was_read_whole_is_not_asked_again(home):
    assert curves(home, [logged("short", [1.0, 2.0])], window=(0, 1)) == []


def test_steps_that_begin_anew_do_not_make_the_answer_long(home):
    steps = [*range(3_000), *range(3_000), 0]
    (curve,) = curves(home, [logged("again", noisy(6_001), steps)], most=100)
    assert len(curve.x) <= 110


def test_the_longest_series_of_each_metric_is_known(home):
    run_id = logged("one", [1.0, 2.0, 3.0])
    with tb.start_run("two") as run:
        run.log_metric("accuracy", 0.5)
        run.log_metric("never", float("nan"))
    with home.asking() as db:
        assert longest_series(db, [run_id, run.run_id]) == {"accuracy": 1, "loss": 3, "never": 0}
        assert longest_series(db, []) == {}
