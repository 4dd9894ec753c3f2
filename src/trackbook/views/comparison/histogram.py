"""How one column is spread over the runs, split by another one."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.plot_layout import axis, layout, shown_value
from trackbook.views.comparison.plot_text import hover_text, plot_text
from trackbook.views.comparison.scatter import is_logarithmic
from trackbook.views.comparison.variables import is_known, natural, read_variable
from trackbook.views.numbers import clock, count, number
from trackbook.views.scales import category_colours

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from trackbook.views.comparison.variables import Variable

_MOST_GROUPS = 6
_REST = "other or missing"


def histogram_figure(
    frame: pd.DataFrame, column: str, bins: int = 20, by: str = "", *, log: bool | None = None
) -> tuple[dict[str, Any], str]:
    """Count runs in bins of a column; returns the figure, and a sentence about runs left out.

    by: a column whose values get a colour each, stacked. log: bins of equal ratio instead of equal width; None
    is by the values. Words are counted each.
    """
    variable = read_variable(frame, column)
    if not variable.known:
        raise BadInput(f"{column} is missing, NaN or infinite in all of these runs; choose another column.")
    log = is_logarithmic(variable, log)
    kept = [p for p, value in enumerate(variable.data) if is_known(value) and (not log or value > 0)]
    at = _places(variable, kept, log=log)
    words = variable.kind == "category"
    edges = [place - 0.5 for place in range(len(variable.categories) + 1)] if words else bin_edges(at.values(), bins)
    names = variable.categories if words else _bin_names(variable, edges, log=log)
    groups = _groups(frame, by, kept)
    traces = [
        _bars([at[place] for place in members], edges, names)
        | {"name": plot_text(name), "marker": {"color": colour, "line": {"width": 0}}}
        for (name, members), colour in zip(groups, category_colours(len(groups)), strict=True)
    ]
    across = axis(column, variable) if words else axis(column) | _ticks(variable, edges, log=log)
    figure = {
        "data": traces,
        "layout": layout(
            barmode="stack", showlegend=bool(by), xaxis=across, yaxis=axis("runs") | {"rangemode": "tozero"}
        ),
    }
    left = len(frame) - len(kept)
    return figure, f"{count(left, 'run')} of {len(frame)} left out: without a value of {column}." if left else ""


def bin_edges(places: Iterable[float], bins: int) -> list[float]:
    """Part the range of some places into bins of equal width; of one place make one bin round it."""
    known = list(places)
    low, high = min(known), max(known)
    if low == high:
        room = (abs(low) or 1.0) * 0.05
        return [low - room, high + room]
    return [*(low + (high - low) * step / bins for step in range(bins)), high]


def _places(variable: Variable, kept: Sequence[int], *, log: bool) -> dict[int, float]:
    if variable.kind == "category":
        at = {name: float(place) for place, name in enumerate(variable.categories)}
        return {p: at[variable.data[p]] for p in kept}
    return {p: math.log10(variable.data[p]) if log else variable.data[p] for p in kept}


def _groups(frame: pd.DataFrame, by: str, kept: Sequence[int]) -> list[tuple[str, list[int]]]:
    if not by:
        return [("runs", list(kept))]
    variable = read_variable(frame, by)
    names = [shown_value(variable, place) for place in range(len(frame))]
    tally = Counter(names[place] for place in kept)
    often = {name for name, _ in tally.most_common(_MOST_GROUPS)}
    ordered = [name for name in dict.fromkeys(sorted(names, key=natural)) if name in often]
    shown = [(name, [place for place in kept if names[place] == name]) for name in ordered]
    rest = [place for place in kept if names[place] not in often]
    return [*shown, *([(_REST, rest)] if rest else [])]


def _bars(places: Sequence[float], edges: Sequence[float], names: Sequence[str]) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415

    counts = [int(amount) for amount in np.histogram(places, bins=np.array(edges))[0]]
    pairs = itertools.pairwise(edges)
    gap = 0.2 if len(names) and edges[0] == -0.5 else 0.06  # noqa: PLR2004 - words stand apart
    return {
        "type": "bar",
        "x": [(low + high) / 2 for low, high in itertools.pairwise(edges)],
        "width": [(high - low) * (1 - gap) for low, high in pairs],
        "y": counts,
        "hovertext": [hover_text([(name, ""), ("runs", str(n))]) for name, n in zip(names, counts, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _bin_names(variable: Variable, edges: Sequence[float], *, log: bool) -> list[str]:
    ends = [_shown(variable, edge, log=log) for edge in edges]
    return [f"{low} to {high}" for low, high in itertools.pairwise(ends)]


def _shown(variable: Variable, edge: float, *, log: bool) -> str:
    if variable.kind == "time":
        return clock(edge, UTC)
    return number(10**edge if log else edge, 4)


def _ticks(variable: Variable, edges: Sequence[float], *, log: bool) -> dict[str, Any]:
    """Write values where the axis holds logarithms or seconds."""
    if not log and variable.kind != "time":
        return {}
    low, high = edges[0], edges[-1]
    decades = [float(power) for power in range(math.ceil(low), math.floor(high) + 1)]
    ticks = decades if log and len(decades) > 1 else [low + (high - low) * part / 3 for part in range(4)]
    return {"tickvals": ticks, "ticktext": [_shown(variable, tick, log=log) for tick in ticks]}
