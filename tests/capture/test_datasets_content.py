"""Equal data has an equal digest wherever its library keeps it, and other data has another; nothing raises."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

from trackbook.capture.datasets import describe

PLENTY = 100.0
NONE = 0.0


def digest(value, budget=PLENTY):
    return describe("x", value, budget).digest


def strange_frames():
    times = pd.date_range("2024-01-01", periods=4, freq="h")
    yield "empty", pd.DataFrame()
    yield "no rows", pd.DataFrame({"a": pd.Series([], dtype="float64"), "b": pd.Series([], dtype="object")})
    yield "no columns", pd.DataFrame(index=range(5))
    yield "twice the same column", pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    yield "column names of all types", pd.DataFrame([[1, 2, 3, 4]], columns=[1, ("a", 2), None, 2.5])
    yield "columns of two levels", pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    yield "rows of two levels", pd.DataFrame({"a": range(4)}, index=pd.MultiIndex.from_product([["x", "y"], [1, 2]]))
    yield "categories", pd.DataFrame({"a": pd.Categorical(["x", None, "y"], ordered=True)})
    yield "time zone", pd.DataFrame({"a": times.tz_localize("Europe/Paris")})
    yield "times with gaps", pd.DataFrame({"a": [times[0], pd.NaT]}, index=pd.to_timedelta([1, 2], unit="s"))
    yield "periods", pd.DataFrame({"a": times.to_period("D")})
    yield "intervals", pd.DataFrame({"a": pd.interval_range(0, 4)})
    yield "nullable", pd.DataFrame({"i": pd.array([1, None], "Int8"), "b": pd.array([True, None], "boolean")})
    yield "arrow text", pd.DataFrame({"a": pd.array(["x", None], "string[pyarrow]")})
    yield "arrow numbers", pd.DataFrame({"a": pd.array([1, None], "int64[pyarrow]")})
    yield (
        "arrow times",
        pd.DataFrame({"a": pd.array([dt.datetime.fromisoformat("2024-01-01"), None], "timestamp[us][pyarrow]")}),
    )
    yield "arrow lists", pd.DataFrame({"a": pd.array([[1], None], pd.ArrowDtype(pa.list_(pa.int64())))})
    yield "sparse", pd.DataFrame({"a": pd.arrays.SparseArray([0, 0, 1])})
    yield "complex", pd.DataFrame({"a": [1j, 2j]})
    yield "lists and dicts in cells", pd.DataFrame({"a": [[1, [2]], {"k": {"deep": [1]}}, {3, 4}, (5,)]})
    yield "arrays in cells", pd.DataFrame({"a": [np.zeros(3), np.zeros((2, 2)), np.array(1)]})
    yield (
        "everything in cells",
        pd.DataFrame({"a": [None, 1, 1.5, "é", b"b", True, Decimal(1), pd.NA, dt.date(2024, 1, 1), 2**80]}),
    )
    yield "half a character", pd.DataFrame({"a": pd.Series(["\ud800"], dtype=object)})


@pytest.mark.parametrize("frame", [pytest.param(frame, id=name) for name, frame in strange_frames()])
def test_a_strange_frame_is_told_and_its_copy_is_the_same(frame):
    facts = describe("x", frame, PLENTY)
    assert not facts.sampled
    assert facts == describe("x", frame.copy(deep=True), PLENTY)
    assert facts.rows == len(frame)
    sampled = describe("x", frame, NONE)
    assert sampled.sampled
    assert sampled.digest != facts.digest
    assert sampled.digest == digest(frame.copy(deep=True), NONE)


def test_an_object_that_nobody_can_compare_makes_a_sample():
    class Model:
        def __repr__(self):
            raise RuntimeError

    assert describe("x", pd.DataFrame({"a": [Model(), Model()]}), PLENTY).sampled


def test_a_list_that_holds_itself_is_told():
    loop = [1]
    loop.append(loop)
    assert describe("x", pd.DataFrame({"a": [loop, 1]}), PLENTY).sampled


FRAME = pd.DataFrame({"a": [1, 2, 3], "b": [0.5, np.nan, 2.0], "c": ["x", "y", None]})


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(FRAME.assign(a=[1, 2, 4]), id="a number"),
        pytest.param(FRAME.assign(b=[0.5, 1.0, 2.0]), id="a missing number"),
        pytest.param(FRAME.assign(c=["x", "z", None]), id="a text"),
        pytest.param(FRAME.assign(c=["x", "", None]), id="an empty text"),
        pytest.param(FRAME.assign(c=["xy", "", None]), id="letters moved to the next row"),
        pytest.param(FRAME.rename(columns={"a": "A"}), id="a column's name"),
        pytest.param(FRAME[["b", "a", "c"]], id="order of columns"),
        pytest.param(FRAME[::-1], id="order of rows"),
        pytest.param(FRAME.astype({"a": "int32"}), id="a dtype"),
        pytest.param(FRAME.astype({"c": "category"}), id="text as categories"),
        pytest.param(FRAME.astype({"c": object}), id="text as objects"),
        pytest.param(FRAME.set_axis([5, 6, 7]), id="the index"),
        pytest.param(FRAME.rename_axis("id"), id="the index's name"),
        pytest.param(FRAME[:2], id="a row less"),
        pytest.param(FRAME["a"], id="a series"),
        pytest.param(pl.from_pandas(FRAME), id="another library"),
    ],
)
def test_other_data_has_another_digest(other):
    assert digest(FRAME) != digest(other)
    assert digest(FRAME, NONE) != digest(other, NONE)


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(FRAME.copy(), id="copy"),
        pytest.param(pd.concat([FRAME, FRAME])[:3], id="slice of a longer frame"),
        pytest.param(pd.concat([FRAME[["a"]], FRAME[["b", "c"]]], axis=1), id="columns put together"),
        pytest.param(FRAME.set_axis(pd.Index([0, 1, 2])), id="index written out"),
        pytest.param(FRAME[::-1].sort_index(), id="turned and sorted"),
        pytest.param(FRAME.assign(b=np.array([0.5, -np.nan, 2.0])), id="another NaN"),
    ],
)
def test_equal_frames_have_equal_digests(same):
    assert digest(FRAME) == digest(same)
    assert digest(FRAME, NONE) == digest(same, NONE)


def test_text_is_the_same_wherever_pandas_keeps_it():
    words = ["a", None, "c"] * 10
    in_python = pd.Series(words, dtype=pd.StringDtype("python"))
    in_arrow = pd.Series(words, dtype=pd.StringDtype("pyarrow"))
    assert digest(in_python) == digest(in_arrow)


def test_codes_that_lie_under_a_mask_do_not_count():
    one = pd.array([1, 2, None], "Int64")
    other = pd.array([1, 2, 3], "Int64")
    other[2] = pd.NA
    assert digest(pd.Series(one)) == digest(pd.Series(other))
    assert digest(np.ma.array([1, 2], mask=[0, 1])) == digest(np.ma.array([1, 5], mask=[0, 1]))


def test_levels_that_no_row_uses_do_not_count():
    long = pd.DataFrame({"a": range(6)}, index=pd.MultiIndex.from_product([["x", "y", "z"], [1, 2]]))
    short = pd.DataFrame({"a": range(4)}, index=pd.MultiIndex.from_product([["x", "y"], [1, 2]]))
    assert digest(long[:4]) == digest(short)


def test_chunks_and_nulls_of_arrow_and_polars_are_layout_and_content():
    whole = pa.table({"a": [1, None, 3, 4], "s": ["x", None, "", "z"]})
    chunked = pa.concat_tables([whole[:1], whole[1:]])
    assert digest(whole) == digest(chunked)
    assert digest(whole) != digest(pa.table({"a": [1, 0, 3, 4], "s": ["x", None, "", "z"]}))
    frame = pl.from_arrow(whole)
    assert digest(frame) == digest(pl.concat([frame[:2], frame[2:]], rechunk=False))
    assert digest(frame) != digest(frame.fill_null(0))
    assert digest(frame) != digest(frame.fill_null(""))


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"t": [dt.datetime.fromisoformat("2024-01-01"), None], "d": [dt.date(2024, 1, 1), None]}),
        pl.DataFrame({"c": ["x", None, "y"]}, schema={"c": pl.Categorical}),
        pl.DataFrame({"l": [[1, 2], None], "s": [{"a": 1}, {"a": None}], "b": [True, None]}),
        pl.DataFrame({"m": [Decimal("1.50"), None], "f": [float("nan"), None]}),
        pl.DataFrame(),
    ],
    ids=["times", "categories", "nested", "decimals", "empty"],
)
def test_strange_columns_of_polars_and_arrow_are_told(frame):
    assert digest(frame) == digest(frame.clone())
    assert not describe("x", frame.to_arrow(), PLENTY).sampled


@pytest.mark.parametrize(
    "array",
    [
        *(
            np.array([], float),
            np.zeros((0, 5)),
            np.zeros((5, 0)),
            np.array(["a", "bé"]),
            np.array([b"a"]),
            np.array([1 + 2j]),
        ),
        *(np.array(["2024-01-01", "NaT"], "M8[D]"), np.array([1.5, np.nan], np.longdouble), np.array([True, False])),
        *(np.array([{"a": 1}, None, "x"], object), np.array([(1, 2.0)], [("a", "i1"), ("b", "f8")]), np.array([""])),
        *(
            np.ma.array([1.0, 2.0], mask=[True, False]),
            np.zeros(3, np.float16),
            np.asarray(["x", "y"], np.dtypes.StringDType()),
        ),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_an_array_of_any_dtype_is_told(array):
    assert digest(array) == digest(array.copy())
    assert digest(array, NONE) == digest(array.copy(), NONE)


def test_byte_order_is_layout_and_undefined_bytes_do_not_count():
    values = np.arange(30.0)
    assert digest(values) == digest(values.astype(">f8"))
    padded = np.dtype({"names": ["a", "b"], "formats": ["i1", "f8"], "offsets": [0, 8], "itemsize": 24})
    clean, dirty = np.zeros(3, padded), np.frombuffer(b"\7" * 72, padded).copy()
    dirty["a"], dirty["b"] = 0, 0
    assert digest(clean) == digest(dirty)


def test_a_sparse_matrix_is_told_by_its_entries():
    tidy = scipy.sparse.csr_matrix(([1.0, 2.0], ([0, 2], [1, 3])), shape=(3, 5))
    untidy = scipy.sparse.csr_matrix((np.array([2.0, 0.0, 1.0]), ([2, 1, 0], [3, 0, 1])), shape=(3, 5))
    assert digest(tidy) == digest(untidy)
    assert untidy.nnz == 3
    assert digest(tidy) != digest(tidy * 2)
