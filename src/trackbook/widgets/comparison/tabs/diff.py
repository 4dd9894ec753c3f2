"""Diff: only what differs between two runs, or all of them, one difference after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from trackbook.errors import BadInput, RunNotFound, TrackbookError
from trackbook.store import run_record
from trackbook.tracking.comparison.kept import PredictionShelf
from trackbook.tracking.comparison.pairing import pair
from trackbook.tracking.comparison.verdict import judge
from trackbook.tracking.past import PastRun
from trackbook.views.comparison.difference_table import difference_items, differences_html
from trackbook.views.comparison.differences import differences_frame, find_differences
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, menu
from trackbook.widgets.comparison.run_choice import no_run, run_names, run_words
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipywidgets import Widget

    from trackbook.views.comparison.differences import Differences
    from trackbook.widgets.comparison.tab import ChosenRuns

_MOST_RUNS = 20
_ALL = "everything"
_SUBJECTS = ("params", "metrics", "tags", "data", "code", "git", "environment", "packages", "defaults")


class DiffTab(ControlledTab):
    """Options: a (a run's id), b (another; empty for all others) and what (everything, params, metrics, …)."""

    title = "Diff"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._a, self._b = Choice("a", unknown=no_run), Choice("b", nothing="all others", unknown=no_run)
        self._what = menu("what", [_ALL, *_SUBJECTS])
        # A slider walks by the arrow keys in every front end.
        self._place = ipywidgets.IntSlider(
            description="difference", value=1, min=1, max=1, style={"description_width": "initial"},
            layout={"width": "260px"}, continuous_update=False,
        )  # fmt: skip
        self._back = ipywidgets.Button(description="←", tooltip="previous difference", layout={"width": "40px"})
        self._next = ipywidgets.Button(description="→", tooltip="next difference", layout={"width": "40px"})
        self._shelf = PredictionShelf()
        self._known: dict[tuple[str, ...], tuple[Differences, tuple[str, str]]] = {}
        super().__init__({"a": self._a, "b": self._b, "what": self._what}, options)
        self._place.observe(lambda _change: self._changed(), "value")
        self._back.on_click(lambda _button: self._walk(-1))
        self._next.on_click(lambda _button: self._walk(1))

    @property
    def controls(self) -> Sequence[Widget]:
        """The choices, and what walks from difference to difference."""
        return [*super().controls, self._back, self._place, self._next]

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer the runs; the first against all others."""
        self._known = {}
        words = run_words(chosen, chosen.run_ids)
        self._a.offer(chosen.run_ids, shown=words)
        self._b.offer(chosen.run_ids, shown=words)

    def draw(self) -> Drawing:
        """Draw what differs, with one difference marked."""
        ids = self._ids()
        if len(ids) < 2:  # noqa: PLR2004 - a pair
            raise BadInput("One run differs from nothing; add another to compare it with.")
        if tuple(ids) not in self._known:
            self._known[tuple(ids)] = self._compared(ids)
        found, verdict = self._known[tuple(ids)]
        what = "" if self._what.value == _ALL else self._what.value
        self._fit(len(difference_items(found, what)))
        html = differences_html(found, self._place.value - 1, what, verdict)
        return Drawing(html=html, notice=self._left_out(), data=lambda: differences_frame(found))

    def _ids(self) -> list[str]:
        a, b = self._a.check(), self._b.check()
        others = [b] if b else [run_id for run_id in self.chosen.run_ids if run_id != a]
        return list(dict.fromkeys([*([a] if a else []), *others]))[:_MOST_RUNS]

    def _left_out(self) -> str:
        runs = len(self.chosen.run_ids)
        if self._b.value or runs <= _MOST_RUNS:
            return ""
        return f"The first {_MOST_RUNS} of {runs} runs are compared here; choose two, or compare fewer."

    def _compared(self, ids: Sequence[str]) -> tuple[Differences, tuple[str, str]]:
        store = self.chosen.store
        with store.asking() as db:
            runs = [_read(self.chosen, db, run_id) for run_id in ids]
        pairs = self._verdict(ids) if len(ids) == 2 else ("", "")  # noqa: PLR2004 - a pair
        return find_differences(runs, self.chosen.better), pairs

    def _verdict(self, ids: Sequence[str]) -> tuple[str, str]:
        """Judge the second run against the first by their predictions; empty where they cannot be compared."""
        names = run_names(self.chosen)
        try:
            a, b = (self._shelf.get(self.chosen.store, run_id, names[run_id], "predictions") for run_id in ids)
            verdict = judge(pair(b, a))
        except TrackbookError:
            return "", ""
        return verdict.verdict, verdict.sentence

    def _fit(self, many: int) -> None:
        """Set the slider's end without a redraw."""
        self._adopting = True
        try:
            self._place.max = max(1, many)
            for each in (self._place, self._back, self._next):
                each.disabled = many < 2  # noqa: PLR2004 - nowhere to go
        finally:
            self._adopting = False

    def _walk(self, by: int) -> None:
        """Go to the next or previous difference, from the last to the first."""
        many = self._place.max
        self._place.value = (self._place.value - 1 + by) % many + 1


def _read(chosen: ChosenRuns, db: Any, run_id: str) -> PastRun:  # noqa: ANN401 - the store's connection
    try:
        return PastRun(store=chosen.store, **run_record(db, run_id))
    except IndexError:  # gone since it was chosen
        raise RunNotFound(run_id) from None
