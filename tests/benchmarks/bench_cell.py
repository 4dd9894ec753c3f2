"""What %%track adds to a cell that does nothing, its card included, in a real kernel."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from kernels import Kernel
from table import Row, at_most, seconds, shown

if TYPE_CHECKING:
    from pathlib import Path

_CELLS = 50
_REST = 0.4
"""Seconds after a tracked cell, so that its merge is over before a bare one is timed."""


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At most 10 ms more than the bare cell at the median of 50."""
    del folder
    if quick:
        return []
    with Kernel() as kernel:
        kernel.run("%load_ext trackbook")
        for _ in range(3):
            _tracked(kernel)
            kernel.run("")
        bare, tracked = [], []
        for _ in range(_CELLS):
            bare.append(kernel.run(""))
            tracked.append(_tracked(kernel))
            time.sleep(_REST)
        hurried = statistics.median(_tracked(kernel) for _ in range(_CELLS))
    with Kernel() as kernel:
        plain = statistics.median(kernel.run("") for _ in range(_CELLS))
    added = statistics.median(tracked) - statistics.median(bare)
    return [
        at_most("%%track on an empty cell, more than bare", added, 0.010),
        shown("%%track on an empty cell, 50 without a pause", seconds(hurried - plain), f"bare cell {seconds(plain)}"),
    ]


def _tracked(kernel: Kernel) -> float:
    return kernel.run("%%track\n", shows="text/html")
