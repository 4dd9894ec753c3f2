"""Which runs share a colour."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from trackbook.errors import BadInput
from trackbook.views.curves.groups import group_runs, mean_and_band
from trackbook.views.palette import REST


def frame(column, values):
    return pd.DataFrame({"run_id": [f"r{place}" for place in range(len(values))], column: values})


def members(groups):
    return {group.label: group.run_ids for group in groups}


def test_equal_values_are_one_group_in_the_order_of_the_numbers():
    groups = group_runs(frame("params.depth", [10, 2, 10, 4]), "params.depth")
    assert members(groups) == {"2": ("r1",), "4": ("r3",), "10": ("r0", "r2")}


def test_words_have_colours_that_are_no_scale():
    groups = group_runs(frame("tags.team", ["ads", "search", None]), "tags.team")
    assert members(groups) == {"ads": ("r0",), "search": ("r1",), "without a value": ("r2",)}
    assert groups[-1].colour == REST


def test_a_continuous_param_is_cut_into_ranges_that_lose_nobody():
    values = np.linspace(0.001, 0.1, 200).tolist()
    groups = group_runs(frame("params.lr", values), "params.lr")
    assert len(groups) == 6
    assert sum(len(group.run_ids) for group in groups) == 200
    assert len({group.colour for group in groups}) == 6


def test_a_hundred_words_are_ten_groups_and_the_rest():
    groups = group_runs(frame("params.name", [f"w{place}" for place in range(100)]), "params.name")
    assert len(groups) == 11
    assert groups[-1].label == "90 other values"
    assert len(groups[-1].run_ids) == 90


def test_a_column_that_no_run_has_is_a_sentence():
    with pytest.raises(BadInput, match=r"None of these runs has 'params\.x'"):
        group_runs(frame("params.lr", [1.0]), "params.x")


def test_a_run_counts_between_its_own_ends_only():
    long = (np.array([0.0, 1, 2]), np.array([0.0, 0, 0]))
    short = (np.array([0.0, 1]), np.array([2.0, 2]))
    x, mean, low, high = mean_and_band([long, short], "range")
    assert x.tolist() == [0, 1, 2]
    assert mean.tolist() == [1, 1, 0]
    assert high.tolist() == [2, 2, 0]
    assert low.tolist() == [0, 0, 0]


def test_only_nan_has_no_mean():
    x, *_ = mean_and_band([(np.array([0.0]), np.array([math.nan]))], "range")
    assert len(x) == 0
