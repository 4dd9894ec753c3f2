"""The one plotly figure of a panel: whole drawings go into it in place."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackbook.views.comparison.brush import Spans

CONFIG = {
    "displaylogo": False,
    "responsive": True,
    # The first of them would upload the chart to somebody's server.
    "modeBarButtonsToRemove": ["sendChartToCloud", "sendDataToCloud", "select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "trackbook-compare"},
}
_SHAPE = ("type", "xaxis", "yaxis", "name", "legendgroup", "mode", "fill", "hoverinfo")
_CHANGING = ("x", "y", "meta", "line")
_MILLI = 1e3


class Figure:
    """Holds a FigureWidget, made at the first drawing, since the first of a page sends 5 MB of JavaScript."""

    def __init__(
        self,
        zoomed: Callable[[tuple[float, float] | None], None],
        hovered: Callable[[str], None],
        brushed: Callable[[Spans, Sequence[str]], None],
    ) -> None:
        self.widget: Any = None
        """The FigureWidget; None before the first drawing."""

        self._zoomed, self._hovered, self._brushed = zoomed, hovered, brushed
        self._shown: dict[str, Any] = {"data": [], "layout": {}}
        self._busy = False
        self._window: tuple[float, float] | None = None

    def show(self, figure: dict[str, Any]) -> bool:
        """Draw plotly's JSON; returns whether the widget is new. The caller holds the panel's lock."""
        figure = {"data": figure["data"], "layout": {"template": "none", **figure["layout"]}}
        self._busy = True
        try:
            new = self.widget is None
            if new:
                self._make(figure)
            elif _only_points_differ(figure["data"], self._shown["data"]):
                self._change(figure)
            else:
                self._replace(figure)
            self._shown = figure
            return new
        finally:
            self._busy = False

    def _make(self, figure: dict[str, Any]) -> None:
        # 100 ms that only a figure needs.
        from trackbook.widgets.comparison.plotly_figure import PlotlyFigure  # noqa: PLC0415

        self.widget = PlotlyFigure(data=figure["data"], layout=figure["layout"])
        self.widget._config = CONFIG  # noqa: SLF001 - FigureWidget has no public way to it
        self._listen()

    def _change(self, figure: dict[str, Any]) -> None:
        """Same lines, other points: one message and one drawing, and the reader's zoom stays."""
        before = self._shown
        with self.widget.batch_update():
            for trace, new, old in zip(self.widget.data, figure["data"], before["data"], strict=True):
                for name in _CHANGING:
                    if name in new and new[name] is not old.get(name):
                        trace[name] = new[name]
            for name, value in figure["layout"].items():
                if value != before["layout"].get(name):
                    self.widget.layout[name] = value
        self._listen()
        self._remember()

    def _replace(self, figure: dict[str, Any]) -> None:
        """Other lines: what is there goes first, so that only the last of three messages draws much."""
        self.widget.data = []
        stale = {name: None for name in self._shown["layout"] if name not in figure["layout"]}
        if stale:
            self.widget.plotly_relayout(stale)
        self.widget.layout = figure["layout"]
        self.widget.add_traces(figure["data"])
        self._listen()
        self._remember()

    def _remember(self) -> None:
        # A page that is opened again asks the model for its state, and plotly keeps these two as they were at
        # first. Set past the traits' own way, which would send every point once more.
        self.widget._trait_values["_widget_data"] = list(self.widget._data)  # noqa: SLF001
        self.widget._trait_values["_widget_layout"] = dict(self.widget.layout._props)  # noqa: SLF001

    def _listen(self) -> None:
        if "xaxis" in self.widget.layout:
            self.widget.layout.on_change(self._on_zoom, "xaxis.range", "xaxis.autorange")
        for trace in self.widget.data:
            if trace.meta:
                trace.on_hover(self._on_hover)
            if trace.type == "parcoords":
                trace.on_change(self._on_brush, "dimensions")

    def _on_zoom(self, layout: Any, _edges: object, _whole: object) -> None:  # noqa: ANN401 - plotly's
        if self._busy:
            return
        edges = None if layout.xaxis.autorange else layout.xaxis.range
        window = None if not edges else _window(edges, layout.xaxis.type)
        if window != self._window:
            self._window = window
            self._zoomed(window)

    def _on_brush(self, _trace: object, dimensions: Any) -> None:  # noqa: ANN401 - plotly's
        if not self._busy:
            ranges = {dimension.name: dimension.constraintrange for dimension in dimensions}
            self._brushed({name: _stretches(edges) for name, edges in ranges.items() if edges}, list(ranges))

    def _on_hover(self, trace: Any, points: Any, _state: object) -> None:  # noqa: ANN401 - plotly's
        if points.point_inds:
            place = bisect_right(trace.meta["starts"], points.point_inds[0]) - 1
            self._hovered(trace.meta["runs"][place])


def _shape(trace: dict[str, Any]) -> tuple[Any, ...]:
    return (*(trace.get(name) for name in _SHAPE), sorted(trace))


def _only_points_differ(traces: list[dict[str, Any]], before: list[dict[str, Any]]) -> bool:
    """Tell whether the same lines get other points; markers, bars, texts and axes that change are another drawing."""
    if [_shape(trace) for trace in traces] != [_shape(trace) for trace in before]:
        return False
    pairs = zip(traces, before, strict=True)
    return all(new[name] == old[name] for new, old in pairs for name in new if name not in _CHANGING)


def _window(edges: tuple[Any, Any], kind: str | None) -> tuple[float, float]:
    """Read a range as plotly gives it: logarithms, dates as text, or plain numbers; milliseconds for dates."""
    low, high = (_moment(edge) if isinstance(edge, str) else float(edge) for edge in edges)
    return (10**low, 10**high) if kind == "log" else (low, high)


def _stretches(edges: Any) -> list[tuple[float, float]]:  # noqa: ANN401 - plotly's: one pair, or several
    pairs = edges if hasattr(edges[0], "__len__") else [edges]
    return [(float(low), float(high)) for low, high in pairs]


def _moment(text: str) -> float:
    return datetime.fromisoformat(text.replace(" ", "T")).replace(tzinfo=UTC).timestamp() * _MILLI
