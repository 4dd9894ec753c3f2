"""Metric curves: over steps or time, evened out, one colour a run or a group."""

from __future__ import annotations

from dataclasses import replace
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
from trackbook.views.palette import REST
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, tick
from trackbook.widgets.comparison.metric_picker import MetricPicker
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.store.curves import Curve
    from trackbook.widgets.comparison.tab import ChosenRuns

_BUDGET = 30_000
"""Points of all runs with a colour of their own, and again of all others: what a page draws in under a second."""

_READ = 200_000
"""Points from which the means of groups are made; they stay here."""

_MOST_A_RUN = 2_000
_MILLI = 1e3
_STYLE = {"description_width": "initial"}


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
            style=_STYLE, layout={"width": "220px"},
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
            self._whole = self._ask(db, metrics, None)
            finer = {} if self._window is None else self._ask(db, metrics, self._window)
        return self._drawing(self._joined(finer))

    def zoom(self, window: tuple[float, float] | None) -> Drawing:
        """Draw again with finer points inside a window; outside it the coarse ones stay."""
        scale = _MILLI if self._x.value == "wall" else 1.0
        self._window = None if window is None else (window[0] / scale, window[1] / scale)
        if self._window is None or all(curve.whole for curves in self._whole.values() for curve in curves):
            return self._drawing(self._whole)
        with self.chosen.store.asking() as db:
            finer = self._ask(db, list(self._whole), self._window)
        return self._drawing(self._joined(finer))

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

    def _ask(
        self,
        db: Any,  # noqa: ANN401 - the store's
        metrics: Sequence[str],
        window: tuple[float, float] | None,
    ) -> dict[str, list[Curve]]:
        """Read more of the runs that have a colour of their own than of those that share the grey."""
        chosen, along = self.chosen, self._x.value
        own = [run_id for run_id in chosen.run_ids if chosen.colours[run_id] != REST]
        rest = [run_id for run_id in chosen.run_ids if chosen.colours[run_id] == REST]
        parts = [(chosen.run_ids, _READ)] if self._colour.value else [(own, _BUDGET), (rest, _BUDGET)]
        return {
            name: [
                curve
                for run_ids, budget in parts
                for curve in metric_curves(
                    db, run_ids, name, along=along, window=window,
                    most=min(_MOST_A_RUN, budget // (max(1, len(run_ids)) * len(metrics))),
                )
            ]
            for name in metrics
        }  # fmt: skip

    def _joined(self, finer: dict[str, list[Curve]]) -> dict[str, list[Curve]]:
        from trackbook.views.curves.zoom import joined  # noqa: PLC0415

        if self._window is None:
            return self._whole
        return {name: joined(curves, finer.get(name, []), self._window) for name, curves in self._whole.items()}

    def _drawing(self, found: dict[str, list[Curve]]) -> Drawing:
        plots, look = self._plots(found), self._look()
        figure = curves_figure(plots, look)
        return Drawing(figure=figure, notice=curve_notice(plots, look), data=lambda: curves_frame(plots, look))

    def _plots(self, found: dict[str, list[Curve]]) -> list[Plot]:
        chosen = self.chosen
        names = dict(zip(chosen.run_ids, map(str, chosen.frame["name"]), strict=True))
        column = self._colour.check()
        groups = group_runs(chosen.frame, column) if column else ()
        return [Plot(metric, tuple(curves), names, chosen.colours, groups) for metric, curves in found.items()]

    def _look(self) -> Look:
        return Look(
            x=self._x.value, smooth=self._smooth.value, log_x=self._log_x.value, log_y=self._log_y.value,
            clip=self._clip.value, band=self._band.value, window=self._window,
        )  # fmt: skip


def _first(chosen: ChosenRuns) -> list[str]:
    """Choose up to two metrics that have a course, those first of which the way up is known."""
    with chosen.store.asking() as db:
        lengths = longest_series(db, chosen.run_ids)
    courses = [name for name, points in lengths.items() if points > 1] or list(lengths)
    courses.sort(key=lambda name: not (chosen.better.get(name) or default_better(name)))
    return courses[:2]
