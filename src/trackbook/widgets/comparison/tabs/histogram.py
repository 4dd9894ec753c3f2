"""Histogram: how a metric, a param or an attribute is spread over the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.histogram import histogram_figure
from trackbook.views.comparison.variables import variable_names
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, menu, whole
from trackbook.widgets.comparison.tab import Drawing
from trackbook.widgets.comparison.tabs.scatter import SCALES

if TYPE_CHECKING:
    from trackbook.widgets.comparison.tab import ChosenRuns


class HistogramTab(ControlledTab):
    """Options: x (a column), by (a column that parts the bars), bins (1 to 200) and x_scale (auto, linear, log)."""

    title = "Histogram"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._x, self._by = Choice("x"), Choice("by", nothing="together")
        self._bins, self._scale = whole("bins", 20, 1, 200), menu("x scale", list(SCALES))
        super().__init__({"x": self._x, "by": self._by, "bins": self._bins, "x_scale": self._scale}, options)

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer all columns, metrics first."""
        names = variable_names(chosen.frame)
        self._x.offer(names)
        self._by.offer(names)

    def draw(self) -> Drawing:
        """Count the runs."""
        frame = self.chosen.frame
        x, by = self._x.check(), self._by.check()
        if not x:
            raise BadInput("These runs have no column to draw; tb.log_params and tb.log_metric make some.")
        figure, notice = histogram_figure(frame, x, self._bins.value, by, log=SCALES[self._scale.value])
        shown = ["run_id", "name", *dict.fromkeys(filter(None, [x, by]))]
        return Drawing(figure=figure, notice=notice, data=lambda: frame[shown])
