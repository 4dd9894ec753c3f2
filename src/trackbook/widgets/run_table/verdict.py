"""Of two selected runs, whether one is really better: said below the table where both predicted the same rows."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from trackbook.errors import TrackbookError
from trackbook.store import find_run
from trackbook.widgets.run_table.aside import Aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.store import Store
    from trackbook.widgets.run_table.panel import RunTable

_PAIR = 2


class PairVerdict:
    """Tells the browser the difference of two runs with its interval, as one sentence."""

    def __init__(self, table: RunTable) -> None:
        self._table = weakref.ref(table)
        self._aside = Aside(self._answer)

    def follow(self) -> None:
        """Look at what is selected now, soon."""
        table = self._table()
        if table is not None and len(table.selected) == _PAIR:
            self._aside.ask()

    def _answer(self) -> None:
        table = self._table()
        if table is None:
            return
        with table.lock:
            ids = list(table.selected)
        sentence = _sentence(table.store, ids) if len(ids) == _PAIR else ""
        if sentence:
            table.grid.send({"tell": "verdict", "ids": ids, "sentence": sentence})


def _sentence(store: Store, ids: Sequence[str]) -> str:
    """Judge the first run against the second; empty where nothing can be said."""
    # They bring numpy and scores.
    from trackbook.tracking.comparison.kept import PredictionShelf  # noqa: PLC0415
    from trackbook.tracking.comparison.pairing import pair  # noqa: PLC0415
    from trackbook.tracking.comparison.verdict import judge  # noqa: PLC0415

    shelf = PredictionShelf()
    try:
        a, b = (shelf.get(store, run_id, find_run(store, run_id).name, "predictions") for run_id in ids)
        return judge(pair(a, b)).sentence
    except TrackbookError:
        return ""
