"""Which data a cell read is told, whatever library and shape it has, and nothing of it breaks the cell."""

import os
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

from trackbook.capture.datasets import describe, describe_file, find_datasets

PLENTY = 100.0
NONE = 0.0


def digest(value, budget=PLENTY):
    return describe("x", value, budget).digest


@pytest.mark.parametrize(
    ("value", "kind", "rows", "columns", "schema"),
    [
        pytest.param(
            pd.DataFrame({"a": [1, 2], "b": [0.5, 1.0]}),
            *("pandas", 2, 2, (("a", "int64"), ("b", "float64"))),
            id="pandas frame",
        ),
        pytest.param(pd.Series([1.0], name="y"), "pandas", 1, None, (("y", "float64"),), id="pandas series"),
        pytest.param(
            pl.DataFrame({"a": [1], "b": ["x"]}), "polars", 1, 2, (("a", "Int64"), ("b", "String")), id="polars"
        ),
        pytest.param(np.zeros((3, 4), np.float32), "numpy", 3, 4, (("values", "float32 (3, 4)"),), id="matrix"),
        pytest.param(np.zeros((2, 3, 4), "u1"), "numpy", 2, None, (("values", "uint8 (2, 3, 4)"),), id="images"),
        pytest.param(pa.table({"a": [1, 2, 3]}), "arrow", 3, 1, (("a", "int64"),), id="arrow"),
        pytest.param(
            scipy.sparse.csr_matrix(np.eye(3)),
            *("scipy", 3, 3, (("values", "csr float64 (3, 3), 3 stored"),)),
            id="sparse matrix",
        ),
    ],
)
def test_data_of_every_library_is_told(value, kind, rows, columns, schema):
    facts = describe("train", value, PLENTY)
    assert (facts.name, facts.kind, facts.rows, facts.columns) == ("train", kind, rows, columns)
    assert tuple((name, " ".join(text.split())) for name, text in facts.schema) == schema
    assert not facts.sampled
    assert facts.size > 0
    assert len(facts.digest) == 64


@pytest.mark.parametrize(
    "value",
    [
        *(3, "text", None, [1, 2], {"a": 1}, object(), np.float64(3), np.array(3), pd),
        pl.LazyFrame({"a": [1]}),
        scipy.sparse.coo_matrix(np.eye(3)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_data_is_none(value):
    assert describe("x", value, PLENTY) is None


def test_a_sample_notices_head_tail_shape_and_new_values_everywhere():
    values = np.zeros((200_000, 4))
    before = describe("x", values, NONE)
    assert before.sampled
    for change in [(0, 0), (-1, -1)]:
        other = values.copy()
        other[change] = 1
        assert digest(other, NONE) != before.digest
    assert digest(values + 1, NONE) != before.digest
    assert digest(values[:-1], NONE) != before.digest
    assert digest(values, NONE) == digest(np.asfortranarray(values), 1e-4) == before.digest


def test_a_million_rows_keep_to_the_budget():
    frame = pd.DataFrame(np.random.default_rng(0).random((1_000_000, 10)))
    frame["text"] = "a text"
    describe("warm", frame, 0.02)
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        facts = describe("x", frame, 0.02)
        taken.append(time.perf_counter() - begun)
    assert facts.sampled
    assert min(taken) < 0.04


def test_describing_does_not_copy_the_data():
    frame = pd.DataFrame(np.zeros((500_000, 10)), index=pd.RangeIndex(500_000))
    arrays = [
        frame,
        frame.to_numpy()[::2],
        np.asfortranarray(frame.to_numpy()),
    ]
    for value in arrays:
        describe("warm", value, PLENTY)
        tracemalloc.start()
        describe("x", value, PLENTY)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5_000_000


def test_cells_that_hold_more_than_they_show_end_at_the_deadline():
    frame = pd.DataFrame({"a": [[1]] * 1000})
    frame["a"].array[7] = list(range(3_000_000))
    begun = time.perf_counter()
    facts = describe("x", frame, 0.05)
    assert facts.sampled
    assert time.perf_counter() - begun < 1  # the whole takes several seconds


def test_a_very_wide_table_shows_its_first_columns():
    facts = describe("x", pd.DataFrame(np.zeros((3, 3000))), NONE)
    assert facts.columns == 3000
    assert len(facts.schema) == 1001
    assert facts.schema[-1] == ("…", "2,000 more columns")


def test_a_cell_names_its_data_once_in_order_without_small_things():
    frame, array = pd.DataFrame({"a": range(5)}), np.zeros(20)
    namespace = {"X": frame, "y": array, "same": frame, "n": 3, "point": np.zeros(19), "row": frame[:1]}
    namespace |= {"empty": frame[[]], "copy": frame.copy()}
    found = find_datasets(["y", "absent", "X", *namespace], namespace, PLENTY)
    assert [facts.name for facts in found] == ["y", "X", "copy"]


def test_the_budget_goes_to_small_data_first_and_its_rest_to_the_larger():
    namespace = {"large": np.zeros(10_000_000), "medium": np.zeros(1_500_000), "small": np.zeros(100)}
    found = find_datasets(namespace, namespace, 0.03)
    assert [(facts.name, facts.sampled) for facts in found] == [("large", True), ("medium", False), ("small", False)]


def test_data_that_raises_is_left_out_and_the_rest_is_told():
    class Liar:
        @property
        def __class__(self):
            raise RuntimeError

    class Broken(pd.DataFrame):
        @property
        def columns(self):
            raise RuntimeError

    namespace = {"liar": Liar(), "broken": Broken.__new__(Broken), "fine": np.zeros(30)}
    assert [facts.name for facts in find_datasets(namespace, namespace, PLENTY)] == ["fine"]


def test_no_library_is_imported_to_look():
    code = (
        "import sys; from trackbook.capture.datasets import describe, find_datasets\n"
        "assert find_datasets(['x'], {'x': 1}, 1) == []\n"
        "assert not {'numpy', 'pandas', 'polars', 'torch', 'pyarrow', 'scipy'} & set(sys.modules)\n"
        "import numpy\n"
        "assert find_datasets(['x'], {'x': numpy.zeros(99)}, 1)[0].rows == 99\n"
        "assert not {'pandas', 'polars', 'torch', 'pyarrow', 'scipy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_file_is_told_by_what_sha256sum_prints(tmp_path):
    (tmp_path / "data.csv").write_bytes(b"a,b\n1,2\n")
    facts = describe_file("data.csv", tmp_path, PLENTY)
    assert (facts.name, facts.kind, facts.path, facts.size) == ("data.csv", "file", "data.csv", 8)
    assert (facts.rows, facts.columns, facts.schema, facts.sampled) == (None, None, (), False)
    printed = subprocess.run(["sha256sum", "data.csv"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert facts.digest == printed.stdout.split()[0]


def test_a_large_file_is_sampled_and_its_ends_and_size_count(tmp_path):
    content = bytearray(3_000_000)

    def told():
        (tmp_path / "x.bin").write_bytes(content)
        return describe_file(str(tmp_path / "x.bin"), tmp_path, NONE)

    before = told()
    assert before.sampled
    assert told() == before
    content[-1] = 1
    after = told()
    assert after.digest != before.digest
    content.append(1)
    assert told().digest != after.digest


@pytest.mark.parametrize(
    "name", ["absent.csv", ".", "https://host/x.csv", "s3://bucket/x.parquet", "a\0b", "~nobody-here/x", ""]
)
def test_what_is_no_file_is_none(tmp_path, name):
    assert describe_file(name, tmp_path, PLENTY) is None


def test_a_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert describe_file("pipe", tmp_path, PLENTY) is None
