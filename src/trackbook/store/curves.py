"""The points of one metric of many runs, few enough to draw: each stretch keeps its lowest and its highest.

The way of Jugel et al., "M4: A Visualization-Oriented Time Series Data
Aggregation" (VLDB 2014), without the first and last point of a stretch, which
nobody sees in a line that goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from trackbook.store.rows import fetch, unnested

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

Along: TypeAlias = Literal["step", "wall", "relative"]
"""step; wall: seconds since the epoch; relative: seconds since the run began."""

_MICRO = 1e6
_FEWEST = 8
"""Stretches of a run, however many runs there are."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One run's series as it is drawn."""

    run_id: str
    x: NDArray[np.float64]
    """Shape (n,), rising: steps or seconds."""

    value: NDArray[np.float64]
    """Shape (n,). What is not finite is NaN, a gap."""

    centre: NDArray[np.float64]
    """Shape (m,), rising: the middle of each stretch; equal to `x` when every point is there."""

    mean: NDArray[np.float64]
    """Shape (m,): the mean of the stretch, for smoothing; NaN where it has no finite value."""

    whole: bool
    """Whether every point is there."""


@dataclass(frozen=True, slots=True)
class _Series:
    series_id: int
    run_id: str
    count: int
    started_at: int
    """Microseconds since the epoch."""

    last_step: int
    last_at: int


def metric_curves(
    db: DuckDBPyConnection,
    run_ids: Sequence[str],
    name: str,
    *,
    along: Along = "step",
    window: tuple[float, float] | None = None,
    most: int = 2000,
) -> list[Curve]:
    """Read one metric of these runs, in their order; runs without it are left out.

    window: (from, to) in the unit of x; only runs that cannot be read whole come back, with what lies inside.
    most: points of a run; where it has no more they are read as they are.
    """
    asked = _series(db, run_ids, name)
    stretches = max(_FEWEST, most // 2)
    short = [series for series in asked if series.count <= 2 * stretches]
    long = [series for series in asked if series.count > 2 * stretches]
    found = _whole(db, short, along) if window is None else {}
    found |= _thinned(db, long, along, window, stretches)
    places = {run_id: place for place, run_id in enumerate(run_ids)}
    return sorted(found.values(), key=lambda curve: places[curve.run_id])


def longest_series(db: DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, int]:
    """How many points with a value the longest series of each metric has in these runs; most runs first, then by name.

    NaN is no value: a metric that is NaN everywhere has 0.
    """
    source, parameters = unnested(["run_id"], [(run_id,) for run_id in run_ids] or [(None,)])
    rows = fetch(
        db,
        f"SELECT s.name, max(s.valued) FROM {source} AS asked JOIN _tb.series AS s ON s.run_id = asked.run_id "
        "WHERE s.count > 0 GROUP BY s.name ORDER BY count(*) DESC, s.name",
        parameters,
    )
    return dict(rows)


def _series(db: DuckDBPyConnection, run_ids: Sequence[str], name: str) -> list[_Series]:
    if not run_ids:
        return []
    source, parameters = unnested(["run_id"], [(run_id,) for run_id in run_ids])
    rows = fetch(
        db,
        "SELECT s.series_id, CAST(s.run_id AS VARCHAR), s.count, r.started_at, s.last_step, s.last_at "
        f"FROM {source} AS asked JOIN _tb.series AS s ON s.run_id = asked.run_id "
        f"JOIN _tb.runs AS r ON r.run_id = s.run_id WHERE s.name = ${len(parameters) + 1} AND s.count > 0",
        [*parameters, name],
    )
    return [_Series(row[0], row[1], row[2], _micro(row[3]), row[4], _micro(row[5])) for row in rows]


def _micro(moment: Any) -> int:  # noqa: ANN401 - a TIMESTAMP column's datetime
    seconds: float = moment.replace(tzinfo=UTC).timestamp()
    return round(seconds * _MICRO)


def _position(along: Along) -> str:
    # PostgreSQL has no epoch_us: its engine says CAST(EXTRACT(epoch FROM …) * 1000000 AS BIGINT).
    return "p.step" if along == "step" else "epoch_us(p.logged_at)"


def _among(series: Sequence[_Series]) -> str:
    # Literal numbers let DuckDB skip row groups by their minimum and maximum; a join would read them all.
    return f"p.series_id IN ({', '.join(str(int(each.series_id)) for each in series)})"


def _whole(db: DuckDBPyConnection, asked: Sequence[_Series], along: Along) -> dict[int, Curve]:
    import numpy as np  # noqa: PLC0415

    if not asked:
        return {}
    columns: dict[str, Any] = db.execute(
        f"SELECT p.series_id, {_position(along)} AS place, p.value FROM _tb.points AS p WHERE {_among(asked)} "
        "ORDER BY p.series_id, place, p.seq"
    ).fetchnumpy()
    value = np.where(np.isfinite(columns["value"]), columns["value"], np.nan)
    curves = {}
    for series, part in _parts(asked, columns["series_id"]):
        x = _unit(columns["place"][part], series, along)
        curves[series.series_id] = Curve(series.run_id, x, value[part], x, value[part], whole=True)
    return curves


# arg_min and arg_max are DuckDB's; on PostgreSQL two DISTINCT ON queries find the same.
# NaN and the infinities compare above or below every number in both engines.
_EXTREMES = """
    SELECT p.series_id, p.place - p.place % {width} AS stretch, min(p.finite) AS low, max(p.finite) AS high,
           arg_min(p.place, p.finite) AS low_at, arg_max(p.place, p.finite) AS high_at, avg(p.finite) AS mean
    FROM (SELECT p.series_id, {position} AS place,
                 CASE WHEN p.value > CAST('-Infinity' AS DOUBLE PRECISION)
                       AND p.value < CAST('Infinity' AS DOUBLE PRECISION) THEN p.value END AS finite
          FROM _tb.points AS p{joined}
          WHERE {among}{inside}) AS p
    GROUP BY p.series_id, stretch
"""


def _thinned(
    db: DuckDBPyConnection, asked: Sequence[_Series], along: Along, window: tuple[float, float] | None, stretches: int
) -> dict[int, Curve]:
    if not asked:
        return {}
    position, joined, inside = _position(along), "", ""
    parameters: list[list[object]] = []
    if window is None:
        span = max(_spans(db, asked, along))
    else:
        first, last = (int(edge * (1 if along == "step" else _MICRO)) for edge in window)
        span = last - first
        inside = f" AND {position} BETWEEN {first} AND {last}"
        if along == "relative":
            began = [(each.series_id, each.started_at) for each in asked]
            source, parameters = unnested(["series_id", "size"], began)
            joined = f" JOIN {source} AS began ON began.series_id = p.series_id"
            inside = f" AND {position} - began.size BETWEEN {first} AND {last}"
    # The width is ours and stands in the text: divided by a constant, ten million points take a third less time.
    width = max(1, -(-span // stretches))
    sql = _EXTREMES.format(width=width, position=position, joined=joined, among=_among(asked), inside=inside)
    return _curves(db.execute(sql, parameters).fetchnumpy(), asked, along)


def _spans(db: DuckDBPyConnection, asked: Sequence[_Series], along: Along) -> list[int]:
    """How far each series goes, by its summary; looked up where steps began anew or a clock was set back."""
    if along == "step":
        spans = {each.series_id: each.last_step for each in asked if each.last_step >= each.count - 1}
    else:
        spans = {each.series_id: each.last_at - each.started_at for each in asked if each.last_at > each.started_at}
    unsure = [each for each in asked if each.series_id not in spans]
    if unsure:
        position = _position(along)
        sql = (
            f"SELECT max({position}) - min({position}) FROM _tb.points AS p WHERE {_among(unsure)} GROUP BY p.series_id"
        )
        rows = fetch(db, sql)
        return [*spans.values(), *(int(row[0]) for row in rows)] or [0]
    return list(spans.values())


def _curves(columns: dict[str, Any], asked: Sequence[_Series], along: Along) -> dict[int, Curve]:
    import numpy as np  # noqa: PLC0415

    order = np.lexsort((columns["stretch"], columns["series_id"]))  # quicker than the engine's own
    columns = {name: column[order] for name, column in columns.items()}
    low, high, mean = (np.ma.filled(columns[name].astype(np.float64), np.nan) for name in ("low", "high", "mean"))
    empty = np.isnan(low)
    stretch = np.ma.filled(columns["stretch"])
    low_at, high_at = (np.where(empty, stretch, np.ma.filled(columns[name], 0)) for name in ("low_at", "high_at"))
    first_low = low_at <= high_at
    at = np.stack([np.where(first_low, low_at, high_at), np.where(first_low, high_at, low_at)], axis=1)
    value = np.stack([np.where(first_low, low, high), np.where(first_low, high, low)], axis=1)
    middle = (at[:, 0] + at[:, 1]) / 2
    twice = np.ones(at.shape, dtype=bool)
    twice[:, 1] = (at[:, 1] != at[:, 0]) | (low != high) & ~empty
    curves = {}
    for series, part in _parts(asked, columns["series_id"]):
        kept = twice[part].ravel()
        x = _unit(at[part].ravel()[kept], series, along)
        centre = _unit(middle[part], series, along)
        curves[series.series_id] = Curve(series.run_id, x, value[part].ravel()[kept], centre, mean[part], whole=False)
    return curves


def _parts(asked: Sequence[_Series], series_ids: NDArray[np.int64]) -> list[tuple[_Series, slice]]:
    """Find each series' rows in a result that is ordered by series."""
    import numpy as np  # noqa: PLC0415

    ordered = sorted(asked, key=lambda each: each.series_id)
    wanted = np.array([each.series_id for each in ordered], dtype=np.int64)
    starts = np.searchsorted(series_ids, wanted, side="left")
    ends = np.searchsorted(series_ids, wanted, side="right")
    pairs = zip(ordered, starts, ends, strict=True)
    return [(series, slice(int(start), int(end))) for series, start, end in pairs if end > start]


def _unit(at: NDArray[Any], series: _Series, along: Along) -> NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415

    if along == "step":
        return at.astype(np.float64)
    origin = series.started_at if along == "relative" else 0
    found: NDArray[np.float64] = (at - origin) / _MICRO
    return found
