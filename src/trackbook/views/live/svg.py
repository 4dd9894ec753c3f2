"""One chart of a live panel as SVG that needs nothing else."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from trackbook.views.literals import cut, one_line
from trackbook.views.numbers import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.views.live.band import Band
    from trackbook.views.live.charts import LiveSeries
    from trackbook.views.live.curve import LiveCurve

WIDTH, HEIGHT = 340, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 24, 20
_MOST_PLACES = 120
"""Columns of a line; each has a lowest and a highest point at most."""

_NAME = 18


def chart_svg(
    chart: str, series: Sequence[LiveSeries], curves: Mapping[str, LiveCurve], bands: Mapping[str, Band]
) -> str:
    """Draw one chart; everything a user typed is escaped."""
    lines = {each.name: _finite(*curves[each.name].points()) for each in series if each.name in curves}
    shown = {name: line for name, line in lines.items() if len(line[0])}
    box = _box(list(shown.values()), [bands[name] for name in shown if name in bands])
    parts = [_legend(series, curves)]
    if box is None:
        parts.append(f'<text x="{_LEFT}" y="{HEIGHT // 2}" style="{_QUIET}">only NaN so far</text>')
    else:
        parts += [_axes(box), *(_area(bands[name], box) for name in shown if name in bands)]
        parts += [_line(*shown[each.name], each, box) for each in series if each.name in shown]
    label = escape(f"{cut(one_line(chart))} over step", quote=True)
    return (
        f'<svg role="img" aria-label="{label}" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'style="font-size:11px;overflow:visible">{"".join(parts)}</svg>'
    )


_QUIET = "fill:var(--tb-quiet)"
Box = tuple[float, float, float, float]


def _finite(steps: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np  # noqa: PLC0415

    good = np.isfinite(values)
    return steps[good], values[good]


def _box(lines: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], bands: Sequence[Band]) -> Box | None:
    """Return the range of steps and of values; None without a point. A band reaches no further than the curves do."""
    if not lines:
        return None
    left, right = min(float(steps.min()) for steps, _ in lines), max(float(steps.max()) for steps, _ in lines)
    low, high = min(float(values.min()) for _, values in lines), max(float(values.max()) for _, values in lines)
    for steps, lows, highs in bands:
        there = (steps >= left) & (steps <= right)
        if there.any():
            low, high = min(low, float(lows[there].min())), max(high, float(highs[there].max()))
    if right == left:
        left, right = left - 0.5, right + 0.5
    spread = high - low or abs(high) or 1.0
    return left, right, low - 0.04 * spread, high + 0.04 * spread


def _at(step: float, value: float, box: Box) -> tuple[float, float]:
    left, right, low, high = box
    x = _LEFT + (step - left) / (right - left) * (WIDTH - _LEFT - _RIGHT)
    y = HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)
    return x, y


def _path(points: Sequence[tuple[float, float]], box: Box) -> str:
    return " ".join("{:.1f},{:.1f}".format(*_at(step, value, box)) for step, value in points)


def _line(steps: NDArray[np.float64], values: NDArray[np.float64], series: LiveSeries, box: Box) -> str:
    points = _thin(steps, values)
    title = f"<title>{escape(cut(one_line(series.name)))}</title>"
    if len(points) == 1:
        x, y = _at(*points[0], box)
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" style="fill:{series.colour}">{title}</circle>'
    style = f"fill:none;stroke:{series.colour};stroke-width:1.5;stroke-linejoin:round"
    return f'<polyline points="{_path(points, box)}" style="{style}">{title}</polyline>'


def _thin(steps: NDArray[np.float64], values: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Keep the lowest and the highest of each stretch, in their order, where there are too many."""
    count = len(values)
    if count <= 2 * _MOST_PLACES:
        return list(zip(steps.tolist(), values.tolist(), strict=True))
    places: list[int] = []
    for place in range(_MOST_PLACES):
        start, end = place * count // _MOST_PLACES, (place + 1) * count // _MOST_PLACES
        part = values[start:end]
        places += sorted({start + int(part.argmin()), start + int(part.argmax())})
    return [(float(steps[place]), float(values[place])) for place in places]


def _area(band: Band, box: Box) -> str:
    import numpy as np  # noqa: PLC0415

    steps, low, high = band
    there = (steps >= box[0]) & (steps <= box[1])
    if there.sum() < 2:  # noqa: PLR2004 - a point has no area
        return ""
    steps, low, high = steps[there], low[there], high[there]
    around = np.column_stack([np.r_[steps, steps[::-1]], np.r_[high, low[::-1]]]).tolist()
    return (
        f'<polygon points="{_path([tuple(each) for each in around], box)}" style="fill:currentColor;opacity:.12">'
        "<title>the best earlier runs at the same step</title></polygon>"
    )


def _axes(box: Box) -> str:
    left, right, low, high = box
    bottom = HEIGHT - _BOTTOM
    frame = f"M{_LEFT},{_TOP}V{bottom}H{WIDTH - _RIGHT}"
    parts = [f'<path d="{frame}" style="fill:none;stroke:var(--tb-edge)"/>']
    margin = 0.04 / 1.08 * (high - low)
    for value in (low + margin, high - margin):
        _, y = _at(left, value, box)
        parts.append(f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end" style="{_QUIET}">{number(value)}</text>')
    ends = (("start", _LEFT, left), ("end", WIDTH - _RIGHT, right))
    for anchor, x, step in ends:
        shown = number(math.ceil(step) if anchor == "start" else math.floor(step))
        parts.append(f'<text x="{x}" y="{HEIGHT - 5}" text-anchor="{anchor}" style="{_QUIET}">{shown}</text>')
    return "".join(parts)


def _legend(series: Sequence[LiveSeries], curves: Mapping[str, LiveCurve]) -> str:
    """Names and newest values, each in front of its colour."""
    pieces = []
    for each in series:
        if each.name in curves:
            words = f"{cut(one_line(each.name), _NAME)} {number(curves[each.name].last)}"
            pieces.append(f'<tspan style="fill:{each.colour}">● </tspan><tspan>{escape(words)}\u2003</tspan>')
    return f'<text x="4" y="13" style="fill:var(--tb-text)">{"".join(pieces)}</text>'
