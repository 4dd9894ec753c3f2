"""Coarse curves with finer points where the reader looks closer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.store.curves import Curve


def joined(coarse: Sequence[Curve], finer: Sequence[Curve], window: tuple[float, float]) -> list[Curve]:
    """Put the finer points of a window in place of the coarse ones.

    Outside it the coarse ones stay for as far again on either side, so that lines reach the edge, and each run's
    first and last, so that the way back knows how far it goes; the rest would only be drawn out of sight.
    """
    by_run = {curve.run_id: curve for curve in finer}
    return [_one(curve, by_run[curve.run_id], window) if curve.run_id in by_run else curve for curve in coarse]


def _one(curve: Curve, fine: Curve, window: tuple[float, float]) -> Curve:
    x, value = _spliced((curve.x, curve.value), (fine.x, fine.value), window)
    centre, mean = _spliced((curve.centre, curve.mean), (fine.centre, fine.mean), window)
    return replace(curve, x=x, value=value, centre=centre, mean=mean)


def _spliced(
    coarse: tuple[NDArray[np.float64], NDArray[np.float64]],
    fine: tuple[NDArray[np.float64], NDArray[np.float64]],
    window: tuple[float, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np  # noqa: PLC0415

    at, (low, high) = coarse[0], window
    margin = high - low
    kept = (at > low - margin) & (at < high + margin)
    kept[:1] = kept[-1:] = True
    before, behind = kept & (at < low), kept & (at > high)
    x = np.concatenate([coarse[0][before], fine[0], coarse[0][behind]])
    return x, np.concatenate([coarse[1][before], fine[1], coarse[1][behind]])
