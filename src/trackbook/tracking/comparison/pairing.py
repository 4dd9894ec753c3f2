"""Two runs' predictions side by side: the same row of data in the same place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.tracking.comparison.predictions import Predictions

FEWEST_ROWS = 20
"""Below it an interval would only pretend to know something."""


@dataclass(frozen=True, slots=True)
class Paired:
    """The rows that two runs share."""

    name_a: str
    name_b: str
    keys: NDArray[Any]
    """Shape (rows,), in the order of a."""

    truth: NDArray[Any]
    """Shape (rows,)."""

    a: NDArray[Any]
    """What a predicted: shape (rows,) or (rows, classes)."""

    b: NDArray[Any]
    classes: NDArray[Any]
    """All different true values that either run saw, so that a class is known even if no common row has it."""

    left_out: int
    """Rows that only one of the runs has."""


def pair(a: Predictions, b: Predictions) -> Paired:
    """Join two runs' predictions by key.

    Raises BadInput when a key stands for several rows, when fewer than 20 rows
    are common, or when the runs disagree on what is true.
    """
    for each in (a, b):
        _check_unique(each)
    at_a, at_b = _common(a, b)
    if len(at_a) < FEWEST_ROWS:
        raise BadInput(
            f"{a.run} and {b.run} have {len(at_a)} rows in common, and {FEWEST_ROWS} are the fewest to compare"
            f"{_look(a, b) if not len(at_a) else ''}. Log both with the same rows and the same key."
        )
    truth = a.truth[at_a]
    _check_truth(a, b, at_a, truth, b.truth[at_b])
    left_out = len(a.keys) + len(b.keys) - 2 * len(at_a)
    return Paired(a.run, b.run, a.keys[at_a], truth, a.guess[at_a], b.guess[at_b], _classes(a.truth, b.truth), left_out)


def _classes(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    both = (one, other) if one.dtype == other.dtype else (one.astype(object), other.astype(object))
    found = pd.unique(np.concatenate(both))
    known: NDArray[Any] = found[~pd.isna(found)]
    return known


def _check_unique(one: Predictions) -> None:
    import pandas as pd  # noqa: PLC0415

    again = pd.Index(one.keys).duplicated()
    if again.any():
        first = plain_key(one.keys[again.argmax()])
        raise BadInput(
            f"In {one.run} {_rows(int(again.sum()))} repeat a key of another row, such as {first!r}, so it is unclear "
            "which belong together: give each row a key of its own in tb.log_predictions(..., key=ids)."
        )


def _common(a: Predictions, b: Predictions) -> tuple[NDArray[Any], NDArray[Any]]:
    """Positions of the common rows in a and in b, in the order of a."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if len(a.keys) == len(b.keys) and a.keys.dtype == b.keys.dtype and bool(np.all(a.keys == b.keys)):
        everywhere = np.arange(len(a.keys))
        return everywhere, everywhere
    found = pd.Index(b.keys).get_indexer(pd.Index(a.keys))
    at_a = np.flatnonzero(found >= 0)
    return at_a, found[at_a]


def _look(a: Predictions, b: Predictions) -> str:
    if not len(a.keys) or not len(b.keys):
        return ""
    return f"; a key of the one is {plain_key(a.keys[0])!r}, of the other {plain_key(b.keys[0])!r}"


def _check_truth(
    a: Predictions, b: Predictions, at_a: NDArray[Any], truth_a: NDArray[Any], truth_b: NDArray[Any]
) -> None:
    differ = ~_same(truth_a, truth_b)
    if differ.any():
        where = differ.argmax()
        key, one, other = (plain_key(values[where]) for values in (a.keys[at_a], truth_a, truth_b))
        raise BadInput(
            f"{a.run} and {b.run} do not agree on y_true in {_rows(int(differ.sum()))} of {len(differ):,} "
            f"(key {key!r}: {one!r} and {other!r}), so they were not scored on the same data. "
            "Without keys rows are paired by position: log both with key=ids."
        )


def _same(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Tell row by row whether two true values are equal; float32 equals the float64 it was made of."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if one.dtype.kind in "biuf" and other.dtype.kind in "biuf":
        close: NDArray[Any] = np.isclose(one.astype(float), other.astype(float), rtol=1e-6, atol=1e-12, equal_nan=True)
        return close
    missing = pd.isna(one) & pd.isna(other)
    return np.asarray(missing | np.asarray(one.astype(object) == other.astype(object), dtype=bool))


def plain_key(value: Any) -> Any:  # noqa: ANN401 - whatever names a row
    """Make Python's own value of numpy's, so that a sentence shows 7 and not np.int64(7)."""
    return value.item() if hasattr(value, "item") else value


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
