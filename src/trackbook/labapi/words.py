"""What a browser sent, checked before use: texts are texts, numbers are numbers, all of bearable length."""

from __future__ import annotations

import json
import re
from typing import Any

from trackbook.errors import BadInput, RunNotFound

LONGEST_BODY = 1_000_000
"""Bytes of one request."""

_LONGEST_TEXT = 100_000
_MOST_RUNS = 10_000
_RUN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_body(raw: bytes) -> dict[str, Any]:
    """Read a request's JSON. Raises BadInput for what is none, and for anything but an object."""
    if len(raw) > LONGEST_BODY:
        raise BadInput(f"A request has at most {LONGEST_BODY:,} bytes, and this one has {len(raw):,}.")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadInput("The request is not JSON.") from None
    if not isinstance(found, dict):
        raise BadInput("The request is JSON, and not an object with named values.")
    return found


def text(body: dict[str, Any], name: str, default: str = "") -> str:
    """Take a text. Raises BadInput."""
    value = body.get(name, default)
    if value is None:
        return default
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise BadInput(f"{name} is a text of at most {_LONGEST_TEXT:,} characters.")
    return value


def whole(body: dict[str, Any], name: str, default: int = 0) -> int:
    """Take a whole number that is not negative. Raises BadInput."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise BadInput(f"{name} is a whole number, and not negative.")
    return value


def flag(body: dict[str, Any], name: str) -> bool:
    """Take a yes or no; left out is no. Raises BadInput."""
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise BadInput(f"{name} is true or false.")
    return value


def run_ids(body: dict[str, Any]) -> list[str]:
    """Take the ids of runs, each once. Raises BadInput and RunNotFound."""
    value = body.get("ids")
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_RUNS:
        raise BadInput(f"ids lists 1 to {_MOST_RUNS:,} runs.")
    return list(dict.fromkeys(run_id(each) for each in value))


def run_id(value: object) -> str:
    """Take the whole id of a run. Raises RunNotFound for what is none."""
    if not isinstance(value, str) or not _RUN_ID.fullmatch(value):
        raise RunNotFound(str(value)[:60])
    return value


def query_number(raw: str, name: str, default: int, most: int) -> int:
    """Read a number of a URL, cut to `most`. Raises BadInput."""
    if not raw:
        return default
    if not raw.isascii() or not raw.isdecimal() or len(raw) > 15:  # noqa: PLR2004 - so that it fits a JavaScript number
        raise BadInput(f"{name} is a whole number, and not negative.")
    return min(int(raw), most)
