"""How fast points that were spooled can be asked for."""

from __future__ import annotations

import contextlib
import os
import statistics
from typing import TYPE_CHECKING

from table import Row, timed

import trackbook as tb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_POINTS, _LEAST = 500_000, 500_000


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At least 500,000 points a second on one core, from the spool to the answer of a query."""
    del folder
    if quick:
        return []
    with tb.start_run("benchmark") as run, _one_core():
        speed = statistics.median(_points_a_second(run) for _ in range(7))
    return [
        Row(
            "spool to query, points a second on one core",
            f"{speed:,.0f}/s",
            "",
            "",
            f">= {_LEAST:,}/s",
            speed >= _LEAST,
        )
    ]


def _points_a_second(run: tb.Run) -> float:
    for step in range(_POINTS):
        run.log_metric("loss", 0.5, step)
    return _POINTS / timed(lambda: tb.sql("SELECT count(*) FROM metrics"))


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """Keep the process, DuckDB's threads included, on one core where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
