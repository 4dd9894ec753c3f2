"""Metric curves: over steps or time, evened out, one colour a run or a group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import ipywidgets

from trackbook.errors import BadInput
from trackbook.meaning import default_better
from trackbook.store.curves import longest_series, metric_curves
from trackbook.views.comparison.variables import metric_names, param_names, variable_names, varying
from trackbook.views.curves.facts import curve_notice, curves_frame
from trackbook.views.curves.figure import curves_figure
from trackbook.views.curves.groups import group_runs
from trackbook.views.curves.look import MOST_PLOTS, Look, Plot
from trackbook.views.curves.svg import curves_picture
from trackbook.views.curves.zoom import joined, too_coarse
from trackbook.views.palette import REST
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, tick
from trackbook.widgets.comparison.metric_picker import MetricPicker
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.store.curves import Curve
    from trackbook.widgets.comparison.tab import ChosenRuns

_COLOURED, _GREY = 30_000, 20_000
"""Points that are drawn of all runs with a colour of their own, and of all others; with more a page is slow."""

_READ_COLOURED, _READ_GREY = 150_000, 200_000
"""Points that are read of them and stay here, so that a reader who looks closer need not wait for the store, and
evening out knows all of a curve. Of all runs together when the means of groups are made of them."""

_MOST_A_RUN = 2_000
"""Points that one run is drawn with: two for each pixel."""

_MILLI = 1e3
_STYLE = {"description_width": "initial"}


@dataclass(frozen=True, slots=True)
class _Part:
    """Runs of which equally many points are read."""

    run_ids: tuple[str, ...]
    read: int
    """Points of all of them and of all metrics."""

    drawn: int
    """Of these how many are drawn."""

    def of_each(self, metrics: int, *, whole: bool) -> int:
        """Points of one metric of one run: to be read of it as a whole, or to be drawn."""
        share = (self.read if whole else self.drawn) // (len(self.run_ids) * metrics)
        return share if whole else min(_MOST_A_RUN, share)


class CurvesTab(ControlledTab):
    """Options: metrics (names), x (step, wall, relative), smooth (0 to 0.99), log_x, log_y, clip, colour, band."""

    title = "Curves"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - checked one by one
        self._metrics = MetricPicker(MOST_PLOTS)
        self._x = ipywidgets.Dropdown(
            description="x", options=[("step", "step"), ("wall time", "wall"), ("relative time", "relative")],
            value="step", style=_STYLE, layout={"width": "auto"},
        )  # fmt: skip
        self._smooth = ipywidgets.FloatSlider(
            description="smooth", min=0, max=0.99, step=0.01, value=0, readout_format=".2f", continuous_update=False,
            style=_STYLE, layout={"width": "220px"}, tooltip="Evens out the whole curve; zooming does not change it",
        )  # fmt: skip
        self._colour = Choice("colour", nothing="each run")
        self._band = ipywidgets.Dropdown(
            description="band", options=[("lowest to highest", "range"), ("± standard deviation", "sd")], value="range",
            style=_STYLE, layout={"width": "auto", "display": "none"},
        )  # fmt: skip
        self._log_x, self._log_y, self._clip = tick("log x"), tick("log y"), tick("clip outliers")
        self._window: tuple[float, float] | None = None
        self._whole: dict[str, list[Curve]] = {}
        super().__init__(
            {
                "metrics": self._metrics, "x": self._x, "smooth": self._smooth, "colour": self._colour,
                "band": self._band, "log_x": self._log_x, "log_y": self._log_y, "clip": self._clip,
            },
            options,
        )  # fmt: skip

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer every metric; at first the one by which runs are the best is drawn."""
        frame = chosen.frame
        names = [name.removeprefix("metrics.") for name in metric_names(frame)]
        self._metrics.offer(names)
        if not self._metrics.value and names:
            self._metrics.value = _first(chosen)
        params = param_names(frame)
        shared = [name for name in variable_names(frame) if name == "experiment" or name.startswith("tags.")]
        differing = varying(frame, [*params, *shared])
        self._colour.offer([*differing, *(name for name in [*params, *shared] if name not in differing)])
        self._show_band()

    def draw(self) -> Drawing:
        """Ask the store for the curves and draw them."""
        metrics = self._checked()
        with self.chosen.store.asking() as db:
            self._whole = self._ask(db, metrics, self._parts())
            shown = self._whole
            for part in self._coarse_parts(metrics):
                shown = self._closer(shown, self._ask(db, metrics, (part,), self._window))
        return self._drawing(shown)

    def zoom(self, window: tuple[float, float] | None) -> Iterator[Drawing]:
        """Draw again with finer points inside a window: first those of the coloured runs, then, if need be, all."""
        scale = _MILLI if self._x.value == "wall" else 1.0
        self._window = None if window is None else (window[0] / scale, window[1] / scale)
        shown, metrics = self._whole, list(self._whole)
        parts = self._coarse_parts(metrics)
        if not parts:
            yield self._drawing(shown)
        for part in parts:
            with self.chosen.store.asking() as db:
                finer = self._ask(db, metrics, (part,), self._window)
            shown = self._closer(shown, finer)
            yield self._drawing(shown)

    def picture(self) -> str:
        """Draw the curves as a picture of our own."""
        plots, look = self._plots(self._whole), replace(self._look(), window=None)
        return curves_picture(plots, look) if plots else ""

    def _changed(self) -> None:
        self._show_band()
        super()._changed()

    def _show_band(self) -> None:
        self._band.layout.display = "" if self._colour.value else "none"

    def _checked(self) -> list[str]:
        known = [name.removeprefix("metrics.") for name in metric_names(self.chosen.frame)]
        if not known:
            raise BadInput('These runs have no metric yet; tb.log_metric("loss", value) in the loop makes one.')
        if not self._metrics.value:
            raise BadInput("No metric is chosen; pick one in the field above.")
        for name in self._metrics.value:
            if name not in known:
                near = get_close_matches(name, known, n=1) or known[:1]
                raise BadInput(f"None of these runs has the metric {name!r}. Did you mean {near[0]}?")
        return list(self._metrics.value)[:MOST_PLOTS]

    def _parts(self) -> list[_Part]:
        """Part the runs by how many of their points are read: more of those that have a colour of their own."""
        chosen = self.chosen
        if self._colour.value:
            return [_Part(chosen.run_ids, _READ_GREY, _READ_GREY)]
        own = tuple(run_id for run_id in chosen.run_ids if chosen.colours[run_id] != REST)
        rest = tuple(run_id for run_id in chosen.run_ids if chosen.colours[run_id] == REST)
        parts = [_Part(own, _READ_COLOURED, _COLOURED), _Part(rest, _READ_GREY, _GREY)]
        return [part for part in parts if part.run_ids]

    def _coarse_parts(self, metrics: Sequence[str]) -> list[_Part]:
        """Which runs the store has more of in the window than was read of them as a whole."""
        window = self._window
        if window is None:
            return []
        curves = [curve for each in self._whole.values() for curve in each]
        found = []
        for part in self._parts():
            ids = set(part.run_ids)
            theirs = [curve for curve in curves if curve.run_id in ids]
            if too_coarse(theirs, window, part.of_each(len(metrics), whole=False)):
                found.append(part)
        return found

    def _ask(
        self,
        db: Any,  # noqa: ANN401 - the store's
        metrics: Sequence[str],
        parts: Sequence[_Part],
        window: tuple[float, float] | None = None,
    ) -> dict[str, list[Curve]]:
        """Read the curves of each metric: of the whole series, or as many points as are drawn of a window."""
        along = self._x.value
        return {
            name: [
                curve
                for part in parts
                for curve in metric_curves(
                    db, part.run_ids, name, along=along, window=window,
                    most=part.of_each(len(metrics), whole=window is None),
                )
            ]
            for name in metrics
        }  # fmt: skip

    def _closer(self, shown: dict[str, list[Curve]], finer: dict[str, list[Curve]]) -> dict[str, list[Curve]]:
        window = self._window
        assert window is not None, "only of a window finer points are asked for"
        means = bool(self._colour.value) and not self._smooth.value
        return {name: joined(curves, finer[name], window, means=means) for name, curves in shown.items()}

    def _drawing(self, found: dict[str, list[Curve]]) -> Drawing:
        plots, look = self._plots(found), self._look()
        figure = curves_figure(plots, look)
        return Drawing(figure=figure, notice=curve_notice(plots, look), data=lambda: curves_frame(plots, look))

    def _plots(self, found: dict[str, list[Curve]]) -> list[Plot]:
        chosen = self.chosen
        names = dict(zip(chosen.run_ids, map(str, chosen.frame["name"]), strict=True))
        column = self._colour.check()
        groups = group_runs(chosen.frame, column) if column else ()
        metrics = max(1, len(found))
        own = sum(colour != REST for colour in chosen.colours.values())
        coloured = min(_MOST_A_RUN, _COLOURED // (max(1, own) * metrics))
        return [
            Plot(metric, tuple(curves), names, chosen.colours, groups, coloured, _GREY // metrics)
            for metric, curves in found.items()
        ]

    def _look(self) -> Look:
        return Look(
            x=self._x.value, smooth=self._smooth.value, log_x=self._log_x.value, log_y=self._log_y.value,
            clip=self._clip.value, band=self._band.value, window=self._window,
        )  # fmt: skip


def _first(chosen: ChosenRuns) -> list[str]:
    """Choose up to two metrics that have a course, those first of which the way up is known."""
    with chosen.store.asking() as db:
        lengths = longest_series(db, chosen.run_ids)
    found = ([name for name, points in lengths.items() if points > least] for least in (1, 0, -1))
    courses: list[str] = next(filter(None, found), [])
    courses.sort(key=lambda name: not (chosen.better.get(name) or default_better(name)))
    return courses[:2]
