"""An input example comes back as the model takes it."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_matrix, csr_matrix

from trackbook.errors import BadValue
from trackbook.models import BadPackage, write_package
from trackbook.models.examples import read_example
from trackbook.models.mlmodel import read_mlmodel


def same(data):
    return data


def kept(folder, data):
    write_package(folder, same, flavor="python_function", input_example=data)
    return read_example(folder, read_mlmodel(folder))


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan], "c": ["x", "y"]}), id="gaps"),
        pytest.param(pd.DataFrame({"a": np.array([1], "int32"), "b": np.array([0.5], "float32")}), id="narrow types"),
        pytest.param(pd.DataFrame({"t": pd.to_datetime(["2026-01-01 10:00"]).astype("datetime64[ns]")}), id="times"),
        pytest.param(pd.DataFrame({"a b": [True], "<img onerror=x>": [1]}), id="odd names"),
    ],
)
def test_a_frame_comes_back_with_its_types(tmp_path, frame):
    pd.testing.assert_frame_equal(kept(tmp_path / "model", frame), frame)


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.array([[1.5, np.nan]], dtype=np.float32), id="floats with gaps"),
        pytest.param(np.arange(24, dtype=np.int16).reshape(2, 3, 4), id="three axes"),
        pytest.param(np.array(["a", "bc"]), id="texts"),
    ],
)
def test_an_array_comes_back_with_its_type(tmp_path, array):
    found = kept(tmp_path / "model", array)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


def test_arrays_by_name_come_back(tmp_path):
    arrays = {"image": np.ones((2, 3), dtype=np.float32), "age": np.array([1, 2])}
    found = kept(tmp_path / "model", arrays)
    assert {name: (value.dtype, value.tolist()) for name, value in found.items()} == {
        name: (value.dtype, value.tolist()) for name, value in arrays.items()
    }


@pytest.mark.parametrize("kind", [csr_matrix, csc_matrix])
def test_a_sparse_matrix_comes_back_sparse(tmp_path, kind):
    matrix = kind(np.array([[0.0, 1.5], [2.5, 0.0]]))
    found = kept(tmp_path / "model", matrix)
    assert found.format == matrix.format
    assert (found.toarray() == matrix.toarray()).all()


def test_texts_and_records_come_back_as_lists(tmp_path):
    assert kept(tmp_path / "list", ["a", "b"]) == ["a", "b"]
    assert kept(tmp_path / "series", pd.Series(["a", "b"])) == ["a", "b"]
    assert kept(tmp_path / "records", [{"text": "a"}]) == [{"text": "a"}]


def test_bytes_and_times_are_written_as_text(tmp_path):
    def nothing(data):
        return [1]

    frame = pd.DataFrame({"raw": [b"\x00\xff"], "day": [dt.date(2026, 1, 2)]})
    write_package(tmp_path / "model", nothing, flavor="python_function", input_example=frame)
    assert json.loads((tmp_path / "model" / "input_example.json").read_text())["data"] == [["AP8=\n", "2026-01-02"]]


def test_an_example_that_json_cannot_hold_is_said(tmp_path):
    with pytest.raises(BadValue, match="The input"):
        write_package(tmp_path / "model", same, flavor="python_function", input_example=[object()])
    assert not (tmp_path / "model").exists()


def test_a_broken_example_is_named(tmp_path, forest, iris):
    write_package(tmp_path / "model", forest, input_example=iris[0])
    (tmp_path / "model" / "input_example.json").write_text("{")
    with pytest.raises(BadPackage, match=r"input_example\.json"):
        read_example(tmp_path / "model", read_mlmodel(tmp_path / "model"))


def test_a_model_without_an_example_has_none(tmp_path, forest):
    write_package(tmp_path / "model", forest)
    assert read_example(tmp_path / "model", read_mlmodel(tmp_path / "model")) is None
