"""What a name and a value may be, and how a value is written down.

JSON has no NaN and no infinities, and PostgreSQL's refuses them, so they are
written as the strings below and read back as floats.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from trackbook.errors import BadName, BadValue

LONGEST_NAME = 250
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NOT_IN_JSON = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_DEEPEST = 20


def check_name(kind: str, name: object) -> str:
    """Return the name when it can be kept; raise BadName with the reason otherwise."""
    if not isinstance(name, str):
        raise BadName(kind, name, f"is a {type(name).__name__}; a name is a string")
    if not name or name.isspace():
        raise BadName(kind, name, "is empty; give it at least one letter")
    if len(name) > LONGEST_NAME:
        raise BadName(kind, name, f"has {len(name)} characters; {LONGEST_NAME} is the most")
    if _CONTROL.search(name):
        raise BadName(kind, name, "has a control character; take it out")
    if _SURROGATE.search(name):
        raise BadName(kind, name, "has half a character (a lone surrogate); take it out")
    return name


def check_pairs(verb: str, given: object) -> dict[Any, Any]:
    """Return the names and values of a dict, or of what has `items` as one has; raise BadValue otherwise."""
    try:
        return dict(given.items())  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - a stranger's items() may raise anything
        raise BadValue(f"What {verb} was given", given, "it takes a dict of names and values") from None


def as_number(value: object) -> float | None:
    """Read any scalar number: Python, numpy, torch, decimal; None when it is not one.

    One-element arrays and tensors count as scalars; strings never do, nor does what is finite and too
    large for a float.
    """
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return None
    if value is None or isinstance(value, (str, bytes, bytearray, complex)):
        return None
    try:
        if hasattr(value, "shape"):
            # item() also reads one-element arrays, which numpy's float() refuses, and tensors that need a gradient.
            item = value.item() if _is_single(value) and hasattr(value, "item") else None
            if type(item) is not type(value):
                return as_number(item)  # all but numpy's longdouble, which is its own item
        number = float(value)  # type: ignore[arg-type]  # Decimal, Fraction and the like
        return None if math.isinf(number) and number != value else number
    except Exception:  # noqa: BLE001 - a stranger's __float__ may raise anything
        return None


def _is_single(value: Any) -> bool:  # noqa: ANN401 - numpy and torch share the attribute, not a type
    try:
        return bool(math.prod(value.shape) == 1)
    except Exception:  # noqa: BLE001
        return False


def plain(value: object, depth: int = 0) -> object:
    """Make a JSON-like value of anything: numbers, text, lists and dicts stay, the rest becomes its repr."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and depth < _DEEPEST:
        return [plain(item, depth + 1) for item in value]
    return _plain_stranger(value, depth)


def _plain_stranger(value: Any, depth: int) -> object:  # noqa: ANN401 - whatever a user may log
    number = as_number(value)
    if number is not None:
        item = getattr(value, "item", None)
        exact = item() if callable(item) else number
        return exact if isinstance(exact, (bool, int, float)) else number
    if hasattr(value, "tolist") and depth < _DEEPEST:
        return plain(value.tolist(), depth + 1)
    try:
        return repr(value)[:1000]
    except Exception:  # noqa: BLE001 - a broken __repr__ must not break a run
        return f"<{type(value).__name__}>"


def to_json(value: object) -> str:
    """Write any value as JSON that every database can hold."""
    return json.dumps(_escape(plain(value)), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace").decode()


def from_json(text: str) -> Any:  # noqa: ANN401 - JSON is any value
    """Read back what `to_json` wrote."""
    return _unescape(json.loads(text))


def _escape(value: Any) -> object:  # noqa: ANN401
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _escape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escape(item) for item in value]
    return value


def _unescape(value: Any) -> object:  # noqa: ANN401
    if isinstance(value, str):
        return _NOT_IN_JSON.get(value, value)
    if isinstance(value, dict):
        return {key: _unescape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unescape(item) for item in value]
    return value
