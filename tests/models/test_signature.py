"""Signatures are written as MLflow writes them, read back the same, and say what does not fit."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.errors import BadValue
from trackbook.models import Signature, SignatureMismatch, check_signature, infer_signature
from trackbook.models.signature import SCALARS, ArrayType, Column, MapType, ObjectType, Param, Tensor

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
types = st.recursive(
    st.sampled_from([*SCALARS, "any"]),
    lambda inner: (
        st.builds(ArrayType, inner)
        | st.builds(MapType, inner)
        | st.builds(
            ObjectType,
            st.lists(st.tuples(names, inner, st.booleans()), max_size=3, unique_by=lambda item: item[0]).map(tuple),
        )
    ),
    max_leaves=5,
)
columns = st.builds(Column, types, names | st.integers(0, 99) | st.none(), st.booleans())
shapes = st.lists(st.integers(-1, 9), min_size=1, max_size=4).map(tuple)
tensors = st.builds(Tensor, st.sampled_from(["float32", "int64", "str", "object"]), shapes, names | st.none())
fields = st.none() | st.lists(columns, max_size=4).map(tuple) | st.lists(tensors, max_size=3).map(tuple)
params = st.builds(Param, names, st.sampled_from(["long", "double", "string"]), st.integers() | names, st.none())
signatures = st.builds(Signature, fields, fields, st.none() | st.lists(params, max_size=3).map(tuple))


@given(signatures)
def test_a_signature_comes_back_as_it_was_written(signature):
    assert Signature.from_json(json.loads(json.dumps(signature.to_json()))) == signature


@pytest.mark.frameworks
@settings(deadline=None)  # the first one imports MLflow
@given(
    signatures.filter(lambda signature: any(mlflow_can_hold(part) for part in (signature.inputs, signature.outputs)))
)
def test_mlflow_reads_a_signature_of_ours_and_we_read_it_back(signature):
    schema = pytest.importorskip("mlflow.models.signature").ModelSignature
    kept = Signature(
        signature.inputs if mlflow_can_hold(signature.inputs) else None,
        signature.outputs if mlflow_can_hold(signature.outputs) else None,
    )
    assert by_key(Signature.from_json(schema.from_dict(kept.to_json()).to_dict())) == by_key(kept)


def mlflow_can_hold(part):
    """MLflow wants all fields named, or one without a name that is required; names once, in text; objects with keys."""
    if not part:
        return False
    named = [field.name for field in part]
    if None in named:
        return len(part) == 1 and getattr(part[0], "required", True) and not has_odd_parts(part[0])
    return len(set(named)) == len(named) and all(
        isinstance(field.name, str) and not has_odd_parts(field) for field in part
    )


def has_odd_parts(field):
    """MLflow refuses an object without keys, and anything within an array or a map."""
    return isinstance(field, Column) and not is_plain(field.type)


def is_plain(kind):
    match kind:
        case ArrayType(items) | MapType(items):
            return items != "any" and is_plain(items)
        case ObjectType(properties):
            return bool(properties) and all(is_plain(value) for _, value, _ in properties)
        case _:
            return True


def by_key(part):
    """MLflow sorts an object's keys."""
    match part:
        case Signature(inputs, outputs, _):
            return [by_key(inputs), by_key(outputs)]
        case tuple():
            return [by_key(item) for item in part]
        case Column(kind, name, required):
            return (by_key(kind), name, required)
        case ArrayType(items) | MapType(items):
            return (type(part).__name__, by_key(items))
        case ObjectType(properties):
            return sorted((key, str(by_key(value)), required) for key, value, required in properties)
        case _:
            return part


@pytest.mark.parametrize(
    ("data", "written"),
    [
        pytest.param(
            pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan], "c": ["x", "y"], "d": [True, False]}),
            [
                {"type": "long", "name": "a", "required": True},
                {"type": "double", "name": "b", "required": False},
                {"type": "string", "name": "c", "required": True},
                {"type": "boolean", "name": "d", "required": True},
            ],
            id="a frame",
        ),
        pytest.param(
            pd.DataFrame({"t": pd.to_datetime(["2026-01-01"]), "i": np.array([1], "int32"), "f": np.array([1], "f4")}),
            [
                {"type": "datetime", "name": "t", "required": True},
                {"type": "integer", "name": "i", "required": True},
                {"type": "float", "name": "f", "required": True},
            ],
            id="narrow types and times",
        ),
        pytest.param(
            np.zeros((5, 3), dtype=np.float32),
            [{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}],
            id="an array",
        ),
        pytest.param(
            {"image": np.zeros((2, 8, 8)), "age": np.zeros((2,), dtype=int)},
            [
                {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 8, 8]}, "name": "image"},
                {"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}, "name": "age"},
            ],
            id="arrays by name",
        ),
        pytest.param(["a", "b"], [{"type": "string", "required": True}], id="a list of texts"),
        pytest.param(pd.Series([1.5], name="y"), [{"type": "double", "name": "y", "required": True}], id="a series"),
        pytest.param(
            [{"text": "hi", "ids": [1, 2]}],
            [
                {"type": "string", "name": "text", "required": True},
                {"type": "array", "items": {"type": "long"}, "name": "ids", "required": True},
            ],
            id="a list of dicts",
        ),
        pytest.param(
            pd.DataFrame({"c": pd.Categorical(["a", "b"])}),
            [{"type": "string", "name": "c", "required": True}],
            id="categories",
        ),
    ],
)
def test_a_signature_is_inferred_as_mlflow_would(data, written):
    assert json.loads(infer_signature(data).to_json()["inputs"]) == written


def test_params_are_described_with_their_defaults():
    signature = infer_signature(np.zeros((1, 1)), params={"limit": 3, "names": ["a"], "rate": 0.5})
    assert signature.params == (
        Param("limit", "long", 3),
        Param("names", "string", ["a"], (-1,)),
        Param("rate", "double", 0.5),
    )
    assert Signature.from_json(signature.to_json()) == signature


def test_a_param_that_is_a_time_is_written_as_text():
    signature = infer_signature(np.zeros((1, 1)), params={"since": dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC)})
    assert json.loads(signature.to_json()["params"])[0]["default"] == "2026-01-02T03:00:00+00:00"


def test_what_cannot_be_described_is_said():
    with pytest.raises(BadValue, match="a signature describes frames"):
        infer_signature(object())


def fits(signature, data):
    check_signature(signature, data)
    return True


def test_every_column_that_does_not_fit_is_named():
    signature = infer_signature(pd.DataFrame({"a": [1], "b": [0.5], "c": ["x"], "d": [True]}))
    with pytest.raises(SignatureMismatch) as caught:
        check_signature(signature, pd.DataFrame({"a": [1.5], "b": ["x"], "c": [3]}))
    assert caught.value.problems == (
        "column 'a' is double where long is asked for",
        "column 'b' is string where double is asked for",
        "column 'c' is long where string is asked for",
        "column 'd' is missing",
    )


def test_a_column_may_be_widened_but_not_narrowed():
    wide = infer_signature(pd.DataFrame({"a": np.array([1], "i8"), "b": np.array([1], "f8")}))
    narrow = infer_signature(pd.DataFrame({"a": np.array([1], "i4"), "b": np.array([1], "f4")}))
    frame = pd.DataFrame({"a": np.array([1], "i4"), "b": np.array([1], "f4")})
    assert fits(wide, frame)
    with pytest.raises(SignatureMismatch, match="'a' is long where integer"):
        check_signature(narrow, frame.astype({"a": "i8", "b": "f8"}))


def test_a_column_with_gaps_need_not_be_there():
    signature = infer_signature(pd.DataFrame({"a": [1.0, np.nan], "b": [1.0, 2.0]}))
    assert fits(signature, pd.DataFrame({"b": [1.0]}))


def test_rows_as_dicts_and_arrays_fit_a_table():
    signature = infer_signature(pd.DataFrame({"a": [0.5], "b": [1.5]}))
    assert fits(signature, [{"a": 1.5, "b": 2.5}])
    assert fits(signature, {"a": 1.5, "b": 2.5})
    assert fits(signature, np.zeros((3, 2)))
    with pytest.raises(SignatureMismatch, match="3 columns where 2"):
        check_signature(signature, np.zeros((3, 3)))
    with pytest.raises(SignatureMismatch, match="a table with columns"):
        check_signature(signature, 3)


def test_an_array_of_another_shape_or_type_is_said():
    signature = infer_signature(np.zeros((4, 3), dtype=np.float32))
    assert fits(signature, np.zeros((9, 3), dtype=np.float32))
    with pytest.raises(SignatureMismatch) as caught:
        check_signature(signature, np.zeros((9, 2)))
    assert caught.value.problems == (
        "the array has shape (9, 2) where (-1, 3) is asked for",
        "the array is float64 where float32 is asked for",
    )


def test_an_array_by_name_that_is_missing_is_named():
    signature = infer_signature({"x": np.zeros((1, 2)), "y": np.zeros((1,))})
    with pytest.raises(SignatureMismatch, match="array 'y' is missing"):
        check_signature(signature, {"x": np.zeros((5, 2))})
