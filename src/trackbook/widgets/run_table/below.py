"""What opens below a run table: all of one run, or a comparison of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from trackbook.tracking.past import read_run
from trackbook.views.numbers import count
from trackbook.views.past_run import past_run_bundle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.store import Store


class Below(ipywidgets.VBox):
    """Empty until somebody opens a run or compares some."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def _put(self, *widgets: ipywidgets.Widget) -> None:
        self.children = widgets

    def show_details(self, run_id: str | None) -> None:
        """Show all of one run; None closes what is there. Raises RunNotFound."""
        if not run_id:
            self._put()
            return
        bundle = past_run_bundle(read_run(self._store, run_id))
        close = ipywidgets.Button(
            description="Close", tooltip="Close (Esc)", layout={"width": "auto", "align_self": "flex-start"}
        )
        close.on_click(lambda _: self.show_details(None))
        self._put(close, ipywidgets.HTML(bundle["text/html"]))

    def show_comparison(self, run_ids: Sequence[str]) -> None:
        """Compare runs in place. Raises what `tb.compare` raises, and then nothing is there."""
        from trackbook.widgets.comparison import compare  # noqa: PLC0415 - brings plotly

        self._put(ipywidgets.HTML(f"Comparing {count(len(run_ids), 'run')} …"))  # of thousands it takes seconds
        try:
            self._put(compare(list(run_ids)))
        except BaseException:
            self._put()
            raise
