"""The table itself in the browser: it asks for rows by place, and says what its user wants."""

from __future__ import annotations

import anywidget
import traitlets

from trackbook.widgets.panel import script, style


class Grid(anywidget.AnyWidget):
    """Draws what Python sends. js/src/widgets/run_table.ts is its twin; js/src/contract/table.ts says the words."""

    _esm = script("run_table")
    _css = style("run_table")
    twin = traitlets.Unicode(help="The static twin that it hides.").tag(sync=True)
    first = traitlets.Dict(
        help="The first page, so that it is there at once, also while the kernel is busy with another cell."
    ).tag(sync=True)
    height = traitlets.Int(420, help="Pixels of the rows that scroll.").tag(sync=True)
    widths = traitlets.Dict(
        help="Pixels of columns that somebody widened, by key; kept here so that a page that is loaded anew has them."
    ).tag(sync=True)
