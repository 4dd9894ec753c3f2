"""Scatter and bubble: runs as points over any two columns, sized and coloured by two more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.plot_layout import INK, SEQUENTIAL, axis, colour_bar, layout, note, places, shown_value
from trackbook.views.comparison.plot_text import hover_text, plot_text
from trackbook.views.comparison.variables import is_known, numbers_of, read_variable
from trackbook.views.numbers import count, number
from trackbook.views.scales import category_colours, category_symbols

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from trackbook.views.comparison.variables import Variable

_MANY = 2_000
"""Points from which the graphics card draws."""

_MOST_NAMES = 12
"""Categories with a colour and a line in the legend each; the rest shares one."""

_SMALLEST, _LARGEST = 7.0, 34.0
"""Diameters of bubbles, in pixels; their areas grow with the value."""


def scatter_figure(
    frame: pd.DataFrame,
    x: str,
    y: str,
    colours: Mapping[str, str],
    *,
    size: str = "",
    colour: str = "",
    log_x: bool | None = None,
    log_y: bool | None = None,
) -> tuple[dict[str, Any], str]:
    """Draw runs as points; returns the figure, and a sentence about runs that have no place in it.

    size, colour: columns, or empty for one size and each run's own colour. log_x, log_y: None is by the values:
    logarithmic where they span decades.
    """
    across, up = read_variable(frame, x), read_variable(frame, y)
    bubble = numbers_of(frame, size) if size else None
    shade = read_variable(frame, colour) if colour else None
    log_x, log_y = is_logarithmic(across, log_x), is_logarithmic(up, log_y)
    kept = [
        place
        for place in range(len(frame))
        if _drawable(across, place, log=log_x)
        and _drawable(up, place, log=log_y)
        and (bubble is None or is_known(bubble.data[place]))
    ]
    if not kept:
        raise BadInput(f"No run has both {x} and {y}; choose other columns.")
    shown = [each for each in (across, up, bubble, shade) if each is not None]
    points: dict[str, list[Any]] = {
        "x": places(across),
        "y": places(up),
        "text": [_hover(frame, shown, place) for place in range(len(frame))],
        "size": _sizes(bubble, len(frame)),
    }
    figure = {
        "data": _traces(frame, points, kept, shade, colours),
        "layout": layout(
            xaxis=axis(x, across, log=log_x),
            yaxis=axis(y, up, log=log_y),
            showlegend=shade is not None and shade.kind == "category",
            annotations=_said_of(bubble),
        ),
    }
    left = len(frame) - len(kept)
    said = f"{count(left, 'run')} of {len(frame)} left out: without {x}, {y} or the size, or without its logarithm."
    return figure, said if left else ""


def is_logarithmic(variable: Variable, asked: bool | None) -> bool:  # noqa: FBT001 - None, True or False
    """Decide on an axis: as asked where it can be, else where the values span decades."""
    return variable.can_be_logarithmic and (variable.spans_decades if asked is None else asked)


def _drawable(variable: Variable, place: int, *, log: bool) -> bool:
    value = variable.data[place]
    return is_known(value) and (not log or value > 0)


def _hover(frame: pd.DataFrame, variables: Sequence[Variable], place: int) -> str:
    pairs = [(str(frame["name"].iloc[place]), "")]
    pairs += [(each.name, shown_value(each, place)) for each in dict.fromkeys(variables)]
    return hover_text(pairs)


def _sizes(bubble: Variable | None, amount: int) -> list[float]:
    if bubble is None:
        return [9.0] * amount
    low, high = min(bubble.known), max(bubble.known)
    span = (high - low) or 1.0
    shares = [(value - low) / span if is_known(value) else 0.0 for value in bubble.data]
    return [(_SMALLEST**2 + share * (_LARGEST**2 - _SMALLEST**2)) ** 0.5 for share in shares]


def _said_of(bubble: Variable | None) -> list[dict[str, Any]]:
    if bubble is None:
        return []
    low, high = number(min(bubble.known)), number(max(bubble.known))
    return [note(f"area: {plot_text(bubble.name)}, {low} to {high}")]


def _traces(
    frame: pd.DataFrame,
    points: Mapping[str, list[Any]],
    kept: Sequence[int],
    shade: Variable | None,
    colours: Mapping[str, str],
) -> list[dict[str, Any]]:
    kind = "scattergl" if len(kept) > _MANY else "scatter"
    if shade is not None and shade.kind == "category":
        return _by_category(points, kept, shade, kind)
    if shade is not None:
        known = [place for place in kept if is_known(shade.data[place])]
        rest = [place for place in kept if not is_known(shade.data[place])]
        scaled = {
            "color": [shade.data[place] for place in known],
            "colorscale": SEQUENTIAL,
            "showscale": True,
            "colorbar": colour_bar(shade.name),
        }
        found = [_trace(points, known, kind, scaled)] if known else []
        return found + ([_trace(points, rest, kind, {"color": INK, "symbol": "x"})] if rest else [])
    ids = [str(run_id) for run_id in frame["run_id"]]
    return [_trace(points, kept, kind, {"color": [colours.get(ids[place], INK) for place in kept]})]


def _by_category(
    points: Mapping[str, list[Any]], kept: Sequence[int], shade: Variable, kind: str
) -> list[dict[str, Any]]:
    often = sorted(shade.categories, key=lambda name: -shade.data.count(name))
    named = [name for name in shade.categories if name in set(often[:_MOST_NAMES])]
    traces = []
    signs = zip(named, category_colours(len(named)), category_symbols(len(named)), strict=True)
    for name, colour, symbol in signs:
        members = [place for place in kept if shade.data[place] == name]
        traces.append(_trace(points, members, kind, {"color": colour, "symbol": symbol}) | {"name": plot_text(name)})
    rest = [place for place in kept if shade.data[place] not in set(named)]
    if rest:
        traces.append(_trace(points, rest, kind, {"color": INK, "opacity": 0.5}) | {"name": "other or missing"})
    return traces


def _trace(
    points: Mapping[str, list[Any]], members: Sequence[int], kind: str, marker: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": kind,
        "mode": "markers",
        "x": [points["x"][place] for place in members],
        "y": [points["y"][place] for place in members],
        "text": [points["text"][place] for place in members],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": [points["size"][place] for place in members],
            "opacity": 0.85,
            "line": {"width": 0.5, "color": "rgba(128,128,128,0.6)"},
            **marker,
        },
    }
