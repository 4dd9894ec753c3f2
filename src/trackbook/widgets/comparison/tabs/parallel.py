"""Parallel coordinates: which settings lead to which results, brushed on any axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.brush import brushed
from trackbook.views.comparison.parallel import default_axes, parallel_figure
from trackbook.views.comparison.variables import metric_names, unknown_column, variable_names
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab
from trackbook.widgets.comparison.metric_picker import MetricPicker
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.views.comparison.brush import Brush, Spans
    from trackbook.widgets.comparison.tab import ChosenRuns

_MOST_AXES = 30


class ParallelTab(ControlledTab):
    """Options: columns (names, one axis each; left out, those that differ most) and colour (a column)."""

    title = "Parallel"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._axes = MetricPicker(_MOST_AXES, "an axis", "axes")
        self._usual: list[str] = []
        self._spans: dict[str, tuple[tuple[float, float], ...]] = {}
        self._trace: dict[str, Any] = {"ids": [], "dimensions": []}
        self._colour = Choice("colour", nothing="each run")
        super().__init__({"columns": self._axes, "colour": self._colour}, options)

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer all columns; at first those that differ most are axes, and the first metric is the colour."""
        names, metrics = variable_names(chosen.frame), metric_names(chosen.frame)
        self._axes.offer(names)
        if list(self._axes.value) == self._usual:
            self._usual = default_axes(chosen.frame)
            self._axes.value = self._usual
        self._colour.offer(names, preferred=next(iter(metrics), ""))

    def brush(self, spans: Spans | None, order: Sequence[str] = ()) -> Brush:
        """Take what is brushed on each axis, and say which runs that are; None: what was brushed before.

        order: the axes as somebody dragged them; empty when nobody did.
        """
        if spans is not None:
            self._spans = {column: tuple(stretches) for column, stretches in spans.items()}
        if order and sorted(order) == sorted(self._axes.value) and list(order) != self._axes.value:
            self._adopting = True  # the browser has drawn them so already
            try:
                self._axes.value = list(order)
            finally:
                self._adopting = False
        self._keep_brush()
        return brushed(self.chosen.frame, self._trace, self._spans)

    def _keep_brush(self) -> None:
        """Let the drawing hold the brush, so that it is still there when the runs or the axes change."""
        for dimension in self._trace["dimensions"]:
            dimension.pop("constraintrange", None)
            if stretches := self._spans.get(dimension["name"]):
                dimension["constraintrange"] = [list(stretch) for stretch in stretches]

    def draw(self) -> Drawing:
        """Draw one line a run."""
        frame = self.chosen.frame
        columns = list(self._axes.value)
        if not columns and self._usual:
            raise BadInput("No axis is chosen; add one in the field above.")
        known = set(variable_names(frame))
        for name in columns:
            if name not in known:
                raise unknown_column(name, sorted(known))
        if len(columns) > _MOST_AXES:
            raise BadInput(f"{len(columns)} axes are too many to read; take some away, {_MOST_AXES} are the most.")
        figure, notice = parallel_figure(frame, columns, self._colour.check(), self.chosen.colours)
        self._trace = figure["data"][0]
        self._keep_brush()
        shown = ["run_id", "name", *dict.fromkeys([*columns, *filter(None, [self._colour.value])])]
        return Drawing(figure=figure, notice=notice, data=lambda: frame[shown])
