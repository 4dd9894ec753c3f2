"""Keys of spools into series of the store, and their points with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.meaning import default_better
from trackbook.store.points import Summary, load_points
from trackbook.store.rows import fetch, insert_rows, moment, unnested
from trackbook.store.writing import set_meaning

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from trackbook.store.batch import Batch, Pair
    from trackbook.store.reading import Reading

_SUMMARY = ("count", "valued", "first", "last", "min", "max", "total", "last_step", "last_at")


def write_points(
    db: DuckDBPyConnection,
    batch: Batch,
    readings: list[Reading],
    counters: dict[str, int],
    fresh: set[str],
    now: float,
) -> int:
    """Write a pass's points and bring the summaries up to date; returns how many points.

    fresh: ids of runs that are new in this pass, whose series cannot exist yet.
    """
    ids = _series_ids(db, batch, counters, fresh)
    keys = [(spool_id, key, ids[run_id, name][0]) for spool_id, key, run_id, name in batch.keys]
    insert_rows(db, "spool_keys", ("spool_id", "key", "series_id"), keys)
    summaries: dict[int, Summary] = {}
    written = 0
    for reading in readings:
        if not any(len(part) for part in reading.records):
            continue
        series_of_key = _series_of_key(db, reading.spool_id)
        for records in reading.records:
            found, unknown = load_points(db, records, series_of_key, counters["points"])
            if unknown:
                batch.reject_points(reading.spool_id, unknown, "a metric that no event declares", now)
            counters["points"] += len(records)
            written += len(records) - unknown
            for series_id, summary in found.items():
                earlier = summaries.get(series_id)
                summaries[series_id] = earlier.followed_by(summary) if earlier else summary
    _write_summaries(db, ids, summaries)
    return written


def _series_ids(
    db: DuckDBPyConnection, batch: Batch, counters: dict[str, int], fresh: set[str]
) -> dict[Pair, tuple[int, bool]]:
    """Find or number the series of each declared (run, metric); the flag says that it is new."""
    pairs = dict.fromkeys((run_id, name) for _, _, run_id, name in batch.keys)
    ids: dict[Pair, tuple[int, bool]] = {}
    older = [pair for pair in pairs if pair[0] not in fresh]
    if older:
        source, parameters = unnested(["run_id", "name"], older)
        rows = fetch(
            db,
            "SELECT s.run_id, s.name, s.series_id FROM _tb.series AS s "
            f"JOIN {source} AS asked ON s.run_id = asked.run_id AND s.name = asked.name",
            parameters,
        )
        ids = {(str(run_id), name): (series_id, False) for run_id, name, series_id in rows}
    for pair in pairs:
        if pair not in ids:
            counters["series"] += 1
            ids[pair] = (counters["series"], True)
    _give_meaning(db, {name for (_, name), (_, new) in ids.items() if new})
    return ids


def _give_meaning(db: DuckDBPyConnection, names: set[str]) -> None:
    """Note which way is up for known names; anything the user says is later and wins."""
    for name in sorted(names):
        better = default_better(name)
        if better is not None:
            set_meaning(db, name, better, 0.0)


def _series_of_key(db: DuckDBPyConnection, spool_id: str) -> NDArray[np.int64]:
    """Map keys to series; shape (highest key + 1,), -1 where unknown."""
    import numpy as np  # noqa: PLC0415

    rows = fetch(db, "SELECT key, series_id FROM _tb.spool_keys WHERE spool_id = $1", [spool_id])
    table = np.full(max((key for key, _ in rows), default=0) + 1, -1, dtype=np.int64)
    for key, series_id in rows:
        table[key] = series_id
    return table


def _write_summaries(db: DuckDBPyConnection, ids: dict[Pair, tuple[int, bool]], summaries: dict[int, Summary]) -> None:
    fresh = {series_id: pair for pair, (series_id, new) in ids.items() if new}
    nothing = Summary(0, 0, float("nan"), float("nan"), None, None, 0.0, -1, 0.0)
    insert_rows(
        db,
        "series",
        ("series_id", "run_id", "name", *_SUMMARY),
        [(series_id, *pair, *_row(summaries.get(series_id, nothing))) for series_id, pair in fresh.items()],
    )
    older = [(series_id, *_row(summary)) for series_id, summary in summaries.items() if series_id not in fresh]
    if older:
        source, parameters = unnested(["series_id", *_SUMMARY], older)
        db.execute(_ADD_TO_SUMMARY.format(source=source), parameters)


_ADD_TO_SUMMARY = """
    UPDATE _tb.series
    SET count = series.count + fresh.count,
        valued = series.valued + fresh.valued,
        first = CASE WHEN series.count = 0 THEN fresh.first ELSE series.first END,
        last = fresh.last,
        min = LEAST(series.min, fresh.min),
        max = GREATEST(series.max, fresh.max),
        total = series.total + fresh.total,
        last_step = fresh.last_step,
        last_at = fresh.last_at
    FROM {source} AS fresh
    WHERE series.series_id = fresh.series_id
"""


def _row(summary: Summary) -> tuple[object, ...]:
    return (
        summary.count, summary.valued, summary.first, summary.last, summary.min, summary.max, summary.total,
        summary.last_step, moment(summary.last_at),
    )  # fmt: skip
