"""Which columns the runs of a filter have, and whether each says anything: without reading the values into Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.filters import compile_query
from trackbook.store.rows import fetch
from trackbook.store.run_pages import shown

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column over all runs of a filter."""

    key: str
    """As in a runs frame: params.lr, metrics.acc, tags.team, or an attribute."""

    says: bool
    """Whether any run has a value that is not empty; a metric that is NaN everywhere says nothing."""

    varies: bool
    """Whether two of the runs differ, a missing value counting as one."""

    numeric: bool = False
    """Whether every value is a number."""


_ATTRIBUTES = ("status", "experiment", "notebook", "git_commit", "note", "error")
_VALUE = {"status": "NULLIF(r.status, 'FINISHED')"}  # that a run went well says nothing
_LONG = {
    # A column of numbers varies as numbers do: 1 is 1.0.
    "params": """
        TRUE, count(*) < {runs} OR CASE WHEN count(t.number) = count(*) THEN min(t.number) <> max(t.number)
                                        ELSE min(t.value) <> max(t.value) END, count(t.number) = count(*)
        {source} GROUP BY t.name HAVING NOT bool_and(t.is_default)
    """,
    "series": """
        bool_or(t.last <> CAST('NaN' AS DOUBLE PRECISION)), TRUE, TRUE {source} AND t.count > 0 GROUP BY t.name
    """,
    "tags": "bool_or(t.value <> ''), count(*) < {runs} OR min(t.value) <> max(t.value), FALSE {source} GROUP BY t.name",
}
_PREFIX = {"params": "params.", "series": "metrics.", "tags": "tags."}


def ask_columns(db: DuckDBPyConnection, text: str = "", *, deleted: bool = False) -> tuple[int, list[ColumnFacts]]:
    """Tell how many runs match a filter and what columns they have, each kind in the order of its names.

    Left out are params that every run left at their default. Raises BadFilter.
    """
    query = compile_query(text)
    chosen = f"""
        FROM _tb.runs AS r {" ".join(query.joins)} WHERE {shown(deleted=deleted)} AND ({query.where})
    """
    told = ", ".join(
        f"coalesce(bool_or({value} <> ''), FALSE), count({value}) < count(*) OR min({value}) <> max({value})"
        for value in (_VALUE.get(name, f"r.{name}") for name in _ATTRIBUTES)
    )
    runs, *flags = fetch(db, f"SELECT count(*), {told} {chosen}", query.parameters)[0]
    facts = [
        ColumnFacts(name, bool(flags[2 * place]), bool(flags[2 * place + 1])) for place, name in enumerate(_ATTRIBUTES)
    ]
    for table, wanted in _LONG.items():
        source = f"FROM _tb.{table} AS t WHERE t.run_id IN (SELECT r.run_id {chosen})"
        rows = fetch(db, f"SELECT t.name, {wanted.format(runs=runs, source=source)} ORDER BY t.name", query.parameters)
        facts += [
            ColumnFacts(_PREFIX[table] + name, bool(says), bool(varies), bool(numeric))
            for name, says, varies, numeric in rows
        ]
    return runs, facts


def ask_names(db: DuckDBPyConnection, text: str, most: int, *, metrics: bool = True) -> tuple[int, list[str]]:
    """Search the names of all params, metrics and tags; returns how many fit and the first of them.

    text: found anywhere in `metrics.acc`, in any case; empty finds all. metrics: these too.
    """
    wanted = text.lower()
    names = " UNION ALL ".join(
        f"SELECT DISTINCT '{prefix}' || name AS name FROM _tb.{table}"
        for table, prefix in _PREFIX.items()
        if metrics or table != "series"
    )
    rows = fetch(
        db,
        f"""
        SELECT name, count(*) OVER () FROM ({names}) AS every
        WHERE strpos(lower(name), $1) > 0 ORDER BY name LIMIT $2
        """,
        [wanted, most],
    )
    return (rows[0][1] if rows else 0), [name for name, _ in rows]
