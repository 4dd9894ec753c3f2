"""Metric curves of several runs as plotly's JSON: small multiples that share their x."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.views.comparison.plot_layout import INK, axis, layout
from trackbook.views.comparison.plot_text import plot_text
from trackbook.views.curves.look import AXES
from trackbook.views.curves.range import clipped_range
from trackbook.views.curves.strokes import strokes
from trackbook.views.palette import REST, dash, see_through

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.store.curves import Along
    from trackbook.views.curves.look import Look, Plot
    from trackbook.views.curves.strokes import Stroke

_FEW = 30
"""Points of a run that are marked one by one."""

_GAP, _WIDE_GAP = 0.05, 0.07
"""Between plots, as a share of the figure; of more than two each is narrow, and its ticks are as long as ever."""

_MANY = 2
_MILLI = 1e3


def curves_figure(plots: Sequence[Plot], look: Look) -> dict[str, Any]:
    """Draw each metric in a plot of its own, side by side."""
    drawn = [strokes(plot, look) for plot in plots]
    data: list[dict[str, Any]] = []
    named: set[str] = set()
    for place, (plot, lines) in enumerate(zip(plots, drawn, strict=True), start=1):
        for stroke in lines:
            data += _traces(stroke, plot.metric, look, place, named=named)
    return {"data": data, "layout": _layout(plots, drawn, look)}


def _traces(stroke: Stroke, metric: str, look: Look, place: int, *, named: set[str]) -> list[dict[str, Any]]:
    number = "" if place == 1 else str(place)
    base: dict[str, Any] = {
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "name": plot_text(stroke.name),
        "legendgroup": stroke.key,
    }
    x = _shown_x(stroke.x, look.x)
    band = [] if stroke.low is None else [_band(stroke, x, base)]
    marked = not stroke.faint and len(stroke.x) <= _FEW
    line = {
        **base,
        "type": "scatter",  # WebGL takes three times as long where no graphics card helps, and a page has few of it
        "mode": "lines+markers" if marked else "lines",
        "x": x,
        "y": stroke.y,
        "line": {
            "color": _ink(stroke),
            "width": 1 if stroke.faint or stroke.colour == REST else 2,
            "dash": dash(stroke.colour),
        },
        "showlegend": not stroke.faint and stroke.key not in named,
        "hovertemplate": _hover(metric, look.x),
        "connectgaps": False,
    }
    if marked:
        line["marker"] = {"size": 5}
    if stroke.faint:
        line["hoverinfo"] = "skip"
        del line["hovertemplate"]
    if stroke.runs:
        line["meta"] = {"runs": list(stroke.runs), "starts": list(stroke.starts)}
    if not stroke.faint:
        named.add(stroke.key)
    return [*band, line]


def _ink(stroke: Stroke) -> str:
    if stroke.faint:
        return see_through(stroke.colour, 0.28)
    return see_through(REST, 0.35) if stroke.colour == REST and stroke.runs else stroke.colour


def _band(stroke: Stroke, x: NDArray[np.float64], base: dict[str, Any]) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415

    assert stroke.low is not None
    assert stroke.high is not None
    return {
        **base,
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([x, x[::-1]]),
        "y": np.concatenate([stroke.high, stroke.low[::-1]]),
        "fill": "toself",
        "fillcolor": see_through(stroke.colour, 0.16),
        "line": {"width": 0, "color": stroke.colour},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _hover(metric: str, along: Along) -> str:
    # A name is put in by plotly, and never read as part of the template.
    name = plot_text(metric).replace("%", "&#37;")
    x = "%{x|%Y-%m-%d %H:%M:%S}" if along == "wall" else "%{x}"
    unit = {"step": "step ", "wall": "", "relative": "second "}[along]
    return f"<b>%{{fullData.name}}</b><br>{unit}{x}<br>{name} %{{y:.5g}}<extra></extra>"


def _shown_x(x: NDArray[np.float64], along: Along) -> NDArray[np.float64]:
    return x * _MILLI if along == "wall" else x


def _layout(plots: Sequence[Plot], drawn: Sequence[list[Stroke]], look: Look) -> dict[str, Any]:
    axes: dict[str, Any] = {}
    titles = []
    gap = _GAP if len(plots) <= _MANY else _WIDE_GAP
    width = (1 - gap * (len(plots) - 1)) / max(1, len(plots))
    for place, (plot, lines) in enumerate(zip(plots, drawn, strict=True)):
        number = "" if place == 0 else str(place + 1)
        left = place * (width + gap)
        axes[f"xaxis{number}"] = _x_axis(look, number, [left, left + width], together=place > 0)
        axes[f"yaxis{number}"] = _y_axis(lines, look, number)
        titles.append(_title(plot.metric, left, most=16 + 48 // len(plots)))
    one = sum(not stroke.faint for stroke in drawn[0]) if drawn else 0
    grouped = bool(plots) and bool(plots[0].groups)
    return layout(
        **axes,
        annotations=titles,
        showlegend=bool(plots),
        legend=_legend(reverse=grouped),
        height=360 + 20 * min(3, one // 6),
        margin={"l": 50, "r": 12, "t": 34, "b": 44},
        hoverlabel={"namelength": -1},
        dragmode="zoom",
    )


def _legend(*, reverse: bool) -> dict[str, Any]:
    """Below the plots; a click hides a run in all of them. reverse: groups are drawn the last one first."""
    return {
        "orientation": "h", "x": 0, "y": -0.2, "yanchor": "top", "font": {"color": INK, "size": 12},
        "traceorder": "reversed" if reverse else "normal", "itemclick": "toggle", "itemdoubleclick": "toggleothers",
    }  # fmt: skip


def _title(metric: str, left: float, most: int) -> dict[str, Any]:
    return {
        "text": f"<b>{plot_text(metric, most)}</b>", "x": left, "y": 1.0, "xref": "paper", "yref": "paper",
        "xanchor": "left", "yanchor": "bottom", "yshift": 6, "showarrow": False, "font": {"size": 13, "color": INK},
    }  # fmt: skip


def _x_axis(look: Look, number: str, domain: list[float], *, together: bool) -> dict[str, Any]:
    found = axis(AXES[look.x], log=look.log_x and look.x != "wall")
    found |= {"domain": domain, "anchor": f"y{number}", "type": "date" if look.x == "wall" else found["type"]}
    found.pop("dtick", None)
    found["title"]["standoff"] = 6
    if together:
        found["matches"] = "x"
    if look.window is not None:
        found["range"] = _shown_window(look)
    return found


def _shown_window(look: Look) -> list[float]:
    import numpy as np  # noqa: PLC0415

    edges = _shown_x(np.array(look.window), look.x)
    if look.log_x and look.x != "wall":
        edges = np.log10(np.maximum(edges, 1e-12))
    return [float(edge) for edge in edges]


def _y_axis(lines: Sequence[Stroke], look: Look, number: str) -> dict[str, Any]:
    found = axis("", log=look.log_y)
    del found["title"]
    found.pop("dtick", None)
    found["anchor"] = f"x{number}"
    chosen = clipped_range([stroke.y for stroke in lines], log=look.log_y) if look.clip else None
    if chosen is not None:
        found["range"] = list(chosen)
    return found
