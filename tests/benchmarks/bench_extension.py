"""What %load_ext trackbook costs a kernel that has pandas loaded."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from kernels import Kernel
from table import Row, at_most

if TYPE_CHECKING:
    from pathlib import Path


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At most 150 ms."""
    del folder
    if quick:
        return []
    _load()
    return [at_most("%load_ext trackbook, pandas loaded", statistics.median(_load() for _ in range(9)), 0.150)]


def _load() -> float:
    with Kernel() as kernel:
        kernel.run("import pandas")
        bare = statistics.median(kernel.run("") for _ in range(5))
        return kernel.run("%load_ext trackbook") - bare
