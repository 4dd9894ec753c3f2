"""Coarse curves with finer points where the reader looks closer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.store.curves import Curve

_NEARLY = 0.66
"""Share of the stretches wanted in a window that is as good as all: the next question would show little more."""


def joined(
    coarse: Sequence[Curve], finer: Sequence[Curve], window: tuple[float, float], *, means: bool = False
) -> list[Curve]:
    """Put the finer points of a window in place of the coarse ones.

    means: those of the stretches too. Without it they stay those of the whole curve, so that evening out does not
    depend on where the reader looks.
    """
    by_run = {curve.run_id: curve for curve in finer}
    return [
        curve if curve.whole or curve.run_id not in by_run else _one(curve, by_run[curve.run_id], window, means=means)
        for curve in coarse
    ]


def too_coarse(curves: Sequence[Curve], window: tuple[float, float], most: int) -> bool:
    """Tell whether the store has clearly more to show in a window than these curves have there.

    most: points of a run that will be drawn. Stretches are equally wide for all runs of a question.
    """
    thinned = [curve for curve in curves if not curve.whole and len(curve.centre) > 1]
    if not thinned:
        return False
    longest = max(thinned, key=lambda curve: len(curve.centre))
    extent = float(longest.x[-1] - longest.x[0])
    there = len(longest.centre) * min(1.0, (window[1] - window[0]) / extent) if extent else 0.0
    return there < _NEARLY * (most // 2)


def _one(curve: Curve, fine: Curve, window: tuple[float, float], *, means: bool) -> Curve:
    x, value = _spliced((curve.x, curve.value), (fine.x, fine.value), window)
    if not means:
        return replace(curve, x=x, value=value)
    centre, mean = _spliced((curve.centre, curve.mean), (fine.centre, fine.mean), window)
    return replace(curve, x=x, value=value, centre=centre, mean=mean)


def _spliced(
    coarse: tuple[NDArray[np.float64], NDArray[np.float64]],
    fine: tuple[NDArray[np.float64], NDArray[np.float64]],
    window: tuple[float, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np  # noqa: PLC0415

    before, behind = coarse[0] < window[0], coarse[0] > window[1]
    x = np.concatenate([coarse[0][before], fine[0], coarse[0][behind]])
    return x, np.concatenate([coarse[1][before], fine[1], coarse[1][behind]])
