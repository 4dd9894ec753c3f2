"""Row by row: what two runs say about the same rows, the rows that flipped first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.tracking.comparison.cases import as_labels, as_numbers, as_probabilities
from trackbook.tracking.comparison.forms import form_of
from trackbook.tracking.comparison.pairing import pair, plain_key
from trackbook.tracking.comparison.predictions import get_predictions
from trackbook.tracking.comparison.probability_measures import row_log_losses
from trackbook.tracking.data import as_frame

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.tracking.comparison.cases import Cases
    from trackbook.tracking.comparison.pairing import Paired
    from trackbook.tracking.past import PastRun
    from trackbook.tracking.run import Run

OURS = ("key", "y_true", "y_pred_a", "y_pred_b", "error_a", "error_b", "difference", "change")
"""Columns of a row comparison; a feature of the same name gets `_feature` behind it."""


def compare_rows(
    a: str | PastRun | Run,
    b: str | PastRun | Run,
    features: Any = None,  # noqa: ANN401 - any frame
    *,
    key: str | None = None,
    name: str = "predictions",
) -> pd.DataFrame:
    """Return the rows that both runs predicted, one line each, those that tell the runs apart most first.

    Columns: key, y_true, y_pred_a, y_pred_b, error_a, error_b, difference (error_a - error_b; below zero
    a is the better one) and change. The error is 0 or 1 of labels, the log loss of
    probabilities, the absolute error of numbers. change is "only a right" or "only b right" where
    a row flipped, else "both right" or "both wrong"; of numbers "a closer", "b closer" or "equal".
    features: a frame with more about the rows, joined by its column `key` (left out: the one named "key", else
    its index); rows it does not know get missing values. Its names stay, with `_feature` behind those we use.
    Raises as `is_better`, and BadInput when no row of features fits.
    """
    paired = pair(get_predictions(a, name), get_predictions(b, name))
    frame = paired_rows(paired)
    return frame if features is None else join_features(frame, features, key)


def paired_rows(paired: Paired) -> pd.DataFrame:
    """As `compare_rows`, for predictions that were paired before; asks nobody."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    form = form_of(paired)
    if form == "numbers":
        cases = as_numbers(paired)
        said = cases.truth, cases.a, cases.b
        errors = np.abs(cases.a - cases.truth), np.abs(cases.b - cases.truth)
        change = np.select([errors[0] < errors[1], errors[0] > errors[1]], ["a closer", "b closer"], "equal")
    elif form == "probabilities":
        cases = as_probabilities(paired)
        a, b = (each.argmax(axis=1) for each in (cases.a, cases.b))
        said = cases.classes[cases.truth], cases.classes[a], cases.classes[b]
        errors, change = row_log_losses(cases), _flips(said[0] == said[1], said[0] == said[2])
    else:
        cases = as_labels(paired)
        said, wrong = _named(cases), (cases.a != cases.truth, cases.b != cases.truth)
        errors, change = (wrong[0].astype(float), wrong[1].astype(float)), _flips(~wrong[0], ~wrong[1])
    columns = (paired.keys[cases.kept], *said, *errors, errors[0] - errors[1], change)
    frame = pd.DataFrame(dict(zip(OURS, columns, strict=True)))
    # What tells the runs apart most comes first; equal ones keep the order in which they were logged.
    order = np.argsort(-frame["difference"].abs().to_numpy(), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def _named(cases: Cases) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Write the labels out again; whole numbers as such, a missing one as missing."""
    import numpy as np  # noqa: PLC0415

    classes = cases.classes
    if classes.dtype.kind == "f" and bool(np.all(classes == np.floor(classes))):
        classes = classes.astype(np.int64)
    if (cases.a < 0).any() or (cases.b < 0).any():
        # One entry more, so that -1, a label left empty, finds None there.
        classes = np.append(classes.astype(object), [None])
    return classes[cases.truth], classes[cases.a], classes[cases.b]


def _flips(right_a: NDArray[Any], right_b: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    cases = [right_a & ~right_b, right_b & ~right_a, right_a]
    return np.select(cases, ["only a right", "only b right", "both right"], "both wrong")


def join_features(frame: pd.DataFrame, features: Any, key: str | None = None) -> pd.DataFrame:  # noqa: ANN401
    """Add a frame's columns to a row comparison. Raises BadInput for a key that is missing, doubled, or fits no row."""
    import pandas as pd  # noqa: PLC0415

    more = as_frame(features)
    on = key or ("key" if "key" in more.columns else None)
    if on is not None:
        if on not in more.columns:
            raise BadInput(f"features has no column {on!r}. It has: {', '.join(map(str, more.columns))}.")
        more = more.set_index(on)
    if more.index.has_duplicates:
        first = plain_key(more.index[more.index.duplicated()][0])
        raise BadInput(
            f"In features the key {first!r} stands for several rows: leave one of each, or name another key=."
        )
    places = more.index.get_indexer(pd.Index(frame["key"]))
    if len(frame) and (places < 0).all():
        ours, theirs = plain_key(frame["key"].iloc[0]), plain_key(more.index[0]) if len(more) else "nothing"
        raise BadInput(
            f"No row of features fits: the predictions have keys such as {ours!r}, features such as {theirs!r}. "
            "Set its index to what was logged as key, or name the column with key=."
        )
    joined = more.reindex(frame["key"].to_numpy()).reset_index(drop=True)
    joined.columns = pd.Index([f"{column}_feature" if column in OURS else column for column in joined.columns])
    both: pd.DataFrame = pd.concat([frame.reset_index(drop=True), joined], axis=1)
    return both
