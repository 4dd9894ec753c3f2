"""The input example of a package: a few rows that the model takes, and the same as a ready request.

Source: MLflow 3.17, models/utils.py (`_Example`).
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trackbook.errors import BadValue
from trackbook.models.errors import BadPackage
from trackbook.models.inference import as_plain_array, is_sparse
from trackbook.models.paths import inside

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.models.mlmodel import MLmodel

EXAMPLE, SERVING = "input_example.json", "serving_input_example.json"
_MOST_ROWS = 100
_LARGEST = 50_000_000


def as_example(data: object) -> object:
    """Return at most the first hundred rows, so that a whole training set passed as an example stays small."""
    data = as_plain_array(data)
    if isinstance(data, pd.Series):  # one text a row is a list to whoever takes texts; a frame would be one column
        return data.iloc[:_MOST_ROWS].tolist()
    if isinstance(data, pd.DataFrame):
        return data.iloc[:_MOST_ROWS]
    if isinstance(data, (np.ndarray, list)) or is_sparse(data):
        return data[:_MOST_ROWS]  # type: ignore[index]
    if isinstance(data, Mapping):
        plain = {name: as_plain_array(value) for name, value in data.items()}
        if all(isinstance(value, np.ndarray) for value in plain.values()):
            return {name: value[:_MOST_ROWS] for name, value in plain.items()}  # type: ignore[index]
        return plain
    return data


def write_example(folder: Path, data: object) -> dict[str, Any]:
    """Write both files; return what MLmodel says about them. Raises BadValue for what JSON cannot hold."""
    kind, content, request, more = _parts(data)
    try:
        texts = {EXAMPLE: json.dumps(content, default=_plain), SERVING: json.dumps(request, default=_plain, indent=2)}
    except (TypeError, ValueError) as error:
        raise BadValue(
            "The input example", data, "it has something that JSON cannot hold; pass plainer rows"
        ) from error
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return {"artifact_path": EXAMPLE, "serving_input_path": SERVING, "type": kind, **more}


def read_example(folder: Path, description: MLmodel) -> object:
    """Return the input example as the model takes it; None when the package has none."""
    info = description.example
    if not info:
        return None
    file = inside(folder, info.get("artifact_path"), "MLmodel")
    if file.stat().st_size > _LARGEST:
        raise BadPackage(folder, file.name, f"has more than {_LARGEST:,} bytes")
    try:
        content = json.loads(file.read_text("utf-8"))
        if info.get("params"):
            content = content["inputs"]
        return _restored(str(info.get("type")), content, description)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadPackage(folder, file.name, f"is no input example: {error}") from error


def _parts(data: object) -> tuple[str, Any, Any, dict[str, Any]]:
    """(type, content, request, more) as MLflow names and shapes them."""
    if isinstance(data, pd.Series):
        data = data.to_frame()
    if isinstance(data, pd.DataFrame):
        table = data.astype(object).where(data.notna(), None).to_dict(orient="split")
        numbered = data.columns.equals(pd.RangeIndex(len(data.columns)))
        content = {key: table[key] for key in (["data"] if numbered else ["columns", "data"])}
        return "dataframe", content, {"dataframe_split": content}, {"pandas_orient": "values" if numbered else "split"}
    if isinstance(data, np.ndarray):
        content = _without_nan(data)
        return "ndarray", content, {"inputs": content}, {}
    if is_sparse(data):
        matrix: Any = data if getattr(data, "format", "") == "csc" else data.tocsr()  # type: ignore[attr-defined]
        content = {
            "data": _without_nan(matrix.data),
            "indices": matrix.indices.tolist(),
            "indptr": matrix.indptr.tolist(),
            "shape": list(matrix.shape),
        }
        return f"sparse_matrix_{matrix.format}", content, {"inputs": matrix.toarray().tolist()}, {}
    if isinstance(data, Mapping) and data and all(isinstance(value, np.ndarray) for value in data.values()):
        content = {str(name): _without_nan(value) for name, value in data.items()}
        return "ndarray", content, {"inputs": content}, {}
    return "json_object", data, {"inputs": data}, {}


def _without_nan(values: np.ndarray[Any, Any]) -> Any:  # noqa: ANN401 - a nested list
    if values.dtype.kind == "f" and np.isnan(values).any():
        return np.where(np.isnan(values), None, values).tolist()  # type: ignore[call-overload]
    return values.tolist()


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (bytes, bytearray)):
        return base64.encodebytes(value).decode("ascii")
    if isinstance(value, (pd.Timestamp, dt.date, dt.time)):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__}")


def _restored(kind: str, content: Any, description: MLmodel) -> object:  # noqa: ANN401 - JSON
    from trackbook.models.fitting import to_signature  # noqa: PLC0415 - it reads examples of signatures, we fit to them

    signature = description.signature
    if kind == "dataframe":
        frame = pd.DataFrame(content["data"], columns=content.get("columns"))
        return frame if signature is None else to_signature(signature, frame, lenient=True)
    if kind == "ndarray":
        fields = {field.name: field for field in (signature.inputs if signature and signature.inputs else ())}
        dtypes = {name: getattr(field, "dtype", None) for name, field in fields.items()}
        if isinstance(content, dict):
            return {name: np.asarray(value, dtype=dtypes.get(name)) for name, value in content.items()}
        return np.asarray(content, dtype=dtypes.get(None))
    if kind.startswith("sparse_matrix_"):
        from scipy import sparse  # noqa: PLC0415 - only where a package holds one

        parts = (content["data"], content["indices"], content["indptr"])
        return (sparse.csc_matrix if kind.endswith("csc") else sparse.csr_matrix)(parts, shape=tuple(content["shape"]))
    return content
