"""Read numbers out of whatever a cell displayed: scalars, arrays, dicts, one-row frames, a training history."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from trackbook.capture.strangers import MISSING, ask, is_a, library, plain_scalar
from trackbook.capture.words import is_result_name
from trackbook.values import as_number

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_ARRAY = 100
_MOST_ROWS = 20
LONGEST_HISTORY = 10_000
_ARRAYS = frozenset({"numpy", "torch", "jax", "jaxlib", "tensorflow", "cupy"})
_NO_NUMBERS = ("bool", "complex", "datetime", "timedelta", "object", "str", "<U", "|S")


@dataclass(frozen=True, slots=True)
class Row:
    """A short array of numbers."""

    values: list[float]
    real: bool
    """False when all are integers by type: labels and counts rather than scores."""


def number(value: object) -> float | None:
    """Read a scalar: Python, numpy, Decimal, or a tensor or array with one element. A bool is none."""
    return ask(_number, value, otherwise=None)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float, Decimal, Fraction)):
        return as_number(value)
    if is_a(value, "numpy", "generic"):
        plain = plain_scalar(value)
        return None if isinstance(plain, (bool, str)) or plain is MISSING else as_number(plain)
    return _element(value) if library(value) in _ARRAYS else None


def _element(value: Any) -> float | None:  # noqa: ANN401 - arrays of five libraries
    if tuple(value.shape) not in ((), (1,)) or _kind(value).startswith(_NO_NUMBERS):
        return None
    plain = _without_gradient(value).item()
    return as_number(plain)


def _without_gradient(value: Any) -> Any:  # noqa: ANN401 - a tensor or anything else
    return value.detach() if hasattr(type(value), "detach") else value


def _kind(value: Any) -> str:  # noqa: ANN401
    return str(value.dtype).rpartition(".")[2]


def row(value: object, longest: int = LONGEST_ARRAY) -> Row | None:
    """Read a list, tuple, 1-d array, tensor or column of at least one number; None for anything else."""
    return ask(_row, value, longest, otherwise=None)


def _row(value: Any, longest: int) -> Row | None:  # noqa: ANN401
    if isinstance(value, (list, tuple)):
        if not 0 < len(value) <= longest:
            return None
        numbers = [number(item) for item in value]
        real = any(not isinstance(plain_scalar(item), int) for item in value)
    elif library(value) in _ARRAYS or is_column(value):
        if len(value.shape) != 1 or not 0 < value.shape[0] <= longest or _kind(value).lower().startswith(_NO_NUMBERS):
            return None
        numbers = [number(item) for item in _without_gradient(value).tolist()]
        real = "float" in _kind(value).lower() and not _is_by_group(value)
    else:
        return None
    found = [item for item in numbers if item is not None]
    return Row(found, real) if len(found) == len(numbers) else None


def is_column(value: object) -> bool:
    """Tell a pandas or polars Series."""
    return any(is_a(value, package, "Series") for package in ("pandas", "polars"))


def _is_by_group(value: Any) -> bool:  # noqa: ANN401 - a pandas Series or any array
    """Tell a Series with labels of its own, one number a group: their mean would mean nothing."""
    return is_a(value, "pandas", "Series") and not is_a(value.index, "pandas", "RangeIndex")


def summarises(value: Any, frame: Any) -> bool:  # noqa: ANN401 - whatever is displayed, whatever is read
    """Tell whether a Series has a number for columns of a large frame, or is made of one of its columns."""
    if not is_a(value, "pandas", "Series") or not is_a(frame, "pandas", "DataFrame") or len(frame) <= LONGEST_ARRAY:
        return False
    labels = [value.name] if value.name in frame.columns else list(value.index)
    speaking = sum(isinstance(label, str) and is_result_name(label) for label in labels)
    return 2 * speaking < len(labels) <= len(frame.columns) and set(labels) <= set(frame.columns)


def labelled(value: object) -> Mapping[str, object] | None:
    """Read a dict, named tuple, one-row frame, or labelled Series of at most 100 entries; None for anything else."""
    return ask(_labelled, value, otherwise=None)


def _labelled(value: Any) -> Mapping[str, object] | None:  # noqa: ANN401
    if isinstance(value, dict):
        return value if value and all(isinstance(key, str) for key in value) else None
    fields = getattr(type(value), "_fields", None) if isinstance(value, tuple) else None
    if fields is not None:
        return dict(zip(fields, value, strict=True))
    if is_a(value, "pandas", "DataFrame") and len(value) == 1 and len(value.columns) <= LONGEST_ARRAY:
        return _by_label(value.columns, [value.iloc[0, place] for place in range(len(value.columns))])
    if is_a(value, "polars", "DataFrame") and value.height == 1 and value.width <= LONGEST_ARRAY:
        return dict(value.row(0, named=True))
    if is_a(value, "pandas", "Series") and 0 < len(value) <= LONGEST_ARRAY and "float" in _kind(value).lower():
        return _by_label(value.index, value.tolist())
    return None


def numbered(value: object) -> Mapping[str, object] | None:
    """Read a dict of at most 20 entries whose keys are numbers, a result for each setting; None for anything else."""
    if type(value) is not dict or not 0 < len(value) <= _MOST_ROWS:
        return None
    keys = [plain_scalar(key) for key in value]
    if any(isinstance(key, (bool, str)) or key is MISSING for key in keys):
        return None
    return {str(key): item for key, item in zip(keys, value.values(), strict=True)}


def _by_label(labels: Any, values: list[object]) -> Mapping[str, object] | None:  # noqa: ANN401 - a pandas Index
    names = [".".join(map(str, label)) if isinstance(label, tuple) else label for label in labels]
    return dict(zip(names, values, strict=True)) if all(isinstance(name, str) for name in names) else None


def leaderboard(value: object) -> dict[str, Mapping[str, object]] | None:
    """Read a pandas frame of at most 20 rows that have a name each and results in columns; None for anything else.

    The name is the index, or else the only column of text. Columns that do not speak of a result are left out.
    """
    return ask(_leaderboard, value, otherwise=None)


def _leaderboard(value: Any) -> dict[str, Mapping[str, object]] | None:  # noqa: ANN401
    if not is_a(value, "pandas", "DataFrame") or not 1 < len(value) <= _MOST_ROWS:
        return None
    if len(value.columns) > LONGEST_ARRAY:
        return None
    columns = {name: value[name].tolist() for name in value.columns}
    texts = [list(value.index), *columns.values()]
    named = [items for items in texts if all(isinstance(item, str) for item in items)]
    results = {name: items for name, items in columns.items() if isinstance(name, str) and is_result_name(name)}
    results = {name: items for name, items in results.items() if all(number(item) is not None for item in items)}
    if not results or len(named) != 1 or len(set(named[0])) != len(value):
        return None
    return {label: {name: items[at] for name, items in results.items()} for at, label in enumerate(named[0])}


def history(value: object) -> dict[str, list[float]] | None:
    """Read the series of a Keras-like History, an object with a `history` dict of lists; None for anything else."""
    return ask(_history, value, otherwise=None)


def _history(value: object) -> dict[str, list[float]] | None:
    held = vars(value).get("history")
    if not isinstance(held, dict) or isinstance(value, type):
        return None
    series: dict[str, list[float]] = {}
    for key, items in held.items():
        if isinstance(key, str) and isinstance(items, (list, tuple)) and 0 < len(items) <= LONGEST_HISTORY:
            numbers = [number(item) for item in items]
            found = [item for item in numbers if item is not None]
            if len(found) == len(numbers):
                series[key] = found
    return series or None


def rounds(value: object) -> dict[str, list[float]] | None:
    """Read what boosting calls `evals_result`, a list for each metric of each data set; None for anything else."""
    series: dict[str, list[float]] = {}
    for data, results in value.items() if isinstance(value, dict) else ():
        for metric, items in results.items() if isinstance(results, dict) else ():
            points = row(items, LONGEST_HISTORY)
            if points is not None:
                series[f"{data}.{metric}"] = points.values
    return series or None
