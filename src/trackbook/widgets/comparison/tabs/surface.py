"""Contours or a heat map: a metric over two params."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.surface import surface_figure
from trackbook.views.comparison.variables import metric_names, param_names, variable_names, varying
from trackbook.widgets.comparison.better import better_of
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, menu
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from trackbook.widgets.comparison.tab import ChosenRuns

_FEWEST = 2
"""Params that a plane needs."""


class SurfaceTab(ControlledTab):
    """Options: x, y (columns, params first), metric (a column) and kind (heatmap or contour)."""

    title = "Surface"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._x, self._y, self._metric = Choice("x"), Choice("y"), Choice("metric")
        self._kind = menu("kind", ["heatmap", "contour"])
        super().__init__({"x": self._x, "y": self._y, "metric": self._metric, "kind": self._kind}, options)

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer params before other columns, those that differ first."""
        frame = chosen.frame
        params = varying(frame, param_names(frame))
        metrics = metric_names(frame)
        names = [*params, *(name for name in variable_names(frame) if name not in {*params, *metrics})]
        first, second = [*params, "", ""][:2]
        self._x.offer(names, preferred=first or "")
        self._y.offer(names, preferred=second or "")
        self._metric.offer(metrics)

    def draw(self) -> Drawing:
        """Draw the metric over the two params."""
        frame = self.chosen.frame
        x, y, metric = (choice.check() for choice in (self._x, self._y, self._metric))
        differing = varying(frame, param_names(frame))
        if not metric:
            raise BadInput("None of these runs has a metric; tb.log_metric(name, value) logs one.")
        if not x or not y:
            raise BadInput(
                f"A plane needs {_FEWEST} params that differ between the runs, and there is "
                f"{differing[0] if differing else 'none'}; choose other runs, or another column for x and y."
            )
        figure, notice = surface_figure(
            frame, x, y, metric, contour=self._kind.value == "contour", better=better_of(self.chosen, metric)
        )
        shown = ["run_id", "name", *dict.fromkeys([x, y, metric])]
        return Drawing(figure=figure, notice=notice, data=lambda: frame[shown])
