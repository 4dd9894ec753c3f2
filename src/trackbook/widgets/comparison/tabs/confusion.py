"""Confusion: which class two runs take for which, and how they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import NotThere
from trackbook.store.predicting import predictions_by_run
from trackbook.tracking.comparison.confusion import confusion
from trackbook.tracking.comparison.kept import PredictionShelf
from trackbook.views.comparison.confusion import confusion_figure, confusion_frame
from trackbook.views.plain_table import boxed, sentence_html
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab, tick
from trackbook.widgets.comparison.run_choice import no_run, run_names, run_words
from trackbook.widgets.comparison.tab import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.widgets.comparison.tab import ChosenRuns


class ConfusionTab(ControlledTab):
    """Options: a and b (run ids; b may be empty for one run alone), predictions (their name) and share (of a class)."""

    title = "Confusion"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._shelf = PredictionShelf()
        self._a, self._b = Choice("a", unknown=no_run), Choice("b", nothing="none", unknown=no_run)
        self._name = Choice("predictions", unknown=no_predictions)
        self._share = tick("percent of the true class")
        super().__init__({"a": self._a, "b": self._b, "predictions": self._name, "share": self._share}, options)

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer the runs that kept predictions, the first two first."""
        with chosen.store.asking() as db:
            kept = predictions_by_run(db, chosen.run_ids)
        ids = list(kept)
        words = run_words(chosen, ids)
        self._a.offer(ids, shown=words)
        self._b.offer(ids, preferred=next((run_id for run_id in ids if run_id != self._a.value), ""), shown=words)
        names = list(dict.fromkeys(name for each in kept.values() for name in each))
        self._name.offer(names, preferred="predictions" if "predictions" in names else next(iter(names), ""))

    def draw(self) -> Drawing:
        """Draw the matrices."""
        a, b, name = self._a.check(), self._b.check(), self._name.check()
        if not a:
            raise without_predictions()
        called = run_names(self.chosen)
        ids = [a, *([b] if b and b != a else [])]
        kept = [self._shelf.get(self.chosen.store, run_id, called[run_id], name) for run_id in ids]
        found = confusion(*kept)
        figure = confusion_figure(found, [called[run_id] for run_id in ids], share=self._share.value)
        left = f"{found.left_out:,} rows are left out: only one run has them, or they have no true label."
        return Drawing(
            figure=figure,
            html=boxed(sentence_html(f"{found.rows:,} rows.")),
            notice=left if found.left_out else "",
            data=lambda: confusion_frame(found),
        )


def without_predictions() -> NotThere:
    """Say that no run kept predictions, and how one does."""
    return NotThere("None of these runs has kept predictions: tb.log_predictions(y_true, y_pred, key=ids) keeps them.")


def no_predictions(name: str, known: Sequence[str]) -> NotThere:
    """Say that nobody kept predictions of a name."""
    return NotThere(f"None of these runs kept predictions {name!r}. There is: {', '.join(known) or 'none'}.")
