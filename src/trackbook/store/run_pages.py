"""Pages of a long table of runs: the order of all that a filter matches, and the facts of those that are looked at.

A table asks for the order once a change, and keeps it as numbers (8 bytes a run); each page is then asked
by these numbers, so that what is read and sent grows with what is visible.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.store.filters import compile_query
from trackbook.store.questions import as_seconds, param_value
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RunOrder:
    """All runs that a filter matches, in the order asked for."""

    numbers: NDArray[np.int64]
    """The store's own number of each run, shape (runs,)."""

    labels: NDArray[np.object_] | None
    """What each run is grouped by, shape (runs,), None where it has no such value; None without groups."""

    total: int
    """Runs in the store, whatever the filter; of deleted ones when these are asked for."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a table can show of one run."""

    number: int
    """The store's own number."""

    run_id: str
    attributes: dict[str, Any]
    """By the names of the filter language; times in seconds since the epoch, duration in seconds."""

    params: dict[str, object] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    """Last values; NaN is kept."""

    counts: dict[str, int] = field(default_factory=dict)
    """How many points each metric has."""

    tags: dict[str, str] = field(default_factory=dict)


_ATTRIBUTES = (
    "experiment", "name", "status", "ended_by", "started_at", "ended_at", "notebook", "cell_id", "attempt", "run_by",
    "host", "git_commit", "git_branch", "git_edits", "error", "note", "starred",
)  # fmt: skip


def ask_order(
    db: DuckDBPyConnection, text: str = "", order_by: Sequence[str] = (), *, group: str = "", deleted: bool = False
) -> RunOrder:
    """Put the runs of a filter in order, newest first behind the keys asked for.

    group: experiment, cell, params.NAME or tags.NAME; empty for none. Raises BadFilter.
    """
    import numpy as np  # noqa: PLC0415

    query = compile_query(text, order_by)
    label, join, name = group_label(group, len(query.parameters) + 1)
    order = ", ".join([*query.order, "r.started_at DESC", "r.seq DESC"])
    found = db.execute(
        f"""
        SELECT r.seq AS number{f", {label} AS label" if group else ""}
        FROM _tb.runs AS r
        {" ".join(query.joins)}
        {join}
        WHERE {shown(deleted=deleted)} AND ({query.where})
        ORDER BY {order}
        """,
        [*query.parameters, *name],
    ).fetchnumpy()
    total = fetch(db, f"SELECT count(*) FROM _tb.runs AS r WHERE {shown(deleted=deleted)}")[0][0]
    return RunOrder(np.asarray(found["number"], dtype=np.int64), _labels(found["label"]) if group else None, total)


def shown(*, deleted: bool) -> str:
    """Write which runs are meant at all."""
    return f"r.deleted_at IS {'NOT NULL' if deleted else 'NULL'}"


def group_label(group: str, parameter: int) -> tuple[str, str, list[str]]:
    """Write what runs are grouped by: an expression, the join it needs, and the join's parameter."""
    kind, _, name = group.partition(".")
    if kind == "params":
        return "g.text", f"LEFT JOIN _tb.params AS g ON g.run_id = r.run_id AND g.name = ${parameter}", [name]
    if kind == "tags":
        return "g.value", f"LEFT JOIN _tb.tags AS g ON g.run_id = r.run_id AND g.name = ${parameter}", [name]
    return {"cell": "NULLIF(r.cell_key, '')"}.get(group, "NULLIF(r.experiment, '')"), "", []


def _labels(column: Any) -> NDArray[np.object_]:  # noqa: ANN401 - plain or masked, as DuckDB likes
    import numpy as np  # noqa: PLC0415

    labels: NDArray[np.object_] = np.array(np.ma.getdata(column), dtype=object)
    labels[np.ma.getmaskarray(column)] = None
    return labels


def ask_runs(db: DuckDBPyConnection, numbers: Sequence[int], columns: Sequence[str]) -> list[RunFacts]:
    """Read the runs of a page, in the order given; a run that is gone meanwhile is left out.

    columns: the params.*, metrics.* and tags.* to read; attributes are always read.
    """
    rows = fetch(
        db,
        f"""
        SELECT r.seq, CAST(r.run_id AS VARCHAR), {", ".join(f"r.{name}" for name in _ATTRIBUTES)}
        FROM _tb.runs AS r
        WHERE r.seq IN (SELECT unnest(CAST($1 AS BIGINT[])))
        """,
        [[int(number) for number in numbers]],
    )
    found = {number: RunFacts(number, run_id, _attributes(values)) for number, run_id, *values in rows}
    by_id = {run.run_id: run for run in found.values()}
    for run_id, name, *written in _values(db, "params", ("value", "number", "text"), by_id, columns):
        by_id[run_id].params[name] = param_value(*written)
    for run_id, name, last, count in _values(db, "series", ("last", "count"), by_id, columns):
        if count:
            by_id[run_id].metrics[name] = last
            by_id[run_id].counts[name] = count
    for run_id, name, value in _values(db, "tags", ("value",), by_id, columns):
        by_id[run_id].tags[name] = value
    return [found[int(number)] for number in numbers if int(number) in found]


_PREFIX = {"params": "params.", "series": "metrics.", "tags": "tags."}


def _values(
    db: DuckDBPyConnection, table: str, values: Sequence[str], run_ids: Sequence[str] | dict[str, RunFacts],
    columns: Sequence[str],
) -> list[tuple[Any, ...]]:  # fmt: skip
    prefix = _PREFIX[table]
    names = [column.removeprefix(prefix) for column in columns if column.startswith(prefix)]
    if not names or not run_ids:
        return []
    return fetch(
        db,
        f"""
        SELECT CAST(t.run_id AS VARCHAR), t.name, {", ".join(f"t.{value}" for value in values)}
        FROM _tb.{table} AS t
        WHERE t.run_id IN (SELECT unnest(CAST($1 AS UUID[]))) AND t.name IN (SELECT unnest(CAST($2 AS TEXT[])))
        """,
        [list(run_ids), names],
    )


def _attributes(values: Sequence[Any]) -> dict[str, Any]:
    facts = dict(zip(_ATTRIBUTES, values, strict=True))
    started, ended = as_seconds(facts["started_at"]), as_seconds(facts["ended_at"])
    facts |= {"started_at": started, "ended_at": ended, "starred": bool(facts["starred"])}
    facts["duration"] = ended - started if ended is not None and started is not None else None
    return facts


def ask_ids(db: DuckDBPyConnection, numbers: Sequence[int]) -> list[str]:
    """Give the run ids of runs by the store's own numbers, in the order given."""
    rows = fetch(
        db,
        "SELECT seq, CAST(run_id AS VARCHAR) FROM _tb.runs WHERE seq IN (SELECT unnest(CAST($1 AS BIGINT[])))",
        [[int(number) for number in numbers]],
    )
    ids = dict(rows)
    return [ids[int(number)] for number in numbers if int(number) in ids]


def ask_numbers(db: DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, int]:
    """Give the store's own number of each run that there is."""
    return dict(
        fetch(
            db,
            "SELECT CAST(run_id AS VARCHAR), seq FROM _tb.runs WHERE run_id IN (SELECT unnest(CAST($1 AS UUID[])))",
            [list(run_ids)],
        )
    )
