"""Points of many runs, cut to what is looked at and few enough to draw; all runs at once.

A thousand short arrays cost a hundred times what one long one does, so runs lie one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """The points of several runs, one run after the other; every run has one at least."""

    x: Floats
    """Shape (n,), rising within a run."""

    y: Floats
    """Shape (n,). NaN is a gap."""

    run: NDArray[np.intp]
    """Shape (n,), rising: which run, 0-based."""

    def __getitem__(self, kept: NDArray[np.bool_]) -> Lines:
        return Lines(self.x[kept], self.y[kept], self.run[kept])


def lines_of(xs: Sequence[Floats], ys: Sequence[Floats]) -> Lines:
    """Lay runs one after the other. xs, ys: an array a run, none of them empty."""
    import numpy as np  # noqa: PLC0415

    lengths = np.array([len(x) for x in xs], dtype=np.intp)
    return Lines(np.concatenate(xs), np.concatenate(ys), np.repeat(np.arange(len(xs)), lengths))


def within(lines: Lines, window: tuple[float, float] | None) -> Lines:
    """Keep what lies in a window of x, and what a line through it needs.

    That is the next point on either side, so that lines reach the edge, and each run's first and last, so that
    the way back knows how far it goes.
    """
    import numpy as np  # noqa: PLC0415

    if window is None or not len(lines.x):
        return lines
    low, high = window
    first = np.r_[True, lines.run[1:] != lines.run[:-1]]
    last = np.r_[first[1:], True]
    before = np.where(first, lines.x, np.r_[lines.x[:1], lines.x[:-1]])
    behind = np.where(last, lines.x, np.r_[lines.x[1:], lines.x[-1:]])
    return lines[(behind >= low) & (before <= high) | first | last]


def thinned(lines: Lines, most: int, window: tuple[float, float] | None = None) -> Lines:
    """Keep the lowest and the highest point of each stretch of x.

    most: points of a run, in the window if there is one; a run that has no more there keeps all. Points outside
    the window stay as they are.
    """
    import numpy as np  # noqa: PLC0415

    if not len(lines.x):
        return lines
    low, high = window or (float(lines.x.min()), float(lines.x.max()))
    inside = (lines.x >= low) & (lines.x <= high)
    crowded = (np.bincount(lines.run[inside], minlength=lines.run[-1] + 1) > most)[lines.run] & inside
    if not crowded.any():
        return lines
    stretches = max(1, most // 2)
    stretch = np.minimum(np.floor((lines.x - low) * (stretches / ((high - low) or 1.0))), stretches - 1)
    same = crowded[1:] & crowded[:-1] & (stretch[1:] == stretch[:-1]) & (lines.run[1:] == lines.run[:-1])
    return lines[_extremes(lines.y, np.flatnonzero(np.r_[True, ~same]))]


def _extremes(y: Floats, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Mark the lowest and the highest point of each stretch; of one with gaps only the first point."""
    import numpy as np  # noqa: PLC0415

    lengths, places = np.diff(np.r_[starts, len(y)]), np.arange(len(y))
    kept = np.zeros(len(y), dtype=bool)
    kept[starts[np.isnan(np.fmin.reduceat(y, starts))]] = True
    for extreme in (np.fmin, np.fmax):
        there = y == np.repeat(extreme.reduceat(y, starts), lengths)
        at = np.minimum.reduceat(np.where(there, places, len(y)), starts)
        kept[at[at < len(y)]] = True
    return kept


def with_gaps(lines: Lines) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Return x and y with NaN behind each run, so that one line can draw them all, and where each run begins."""
    import numpy as np  # noqa: PLC0415

    ends = np.flatnonzero(np.r_[lines.run[1:] != lines.run[:-1], True]) + 1
    starts = np.r_[0, ends[:-1]] + np.arange(len(ends))
    return np.insert(lines.x, ends, np.nan), np.insert(lines.y, ends, np.nan), starts
