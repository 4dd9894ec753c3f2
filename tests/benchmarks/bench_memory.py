"""What very many points leave in memory, background merges included."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from table import Row

import trackbook as tb
from trackbook.tracking.start import current_store

_POINTS, _MOST = 10_000_000, 100


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """10 million points raise the peak by less than 100 MB over the same process after its first merged run."""
    del folder
    if quick:
        return []
    with tb.start_run("first") as run:
        run.log_metric("loss", 1.0)
    current_store().merge()
    before = peak_megabytes()
    with tb.start_run("long") as run:
        for step in range(_POINTS):
            run.log_metric("loss", 0.5, step)
    current_store().merge()
    grown = peak_megabytes() - before  # the question below takes memory of its own
    merged = int(tb.sql("SELECT sum(count) AS points FROM summaries").points[0])
    assert merged == _POINTS + 1, merged
    bound = f"< {_MOST} MB"
    return [
        Row("peak memory, 10,000,000 points", f"+{grown:.0f} MB", f"before {before:.0f} MB", "", bound, grown < _MOST)
    ]


def peak_megabytes() -> float:
    """Highest resident memory of this process so far."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss of a child may still be its parent's
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
