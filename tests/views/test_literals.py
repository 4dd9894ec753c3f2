"""Names and values as they stand on one line."""

import math
from pathlib import Path

import numpy as np
import pytest

from trackbook.views.literals import cut, full_literal, literal, one_line, same_value


class Broken:
    def __repr__(self):
        raise RuntimeError

    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(0.0001, "0.0001", id="as typed"),
        pytest.param(1e-5, "1e-5", id="no idle zero in the power"),
        pytest.param(0.1 * 3, "0.3", id="without the dust of arithmetic"),
        pytest.param(1.0, "1.0", id="a float stays a float"),
        pytest.param(-1, "-1", id="minus as typed"),
        pytest.param(1_000_000, "1000000", id="a param can be copied"),
        pytest.param(True, "True", id="bool"),
        pytest.param(None, "None", id="None"),
        pytest.param(math.nan, "NaN", id="NaN"),
        pytest.param(-math.inf, "-infinity", id="infinity"),
        pytest.param("adam", "adam", id="text without quotes"),
        pytest.param("", "''", id="empty text can be seen"),
        pytest.param("two\nlines\x1b[31m red", "two lines red", id="text on one line"),
        pytest.param("x" * 50, "x" * 39 + "…", id="long text is cut"),
        pytest.param([64, 32], "[64, 32]", id="list"),
        pytest.param((1, "a"), "[1, 'a']", id="tuple"),
        pytest.param({"a": 1e-5}, "{'a': 1e-5}", id="dict"),
        pytest.param(np.float64(0.5), "0.5", id="numpy"),
        pytest.param(Path("data"), cut(repr(Path("data"))), id="stranger"),
        pytest.param(10**5000, "integer of 16610 bits", id="an int too long for Python to write"),
        pytest.param(Broken(), "<Broken>", id="broken repr"),
    ],
)
def test_a_param_is_written_as_its_user_would(value, written):
    assert literal(value) == written


def test_a_huge_list_costs_no_more_than_its_beginning():
    assert len(literal(list(range(100_000)))) <= 40
    assert len(full_literal(["word" * 1000] * 100)) <= 500


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "a\ud800b", "a\x9bb"])
def test_what_cannot_be_printed_is_shown_as_such(text):
    assert one_line(text) == "a\ufffdb"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (math.nan, math.nan, True),
        ({"a": math.nan}, {"a": math.nan}, True),
        ((1, 2), [1, 2], True),
        ("1", 1, False),
        (Broken(), Broken(), False),
        (None, None, True),
    ],
)
def test_equal_params_are_known_as_equal(one, other, same):
    assert same_value(one, other) is same
