"""Bars and boxes: a metric by groups of runs, the mean of seed replicates with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.bars import RUNS, SEEDS, bars_figure, groups_frame, groups_of, has_replicates
from trackbook.views.comparison.variables import metric_names, variable_names
from trackbook.widgets.comparison.better import better_of
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, menu
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from trackbook.widgets.comparison.tab import ChosenRuns


class BarsTab(ControlledTab):
    """Options: metric (a column), by (a column, "seed replicates" or "each run") and kind (bar, point or box)."""

    title = "Bars"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._metric, self._by = Choice("metric"), Choice("by")
        self._kind = menu("kind", ["bar", "point", "box"])
        super().__init__({"metric": self._metric, "by": self._by, "kind": self._kind}, options)

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer all columns; seed replicates first where there are any."""
        frame = chosen.frame
        metrics = metric_names(frame)
        self._metric.offer(metrics)
        metric = self._metric.value
        seeds = bool(metric) and has_replicates(frame, metric)
        self._by.offer([SEEDS, RUNS, *variable_names(frame)], preferred=SEEDS if seeds else RUNS)

    def draw(self) -> Drawing:
        """Draw one bar, point or box a group."""
        metric, by = self._metric.check(), self._by.check()
        if not metric:
            raise BadInput("None of these runs has a metric; tb.log_metric(name, value) logs one.")
        groups = groups_of(self.chosen.frame, metric, by)
        better = better_of(self.chosen, metric)
        figure, notice = bars_figure(groups, metric, by, self._kind.value, self.chosen.colours, better)
        return Drawing(figure=figure, notice=notice, data=lambda: groups_frame(groups))
