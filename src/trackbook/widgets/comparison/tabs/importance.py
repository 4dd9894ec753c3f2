"""Importance: which params a metric depends on, as far as these runs can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.importance import importance_figure, importance_frame, param_importance
from trackbook.views.comparison.variables import metric_names
from trackbook.views.plain_table import boxed, sentence_html
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, whole
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from trackbook.views.comparison.importance import Importances
    from trackbook.widgets.comparison.tab import ChosenRuns


class ImportanceTab(ControlledTab):
    """Options: metric (a column) and repeats (2 to 50 shuffles a fold)."""

    title = "Importance"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._metric, self._repeats = Choice("metric"), whole("shuffles", 5, 2, 50)
        self._known: tuple[object, Importances] | None = None
        super().__init__({"metric": self._metric, "repeats": self._repeats}, options)

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer the metrics."""
        self._metric.offer(metric_names(chosen.frame))

    def draw(self) -> Drawing:
        """Estimate, which takes a second or two, and draw."""
        metric = self._metric.check()
        if not metric:
            raise BadInput("None of these runs has a metric; tb.log_metric(name, value) logs one.")
        found = self._found(metric)
        figure, said = importance_figure(found)
        html, notice = ("", said) if found.r2 <= 0 else (boxed(sentence_html(said)), "")
        return Drawing(figure=figure, html=html, notice=notice, data=lambda: importance_frame(found))

    def _found(self, metric: str) -> Importances:
        """Estimate once for the same runs, values and settings."""
        frame = self.chosen.frame
        key = (metric, self._repeats.value, self.chosen.run_ids, tuple(frame[metric]))
        if self._known is None or repr(self._known[0]) != repr(key):
            self._known = (key, param_importance(frame, metric, repeats=self._repeats.value))
        return self._known[1]
