"""What one field of an event must be; a line that has something else is rejected before it meets the database."""

from __future__ import annotations

import uuid
from typing import Any

from trackbook.store.rows import clean, moment


def read_id(value: object) -> str:
    """Read a run id; raises ValueError."""
    return str(uuid.UUID(str(value)))


def maybe_id(value: object) -> str | None:
    """Read a run id that may be left out."""
    return read_id(value) if value else None


def whole(value: Any, most: int = 2**63 - 1) -> int:  # noqa: ANN401 - whatever stands in the line
    """Read an integer that its column can hold."""
    number = int(value)
    if not -most - 1 <= number <= most:
        raise ValueError(f"{number} is beyond {most}")
    return number


def maybe_whole(value: Any) -> int | None:  # noqa: ANN401
    """Read an integer that may be unknown."""
    return None if value is None else whole(value)


def seconds(value: Any) -> float:  # noqa: ANN401
    """Read seconds since the epoch that a TIMESTAMP can hold."""
    number = float(value)
    moment(number)
    return number


def text_of(value: object) -> str:
    """Read text that every database can hold; raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"text expected, {type(value).__name__} found")
    return clean(value)
