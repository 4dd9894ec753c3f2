"""Reading what a project asks of a gate in trackbook.toml."""

from __future__ import annotations

import math
from typing import Any

from trackbook.errors import BadInput


def asked_number(gate: str, asked: Any, *, if_true: float) -> float:  # noqa: ANN401 - whatever stands in the file
    """Return the number that a gate is given, or what `true` means to it. Raises BadInput."""
    if asked is True:
        return if_true
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not math.isfinite(asked) or asked < 0:
        raise BadInput(f"The gate {gate} in trackbook.toml takes true or a number, and {asked!r} is neither.")
    return asked
