"""The predictions of one run, as it kept them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadValue, NotThere
from trackbook.store import find_run
from trackbook.store.predictions import prediction_blobs, read_predictions
from trackbook.tracking.past import PastRun
from trackbook.tracking.run import Run
from trackbook.tracking.start import current_store

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.store import Store


@dataclass(frozen=True, slots=True)
class Predictions:
    """What one run said about which rows."""

    run: str
    """The run's name, for sentences."""

    keys: NDArray[Any]
    """Shape (rows,): what names each row; its position where the user gave no key."""

    truth: NDArray[Any]
    """Shape (rows,)."""

    guess: NDArray[Any]
    """Shape (rows,), or (rows, classes)."""


def get_predictions(run: str | PastRun | Run, name: str = "predictions") -> Predictions:
    """Read what a run predicted, or what its newest evaluation did where it kept none itself.

    run: as for `tb.diff`. Raises RunNotFound, NotThere when it has no predictions of this name, StoreDamaged.
    """
    store, run_id, called = run_of(run)
    with store.asking() as db:
        blobs = prediction_blobs(db, run_id)
    if name in blobs:
        return from_frame(called, read_predictions(store, blobs[name]))
    if blobs:
        raise NotThere(f"Run {called} has no predictions {name!r}. It has: {', '.join(sorted(blobs))}.")
    raise NotThere(f"Run {called} has kept no predictions: tb.log_predictions(y_true, y_pred, key=ids) keeps them.")


def has_predictions(run: PastRun, name: str = "predictions") -> bool:
    """Tell whether a run, or an evaluation of it, kept predictions of this name."""
    with run.store.asking() as db:
        return name in prediction_blobs(db, run.run_id)


def run_of(run: str | PastRun | Run) -> tuple[Store, str, str]:
    """Return the store, the id and the name of a run, however it was given. Raises RunNotFound."""
    if isinstance(run, (PastRun, Run)):
        return run.store, run.run_id, run.name
    if not isinstance(run, str):
        raise BadValue("A run to compare", run, 'needs to be its id, its name, "last", or what get_run returned')
    store = current_store()
    row = find_run(store, run)
    return store, row.run_id, row.name


def from_frame(run: str, frame: pd.DataFrame) -> Predictions:
    """Take the columns apart that `log_predictions` wrote; one column of shape (rows, 1) is a plain column."""
    import numpy as np  # noqa: PLC0415

    if "y_pred" in frame:
        guess = frame["y_pred"].to_numpy()
    else:
        wide = [f"y_pred_{place}" for place in range(frame.shape[1] - 2)]
        stacked = np.column_stack([frame[column].to_numpy() for column in wide])
        guess = stacked.ravel() if len(wide) == 1 else stacked
    return Predictions(run, frame["key"].to_numpy(), frame["y_true"].to_numpy(), guess)
