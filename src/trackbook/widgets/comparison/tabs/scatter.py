"""Scatter and bubble: any two columns against each other, size and colour by two more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.views.comparison.scatter import scatter_figure
from trackbook.views.comparison.variables import metric_names, numeric_names, param_names, variable_names, varying
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, menu
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from trackbook.widgets.comparison.tab import ChosenRuns

SCALES: dict[str, bool | None] = {"auto": None, "linear": False, "log": True}


class ScatterTab(ControlledTab):
    """Options: x, y, size, colour (columns), x_scale and y_scale (auto, linear, log)."""

    title = "Scatter"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._x, self._y = Choice("x"), Choice("y")
        self._size, self._colour = Choice("size", nothing="equal"), Choice("colour", nothing="each run")
        self._x_scale, self._y_scale = menu("x scale", list(SCALES)), menu("y scale", list(SCALES))
        named = {"x": self._x, "y": self._y, "size": self._size, "colour": self._colour}
        super().__init__(named | {"x_scale": self._x_scale, "y_scale": self._y_scale}, options)

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer all columns; first a param that differs, against the first metric."""
        frame = chosen.frame
        names, metrics = variable_names(frame), metric_names(frame)
        params = varying(frame, param_names(frame))
        first = next(iter(metrics), "")
        self._x.offer(names, preferred=next(iter([*params, *metrics[1:], *param_names(frame), *names]), ""))
        self._y.offer(names, preferred=first or next(iter(names), ""))
        self._size.offer(numeric_names(frame))
        self._colour.offer(names)

    def draw(self) -> Drawing:
        """Draw one point a run."""
        frame = self.chosen.frame
        x, y, size, colour = (choice.check() for choice in (self._x, self._y, self._size, self._colour))
        if not x or not y:
            raise BadInput("These runs have no column to draw; tb.log_params and tb.log_metric make some.")
        figure, notice = scatter_figure(
            frame,
            x,
            y,
            self.chosen.colours,
            size=size,
            colour=colour,
            log_x=SCALES[self._x_scale.value],
            log_y=SCALES[self._y_scale.value],
        )
        shown = ["run_id", "name", *dict.fromkeys(filter(None, [x, y, size, colour]))]
        return Drawing(figure=figure, notice=notice, data=lambda: frame[shown])
