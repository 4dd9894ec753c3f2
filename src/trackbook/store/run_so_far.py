"""What the store has of one run, thinned to what a picture needs, and how far every spool was merged by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import RunNotFound
from trackbook.store.questions import as_seconds, which_way_is_up
from trackbook.store.reading import Place
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from trackbook.store.store import Store

_BUCKETS = 500
_FEW = 1000
"""Points of a series that are taken as they are; of longer ones the lowest and the highest of each bucket."""

Curve = tuple["NDArray[np.int64]", "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class RunSoFar:
    """One run as the store has it."""

    run_id: str
    name: str
    experiment: str
    status: str
    ended_by: str
    """Empty while it runs."""

    started_at: float
    """Seconds since the epoch."""

    ended_at: float | None
    error: str
    host: str
    spool_id: str
    """Of the process that owns it."""

    curves: dict[str, Curve]
    """Steps and values of each metric, in the order logged; long ones thinned, extremes kept."""

    better: dict[str, str]
    """Metric to lower or higher, where it is known."""

    places: dict[str, Place]
    """How far each spool is in here."""

    keys: dict[str, dict[int, str]]
    """Spool to key to metric, of this run."""


def run_so_far(store: Store, run_id: str) -> RunSoFar:
    """Read a run and the places of all spools in one look at the store. Raises RunNotFound, StoreHeld."""
    with store.asking() as db:
        rows = fetch(db, _RUN, [run_id])
        if not rows:
            raise RunNotFound(run_id)
        name, experiment, status, ended_by, started_at, ended_at, error, host, spool_id = rows[0]
        series = fetch(db, "SELECT series_id, name, count, last_step, last FROM _tb.series WHERE run_id = $1", [run_id])
        curves = curves_of(db, [(series_id, count) for series_id, _, count, *_ in series])
        return RunSoFar(
            run_id=run_id,
            name=name,
            experiment=experiment,
            status=status,
            ended_by=ended_by or "",
            started_at=as_seconds(started_at) or 0.0,
            ended_at=as_seconds(ended_at),
            error=error or "",
            host=host or "",
            spool_id=spool_id or "",
            curves={
                name: _up_to(curves[series_id], *newest)
                for series_id, name, _, *newest in series
                if series_id in curves
            },
            better=which_way_is_up(db),
            places={row[0]: Place(*row[1:]) for row in fetch(db, _PLACES)},
            keys=_keys(db, run_id),
        )


_RUN = """
    SELECT name, experiment, status, ended_by, started_at, ended_at, error, host, spool_id
    FROM _tb.runs
    WHERE run_id = $1
"""
_PLACES = "SELECT spool_id, points_segment, points_record, events_journal, events_byte FROM _tb.spools"


def _up_to(curve: Curve, last_step: int, last: float) -> Curve:
    """End a curve with its newest point, which thinning may have put before another one."""
    import numpy as np  # noqa: PLC0415

    steps, values = curve
    if steps[-1] == last_step and np.array_equal(values[-1], last, equal_nan=True):
        return curve
    return np.append(steps, last_step), np.append(values, last)


def _keys(db: DuckDBPyConnection, run_id: str) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for spool_id, key, name in fetch(
        db,
        "SELECT k.spool_id, k.key, s.name FROM _tb.spool_keys AS k JOIN _tb.series AS s ON s.series_id = k.series_id "
        "WHERE s.run_id = $1",
        [run_id],
    ):
        found.setdefault(spool_id, {})[key] = name
    return found


def curves_of(db: DuckDBPyConnection, series: Sequence[tuple[int, int]], buckets: int = _BUCKETS) -> dict[int, Curve]:
    """Return steps and values of series, given as (id, count). Long ones are thinned, their extremes kept."""
    few = [series_id for series_id, count in series if count <= max(_FEW, 2 * buckets)]
    many = [series_id for series_id, count in series if count > max(_FEW, 2 * buckets)]
    return {**_as_they_are(db, few), **_thinned(db, many, buckets)}


def _as_they_are(db: DuckDBPyConnection, numbers: list[int]) -> dict[int, Curve]:
    if not numbers:
        return {}
    found: dict[str, Any] = db.execute(
        f"SELECT series_id, step, value FROM _tb.points WHERE series_id IN ({_listed(numbers)}) ORDER BY series_id, seq"
    ).fetchnumpy()
    return {
        int(found["series_id"][part][0]): (found["step"][part], _plain(found["value"][part]))
        for part in _stretches(found["series_id"])
    }


def _thinned(db: DuckDBPyConnection, numbers: list[int], buckets: int) -> dict[int, Curve]:
    """Lowest and highest value of each of so many stretches of a series; NaN leaves no trace."""
    import numpy as np  # noqa: PLC0415

    if not numbers:
        return {}
    found: dict[str, Any] = db.execute(_THINNED.format(numbers=_listed(numbers)), [float(buckets)]).fetchnumpy()
    curves = {}
    for part in _stretches(found["series_id"]):
        steps = np.column_stack([found["first_step"][part], found["last_step"][part]]).ravel()
        values = np.column_stack([_plain(found["low"][part]), _plain(found["high"][part])]).ravel()
        curves[int(found["series_id"][part][0])] = (steps, values)
    return curves


# Literal numbers let DuckDB skip row groups by their minimum and maximum; a join would read them all.
_THINNED = """
    SELECT p.series_id, CAST(floor((p.seq - s.low) * $1 / (s.high - s.low + 1)) AS BIGINT) AS bucket,
           min(p.step) AS first_step, max(p.step) AS last_step,
           min(CASE WHEN p.value = CAST('NaN' AS DOUBLE PRECISION) THEN NULL ELSE p.value END) AS low,
           max(CASE WHEN p.value = CAST('NaN' AS DOUBLE PRECISION) THEN NULL ELSE p.value END) AS high
    FROM _tb.points AS p
    JOIN (
        SELECT series_id, min(seq) AS low, max(seq) AS high
        FROM _tb.points
        WHERE series_id IN ({numbers})
        GROUP BY series_id
    ) AS s ON s.series_id = p.series_id
    WHERE p.series_id IN ({numbers})
    GROUP BY p.series_id, bucket
    ORDER BY p.series_id, bucket
"""


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers)


def _plain(values: Any) -> NDArray[np.float64]:  # noqa: ANN401 - DuckDB masks what is NULL
    import numpy as np  # noqa: PLC0415

    return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)


def _stretches(numbers: NDArray[np.int64]) -> list[slice]:
    """Slices of equal numbers that lie together."""
    import numpy as np  # noqa: PLC0415

    if not len(numbers):
        return []
    starts = [0, *(np.flatnonzero(numbers[1:] != numbers[:-1]) + 1).tolist()]
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True)]


def newest_run(store: Store) -> str | None:
    """Return the id of the newest running run, else of the newest run; None when there is none. Raises StoreHeld."""
    with store.asking() as db:
        rows = fetch(
            db,
            "SELECT CAST(run_id AS VARCHAR) FROM _tb.runs WHERE deleted_at IS NULL "
            "ORDER BY CASE status WHEN 'RUNNING' THEN 0 ELSE 1 END, started_at DESC, seq DESC LIMIT 1",
        )
    return rows[0][0] if rows else None
