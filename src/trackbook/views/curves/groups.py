"""Runs that share a param, a tag or an experiment: who belongs together, and their mean with its band."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from trackbook.views.comparison.variables import read_variable
from trackbook.views.curves.look import Group
from trackbook.views.literals import literal
from trackbook.views.numbers import number
from trackbook.views.palette import COLOURS, REST, shades

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_MOST = 10
"""Groups with a colour of their own: with its band each is two traces."""

_BINS = 6
_GRID = 400
"""Points of a mean."""


def group_runs(frame: pd.DataFrame, column: str) -> tuple[Group, ...]:
    """Put the runs of a frame into groups by a column, in the order of its values.

    A number with many values is cut into six ranges of about as many runs each. Raises BadInput for an unknown column.
    """
    variable = read_variable(frame, column)
    ids = [str(run_id) for run_id in frame["run_id"]]
    members: dict[str, list[str]] = {}
    if variable.kind == "category":
        for run_id, value in zip(ids, variable.data, strict=True):
            members.setdefault("" if value is None else str(value), []).append(run_id)
        known = [label for label in variable.categories if label in members]
        colours = list(COLOURS)
    else:
        cells = _cells([float(value) for value in variable.data])
        for run_id, cell in zip(ids, cells, strict=True):
            members.setdefault(cell, []).append(run_id)
        known = [label for label in dict.fromkeys(_in_order(cells, variable.data)) if label]
        colours = shades(min(len(known), _MOST))
    return _coloured(known, members, colours)


def _cells(values: Sequence[float]) -> list[str]:
    """Name each number's group; empty for a missing one."""
    import numpy as np  # noqa: PLC0415

    finite = sorted({value for value in values if math.isfinite(value)})
    if len(finite) <= _MOST:
        return [literal(value) if math.isfinite(value) else "" for value in _whole(values)]
    edges = np.unique(np.quantile([value for value in values if math.isfinite(value)], np.linspace(0, 1, _BINS + 1)))
    labels = [f"{number(low)} to {number(high)}" for low, high in pairwise(edges)]
    places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(labels) - 1)
    return [labels[place] if math.isfinite(value) else "" for place, value in zip(places, values, strict=True)]


def _whole(values: Sequence[float]) -> list[float | int]:
    """4.0 is typed 4."""
    return [int(value) if math.isfinite(value) and value == int(value) else value for value in values]


def _in_order(cells: Sequence[str], values: Sequence[Any]) -> list[str]:
    pairs = [(value, cell) for value, cell in zip(values, cells, strict=True) if cell]
    return [cell for _, cell in sorted(pairs)]


def _coloured(known: Sequence[str], members: dict[str, list[str]], colours: Sequence[str]) -> tuple[Group, ...]:
    shown, rest = known[:_MOST], known[_MOST:]
    groups = [Group(label, colours[place % len(colours)], tuple(members[label])) for place, label in enumerate(shown)]
    others = [run_id for label in rest for run_id in members[label]]
    if others:
        groups.append(Group(f"{len(rest)} other values", REST, tuple(others)))
    if members.get(""):
        groups.append(Group("without a value", REST, tuple(members[""])))
    return tuple(groups)


def mean_and_band(
    lines: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
    band: Literal["range", "sd"],
    *,
    log_x: bool = False,
    window: tuple[float, float] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return x, mean, low and high of several curves, each (x, value), read at common places.

    A run counts only between its own first and last finite point, so the mean of many ends with the longest.
    window: the part of x that is looked at, where the places stand closer.
    """
    import numpy as np  # noqa: PLC0415

    finite = [(x[known], y[known]) for x, y in lines if (known := np.isfinite(y)).any()]
    if not finite:
        nothing = np.empty(0)
        return nothing, nothing, nothing, nothing
    places = _places(np.unique(np.concatenate([x for x, _ in finite])), log_x=log_x)
    if window is not None:
        every = np.unique(np.concatenate([x[(x >= window[0]) & (x <= window[1])] for x, _ in finite]))
        outside = places[(places < window[0]) | (places > window[1])]
        places = np.unique(np.concatenate([outside, _places(every, log_x=log_x)]))
    read = np.stack([np.interp(places, x, y, left=np.nan, right=np.nan) for x, y in finite])
    there = ~np.isnan(read)
    count = there.sum(axis=0)
    places, read, count, there = places[count > 0], read[:, count > 0], count[count > 0], there[:, count > 0]
    mean = np.where(there, read, 0).sum(axis=0) / count
    if band == "range":
        return places, mean, np.nanmin(read, axis=0), np.nanmax(read, axis=0)
    spread = np.sqrt((np.where(there, read - mean, 0) ** 2).sum(axis=0) / np.maximum(count - 1, 1))
    return places, mean, mean - spread, mean + spread


def _places(every: NDArray[np.float64], *, log_x: bool) -> NDArray[np.float64]:
    """Choose where many curves are read: everywhere, or at even distances when that would be too often."""
    import numpy as np  # noqa: PLC0415

    if len(every) <= _GRID:
        return every
    positive = every[every > 0]
    if log_x and len(positive):
        return np.geomspace(positive[0], max(every[-1], positive[0]), _GRID)
    return np.linspace(every[0], every[-1], _GRID)
