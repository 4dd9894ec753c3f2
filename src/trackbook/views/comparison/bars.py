"""A metric by groups of runs: mean with its interval, or a box of all values."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from trackbook.errors import BadInput
from trackbook.tracking.comparison.replicates import find_replicates, is_seed
from trackbook.tracking.comparison.student import t_quantile
from trackbook.views.comparison.plot_layout import GRID, axis, layout
from trackbook.views.comparison.plot_text import hover_text, plot_text
from trackbook.views.comparison.variables import is_known, numbers_of, read_variable
from trackbook.views.numbers import count, number
from trackbook.views.palette import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

SEEDS = "seed replicates"
"""The group of runs that differ in nothing but a seed."""

RUNS = "each run"
MOST_GROUPS = 40
"""Bars that one can read side by side."""

Kind = Literal["bar", "point", "box"]


@dataclass(frozen=True, slots=True)
class Group:
    """The runs that share one bar."""

    name: str
    run_ids: tuple[str, ...]
    values: tuple[float, ...]
    """Finite values of the metric, one a run."""

    @property
    def mean(self) -> float:
        """Arithmetic mean."""
        return statistics.fmean(self.values)

    @property
    def half(self) -> float:
        """Half the width of the mean's 95 % interval, Student's t; NaN for a single run."""
        n = len(self.values)
        if n < 2:  # noqa: PLR2004 - one value has no spread
            return math.nan
        return t_quantile(0.975, n - 1) * statistics.stdev(self.values) / math.sqrt(n)


def has_replicates(frame: pd.DataFrame, metric: str) -> bool:
    """Tell whether any runs differ in nothing but a seed."""
    return any(is_seed(str(name)[7:]) for name in frame.columns if str(name).startswith("params.")) and any(
        group.n > 1 for group in find_replicates(frame, metric.removeprefix("metrics."))
    )


def groups_of(frame: pd.DataFrame, metric: str, by: str) -> list[Group]:
    """Group runs that have a finite value of the metric. by: SEEDS, RUNS or a column.

    Replicates are found as the leaderboard does: only finished runs, of equal seeds the newest one.
    """
    measured = numbers_of(frame, metric)
    ids = [str(run_id) for run_id in frame["run_id"]]
    values = {run_id: value for run_id, value in zip(ids, measured.data, strict=True) if is_known(value)}
    names = dict(zip(ids, map(str, frame["name"]), strict=True))
    if by == SEEDS:
        found = []
        for each in find_replicates(frame, metric.removeprefix("metrics.")):
            members = tuple(run_id for run_id in each.run_ids if run_id in values)
            if members:
                found.append(Group(each.name, members, tuple(values[run_id] for run_id in members)))
        return found
    if by == RUNS:
        return [Group(names[run_id], (run_id,), (value,)) for run_id, value in values.items()]
    variable = read_variable(frame, by)
    grouped: dict[Any, list[str]] = {}
    for run_id, value in zip(ids, variable.data, strict=True):
        if run_id in values:
            grouped.setdefault(value if is_known(value) else None, []).append(run_id)
    ordered = sorted((key for key in grouped if key is not None), key=lambda key: (isinstance(key, str), key))
    if variable.kind == "category":
        ordered = [key for key in variable.categories if key in grouped]
    keys = [*ordered, *([None] if None in grouped else [])]
    return [_group(key, grouped[key], values) for key in keys]


def _group(key: object, members: Sequence[str], values: Mapping[str, float]) -> Group:
    name = "missing" if key is None else number(key, 5) if isinstance(key, float) else str(key)
    return Group(name, tuple(members), tuple(values[run_id] for run_id in members))


def bars_figure(
    groups: Sequence[Group], metric: str, by: str, kind: Kind, colours: Mapping[str, str], better: str = ""
) -> tuple[dict[str, Any], str]:
    """Draw groups side by side; returns the figure, and a sentence about groups left out.

    Seeds and runs stand best first where it is known which way is up, and groups of a column by its values.
    """
    if not groups:
        raise BadInput(f"No run here has finished with a finite {metric}; choose another metric or group.")
    if by in (SEEDS, RUNS) and better:
        groups = sorted(groups, key=lambda group: group.mean if better == "lower" else -group.mean)
    shown = groups[:MOST_GROUPS]
    said = f"{MOST_GROUPS} of {count(len(groups), 'group')} are shown; a filter or another group makes them fewer."
    several = any(len(group.run_ids) > 1 for group in groups)
    whiskers = "mean and its 95 % interval (Student's t)" if several and kind != "box" else ""
    figure = {
        "data": [_box(group, place, colours) for place, group in enumerate(shown)]
        if kind == "box"
        else [_trace(shown, metric, kind, colours)],
        "layout": layout(
            xaxis=axis(by) | _ticks(shown),
            yaxis=axis(metric) | ({"rangemode": "tozero"} if kind == "bar" else {}),
            title={"text": whiskers, "font": {"size": 12}, "x": 0, "xref": "paper", "xanchor": "left"},
            bargap=0.3,
        ),
    }
    return figure, said if len(groups) > MOST_GROUPS else ""


def _ticks(groups: Sequence[Group]) -> dict[str, Any]:
    many = any(len(group.run_ids) > 1 for group in groups)
    names = [plot_text(group.name, 24) + (f"<br>n = {len(group.values)}" if many else "") for group in groups]
    return {"tickvals": list(range(len(groups))), "ticktext": names, "range": [-0.6, len(groups) - 0.4]}


def _colour(group: Group, colours: Mapping[str, str]) -> str:
    return colours.get(group.run_ids[0], COLOURS[0]) if len(group.run_ids) == 1 else COLOURS[0]


def _words(group: Group, metric: str) -> str:
    pairs = [(group.name, ""), (metric, number(group.mean, 5))]
    if not math.isnan(group.half):
        pairs += [("95 % interval", f"{number(group.mean - group.half, 5)} to {number(group.mean + group.half, 5)}")]
        pairs += [("standard deviation", number(statistics.stdev(group.values)))]
    return hover_text([*pairs, ("runs", str(len(group.values)))])


def _trace(groups: Sequence[Group], metric: str, kind: Kind, colours: Mapping[str, str]) -> dict[str, Any]:
    inks = [_colour(group, colours) for group in groups]
    halves = [None if math.isnan(group.half) else group.half for group in groups]
    found: dict[str, Any] = {
        "x": list(range(len(groups))),
        "y": [group.mean for group in groups],
        "hovertext": [_words(group, metric) for group in groups],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "error_y": {"type": "data", "array": halves, "visible": True, "color": "#8c8c8c", "thickness": 1.5},
    }
    if kind == "bar":
        return found | {"type": "bar", "marker": {"color": inks, "line": {"width": 0}}}
    return found | {"type": "scatter", "mode": "markers", "marker": {"color": inks, "size": 10}}


def _box(group: Group, place: int, colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "box",
        "name": plot_text(group.name, 24),
        "x": [place] * len(group.values),
        "y": list(group.values),
        "boxpoints": "all",
        "jitter": 0.4,
        "pointpos": 0,
        "marker": {"color": _colour(group, colours), "size": 5},
        "line": {"width": 1.5},
        "fillcolor": GRID,
    }


def groups_frame(groups: Sequence[Group]) -> pd.DataFrame:
    """One row a group: group, n, mean, low and high of the 95 % interval, run_ids."""
    import pandas as pd  # noqa: PLC0415

    rows = [
        (each.name, len(each.values), each.mean, each.mean - each.half, each.mean + each.half, list(each.run_ids))
        for each in groups
    ]
    return pd.DataFrame(rows, columns=["group", "n", "mean", "low", "high", "run_ids"])
