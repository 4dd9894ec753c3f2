"""The range of y when outliers are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

_LEFT_OUT = 0.01
_PADDING = 0.05


def clipped_range(curves: Sequence[NDArray[np.float64]], *, log: bool = False) -> tuple[float, float] | None:
    """Return the range from the first to the last hundredth of all values, with a little room.

    log: of their decimal logarithms, as plotly wants it. None when there is nothing finite to show.
    """
    import numpy as np  # noqa: PLC0415

    values = np.concatenate([np.asarray(curve) for curve in curves]) if curves else np.empty(0)
    values = values[np.isfinite(values)]
    if log:
        values = np.log10(values[values > 0])
    if not len(values):
        return None
    low, high = (float(edge) for edge in np.quantile(values, [_LEFT_OUT, 1 - _LEFT_OUT]))
    room = (high - low) * _PADDING or abs(high) * _PADDING or 1.0
    return low - room, high + room
