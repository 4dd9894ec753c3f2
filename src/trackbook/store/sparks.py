"""A metric's course in a few points, for the small line in a table's cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection


def ask_sparks(
    db: DuckDBPyConnection, run_ids: Sequence[str], metrics: Sequence[str], most: int = 40
) -> dict[tuple[str, str], list[float | None]]:
    """Read the course of metrics of a few runs, each in at most `most` points, in the order of steps.

    A point is the mean of its stretch; a stretch with a NaN or infinity in it is None, a gap.
    Series of one point are left out.
    """
    series = fetch(
        db,
        """
        SELECT series_id, CAST(run_id AS VARCHAR), name, count
        FROM _tb.series
        WHERE run_id IN (SELECT unnest(CAST($1 AS UUID[]))) AND name IN (SELECT unnest(CAST($2 AS TEXT[])))
          AND count > 1
        """,
        [list(run_ids), list(metrics)],
    )
    if not series:
        return {}
    rows = fetch(
        db,
        """
        SELECT series_id, stretch, avg(value), bool_and(abs(value) < 1e300)
        FROM (SELECT p.series_id, p.value,
                     floor((row_number() OVER (PARTITION BY p.series_id ORDER BY p.step, p.seq) - 1) * 1.0 * $3
                           / greatest($3, count(*) OVER (PARTITION BY p.series_id))) AS stretch
              FROM _tb.points AS p
              WHERE p.series_id IN (SELECT unnest(CAST($1 AS BIGINT[]))) AND p.series_id BETWEEN $2 AND $4) AS cut
        GROUP BY series_id, stretch
        ORDER BY series_id, stretch
        """,
        # The range as well: it lets whole row groups of a large table be skipped.
        [[row[0] for row in series], min(row[0] for row in series), most, max(row[0] for row in series)],
    )
    courses: dict[int, list[float | None]] = {}
    for series_id, _, mean, finite in rows:
        courses.setdefault(series_id, []).append(mean if finite else None)
    return {(run_id, name): courses[series_id] for series_id, run_id, name, _ in series if series_id in courses}
