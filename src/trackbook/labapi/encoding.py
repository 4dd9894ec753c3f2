"""How an answer is written."""

from __future__ import annotations

import json
from typing import Any


def encoded(value: Any) -> bytes:  # noqa: ANN401 - JSON
    """Write an answer. NaN is no JSON, and a browser would fall over it: that raises ValueError."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
