"""Asking: runs, metrics and SQL as DataFrames."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, BadValue
from trackbook.store import metric_points, runs_frame
from trackbook.store.location import STORE_NAME, Location
from trackbook.store.user_sql import read_only_sql
from trackbook.tracking.past import PastRun, read_run
from trackbook.tracking.start import current_store, use_store
from trackbook.values import check_name

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
    _check_question(filter, order_by, limit)
    if stores is None:
        with current_store().asking() as db:
            return runs_frame(db, filter, order_by=order_by, limit=limit, deleted=deleted)
    import pandas as pd  # noqa: PLC0415

    frames = []
    for path in _paths(stores):
        store = _other_store(Path(path))
        with store.asking() as db:
            frame = runs_frame(db, filter, order_by=order_by, limit=limit, deleted=deleted)
        frame.insert(0, "store", str(path))
        frames.append(frame)
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _check_question(text: object, order_by: object, limit: object) -> None:
    """Refuse what is no question at all; what is wrong inside a filter, its own language says."""
    if not isinstance(text, str):
        raise BadValue("The filter", text, "it is text such as 'metrics.acc > 0.9'")
    terms = [order_by] if isinstance(order_by, str) else order_by
    if not isinstance(terms, (list, tuple)) or not all(isinstance(term, str) for term in terms):
        raise BadValue("order_by", order_by, "it is text such as 'metrics.acc DESC', or a list of such")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise BadInput(f"limit is how many runs at most, 0 or more, not {ascii(limit)[:40]}.")


def _paths(stores: object) -> list[str | Path]:
    with contextlib.suppress(TypeError):
        paths = [stores] if isinstance(stores, (str, Path)) else list(stores)  # type: ignore[call-overload]
        if all(isinstance(path, (str, Path)) for path in paths):
            return paths
    raise BadValue("stores", stores, "it is a list of paths to other stores")


def _other_store(path: Path) -> Store:
    with contextlib.suppress(OSError):  # a name too long for any file
        file = (path / STORE_NAME if path.is_dir() else path).absolute()
        if file.exists() or Location(file).spools.exists():  # the file is made by the first merge
            return use_store(file, keep=False)
    raise BadInput(f"There is no store at {str(path.absolute())!a}.")


def get_run(run_id: str) -> PastRun:
    """Return a run by its id, a beginning of it, its name, or "last". Raises RunNotFound."""
    return read_run(current_store(), run_id)


def metrics(run_ids: str | Sequence[str] | pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the points of one metric: run_id, step, logged_at (UTC) and value, in the order logged.

    run_ids: one id, several, or a frame from `runs`. Raises BadName, BadValue.
    """
    check_name("metric", name)
    try:
        ids = [run_ids] if isinstance(run_ids, str) else [str(each) for each in getattr(run_ids, "run_id", run_ids)]
    except TypeError:
        needed = "the points of runs are asked by one id, several, or a frame from tb.runs()"
        raise BadValue("run_ids", run_ids, needed) from None
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
