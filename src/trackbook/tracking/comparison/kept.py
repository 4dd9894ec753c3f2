"""Predictions read from any store, by the run's id; those read last are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import NotThere
from trackbook.store.predictions import prediction_blobs, read_predictions
from trackbook.tracking.comparison.predictions import from_frame

if TYPE_CHECKING:
    from trackbook.store import Store
    from trackbook.tracking.comparison.predictions import Predictions

_MOST = 4
"""Runs whose predictions are remembered: a panel compares two, and then two others."""


class PredictionShelf:
    """Reads predictions once, as long as nobody logs them anew."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], Predictions] = {}

    def get(self, store: Store, run_id: str, called: str, name: str) -> Predictions:
        """Read what a run, or its newest evaluation, predicted. Raises NotThere, StoreDamaged.

        called: the run's name, for sentences.
        """
        with store.asking() as db:
            blobs = prediction_blobs(db, run_id)
        if name not in blobs:
            has = ", ".join(sorted(blobs))
            raise NotThere(
                f"Run {called} has no predictions {name!r}. It has: {has}."
                if has
                else f"Run {called} has kept no predictions: tb.log_predictions(y_true, y_pred, key=ids) keeps them."
            )
        key = (blobs[name], called)
        if key not in self._read:
            while len(self._read) >= _MOST:
                del self._read[next(iter(self._read))]
            self._read[key] = from_frame(called, read_predictions(store, blobs[name]))
        return self._read[key]
