"""Data that a run used, and what its model said about it."""

from __future__ import annotations

import contextlib
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from trackbook.capture.datasets import describe
from trackbook.errors import BadInput, BadValue, DiskFull, warn
from trackbook.store import frame_to_parquet
from trackbook.tracking.active import active_run
from trackbook.values import check_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.records import DatasetFacts
    from trackbook.tracking.run import Run

_UNHURRIED = 3600.0
"""Seconds: asked for by name, the whole data is hashed."""


def log_dataset(data: Any, name: str, *, store: bool = False, run: Run | None = None) -> None:  # noqa: ANN401
    """Note which data the active run used: shape, columns and the hash of its content.

    data: a pandas or polars frame, a numpy array, a torch tensor, an Arrow table.
    store: also keep the data itself, as Parquet. Raises BadInput for what is no data.
    """
    run = active_run("log_dataset") if run is None else run
    check_name("dataset", name)
    facts = describe(name, data, _UNHURRIED)
    if facts is None:
        raise BadInput(f"An object of type {type(data).__name__} is no data set: give a frame, an array or a tensor.")
    note_dataset(run, replace(facts, role=name), content=frame_to_parquet(as_frame(data)) if store else None)


def note_dataset(run: Run, facts: DatasetFacts, content: bytes | None = None) -> None:
    """Write down one data set of a run, with its content when it is given."""
    more: dict[str, object] = {}
    if content is not None:
        try:
            digest, size = run.store.put_blob(content)
            more = {"blob": digest, "size": size}
        except (DiskFull, OSError) as error:
            warn(f"The data {facts.name!r} was not kept: {error}")
    run.store.event("dataset", run_id=run.run_id, facts=asdict(facts), at=time.time(), **more)


def log_predictions(
    y_true: Any,  # noqa: ANN401 - any one-dimensional sequence
    y_pred: Any,  # noqa: ANN401 - one-dimensional, or (n, classes)
    *,
    key: Any = None,  # noqa: ANN401
    name: str = "predictions",
    run: Run | None = None,
) -> None:
    """Keep what a model predicted, row by row, so that runs can be compared on the same rows.

    y_true, y_pred: length n; y_pred may have shape (n, classes). key: n ids that
    name the rows; left out, their positions. Raises BadInput when lengths differ.
    """
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    run = active_run("log_predictions") if run is None else run
    check_name("predictions", name)
    truth, guess = _rows("y_true", y_true, 1), _rows("y_pred", y_pred, 2)
    ids = np.arange(len(truth)) if key is None else _rows("key", key, 1)
    if not len(truth) == len(guess) == len(ids):
        raise BadInput(f"y_true has {len(truth)} rows, y_pred {len(guess)} and key {len(ids)}; they must be equal.")
    columns = {"key": ids, "y_true": truth}
    if guess.ndim > 1:
        columns |= {f"y_pred_{place}": guess[:, place] for place in range(guess.shape[1])}
    else:
        columns["y_pred"] = guess
    try:
        digest, size = run.store.put_blob(frame_to_parquet(pd.DataFrame(columns)))
    except (DiskFull, OSError) as error:
        warn(f"The predictions were not kept: {error}")
        return
    run.store.event(
        "predictions", run_id=run.run_id, name=name, rows=len(truth), blob=digest, size=size, at=time.time()
    )


def _rows(what: str, values: Any, most: int) -> NDArray[Any]:  # noqa: ANN401
    """Make an array of one entry a row, and of a row's entries where `most` dimensions are 2. Raises BadValue."""
    import numpy as np  # noqa: PLC0415

    with contextlib.suppress(ValueError, TypeError):  # lists of unequal length
        array = np.asarray(values)
        if 1 <= array.ndim <= most:
            return array
    needed = "one value a row is needed" if most == 1 else "one value a row is needed, or one for each class"
    raise BadValue(what, values, needed)


def as_frame(data: Any) -> Any:  # noqa: ANN401 - pandas is imported where it is needed
    """Make a pandas frame of frames, arrays, tensors and tables."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(data, (pd.DataFrame, pd.Series)):
        frame = data.to_frame() if isinstance(data, pd.Series) else data
        return frame.set_axis([str(column) for column in frame.columns], axis=1)
    if hasattr(data, "to_pandas"):
        return as_frame(data.to_pandas())
    if hasattr(data, "detach"):
        data = data.detach().cpu().numpy()
    if hasattr(data, "reshape"):
        flat = data.reshape(len(data), -1)
        return pd.DataFrame(flat, columns=[f"c{place}" for place in range(flat.shape[1])])
    return pd.DataFrame(data)
