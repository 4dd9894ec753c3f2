"""What all figures of a comparison share: see-through paper, and ink that reads on light and on dark."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackbook.views.comparison.plot_text import plot_text
from trackbook.views.literals import literal
from trackbook.views.numbers import number
from trackbook.views.palette import shades

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.views.comparison.variables import Variable

INK = "#7a7a7a"
"""Text: at least 4.2 : 1 on JupyterLab's white and on its dark grey."""

GRID = "rgba(128,128,128,0.22)"
SEQUENTIAL = [[place / 8, colour] for place, colour in enumerate(shades(9))]
"""The middle of viridis: tells red-blind and green-blind eyes the order, and shows on light and on dark."""

DIVERGING = [[0.0, "#2166ac"], [0.25, "#92c5de"], [0.5, "#f7f7f7"], [0.75, "#f4a582"], [1.0, "#b2182b"]]
"""Blue for less, red for more, which every kind of eye tells apart (ColorBrewer's RdBu, turned round)."""

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")
"""A second sign beside the colour."""

_CLEAR = "rgba(0,0,0,0)"


def layout(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - plotly's JSON
    """Start a layout; more: what this figure adds or changes."""
    base: dict[str, Any] = {
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "font": {"color": INK, "size": 12},
        "margin": {"l": 60, "r": 20, "t": 40, "b": 50},
        "showlegend": False,
        "hovermode": "closest",
        "height": 420,
        "legend": {"font": {"color": INK}},
    }
    return base | more


def title(text: str) -> dict[str, Any]:
    """A figure's title; text: ours, with whatever users typed already through `plot_text`."""
    return {"text": text, "font": {"size": 13, "color": INK}, "x": 0, "xref": "paper", "xanchor": "left"}


def axis(name: str, variable: Variable | None = None, *, log: bool = False) -> dict[str, Any]:
    """An axis for a variable: logarithmic, of categories, of time or of plain numbers.

    Categories stand at 0, 1, … (see `places`), with their names as ticks, so that no two become one.
    """
    found: dict[str, Any] = {
        "title": {"text": plot_text(name, 60), "font": {"color": INK}},
        "type": "log" if log else "linear",
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "linecolor": GRID,
        "tickfont": {"color": INK},
        "automargin": True,
        "exponentformat": "power",
    }
    if variable is not None and variable.kind == "category":
        names = variable.categories
        step = max(1, math.ceil(len(names) / 40))  # more would not be readable
        found["tickvals"] = list(range(0, len(names), step))
        found["ticktext"] = [plot_text(each, 24) for each in names[::step]]
        found["range"] = [-0.6, len(names) - 0.4]
    elif variable is not None and variable.kind == "time":
        found["type"] = "date"
    elif log:
        found["dtick"] = 1 if variable is None or _decades(variable) > 1 else "D2"
    return found


def places(variable: Variable) -> list[float | str | None]:
    """Where each run stands on the axis: numbers, times as text, places of categories; None is nowhere."""
    if variable.kind == "category":
        at = {name: float(place) for place, name in enumerate(variable.categories)}
        return [None if value is None else at[value] for value in variable.data]
    finite = [value if math.isfinite(value) else None for value in variable.data]
    if variable.kind == "time":
        return [None if value is None else _moment(value) for value in finite]
    return list(finite)


def shown_value(variable: Variable, place: int) -> str:
    """Write one run's value for a hover or a table."""
    value = variable.data[place]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if variable.kind == "time":
        return _moment(value)
    return number(value, 5) if variable.kind == "number" else literal(value)


def colour_bar(name: str) -> dict[str, Any]:
    """A slim colour bar that says what it is of."""
    return {
        "title": {"text": plot_text(name, 30), "side": "right", "font": {"color": INK}},
        "thickness": 12,
        "outlinewidth": 0,
        "tickfont": {"color": INK},
    }


def note(text: str, y: float = 1.0) -> dict[str, Any]:
    """A remark above the plot, at its right; text: ours, users' words through `plot_text`."""
    return {
        "text": text, "xref": "paper", "yref": "paper", "x": 1, "y": y, "xanchor": "right", "yanchor": "bottom",
        "showarrow": False, "font": {"size": 11, "color": INK},
    }  # fmt: skip


def finite(values: Sequence[float]) -> list[float | None]:
    """Make JSON of floats: NaN and infinities are gaps."""
    return [float(value) if math.isfinite(value) else None for value in values]


def _decades(variable: Variable) -> float:
    known = [value for value in variable.known if value > 0]
    return math.log10(max(known) / min(known)) if known else 0.0


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%d %H:%M:%S")
