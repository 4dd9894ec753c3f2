"""How the best earlier runs of the same cell or experiment went: what a live curve is seen against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.store.rows import fetch, moment
from trackbook.store.run_so_far import Curve, curves_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import RunStart
    from trackbook.store.store import Store

_BUCKETS = 100


def best_curves(
    store: Store, run_id: str, names: Sequence[str], most: int = 10, *, start: RunStart | None = None
) -> dict[str, list[Curve]]:
    """Return by metric the curves of the best earlier runs: attempts of the same cell, else of the same experiment.

    Best is by the metric itself, the newest first where nobody knows which way is up. start: where the caller knows
    it, nothing is merged first: the earlier runs are in the store by now. Raises StoreHeld.
    """
    with store.asking(merge=start is None) as db:
        me = [(start.cell_key, start.experiment, moment(start.started_at))] if start else fetch(db, _ME, [run_id])
        series: list[tuple[Any, ...]] = []
        for cell_key, experiment, started_at in me:
            for where, value in (("r.cell_key", cell_key), ("r.experiment", experiment)):
                if value and not series:
                    series = fetch(db, _BEST.format(same=where), [run_id, list(names), most, value, started_at])
        curves = curves_of(db, [(series_id, count) for _, series_id, count in series], _BUCKETS)
    found: dict[str, list[Curve]] = {}
    for name, series_id, _ in series:
        if series_id in curves:
            found.setdefault(name, []).append(curves[series_id])
    return found


_ME = "SELECT cell_key, experiment, started_at FROM _tb.runs WHERE run_id = $1"
_BEST = """
    SELECT name, series_id, count
    FROM (
        SELECT s.name, s.series_id, s.count,
               row_number() OVER (
                   PARTITION BY s.name
                   ORDER BY CASE m.better WHEN 'lower' THEN s.min WHEN 'higher' THEN -s.max END, r.started_at DESC
               ) AS place
        FROM _tb.runs AS r
        JOIN _tb.series AS s ON s.run_id = r.run_id
        LEFT JOIN _tb.meanings AS m ON m.metric = s.name
        WHERE {same} = $4 AND r.run_id <> $1 AND r.started_at < $5
          AND r.status = 'FINISHED' AND r.deleted_at IS NULL
          AND s.count > 1 AND s.valued > 0
          AND s.name IN (SELECT unnest(CAST($2 AS TEXT[])))
    ) AS ranked
    WHERE place <= $3
    ORDER BY name, place
"""
