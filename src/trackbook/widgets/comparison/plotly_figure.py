"""Plotly's FigureWidget whose five megabytes of JavaScript are sent and read once, not once a figure.

Measured in Chromium: the second figure of a page comes a second sooner.
"""

from __future__ import annotations

from typing import Any

import ipywidgets
import plotly.graph_objects as go
import traitlets

from trackbook.widgets.panel import script


class PlotlyCode(ipywidgets.Widget):
    """Holds plotly's own bundle for all figures of a kernel."""

    code = traitlets.Unicode(help="JavaScript.").tag(sync=True)


_shared: list[PlotlyCode] = []


def _code() -> PlotlyCode:
    """Return the bundle's model, made anew when somebody closed all widgets."""
    if not _shared or _shared[-1].comm is None:
        _shared[:] = [PlotlyCode(code=str(go.FigureWidget._esm))]  # noqa: SLF001 - anywidget's name for it
    return _shared[-1]


class PlotlyFigure(go.FigureWidget):
    """A FigureWidget; only where its code comes from is ours."""

    _esm = script("plotly_figure")
    _code: Any = traitlets.Instance(PlotlyCode).tag(sync=True, **ipywidgets.widget_serialization)

    @traitlets.default("_code")
    def _find_code(self) -> PlotlyCode:
        return _code()
