"""A live curve: bounded, and true to what was logged."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trackbook.views.live.band import band_of
from trackbook.views.live.charts import LiveCharts
from trackbook.views.live.curve import BUCKETS, LiveCurve
from trackbook.views.live.groups import chart_of, is_of_unseen_data
from trackbook.views.live.warnings import warnings_of


def curve_of(values, *, at_once=1000):
    curve = LiveCurve()
    values = np.asarray(values, dtype=np.float64)
    for start in range(0, len(values), at_once):
        part = values[start : start + at_once]
        curve.add(np.arange(start, start + len(part)), part)
    return curve


def test_a_short_curve_is_kept_as_it_is():
    steps, values = curve_of([3.0, math.nan, 1.0]).points()
    assert steps.tolist() == [0, 1, 2]
    assert values[0] == 3.0
    assert np.isnan(values[1])


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 60_000), st.integers(1, 9000), st.integers(0, 2**31))
def test_however_long_the_points_are_few_in_order_and_the_extremes_among_them(count, at_once, seed):
    data = np.random.default_rng(seed).normal(size=count)
    curve = curve_of(data, at_once=at_once)
    steps, values = curve.points()
    assert len(values) <= 4 * BUCKETS + 2 * count / BUCKETS
    assert (np.diff(steps) >= 0).all()
    assert {data.min(), data.max()} <= set(values.tolist())
    assert (data[steps.astype(int)] == values).all()
    assert (curve.count, curve.last, curve.last_step) == (count, data[-1], count - 1)


@given(arrays(np.float64, st.integers(1, 50), elements=st.sampled_from([1.0, math.nan, math.inf, -math.inf])))
def test_what_is_no_number_is_counted_and_never_the_best(values):
    curve = curve_of(values)
    assert curve.nans == np.isnan(values).sum()
    best = curve.best("lower")
    assert best is None if not np.isfinite(values).any() else best[1] == 1.0
    assert (curve.nan_since is None) is not bool(np.isnan(values[-1]))


def test_a_metric_that_turns_nan_says_since_when():
    curve = curve_of([1.0, 2.0, math.nan, math.nan], at_once=3)
    assert curve.nan_since == 2


@pytest.mark.parametrize(
    ("values", "better", "sentence"),
    [
        pytest.param([5, 4, 1, 2, 3, 3, 4, 5, 5], "lower", ["val_loss has not improved for 6 epochs"], id="stuck"),
        pytest.param([5, 4, 1, 2, 3, 3], "lower", [], id="too early to say"),
        pytest.param([9, 8, 7, 6, 5, 4, 3, 2], "lower", [], id="improves"),
        pytest.param([5, 4, 1, 2, 3, 3, 4, 5, 5], "", [], id="nobody knows which way is up"),
        pytest.param([1, math.nan], "lower", ["val_loss has been NaN since step 1"], id="turned NaN"),
        pytest.param([math.nan], "lower", ["val_loss has only NaN so far"], id="only NaN"),
        pytest.param([1, math.inf], "lower", ["val_loss is infinite"], id="infinite"),
    ],
)
def test_a_metric_that_goes_wrong_is_said(values, better, sentence):
    assert warnings_of({"val_loss": curve_of(values)}, {"val_loss": better}, "epoch") == sentence


def test_a_training_metric_may_stand_still_and_many_warnings_are_few():
    stuck = [5, 4, 1, 2, 3, 3, 4, 5, 5]
    assert warnings_of({"loss": curve_of(stuck)}, {"loss": "lower"}) == []
    many = {f"m{number}": curve_of([math.nan]) for number in range(9)}
    assert warnings_of(many, {})[-1] == "and 6 more of this kind"
    assert len(warnings_of(many, {})) == 4


def test_a_name_of_a_warning_is_one_line():
    assert warnings_of({"<b>a\nb": curve_of([math.nan])}, {}) == ["<b>a b has only NaN so far"]


@pytest.mark.parametrize(
    ("name", "chart"),
    [("loss", "loss"), ("val_loss", "loss"), ("train/loss", "loss"), ("Test.Accuracy", "accuracy"),
     ("validation_0-logloss", "0 logloss"), ("val", "val"), ("", ""), ("lr", "lr")],
)  # fmt: skip
def test_the_same_measure_of_different_data_shares_a_chart(name, chart):
    assert chart_of(name) == chart


def test_data_that_was_not_trained_on_is_known_by_name():
    assert is_of_unseen_data("val_loss")
    assert not is_of_unseen_data("train_loss")
    assert not is_of_unseen_data("valuable")


def test_a_place_once_given_stays_and_a_full_chart_is_followed_by_another():
    charts = LiveCharts()
    first = charts.place("loss", {"loss": "lower"})
    for name in ("train_loss", "val_loss", "test_loss", "dev_loss", "eval_loss", "oof_loss"):
        charts.place(name, {})
    assert charts.place("loss", {}) is first
    assert [len(some) for some in charts.charts().values()] == [6, 1]
    assert len({series.colour for series in charts.charts()["loss"]}) == 6


def test_the_band_is_where_the_earlier_runs_were_at_the_same_step():
    rising = (np.arange(11), np.arange(11.0))
    flat = (np.arange(6), np.full(6, 2.0))
    steps, low, high = band_of([rising, flat])
    assert steps[-1] <= 5  # beyond it only one run is left
    at = int(np.argmin(np.abs(steps - 4)))
    assert (low[at], high[at]) == (pytest.approx(2.0), pytest.approx(4.0, abs=0.1))


def test_a_band_needs_two_runs_that_can_be_drawn():
    one = (np.arange(3), np.array([1.0, 2.0, 3.0]))
    assert band_of([one]) is None
    assert band_of([one, (np.arange(3), np.full(3, np.nan))]) is None
    assert band_of([one, (np.arange(50, 53), np.ones(3))]) is None
