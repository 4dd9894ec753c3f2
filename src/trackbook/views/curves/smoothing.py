"""Evening out metric curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


def smooth(curves: Sequence[NDArray[np.float64]], weight: float) -> list[NDArray[np.float64]]:
    """Even out the series of several runs at once.

    curves: each of shape (n,), in the order of x; of any lengths. NaN stays a gap and adds nothing.
    weight: share of the past at each drawn point, 0 <= weight < 1; 0 changes nothing.
    Raises BadInput outside that range.

    Source: bias-corrected moving average, Kingma & Ba, "Adam" (2015), section 3.
    """
    import numpy as np  # noqa: PLC0415

    if not 0 <= weight < 1:
        raise BadInput(f"smooth={weight!r} is not a share of the past; give a number from 0 to below 1, such as 0.6.")
    if weight == 0 or not curves:
        return list(curves)
    # One step of the recurrence for all runs at once: a thousand short curves cost what one long one does.
    padded = np.full((max(map(len, curves)), len(curves)), np.nan)
    for place, curve in enumerate(curves):
        padded[: len(curve), place] = curve
    mean, past = np.zeros(len(curves)), np.ones(len(curves))
    for at, values in enumerate(padded):
        known = ~np.isnan(values)
        mean = np.where(known, weight * mean + (1 - weight) * values, mean)
        past = np.where(known, past * weight, past)
        padded[at] = np.where(known, mean / np.where(past < 1, 1 - past, 1), np.nan)
    return [padded[: len(curve), place] for place, curve in enumerate(curves)]
