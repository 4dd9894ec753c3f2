"""What to say about a store that grows. Pure."""

from __future__ import annotations

from trackbook.views.numbers import byte_size

_NEAR = 0.8


def quota_warning(total: int, garbage: int, quota: int) -> str:
    """Warn from four fifths of the quota on; all in bytes, quota 0 for none. Empty when all is well."""
    if not quota or total < _NEAR * quota:
        return ""
    freed = f"Collecting would free {byte_size(garbage)}." if garbage else "Deleting runs and collecting makes room."
    over = "more than" if total > quota else "nearly all of"
    return f"This store takes {byte_size(total)}, {over} the {byte_size(quota)} that it should. {freed}"
