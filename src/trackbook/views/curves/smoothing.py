"""Evening out metric curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import BadInput

_BLOCK = 64
"""Points of a block, in which the past is a product of matrices: a long curve in a loop would take half a second."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


def smooth(curves: Sequence[NDArray[np.float64]], weight: float) -> list[NDArray[np.float64]]:
    """Even out the series of several runs at once.

    curves: each of shape (n,), in the order of x; of any lengths. NaN stays a gap and adds nothing.
    weight: share of the past at each point, 0 <= weight < 1; 0 changes nothing.
    Raises BadInput outside that range.

    Source: bias-corrected moving average, Kingma & Ba, "Adam" (2015), section 3.
    """
    import numpy as np  # noqa: PLC0415

    if not 0 <= weight < 1:
        raise BadInput(f"smooth={weight!r} is not a share of the past; give a number from 0 to below 1, such as 0.6.")
    if weight == 0 or not curves:
        return list(curves)
    known = [~np.isnan(curve) for curve in curves]
    places = -(-max(map(len, curves)) // _BLOCK) * _BLOCK
    padded = np.zeros((places, len(curves)))
    for column, (curve, there) in enumerate(zip(curves, known, strict=True)):
        padded[: there.sum(), column] = curve[there]
    evened = _evened(padded, weight)
    found = [np.full(len(curve), np.nan) for curve in curves]
    for column, (values, there) in enumerate(zip(found, known, strict=True)):
        values[there] = evened[: there.sum(), column]
    return found


def _evened(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Follow the recurrence down each column, whole blocks at a time; shape (n, curves), n a multiple of a block."""
    import numpy as np  # noqa: PLC0415

    back = np.arange(_BLOCK)[:, None] - np.arange(_BLOCK)
    within = np.where(back >= 0, (1 - weight) * weight ** np.maximum(back, 0), 0.0)
    blocks = np.matmul(within, values.reshape(-1, _BLOCK, values.shape[1]))
    decay = weight ** np.arange(1, _BLOCK + 1)[:, None]
    for at in range(1, len(blocks)):
        blocks[at] += decay * blocks[at - 1, -1]
    evened: NDArray[np.float64] = blocks.reshape(values.shape)
    evened /= 1 - weight ** np.arange(1, len(values) + 1)[:, None]
    return evened
