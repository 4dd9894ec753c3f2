"""Asking: runs, metrics and SQL as DataFrames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.store import metric_points, runs_frame
from trackbook.store.location import STORE_NAME, Location
from trackbook.store.user_sql import read_only_sql
from trackbook.tracking.past import PastRun, read_run
from trackbook.tracking.start import current_store, use_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from duckdb import DuckDBPyConnection

    from trackbook.store import Store


def runs(
    filter: str = "",  # noqa: A002 - the field's word, as in MLflow's filter_string
    *,
    order_by: str | Sequence[str] = (),
    limit: int | None = None,
    stores: Sequence[str | Path] | None = None,
    deleted: bool = False,
) -> pd.DataFrame:
    """Return one row a run: attributes, then params.*, metrics.* (last values) and tags.*; newest first.

    filter: a SQL boolean expression over metrics.x (and .min, .max, .mean, .best,
    .first, .last, .count), params.x, tags.x and attributes. Back-quotes enclose a whole
    name: metrics.`val/loss`, metrics.`mae.mean`. isnan(metrics.x) or metrics.x = 'nan'
    finds NaN. order_by: such as "metrics.acc DESC". stores: paths of other stores, searched together, with a
    column `store`. deleted: the deleted runs instead. Raises BadFilter, StoreHeld.
    """
    if stores is None:
        with current_store().asking() as db:
            return runs_frame(db, filter, order_by=order_by, limit=limit, deleted=deleted)
    import pandas as pd  # noqa: PLC0415

    frames = []
    for path in stores:
        store = _other_store(Path(path))
        with store.asking() as db:
            frame = runs_frame(db, filter, order_by=order_by, limit=limit, deleted=deleted)
        frame.insert(0, "store", str(path))
        frames.append(frame)
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _other_store(path: Path) -> Store:
    file = (path / STORE_NAME if path.is_dir() else path).absolute()
    if not file.exists() and not Location(file).spools.exists():  # the file is made by the first merge
        raise BadInput(f"There is no store at {file}.")
    return use_store(file, keep=False)


def get_run(run_id: str) -> PastRun:
    """Return a run by its id, a beginning of it, its name, or "last". Raises RunNotFound."""
    return read_run(current_store(), run_id)


def metrics(run_ids: str | Sequence[str] | pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the points of one metric: run_id, step, logged_at (UTC) and value, in the order logged.

    run_ids: one id, several, or a frame from `runs`.
    """
    import pandas as pd  # noqa: PLC0415

    if isinstance(run_ids, str):
        ids = [run_ids]
    else:
        ids = [str(run_id) for run_id in (run_ids["run_id"] if isinstance(run_ids, pd.DataFrame) else run_ids)]
    with current_store().asking() as db:
        return metric_points(db, ids, name)


def sql(query: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
    """Run your own SQL over the store's views (runs, params, metrics, tags, summaries, …).

    parameters: for $1, $2, … in the query. The query sees all that was logged so far,
    and only reads; `connect` gives a connection that writes. Raises BadInput with the reason.
    """
    return read_only_sql(current_store(), query, parameters)


def connect() -> DuckDBPyConnection:
    """Open a DuckDB connection to the store, for your own SQL; close it, or use it in a `with` block.

    While it is open other processes keep logging, but cannot query.
    """
    return current_store().connect()
