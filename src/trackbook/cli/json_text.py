"""JSON that every reader takes.

NaN and missing are null, since JSON has no NaN and numbers compared with null
are no surprise; infinities are the strings "Infinity" and "-Infinity". Times
are ISO 8601 in UTC with a Z. Bytes are hex.
"""

from __future__ import annotations

import json
import math
import re
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# JSON lets these stand raw in a string; a terminal would obey some of them, and half a character is no UTF-8.
_RAW = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def json_text(value: object) -> str:
    """Write any value as JSON, two spaces a level."""
    narrow = not (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(json_value(value), indent=2, ensure_ascii=narrow, allow_nan=False)
    return _RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def frame_records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Turn a frame into one dict a row."""
    names = [str(name) for name in frame.columns]
    columns = [[json_value(value) for value in frame[name].tolist()] for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def json_value(value: Any) -> object:  # noqa: ANN401 - one line a kind of value
    """Make a value that JSON knows."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None if math.isnan(value) else _infinity(value)
    if isinstance(value, (date, timedelta)):
        return _time(value)
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [json_value(item) for item in value]
    if isinstance(value, Decimal):
        return json_value(float(value))
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if hasattr(value, "tolist"):  # numpy
        return json_value(value.tolist())
    return None if str(value) in {"NaT", "<NA>"} else str(value)


def _time(value: date | timedelta) -> object:
    """Write a moment or a day as ISO 8601, a span in seconds."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.total_seconds() if value == value else None  # noqa: PLR0124 - NaT is unequal to itself


def iso(moment: datetime) -> str | None:
    """Write a time that is UTC as ISO 8601 with a Z; None for NaT."""
    if moment != moment:  # noqa: PLR0124 - NaT
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def _infinity(value: float) -> str:
    return "Infinity" if value > 0 else "-Infinity"
