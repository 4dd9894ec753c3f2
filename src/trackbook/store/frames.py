"""Answers as pandas frames: the wide table of runs, and whatever else a query gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trackbook.values import from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

ATTRIBUTES = (
    "run_id", "experiment", "name", "status", "ended_by", "started_at", "ended_at", "duration", "notebook", "cell_id",
    "attempt", "parent_run_id", "evaluates_run_id", "run_by", "host", "git_commit", "git_branch", "git_edits", "error",
    "note", "starred",
)  # fmt: skip
"""Columns of a runs frame that every run has."""


def to_frame(result: DuckDBPyConnection) -> pd.DataFrame:
    """Make a frame of a result: NULL is NaN, NaT or None, by the column's type. Needs no Arrow library."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(result.fetchnumpy())


def runs_frame(
    db: DuckDBPyConnection,
    text: str = "",
    *,
    order_by: str | Sequence[str] = (),
    limit: int | None = None,
    deleted: bool | None = False,
    defaults: bool = True,
    run_ids: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row a run that the filter matches: its attributes, then params.*, metrics.* (last values) and tags.*.

    Newest first unless order_by says otherwise. A param column is numeric when
    all its values are numbers. defaults: also params that every run left at
    their default. deleted: those that were deleted instead; None for both.
    run_ids: only among these, however many. Raises BadFilter.
    """
    import pandas as pd  # noqa: PLC0415

    from trackbook.store.filters import compile_query  # noqa: PLC0415 - an extension that is loaded asks nothing yet

    query = compile_query(text, order_by)
    order = ", ".join([*query.order, "r.started_at DESC", "r.seq DESC"])
    shown = {None: "1 = 1", True: "r.deleted_at IS NOT NULL", False: "r.deleted_at IS NULL"}[deleted]
    parameters = list(query.parameters)
    if run_ids is not None:
        parameters.append(list(run_ids))
        shown += f" AND r.run_id IN (SELECT unnest(CAST(${len(parameters)} AS UUID[])))"
    last = f"LIMIT {int(limit)}" if limit is not None else ""
    # Ordered and cut before they are numbered: both engines number the rows of a sub-select in its order,
    # and the best hundred of many are found without sorting the rest.
    db.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT row_number() OVER () - 1 AS place, run_id
        FROM (
            SELECT r.run_id
            FROM _tb.runs AS r
            {" ".join(query.joins)}
            WHERE {shown} AND ({query.where})
            ORDER BY {order}
            {last}
        ) AS ordered
        """,
        parameters,
    )
    try:
        frame = to_frame(db.execute(_ATTRIBUTES))
        columns: dict[str, object] = {str(name): frame[name] for name in frame.columns}
        count = len(frame)
        few = (limit is not None or run_ids is not None) and count <= _FEW
        columns |= _params(db, _of_chosen(db, "params", few=few), count, defaults=defaults)
        columns |= _metrics(db, _of_chosen(db, "series", few=few), count)
        columns |= _tags(db, _of_chosen(db, "tags", few=few), count)
        return pd.DataFrame(columns)
    finally:
        db.execute("DROP TABLE chosen")


_FEW = 10_000
"""Runs whose values are copied out once, instead of being looked up among all others for every question."""


_VALUES = {
    "params": ("name", "value", "number", "is_default"),
    "series": ("name", "last", "count"),
    "tags": ("name", "value"),
}


def _of_chosen(db: DuckDBPyConnection, table: str, *, few: bool) -> str:
    """Return what to select from: (place, …) of the values of the chosen runs."""
    columns = ", ".join(f"t.{column}" for column in _VALUES[table])
    source = f"(SELECT c.place, {columns} FROM _tb.{table} AS t JOIN chosen AS c ON c.run_id = t.run_id)"
    if not few:
        return source
    db.execute(f"CREATE OR REPLACE TEMP TABLE chosen_{table} AS SELECT * FROM {source} AS t")
    return f"chosen_{table}"


_ATTRIBUTES = """
    SELECT CAST(r.run_id AS VARCHAR) AS run_id, r.experiment, r.name, r.status, r.ended_by, r.started_at, r.ended_at,
           EXTRACT(epoch FROM (r.ended_at - r.started_at)) AS duration, r.notebook, r.cell_id, r.attempt,
           CAST(r.parent_run_id AS VARCHAR) AS parent_run_id, CAST(r.evaluates_run_id AS VARCHAR) AS evaluates_run_id,
           r.run_by, r.host, r.git_commit, r.git_branch, r.git_edits, r.error, r.note, r.starred
    FROM chosen AS c
    JOIN _tb.runs AS r ON r.run_id = c.run_id
    ORDER BY c.place
"""

# An integer of 2^53 or more would lose digits among floats: such a column keeps its values as they are.
# Names travel as numbers: a million small strings would cost more than all the rest.
_NAMES = """
    SELECT t.name, count(t.number) = count(*) AND NOT bool_or(t.whole AND abs(t.number) >= 9007199254740992) AS numeric,
           bool_and(t.whole) AS whole
    FROM (SELECT *, value NOT LIKE '%.%' AND value NOT LIKE '%e%' AND value NOT LIKE '"%' AS whole
          FROM {source} AS found) AS t
    GROUP BY t.name
    HAVING $1 OR NOT bool_and(t.is_default)
    ORDER BY t.name
"""
_NUMBERED = "(SELECT unnest(CAST($1 AS TEXT[])) AS name, unnest(CAST($2 AS INTEGER[])) AS column_number)"


def _numbered(db: DuckDBPyConnection, source: str, value: str, names: Sequence[str], more: str = "") -> Any:  # noqa: ANN401
    """Fetch (place, column_number, value) of all chosen runs as arrays; the names are numbered by their place."""
    return db.execute(
        f"""
        SELECT t.place, n.column_number, {value} AS value
        FROM {source} AS t
        JOIN {_NUMBERED} AS n ON n.name = t.name
        {more}
        """,
        [list(names), list(range(len(names)))],
    ).fetchnumpy()


def _params(db: DuckDBPyConnection, source: str, count: int, *, defaults: bool) -> dict[str, object]:
    rows = db.execute(_NAMES.format(source=source), [defaults]).fetchall()
    numeric = [name for name, is_numeric, _ in rows if is_numeric]
    whole = {name for name, is_numeric, is_whole in rows if is_numeric and is_whole}
    columns: dict[str, object] = {}
    if numeric:
        table, seen = _scatter(_numbered(db, source, "t.number", numeric), len(numeric), count)
        for place, name in enumerate(numeric):
            exact = name in whole and bool(seen[place].all())
            columns[f"params.{name}"] = table[place].astype("int64") if exact else table[place]
    mixed = [name for name, is_numeric, _ in rows if not is_numeric]
    if mixed:
        found = _numbered(db, source, "t.value", mixed)
        columns |= _objects(found, [f"params.{name}" for name in mixed], count, _decoded)
    return {f"params.{name}": columns[f"params.{name}"] for name, _, _ in rows}


def _decoded(value: str) -> object:
    """Read a param; among others that are no numbers, a string that spells NaN is meant as one."""
    return json.loads(value) if value.startswith('"') else from_json(value)


def _metrics(db: DuckDBPyConnection, source: str, count: int) -> dict[str, object]:
    names = _names(db, source)
    if not names:
        return {}
    table, _ = _scatter(_numbered(db, source, "t.last", names, "WHERE t.count > 0"), len(names), count)
    return {f"metrics.{name}": table[place] for place, name in enumerate(names)}


def _tags(db: DuckDBPyConnection, source: str, count: int) -> dict[str, object]:
    names = _names(db, source)
    if not names:
        return {}
    return _objects(_numbered(db, source, "t.value", names), [f"tags.{name}" for name in names], count, None)


def _names(db: DuckDBPyConnection, source: str) -> list[str]:
    rows = db.execute(f"SELECT DISTINCT t.name FROM {source} AS t ORDER BY t.name").fetchall()
    return [row[0] for row in rows]


def _scatter(found: Any, width: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:  # noqa: ANN401
    """Put long numbers into a wide table of shape (width, count), NaN where nothing is; also what was seen."""
    import numpy as np  # noqa: PLC0415

    table = np.full((width, count), np.nan)
    seen = np.zeros((width, count), dtype=bool)
    where = (found["column_number"], found["place"])
    table[where] = np.ma.filled(found["value"], np.nan)
    seen[where] = True
    return table, seen


def _objects(
    found: Any,  # noqa: ANN401
    titles: Sequence[str],
    count: int,
    decode: Callable[[str], object] | None,
) -> dict[str, object]:
    """Put long texts into object columns of length `count`, None where nothing is."""
    import numpy as np  # noqa: PLC0415

    table = np.full((len(titles), count), None, dtype=object)
    values = found["value"]
    if decode is not None:
        meanings = {text: decode(text) for text in set(values.tolist())}
        decoded = np.empty(len(values), dtype=object)
        decoded[:] = [meanings[text] for text in values.tolist()]
        values = decoded
    table[found["column_number"], found["place"]] = values
    return {title: table[place] for place, title in enumerate(titles)}
