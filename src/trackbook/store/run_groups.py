"""What a group of runs has in common: of each metric the best, mean and spread, of each param its range."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.store.filters import compile_query
from trackbook.store.questions import as_seconds
from trackbook.store.rows import fetch
from trackbook.store.run_pages import group_label, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class MetricOfGroup:
    """One metric's last values over the runs of a group; NaN and runs without it are left out."""

    count: int
    low: float
    high: float
    mean: float
    deviation: float | None
    """Of the sample (n - 1); None of fewer than two."""


@dataclass(slots=True)
class GroupFacts:
    """One group of a table."""

    label: str | None
    """None for the runs that have no such value."""

    newest: float | None
    """When the last of its runs began, in seconds since the epoch."""

    duration: float | None
    """Seconds that its runs took together; None while all run."""

    name: str
    """Of the newest run."""

    notebook: str
    """Of the newest run."""

    cell_id: str
    metrics: dict[str, MetricOfGroup] = field(default_factory=dict)
    numbers: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Lowest and highest of each param whose values are numbers."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    """Up to three different values of every other param and of each tag, by `params.x` or `tags.x`."""


_NAN = "CAST('NaN' AS DOUBLE PRECISION)"


def ask_groups(
    db: DuckDBPyConnection,
    text: str,
    group: str,
    labels: Sequence[str | None],
    columns: Sequence[str],
    *,
    deleted: bool = False,
) -> dict[str | None, GroupFacts]:
    """Sum up the groups of these labels; columns: the metrics.*, params.* and tags.* to sum up. Raises BadFilter."""
    query = compile_query(text)
    label, join, name = group_label(group, len(query.parameters) + 1)
    place = len(query.parameters) + len(name) + 1
    named = [each for each in labels if each is not None]
    among = f"({label} IN (SELECT unnest(CAST(${place} AS TEXT[]))){f' OR {label} IS NULL' if None in labels else ''})"
    members = f"""
        SELECT r.run_id, {label} AS label, r.started_at, r.ended_at, r.name, r.notebook, r.cell_id
        FROM _tb.runs AS r {" ".join(query.joins)} {join}
        WHERE {shown(deleted=deleted)} AND ({query.where}) AND {among}
    """
    parameters = [*query.parameters, *name, named]
    groups = {
        row[0]: GroupFacts(row[0], as_seconds(row[1]), row[2], row[3], row[4] or "", row[5] or "")
        for row in fetch(db, _HEADS.format(members=members), parameters)
    }
    of = {
        prefix: [c.removeprefix(prefix) for c in columns if c.startswith(prefix)]
        for prefix in ("metrics.", "params.", "tags.")
    }
    names = f"${place + 1}"
    if of["metrics."]:
        for at, metric, *rest in fetch(
            db, _METRICS.format(members=members, names=names), [*parameters, of["metrics."]]
        ):
            groups[at].metrics[metric] = MetricOfGroup(*rest)
    if of["params."]:
        rows = fetch(db, _PARAMS.format(members=members, names=names), [*parameters, of["params."]])
        for at, param, numeric, low, high, first, last in rows:
            if numeric:
                groups[at].numbers[f"params.{param}"] = (low, high)
            else:
                groups[at].texts[f"params.{param}"] = sorted({first, last})
    if of["tags."]:
        for at, tag, first, last in fetch(db, _TAGS.format(members=members, names=names), [*parameters, of["tags."]]):
            groups[at].texts[f"tags.{tag}"] = sorted({first, last})
    return groups


_HEADS = """
    SELECT label, max(started_at), CAST(sum(EXTRACT(epoch FROM (ended_at - started_at))) AS DOUBLE PRECISION),
           max(CASE WHEN place = 1 THEN name END), max(CASE WHEN place = 1 THEN notebook END),
           max(CASE WHEN place = 1 THEN cell_id END)
    FROM (SELECT *, row_number() OVER (PARTITION BY label ORDER BY started_at DESC) AS place
          FROM ({members}) AS m) AS newest
    GROUP BY label
"""
_METRICS = f"""
    SELECT m.label, t.name, count(*), min(t.last), max(t.last), avg(t.last),
           CASE WHEN count(*) > 1 THEN stddev_samp(t.last) END
    FROM ({{members}}) AS m
    JOIN _tb.series AS t ON t.run_id = m.run_id
    WHERE t.name IN (SELECT unnest(CAST({{names}} AS TEXT[]))) AND t.count > 0 AND abs(t.last) < 1e300
      AND t.last <> {_NAN}
    GROUP BY m.label, t.name
"""
_PARAMS = """
    SELECT m.label, t.name, count(t.number) = count(*), min(t.number), max(t.number), min(t.text), max(t.text)
    FROM ({members}) AS m
    JOIN _tb.params AS t ON t.run_id = m.run_id
    WHERE t.name IN (SELECT unnest(CAST({names} AS TEXT[])))
    GROUP BY m.label, t.name
"""
_TAGS = """
    SELECT m.label, t.name, min(t.value), max(t.value)
    FROM ({members}) AS m
    JOIN _tb.tags AS t ON t.run_id = m.run_id
    WHERE t.name IN (SELECT unnest(CAST({names} AS TEXT[])))
    GROUP BY m.label, t.name
"""
