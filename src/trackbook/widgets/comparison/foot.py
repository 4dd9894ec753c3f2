"""What stands below a drawing: what the pointer and the brush are on, the Python call, and the buttons that save."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from trackbook.errors import TrackbookError
from trackbook.views.comparison.html import brush_html, call_html, quiet_html
from trackbook.views.literals import one_line
from trackbook.widgets.comparison.saving import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable


class Foot:
    """`widget` is what is shown. save: takes HTML or one of FORMATS, writes the file, and says where."""

    def __init__(self, save: Callable[[str], str]) -> None:
        self._save = save
        self._hover, self._brush, self._call, self._saved = (ipywidgets.HTML() for _ in range(4))
        # The browser draws a PNG, and answers this button: js/src/parts/save_png.ts.
        buttons = [_button("PNG", "Download a picture of what is drawn").add_class("tb-SavePng")]
        buttons += [self._button("HTML", "Save a page that opens without a network")]
        buttons += [self._button(kind, f"Save exactly what is drawn as {kind}") for kind in FORMATS]
        below = ipywidgets.HBox([self._call, ipywidgets.HBox(buttons)]).add_class("tb-Call")
        self.widget = ipywidgets.VBox([self._hover, self._brush, below, self._saved])

    def show_call(self, call: str) -> None:
        """Write the call that makes the panel again; a new drawing has nothing under the pointer."""
        put(self._call, call_html(call))
        put(self._hover, "")

    def show_hovered(self, run: str) -> None:
        """Name the run under the pointer."""
        put(self._hover, quiet_html(f"under the pointer: {one_line(run)}"))

    def show_brushed(self, brushed: int, of: int, filter: str) -> None:  # noqa: A002 - the word of tb.runs
        """Say how many runs are brushed, and which; an empty filter is no brush."""
        put(self._brush, brush_html(brushed, of, filter))

    def forget_saved(self) -> None:
        """Say no more what was saved."""
        put(self._saved, "")

    def _button(self, kind: str, tooltip: str) -> ipywidgets.Button:
        button = _button(kind, tooltip)
        button.on_click(lambda _button: self._saved_as(kind))
        return button

    def _saved_as(self, kind: str) -> None:
        try:
            said = self._save(kind)
        except TrackbookError as error:
            said = str(error)
        put(self._saved, quiet_html(said))


def _button(kind: str, tooltip: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=f"save {kind}", tooltip=tooltip, layout={"width": "auto"})


def put(widget: ipywidgets.HTML, html: str) -> None:
    """Show HTML; what is there already is not sent again."""
    if widget.value != html:
        widget.value = html
