"""Does data fit a signature, and as what does the model get it?

The rules are MLflow's: a column may be widened (int32 to int64, float32 to
float64, small integers to float64), never narrowed; columns that the signature
does not know are left away; the order is the signature's.

Source: MLflow 3.17, models/utils.py (`_enforce_schema`, `_enforce_mlflow_datatype`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trackbook.errors import BadInput
from trackbook.models.errors import SignatureMismatch
from trackbook.models.inference import as_plain_array, column_type, is_sparse
from trackbook.models.signature import Column, Signature, Tensor

_NUMPY = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "datetime": "datetime64[ns]",
}
_WIDER = {
    "boolean": (),
    "integer": ("long", "double"),
    "long": (),
    "float": ("double",),
}
"""What a column may become without losing anything."""


def check_signature(signature: Signature, data: object) -> None:
    """Raise SignatureMismatch, naming each column that is missing or of another type; else return."""
    to_signature(signature, data)


def to_signature(signature: Signature, data: object, *, lenient: bool = False) -> object:
    """Return the data as the model takes it: the signature's columns in its order, widened to its types.

    lenient: narrow as well, for what came through JSON, which knows one kind of number.
    Raises SignatureMismatch with every problem at once.
    """
    if not signature.inputs:
        return data
    data = as_plain_array(data)
    fields = signature.inputs
    problems: list[str] = []
    if all(isinstance(field, Tensor) for field in fields):
        fitted = _as_tensors([field for field in fields if isinstance(field, Tensor)], data, problems)
    else:
        fitted = _as_columns([field for field in fields if isinstance(field, Column)], data, problems, lenient=lenient)
    if problems:
        raise SignatureMismatch(problems)
    return fitted


def _as_columns(columns: list[Column], data: object, problems: list[str], *, lenient: bool) -> object:
    if all(column.name is None for column in columns):
        return data
    frame = _frame(columns, data, problems)
    if frame is None:
        return data
    known = {str(name): name for name in frame.columns}
    kept: dict[Any, pd.Series[Any]] = {}
    for column in columns:
        name = known.get(str(column.name))
        if name is None:
            if column.required:
                problems.append(f"column {column.name!r} is missing")
            continue
        values, problem = _widened(column, frame[name], lenient=lenient)
        if problem:
            problems.append(f"column {column.name!r} {problem}")
        kept[name] = values
    return pd.DataFrame(kept, index=frame.index)


def _frame(columns: list[Column], data: object, problems: list[str]) -> pd.DataFrame | None:
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    if isinstance(data, np.ndarray) and data.ndim == 2:  # noqa: PLR2004 - rows and columns
        if data.shape[1] == len(columns):
            return pd.DataFrame(data, columns=[column.name for column in columns])
        problems.append(f"it has {data.shape[1]} columns where {len(columns)} are asked for")
        return None
    rows: Any = [data] if isinstance(data, Mapping) and _is_one_row(data) else data
    try:
        return pd.DataFrame(rows)
    except (ValueError, TypeError):
        problems.append(f"it is a {type(data).__name__} where a table with columns is asked for")
        return None


def _is_one_row(data: Mapping[Any, Any]) -> bool:
    return not any(isinstance(value, (list, tuple, np.ndarray, pd.Series)) for value in data.values())


def _widened(column: Column, values: pd.Series[Any], *, lenient: bool) -> tuple[pd.Series[Any], str]:
    """(the column as the model takes it, what is wrong with it)."""
    if not isinstance(column.type, str) or column.type in {"any", "binary", "sparkml_vector"}:
        return values, ""
    try:
        found = column_type(values)
    except BadInput:
        found = "any"
    if found == column.type or (found == "any" and not column.required):
        return values, ""
    shown = found if isinstance(found, str) else type(found).__name__.removesuffix("Type").lower()
    wrong = f"is {shown} where {column.type} is asked for"
    target: Any = _NUMPY.get(column.type)
    if target is None:
        return values, "" if column.type == "string" and values.dtype == object else wrong
    harmless = column.type in _WIDER.get(shown, ()) or _is_zeros_and_ones(shown, column.type, values)
    if not harmless and not lenient:
        return values, wrong
    try:
        return values.astype(target), ""
    except (ValueError, TypeError):
        return values, wrong


def _is_zeros_and_ones(found: str, wanted: str, values: pd.Series[Any]) -> bool:
    return found == "long" and wanted in {"float", "double"} and bool(values.isin([0, 1]).all())


def _as_tensors(tensors: list[Tensor], data: object, problems: list[str]) -> object:
    if len(tensors) == 1 and tensors[0].name is None:
        tensor = tensors[0]
        if isinstance(data, pd.DataFrame):
            data = data.to_numpy()
        if isinstance(data, list):
            data = np.asarray(data)
        problems.extend(f"the array {problem}" for problem in _tensor_problems(tensor, data))
        return data
    if isinstance(data, pd.DataFrame):
        data = {name: np.array(data[name].tolist()) for name in data.columns}
    if not isinstance(data, Mapping):
        problems.append(f"it is a {type(data).__name__} where arrays by name are asked for")
        return data
    fitted = {}
    for tensor in tensors:
        if tensor.name not in data:
            problems.append(f"array {tensor.name!r} is missing")
            continue
        value = as_plain_array(data[tensor.name])
        problems.extend(f"array {tensor.name!r} {problem}" for problem in _tensor_problems(tensor, value))
        fitted[tensor.name] = value
    return fitted


def _tensor_problems(tensor: Tensor, data: Any) -> list[str]:  # noqa: ANN401 - an array of any library
    if not isinstance(data, np.ndarray) and not is_sparse(data):
        return [f"is a {type(data).__name__}, not an array"]
    problems = []
    shape = tuple(data.shape)
    if len(shape) != len(tensor.shape) or any(
        wanted not in (-1, found) for wanted, found in zip(tensor.shape, shape, strict=False)
    ):
        problems.append(f"has shape {shape} where {tensor.shape} is asked for")
    found = {"U": "str", "S": "bytes"}.get(data.dtype.kind, data.dtype.name)
    if tensor.dtype not in (found, "object"):
        problems.append(f"is {found} where {tensor.dtype} is asked for")
    return problems
