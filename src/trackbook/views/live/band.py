"""The grey band behind a live curve: where the best earlier runs were at the same step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

_PLACES = 100
FEWEST = 2
"""Runs that make a band; one alone would look like a bound."""

Band = tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"]


def band_of(curves: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> Band | None:
    """Return steps, lowest and highest of several runs' curves, each given as steps and values; None for too few.

    A run counts from its first step to its last; between two of its steps it is where the line drawn through them is.
    """
    import numpy as np  # noqa: PLC0415

    lines = [line for line in map(_line, curves) if line is not None]
    if len(lines) < FEWEST:
        return None
    first, last = min(steps[0] for steps, _ in lines), max(steps[-1] for steps, _ in lines)
    places = np.unique(np.linspace(first, last, _PLACES))
    values = np.array([np.interp(places, steps, values, left=np.nan, right=np.nan) for steps, values in lines])
    there = (~np.isnan(values)).sum(axis=0) >= FEWEST
    if not there.any():
        return None
    places, values = places[there], values[:, there]
    low = np.where(np.isnan(values), np.inf, values).min(axis=0)
    high = np.where(np.isnan(values), -np.inf, values).max(axis=0)
    return places, low, high


def _line(
    curve: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Order a curve by step, without what cannot be drawn; of equal steps the last counts."""
    import numpy as np  # noqa: PLC0415

    steps, values = curve
    good = np.isfinite(values)
    if not good.any():
        return None
    newest_first = values[good][::-1]
    unique, places = np.unique(steps[good][::-1].astype(np.float64), return_index=True)
    return unique, newest_first[places]
