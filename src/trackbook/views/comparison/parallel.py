"""Parallel coordinates: one line a run, one axis a column, a brush on every axis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.plot_layout import INK, SEQUENTIAL, colour_bar, finite, layout
from trackbook.views.comparison.plot_text import plot_text
from trackbook.views.comparison.variables import is_known, metric_names, param_names, read_variable, varying
from trackbook.views.literals import cut, literal
from trackbook.views.numbers import count
from trackbook.views.scales import category_colours, steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from trackbook.views.comparison.variables import Variable

MOST_AXES = 12
"""Axes shown unless more are asked for; beyond, nobody follows a line."""

_METRICS = 3
_FEW_VALUES = 8
"""Different values of an axis that are written at their places: whole numbers, and those over decades."""

_MISSING = "–"


def default_axes(frame: pd.DataFrame) -> list[str]:
    """Choose what to look at first: params that differ, those of most runs first, then the first metrics that do.

    An axis that would leave out more than half of the runs, because they lack its number, is not among them.
    """
    kept = set(range(len(frame)))
    chosen: dict[str, list[str]] = {"metrics": [], "params": []}
    for kind, names in (("metrics", metric_names(frame)), ("params", param_names(frame))):
        most = _METRICS if kind == "metrics" else MOST_AXES - len(chosen["metrics"])
        for name in varying(frame, names):
            variable = read_variable(frame, name)
            left = {place for place in kept if _has_place(variable, place)}
            if len(chosen[kind]) < most and 2 * len(left) >= len(frame):
                kept = left
                chosen[kind].append(name)
    return [*chosen["params"], *chosen["metrics"]]


def parallel_figure(
    frame: pd.DataFrame, columns: Sequence[str], colour: str, colours: Mapping[str, str]
) -> tuple[dict[str, Any], str]:
    """Draw runs as lines; returns the figure, and a sentence about runs that it leaves out.

    columns: one axis each, in this order; numbers over decades are logarithmic. colour: a column;
    empty colours each run as everywhere else. A run that lacks a number of an axis has no place on it and is left
    out; that it lacks a word is a value like others.
    """
    if not columns:
        raise BadInput("These runs differ in no param and no metric; add an axis, or compare other runs.")
    variables = [read_variable(frame, name) for name in columns]
    shade = read_variable(frame, colour) if colour else None
    numeric = [*variables, *([shade] if shade else [])]
    kept = [place for place in range(len(frame)) if all(_has_place(each, place) for each in numeric)]
    if not kept:
        raise BadInput(f"No run has a number for each of {', '.join(columns)}; take an axis away.")
    line = _line(frame, shade, kept, colours)
    trace = {
        "type": "parcoords",
        "ids": [str(frame["run_id"].iloc[place]) for place in kept],
        "dimensions": [_dimension(each, kept) for each in variables],
        "line": line,
        "labelfont": {"color": INK, "size": 12},
        "tickfont": {"color": INK, "size": 11, "shadow": "none"},
        "rangefont": {"color": "rgba(0,0,0,0)", "size": 10},  # the ends repeat the outer ticks
        "labelangle": -14 if len(columns) > 6 else 0,  # noqa: PLR2004 - long names would overlap
        "unselected": {"line": {"color": "#8c8c8c", "opacity": 0.12}},
    }
    top = 90 if trace["labelangle"] else 54
    figure = {"data": [trace], "layout": layout(height=440, margin={"l": 80, "r": 60, "t": top, "b": 30})}
    left = len(frame) - len(kept)
    said = "" if not left else f"{count(left, 'run')} of {len(frame)} left out: without a number on one of these axes."
    return figure, said


def _has_place(variable: Variable, place: int) -> bool:
    return variable.kind == "category" or is_known(variable.data[place])


def _dimension(variable: Variable, kept: Sequence[int]) -> dict[str, Any]:
    named = {"name": variable.name, "label": plot_text(variable.name.partition(".")[2] or variable.name, 28)}
    values = [variable.data[place] for place in kept]
    if variable.kind == "category":
        words = [_MISSING if value is None else str(value) for value in values]
        names = [name for name in (_MISSING, *variable.categories) if name in set(words)]
        return named | _named_ticks([float(names.index(word)) for word in words], names)
    if variable.spans_decades:
        return named | _logarithmic(values, named["label"])
    if variable.kind == "number" and _few_whole(values):
        return named | {"values": values, **_at_values(sorted(set(values)), sorted(set(values)))} | _wide_enough(values)
    return named | {"values": finite(values), "tickformat": ".4~g"} | _wide_enough(values)


def _few_whole(values: Sequence[float]) -> bool:
    """Tell whether an axis is better marked at its values: nobody has a depth of 2.5."""
    return len(set(values)) <= _FEW_VALUES and all(value == int(value) for value in values)


def _logarithmic(values: Sequence[float], label: str) -> dict[str, Any]:
    logs = [math.log10(value) for value in values]
    different = sorted(set(values))
    if len(different) <= _FEW_VALUES:
        return {"values": logs, **_at_values([math.log10(value) for value in different], different)}
    return {"label": f"{label} (log₁₀)", "values": logs, "tickformat": ".3~g"} | _wide_enough(logs)


def _at_values(places: Sequence[float], values: Sequence[float]) -> dict[str, Any]:
    texts = [literal(int(value) if value == int(value) else value) for value in values]
    return {"tickvals": list(places), "ticktext": _unique(texts)}


def _named_ticks(values: list[float], names: Sequence[str]) -> dict[str, Any]:
    ticks = [float(place) for place in range(len(names))]
    span = {"range": [-0.5, 0.5]} if len(names) == 1 else {}
    return {"values": values, "tickvals": ticks, "ticktext": _unique([cut(name, 18) for name in names])} | span


def _unique(texts: Sequence[str]) -> list[str]:
    """Number equal texts: plotly would lay ticks of one text upon one another."""
    seen: dict[str, int] = {}
    found = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return found


def _wide_enough(values: Sequence[float]) -> dict[str, Any]:
    """Give an axis of one value some room; of one value plotly draws none."""
    low, high = min(values), max(values)
    return {} if low < high else {"range": [low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2]}


def _line(
    frame: pd.DataFrame, shade: Variable | None, kept: Sequence[int], colours: Mapping[str, str]
) -> dict[str, Any]:
    if shade is None:
        own = [colours.get(str(frame["run_id"].iloc[place]), INK) for place in kept]
        different = list(dict.fromkeys(own))
        return {"color": [float(different.index(each)) for each in own], "showscale": False} | steps(different)
    if shade.kind == "category":
        lacking = any(shade.data[p] is None for p in kept)
        names = [*([_MISSING] if lacking else []), *shade.categories]
        at = [float(names.index(_MISSING if shade.data[p] is None else str(shade.data[p]))) for p in kept]
        ticks = {"tickvals": list(range(len(names))), "ticktext": [plot_text(name, 20) for name in names]}
        bar = {"showscale": True, "colorbar": colour_bar(shade.name) | ticks}
        return {"color": at} | bar | steps([*([INK] if lacking else []), *category_colours(len(shade.categories))])
    values = [shade.data[place] for place in kept]
    return {
        "color": finite(values),
        "colorscale": SEQUENTIAL,
        "showscale": True,
        "colorbar": colour_bar(shade.name),
    }
