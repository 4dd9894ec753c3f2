"""Infer a signature from data, with MLflow's rules.

Source: MLflow 3.17, types/utils.py (`_infer_schema`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trackbook.errors import BadValue
from trackbook.models.signature import ArrayType, Column, ColumnType, Fields, ObjectType, Param, Signature, Tensor

_LONGEST_LOOK = 1_000
"""Items of a nested column that are looked at."""


def infer_signature(inputs: object, outputs: object = None, params: Mapping[str, Any] | None = None) -> Signature:
    """Describe data that goes into a model, what it gave for it, and the params of its predict.

    Frames and series become columns; arrays, sparse matrices, tensors and dicts of arrays become tensors whose
    first axis may have any length; lists and dicts of plain values become columns. Raises BadValue for the rest.
    """
    return Signature(
        inputs=None if inputs is None else _fields(inputs, "The input"),
        outputs=None if outputs is None else _fields(outputs, "The output"),
        params=None if not params else tuple(_param(name, value) for name, value in params.items()),
    )


def _fields(data: object, what: str) -> Fields:
    data = as_plain_array(data)
    if isinstance(data, pd.DataFrame):
        return tuple(_column(data[name], name) for name in data.columns)
    if isinstance(data, pd.Series):
        return (_column(data, data.name),)
    if isinstance(data, np.ndarray) and data.ndim:
        return (Tensor(_dtype_name(data.dtype), (-1, *data.shape[1:])),)
    if is_sparse(data):
        return (Tensor(_dtype_name(data.dtype), (-1, *data.shape[1:])),)  # type: ignore[attr-defined]
    if isinstance(data, Mapping):
        arrays = {str(name): as_plain_array(value) for name, value in data.items()}
        if arrays and all(isinstance(value, np.ndarray) and value.ndim for value in arrays.values()):
            return tuple(
                Tensor(_dtype_name(value.dtype), (-1, *value.shape[1:]), name)  # type: ignore[attr-defined]
                for name, value in arrays.items()
            )
        return tuple(
            Column(kind := _plain_type(value, what), name, required=kind != "any") for name, value in arrays.items()
        )
    if isinstance(data, list) and data and all(isinstance(item, Mapping) for item in data):
        return _fields(pd.DataFrame(data), what)
    kind = _plain_type(data, what)
    return (Column(kind.items if isinstance(kind, ArrayType) else kind),)


def as_plain_array(data: object) -> object:
    """Return a torch or jax tensor, or a polars or pyarrow table, as what numpy or pandas know; others as they are."""
    library = type(data).__module__.partition(".")[0]
    if library == "torch" and hasattr(data, "detach"):
        return data.detach().cpu().numpy()
    if library in {"tensorflow", "jax", "jaxlib", "keras"} and hasattr(data, "__array__"):
        return np.asarray(data)
    if library in {"polars", "pyarrow"} and hasattr(data, "to_pandas"):
        return data.to_pandas()
    return data


def is_sparse(data: object) -> bool:
    """Say whether this is one of scipy's sparse matrices or arrays."""
    return type(data).__module__.startswith("scipy.sparse")


def _dtype_name(dtype: np.dtype[Any]) -> str:
    return {"U": "str", "S": "bytes"}.get(dtype.kind, dtype.name)


def _column(values: pd.Series[Any], name: object) -> Column:
    shown = name if isinstance(name, (str, int)) or name is None else str(name)
    kind = column_type(values)
    missing = bool(values.isna().any())
    return Column(kind, shown, required=not (missing and shown is not None))


def column_type(values: pd.Series[Any]) -> ColumnType:
    """Return the type of a column, looking at the values where the dtype says nothing."""
    dtype: Any = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return column_type(pd.Series(dtype.categories))
    kind = _type_of_dtype(dtype)
    if kind:
        return kind
    seen = values.head(_LONGEST_LOOK).dropna().infer_objects()
    if seen.dtype != values.dtype:
        return column_type(seen)
    if not len(seen):
        return "any"
    what = f"Column {values.name!r}"
    return _merged([_plain_type(value, what) for value in seen], what)


def _type_of_dtype(dtype: Any) -> str:  # noqa: ANN401 - numpy's and pandas' have no common root
    size, kind = getattr(dtype, "itemsize", 8), dtype.kind
    if isinstance(dtype, pd.StringDtype) or kind == "U":
        return "string"
    if kind in "iu":
        return "integer" if size < 4 or (kind == "i" and size == 4) else "long"  # noqa: PLR2004 - bytes
    if kind == "f":
        return "float" if size <= 4 else "double"  # noqa: PLR2004 - bytes
    return {"b": "boolean", "S": "binary", "M": "datetime"}.get(kind, "")


_OF_SCALAR: tuple[tuple[tuple[type, ...], str], ...] = (
    ((bool, np.bool_), "boolean"),
    ((np.int8, np.int16, np.int32, np.uint8, np.uint16), "integer"),
    ((int, np.integer), "long"),
    ((np.float16, np.float32), "float"),
    ((float, np.floating), "double"),
    ((str,), "string"),
    ((bytes, bytearray), "binary"),
    ((dt.date, np.datetime64), "datetime"),
)


def _plain_type(value: object, what: str) -> ColumnType:
    for types, name in _OF_SCALAR:
        if isinstance(value, types):
            return name
    if value is None or (isinstance(value, (list, tuple, Mapping)) and not len(value)):
        return "any"
    if isinstance(value, (list, tuple, np.ndarray)):
        return ArrayType(_merged([_plain_type(item, what) for item in value[:_LONGEST_LOOK]], what))
    if isinstance(value, Mapping):
        return ObjectType(
            tuple((str(key), kind := _plain_type(item, what), kind != "any") for key, item in value.items())
        )
    raise BadValue(what, value, "a signature describes frames, arrays, and lists and dicts of plain values")


def _merged(kinds: list[ColumnType], what: str) -> ColumnType:
    known = list(dict.fromkeys(kind for kind in kinds if kind != "any"))
    if not known:
        return "any"
    first = known[0]
    if len(known) == 1:
        return first
    if all(isinstance(kind, ObjectType) for kind in known):
        return _merged_objects([kind for kind in known if isinstance(kind, ObjectType)], what)
    if all(isinstance(kind, ArrayType) for kind in known):
        return ArrayType(_merged([kind.items for kind in known if isinstance(kind, ArrayType)], what))
    raise BadValue(what, kinds, f"its items have more than one type ({', '.join(map(str, known[:3]))})")


def _merged_objects(kinds: list[ObjectType], what: str) -> ObjectType:
    keys = dict.fromkeys(key for kind in kinds for key, _, _ in kind.properties)
    merged = []
    for key in keys:
        found = [(value, required) for kind in kinds for name, value, required in kind.properties if name == key]
        required = len(found) == len(kinds) and all(needed for _, needed in found)
        merged.append((key, _merged([value for value, _ in found], what), required))
    return ObjectType(tuple(merged))


def _param(name: str, value: object) -> Param:
    what = f"The param {name!r}"
    kind = _plain_type(value, what)
    if isinstance(kind, ArrayType):
        listed = value.tolist() if isinstance(value, np.ndarray) else list(value)  # type: ignore[call-overload]
        return Param(name, kind.items, listed, (-1,))
    return Param(name, kind, value.item() if isinstance(value, np.generic) else value)
