"""Metric curves as a picture of our own, for the saved notebook: SVG that needs no script and no kernel."""

from __future__ import annotations

import math
from base64 import b64encode
from datetime import UTC
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from trackbook.views.comparison.plot_layout import INK
from trackbook.views.curves.look import AXES
from trackbook.views.curves.range import clipped_range
from trackbook.views.curves.strokes import strokes
from trackbook.views.literals import cut, one_line
from trackbook.views.numbers import clock, number
from trackbook.views.palette import REST, dash

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.views.curves.look import Look, Plot
    from trackbook.views.curves.strokes import Stroke

_WIDTH, _HEIGHT = 920, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 26, 38
_MOST_POINTS = 160
"""Of a line: one for each few pixels; a saved notebook is read and compared as text."""

_MOST_OTHERS = 40
"""Runs without a colour of their own that are drawn."""

_TICKS = 5
"""About as many on an axis."""


def curves_picture(plots: Sequence[Plot], look: Look) -> str:
    """Draw the plots side by side as an image element.

    An image, because JupyterLab and GitHub take `svg` elements out of notebooks they do not trust.
    """
    words = f"Curves of {', '.join(one_line(plot.metric) for plot in plots)}"
    encoded = b64encode(curves_svg(plots, look).encode()).decode()
    return f'<img alt="{escape(words)}" style="max-width:100%" src="data:image/svg+xml;base64,{encoded}">'


def curves_svg(plots: Sequence[Plot], look: Look) -> str:
    """Draw the plots side by side; everything users typed is escaped."""
    width = _WIDTH / max(1, len(plots))
    bodies = "".join(
        f'<g transform="translate({place * width:.1f} 0)">{_plot(plot, look, width)}</g>'
        for place, plot in enumerate(plots)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
        f' font-family="system-ui,sans-serif" font-size="11" fill="{INK}">{bodies}</svg>'
    )


def _plot(plot: Plot, look: Look, width: float) -> str:
    lines = strokes(plot, look)
    title = f'<text x="{_LEFT}" y="15" font-size="12" font-weight="600">{_text(plot.metric, 40)}</text>'
    ranges = _ranges(lines, look)
    if ranges is None:
        return f'{title}<text x="{_LEFT}" y="{_HEIGHT / 2}">nothing finite to draw</text>'
    x = _Scale(ranges[0], _LEFT, width - _RIGHT, log=look.log_x and look.x != "wall")
    y = _Scale(ranges[1], _HEIGHT - _BOTTOM, _TOP, log=look.log_y)
    drawn = "".join(_line(stroke, x, y) for stroke in lines)
    return title + _axes(x, y, look, width) + drawn


def _text(text: str, most: int) -> str:
    return escape(cut(one_line(text), most))


class _Scale:
    """From values to places on the picture."""

    def __init__(self, edges: tuple[float, float], start: float, end: float, *, log: bool) -> None:
        self.edges, self.log = edges, log
        self._start, self._end = start, end

    def places(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np  # noqa: PLC0415

        low, high = self.edges
        with np.errstate(divide="ignore", invalid="ignore"):
            known = np.log10(values) if self.log else values
        share = (known - low) / ((high - low) or 1.0)
        found: NDArray[np.float64] = self._start + np.clip(share, -0.2, 1.2) * (self._end - self._start)
        return found

    def ticks(self) -> list[tuple[float, float]]:
        """Round values at even distances, with their places; of a log axis decades, where there are two."""
        import numpy as np  # noqa: PLC0415

        low, high = self.edges
        step = _round_step((high - low) / _TICKS)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        even = np.arange(first, last + 1, dtype=np.float64) * step
        values: NDArray[np.float64] = 10**even if self.log else even
        return list(zip(values.tolist(), self.places(values).tolist(), strict=True))


def _round_step(about: float) -> float:
    """Return the 1, 2 or 5 of some power of ten that comes next."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= about * (1 - 1e-9))


def _ranges(lines: Sequence[Stroke], look: Look) -> tuple[tuple[float, float], tuple[float, float]] | None:
    ys = [edge for stroke in lines for edge in (stroke.y, stroke.low, stroke.high) if edge is not None]
    x = _range([stroke.x for stroke in lines], log=look.log_x and look.x != "wall")
    y = clipped_range(ys, log=look.log_y) if look.clip else _range(ys, log=look.log_y)
    return None if x is None or y is None else (x, y)


def _range(arrays: Sequence[NDArray[np.float64]], *, log: bool) -> tuple[float, float] | None:
    import numpy as np  # noqa: PLC0415

    values = np.concatenate(list(arrays)) if arrays else np.empty(0)
    values = values[np.isfinite(values)]
    values = np.log10(values[values > 0]) if log else values
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _axes(x: _Scale, y: _Scale, look: Look, width: float) -> str:
    grid = f'stroke="{INK}" stroke-opacity="0.25"'
    parts = []
    for value, place in y.ticks():
        parts.append(f'<path d="M{_LEFT} {place:.1f}H{width - _RIGHT:.1f}" {grid}/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{escape(number(value))}</text>')
    for value, place in x.ticks():
        words = clock(value, UTC)[5:] if look.x == "wall" else number(value)
        anchor = "end" if place > width - _RIGHT - 20 else "middle"
        low = _HEIGHT - _BOTTOM + 15
        parts.append(f'<text x="{place:.1f}" y="{low}" text-anchor="{anchor}">{escape(words)}</text>')
    middle = (_LEFT + width - _RIGHT) / 2
    parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(AXES[look.x])}</text>')
    return "".join(parts)


def _line(stroke: Stroke, x: _Scale, y: _Scale) -> str:
    band = _band(stroke, x, y)
    ends = [*stroke.starts[1:], len(stroke.x)] if stroke.runs else [len(stroke.x)]
    starts = stroke.starts or (0,)
    paths = "".join(
        _path(*_thinned(x.places(stroke.x[start:end]), y.places(stroke.y[start:end])))
        for start, end in list(zip(starts, ends, strict=True))[:_MOST_OTHERS]
    )
    if not paths:
        return band
    opacity = 0.3 if stroke.faint or stroke.colour == REST else 1
    dashed = ' stroke-dasharray="6 3"' if dash(stroke.colour) == "dash" else ""
    return (
        f'{band}<path d="{paths}" fill="none" stroke="{stroke.colour}" stroke-opacity="{opacity}"'
        f' stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"{dashed}/>'
    )


def _band(stroke: Stroke, x: _Scale, y: _Scale) -> str:
    import numpy as np  # noqa: PLC0415

    if stroke.low is None or stroke.high is None:
        return ""
    some = np.unique(np.linspace(0, len(stroke.x) - 1, _MOST_POINTS // 2).astype(int))
    across = np.concatenate([stroke.x[some], stroke.x[some][::-1]])
    edge = np.concatenate([stroke.high[some], stroke.low[some][::-1]])
    path = _path(x.places(across), y.places(edge))
    return f'<path d="{path}Z" fill="{stroke.colour}" fill-opacity="0.16"/>' if path else ""


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keep the lowest and highest of each stretch."""
    import numpy as np  # noqa: PLC0415

    if len(x) <= _MOST_POINTS:
        return x, y
    edges = np.linspace(0, len(x), _MOST_POINTS // 2 + 1).astype(int)
    low, high = np.where(np.isnan(y), np.inf, y), np.where(np.isnan(y), -np.inf, y)
    kept = [
        start + place
        for start, end in pairwise(edges.tolist())
        for place in sorted({int(low[start:end].argmin()), int(high[start:end].argmax())})
    ]
    return x[kept], y[kept]


def _path(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    words, pen = [], "M"
    for across, down in zip(x.tolist(), y.tolist(), strict=True):
        if not (math.isfinite(across) and math.isfinite(down)):
            pen = "M"
            continue
        words.append(f"{pen}{across:.1f} {down:.1f}")
        pen = "L"
    if len(words) == 1:  # one point alone is drawn as a dot
        words.append("h0.1")
    return "".join(words)
