"""A metric over two params: a heat map of the values that were tried, or contours between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.plot_layout import INK, SEQUENTIAL, axis, colour_bar, finite, layout, shown_value
from trackbook.views.comparison.plot_text import hover_text, plot_text
from trackbook.views.comparison.scatter import is_logarithmic
from trackbook.views.comparison.variables import is_known, numbers_of, read_variable
from trackbook.views.numbers import count, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.views.comparison.variables import Variable

_MOST_VALUES = 25
"""Different values of a param that each get a row or column of the heat map; of more, ranges do."""

_RANGES = 15
_FINE = 48
"""Steps of the grid between the runs, each way."""

_FEWEST_RUNS = 6
"""For contours: below it they would be drawn out of nothing."""

_NEAR = 0.16
"""How far from a run, as a share of the plot's width, something is still known about the metric."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One param as places on an axis, in rows or columns."""

    places: list[float]
    """Of each run."""

    bins: list[int]
    """The row or column of each run."""

    names: list[str]
    """Of the rows or columns."""


def surface_figure(
    frame: pd.DataFrame, x: str, y: str, z: str, *, contour: bool, better: str = ""
) -> tuple[dict[str, Any], str]:
    """Draw a metric z over two params; returns the figure, and a sentence on how much of it is known.

    Heat map: each cell is the mean of the runs in it, and cells without a run stay empty. Contours: a mean of the
    runs nearby, weighted by a Gaussian, and blank where no run is near; the runs are drawn as points.
    """
    if x == y:
        raise BadInput(f"Both axes are {x}; choose another param for one of them.")
    across, up, measured = read_variable(frame, x), read_variable(frame, y), numbers_of(frame, z)
    kept = [p for p in range(len(frame)) if all(is_known(each.data[p]) for each in (across, up, measured))]
    if not kept:
        raise BadInput(f"No run has {x}, {y} and a finite {z}; choose other columns.")
    drawn = _contours if contour else _heat_map
    figure, known = drawn(frame, (across, up, measured), kept)
    figure["layout"]["title"] = {
        "text": known, "font": {"size": 12, "color": INK}, "x": 0, "xref": "paper", "xanchor": "left"
    }  # fmt: skip
    figure["data"].append(_best(frame, figure["data"][-1], kept, measured, better))
    left = len(frame) - len(kept)
    said = f"{count(left, 'run')} of {len(frame)} left out: without {x}, {y} or a finite {z}."
    return figure, said if left else ""


def _heat_map(
    frame: pd.DataFrame, variables: tuple[Variable, Variable, Variable], kept: Sequence[int]
) -> tuple[dict[str, Any], str]:
    across, up, measured = variables
    columns, rows = _binned(across, kept), _binned(up, kept)
    cells: dict[tuple[int, int], list[float]] = {}
    for row, column, place in zip(rows.bins, columns.bins, kept, strict=True):
        cells.setdefault((row, column), []).append(measured.data[place])
    wide, high = range(len(columns.names)), range(len(rows.names))
    means = [[_mean(cells.get((row, column))) for column in wide] for row in high]
    hovers = [[_cell(variables, rows, columns, cells, (row, column)) for column in wide] for row in high]
    heat = {
        "type": "heatmap", "x": list(wide), "y": list(high), "z": means, "text": hovers, "hoverongaps": True,
        "hovertemplate": "%{text}<extra></extra>", "colorscale": SEQUENTIAL, "colorbar": colour_bar(measured.name),
        "xgap": 2, "ygap": 2,
    }  # fmt: skip
    points = {"x": [float(at) for at in columns.bins], "y": [float(at) for at in rows.bins]}
    runs = _points(frame, variables, kept, points) | {"visible": False}
    figure = {
        "data": [heat, runs],
        "layout": layout(xaxis=_named(across.name, columns.names), yaxis=_named(up.name, rows.names)),
    }
    total = len(columns.names) * len(rows.names)
    empty = total - len(cells)
    left = f"; nothing is known in {empty} of {count(total, 'cell')} (left empty)" if empty else ""
    return figure, f"{count(len(kept), 'run')}, mean of each cell{left}"


def _contours(
    frame: pd.DataFrame, variables: tuple[Variable, Variable, Variable], kept: Sequence[int]
) -> tuple[dict[str, Any], str]:
    across, up, measured = variables
    for each in (across, up):
        if each.kind == "category":
            raise BadInput(f'{each.name} holds words, and contours need numbers; kind="heatmap" draws it.')
    if len(kept) < _FEWEST_RUNS:
        raise BadInput(
            f'{count(len(kept), "run")} are too few for contours, {_FEWEST_RUNS} the fewest; kind="heatmap" draws them.'
        )
    log_x, log_y = is_logarithmic(across, None), is_logarithmic(up, None)
    xs, ys = _scaled(across, kept, log=log_x), _scaled(up, kept, log=log_y)
    grid_x, grid_y = _even(xs), _even(ys)
    smooth, known = _smoothed(xs, ys, [measured.data[p] for p in kept], grid_x, grid_y)
    surface = {
        "type": "contour",
        "x": [10**at if log_x else at for at in grid_x],
        "y": [10**at if log_y else at for at in grid_y],
        "z": [finite(line) for line in smooth],
        "colorscale": SEQUENTIAL,
        "colorbar": colour_bar(measured.name),
        "connectgaps": False,
        "line": {"width": 0.5},
        "hovertemplate": f"{plot_text(across.name)} %{{x:.4~g}}<br>{plot_text(up.name)} %{{y:.4~g}}<br>"
        "about %{z:.4~g}<extra></extra>",
    }
    points = {"x": [across.data[p] for p in kept], "y": [up.data[p] for p in kept]}
    figure = {
        "data": [surface, _points(frame, variables, kept, points)],
        "layout": layout(
            xaxis=axis(across.name, across, log=log_x) | {"showgrid": False},
            yaxis=axis(up.name, up, log=log_y) | {"showgrid": False},
        ),
    }
    return figure, (
        f"{count(len(kept), 'run')} (points), smoothed between them; "
        f"blank where no run is near, {100 * (1 - known):.0f} % of the plane"
    )


def _smoothed(
    xs: NDArray[Any], ys: NDArray[Any], zs: Sequence[float], grid_x: NDArray[Any], grid_y: NDArray[Any]
) -> tuple[list[list[float]], float]:
    """Average the runs round each point of a grid; NaN where none is near. Also the share that is known.

    Source: the kernel regression of Nadaraya and of Watson (1964), both axes scaled to 0 … 1.
    """
    import numpy as np  # noqa: PLC0415

    def unit(values: NDArray[Any], among: NDArray[Any]) -> NDArray[Any]:
        return np.asarray((values - among.min()) / ((among.max() - among.min()) or 1.0))

    far_x = unit(grid_x, grid_x)[None, :, None] - unit(xs, grid_x)[None, None, :]
    far_y = unit(grid_y, grid_y)[:, None, None] - unit(ys, grid_y)[None, None, :]
    squared = far_x**2 + far_y**2
    weights = np.exp(-squared / (2 * (_NEAR / 2.5) ** 2))
    near = np.sqrt(squared.min(axis=2)) <= _NEAR
    totals = weights.sum(axis=2)
    means = (weights @ np.asarray(zs, dtype=float)) / np.where(totals > 0, totals, 1.0)
    means[~near] = math.nan
    return means.tolist(), float(near.mean())


def _scaled(variable: Variable, kept: Sequence[int], *, log: bool) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    values = np.array([variable.data[p] for p in kept], dtype=float)
    return np.log10(values) if log else values


def _even(values: NDArray[Any]) -> NDArray[Any]:
    """Place a grid over the values and a little beyond."""
    import numpy as np  # noqa: PLC0415

    low, high = float(values.min()), float(values.max())
    room = (high - low) * 0.04 or abs(low) * 0.1 or 1.0
    return np.linspace(low - room, high + room, _FINE)


def _binned(variable: Variable, kept: Sequence[int]) -> _Side:
    values = [variable.data[p] for p in kept]
    if variable.kind == "category":
        names = [name for name in variable.categories if name in set(values)]
        return _Side([], [names.index(value) for value in values], names)
    different = sorted(set(values))
    if len(different) <= _MOST_VALUES:
        at = {value: place for place, value in enumerate(different)}
        names = [shown_value(variable, variable.data.index(value)) for value in different]
        return _Side(values, [at[value] for value in values], names)
    log = variable.spans_decades
    places = [math.log10(value) if log else value for value in values]
    low, high = min(places), max(places)
    ends = [low + (high - low) * step / _RANGES for step in range(_RANGES + 1)]
    bins = [min(_RANGES - 1, int((place - low) / (high - low) * _RANGES)) for place in places]
    shown = [number(10**end if log else end, 3) for end in ends]
    return _Side(values, bins, [f"{shown[step]} – {shown[step + 1]}" for step in range(_RANGES)])


def _named(name: str, names: Sequence[str]) -> dict[str, Any]:
    ticks = {"tickvals": list(range(len(names))), "ticktext": [plot_text(each, 24) for each in names]}
    return axis(name) | ticks | {"showgrid": False, "zeroline": False}


def _mean(values: Sequence[float] | None) -> float | None:
    return sum(values) / len(values) if values else None


def _cell(
    variables: tuple[Variable, Variable, Variable],
    rows: _Side,
    columns: _Side,
    cells: dict[tuple[int, int], list[float]],
    at: tuple[int, int],
) -> str:
    across, up, measured = variables
    values = cells.get(at)
    pairs = [(across.name, columns.names[at[1]]), (up.name, rows.names[at[0]])]
    if not values:
        return hover_text([*pairs, ("no run", "")])
    spread = f" ({number(min(values))} to {number(max(values))})" if len(values) > 1 else ""
    mean = sum(values) / len(values)
    return hover_text([*pairs, (measured.name, f"{number(mean, 5)}{spread}"), ("runs", str(len(values)))])


def _points(
    frame: pd.DataFrame,
    variables: tuple[Variable, Variable, Variable],
    kept: Sequence[int],
    points: dict[str, list[float]],
) -> dict[str, Any]:
    texts = [
        hover_text([(str(frame["name"].iloc[p]), ""), *((each.name, shown_value(each, p)) for each in variables)])
        for p in kept
    ]
    return {
        "type": "scatter", "mode": "markers", **points, "text": texts, "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": "#ffffff", "size": 6, "line": {"width": 1, "color": "#444444"}}, "showlegend": False,
    }  # fmt: skip


def _best(
    frame: pd.DataFrame, points: dict[str, Any], kept: Sequence[int], measured: Variable, better: str
) -> dict[str, Any]:
    """Mark the best run, where it is known which way is up; else nothing is marked."""
    values = [measured.data[p] for p in kept]
    place = values.index(min(values) if better == "lower" else max(values))
    text = hover_text([("best", str(frame["name"].iloc[kept[place]])), (measured.name, number(values[place], 5))])
    return {
        "type": "scatter", "mode": "markers", "x": [points["x"][place]], "y": [points["y"][place]], "text": [text],
        "hovertemplate": "%{text}<extra></extra>", "visible": bool(better), "showlegend": False,
        "marker": {"symbol": "star", "size": 14, "color": "#d55e00", "line": {"width": 1, "color": "#ffffff"}},
    }  # fmt: skip
