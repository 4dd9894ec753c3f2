"""Rows: is one run really better, which rows flipped, and where it is worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, NotThere, TrackbookError
from trackbook.store import parquet_to_frame, read_blob
from trackbook.store.kept_data import kept_data
from trackbook.store.predicting import predictions_by_run
from trackbook.tracking.comparison.forms import form_of
from trackbook.tracking.comparison.kept import PredictionShelf
from trackbook.tracking.comparison.measures import BETTER, DEFAULT
from trackbook.tracking.comparison.pairing import pair
from trackbook.tracking.comparison.rows import join_features, paired_rows
from trackbook.tracking.comparison.segments import worst_segments
from trackbook.tracking.comparison.verdict import judge
from trackbook.views.comparison.row_table import RowFacts, change_words, rows_html
from trackbook.widgets.comparison.choice import Choice
from trackbook.widgets.comparison.controlled import ControlledTab
from trackbook.widgets.comparison.run_choice import no_run, run_names, run_words
from trackbook.widgets.comparison.tab import Drawing
from trackbook.widgets.comparison.tabs.confusion import no_predictions, without_predictions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from trackbook.widgets.comparison.tab import ChosenRuns

_NO_DATA = (
    'For the worst segments keep the rows\' columns with a run: tb.log_dataset(X_test, "test", store=True), with a '
    "column `key` where the predictions have keys."
)


class RowsTab(ControlledTab):
    """Options: a and b (run ids), metric, predictions (their name), features (a kept data set), change (of rows)."""

    title = "Rows"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - `call` says which there are
        self._a, self._b = Choice("a", unknown=no_run), Choice("b", unknown=no_run)
        self._metric = Choice("metric", nothing="the usual one", unknown=_no_measure)
        self._name = Choice("predictions", unknown=no_predictions)
        self._features = Choice("features", nothing="none", unknown=_no_data)
        self._change = Choice("rows", nothing="all that differ", unknown=_no_change)
        self._shelf = PredictionShelf()
        self._known: dict[tuple[str, ...], RowFacts] = {}
        super().__init__(
            {
                "a": self._a, "b": self._b, "metric": self._metric, "predictions": self._name,
                "features": self._features, "change": self._change,
            },
            options,
        )  # fmt: skip
        self._metric.offer(list(BETTER))

    def offer(self, chosen: ChosenRuns) -> None:
        """Offer the runs that kept predictions, the first two first."""
        with chosen.store.asking() as db:
            kept = predictions_by_run(db, chosen.run_ids)
            data = kept_data(db, list(kept))
        self._known, ids = {}, list(kept)
        words = run_words(chosen, ids)
        self._a.offer(ids, shown=words)
        self._b.offer(ids, preferred=next((run_id for run_id in ids if run_id != self._a.value), ""), shown=words)
        names = list(dict.fromkeys(name for each in kept.values() for name in each))
        self._name.offer(names, preferred="predictions" if "predictions" in names else next(iter(names), ""))
        self._features.offer(list(data), preferred=_likeliest(list(data)))
        self._blobs = {name: blob for name, (blob, _) in data.items()}

    def draw(self) -> Drawing:
        """Judge the two runs and draw their rows."""
        a, b, name = self._a.check(), self._b.check(), self._name.check()
        metric, features = self._metric.check(), self._features.check()
        if not a:
            raise without_predictions()
        if not b or a == b:
            raise BadInput("Two different runs with predictions are needed; tb.log_predictions in another run helps.")
        key = (a, b, name, metric, features)
        if key not in self._known:
            self._known = {key: self._facts(a, b, name, metric, features)}
        facts = self._known[key]
        self._offer_changes(facts.rows)
        change = self._change.check()
        return Drawing(html=rows_html(facts, change), data=lambda: facts.rows)

    def _facts(self, a: str, b: str, name: str, metric: str, features: str) -> RowFacts:
        called = run_names(self.chosen)
        one, other = (self._shelf.get(self.chosen.store, run_id, called[run_id], name) for run_id in (a, b))
        paired = pair(one, other)
        verdict = judge(paired, metric or DEFAULT[form_of(paired)])
        rows = paired_rows(paired)
        segments, why = None, _NO_DATA
        if features:
            rows, segments, why = self._segments(rows, features)
        return RowFacts((called[a], called[b]), verdict, rows, segments, why)

    def _segments(self, rows: pd.DataFrame, features: str) -> tuple[pd.DataFrame, pd.DataFrame | None, str]:
        """Join the rows' columns and part the rows by them; a sentence where that cannot be."""
        try:
            columns = parquet_to_frame(read_blob(self.chosen.store, self._blobs[features]))
            joined = join_features(rows, columns)
        except TrackbookError as error:
            return rows, None, str(error)
        try:
            return joined, worst_segments(joined), ""
        except TrackbookError as error:
            return joined, None, str(error)

    def _offer_changes(self, rows: pd.DataFrame) -> None:
        self._adopting = True
        try:
            self._change.offer(change_words(rows))
        finally:
            self._adopting = False


def _likeliest(names: Sequence[str]) -> str:
    """Choose the data that was most likely scored: what is called test or validation, else the first."""
    return next((name for word in ("test", "val", "hold") for name in names if word in name.lower()), "") or next(
        iter(names), ""
    )


def _no_measure(name: str, known: Sequence[str]) -> NotThere:
    return NotThere(f"{name!r} cannot be computed from predictions. There is: {', '.join(known)}.")


def _no_data(name: str, known: Sequence[str]) -> NotThere:
    return NotThere(f"None of these runs kept the data {name!r}. There is: {', '.join(known) or 'none'}. {_NO_DATA}")


def _no_change(name: str, known: Sequence[str]) -> NotThere:
    return NotThere(f"No row is {name!r}. There is: {', '.join(known)}.")
