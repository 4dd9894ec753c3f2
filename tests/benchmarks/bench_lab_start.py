"""What the extension adds to the start of a real JupyterLab, and how large it is: with and without it, taking turns."""

from __future__ import annotations

import shutil
import statistics
import zlib
from typing import TYPE_CHECKING, Any

from jupyter_page import CHROMIUM, empty_page
from table import Row, shown

if TYPE_CHECKING:
    from pathlib import Path

_TURNS, _WARM = 10, 2
_MOST_ADDED = 0.1
_MOST_BYTES = 300_000

_STARTED = """async () => {
    while (!window.jupyterapp) await new Promise((next) => requestAnimationFrame(next));
    await window.jupyterapp.restored;
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    return performance.now();
}"""
"""Milliseconds from the navigation until JupyterLab has its layout and has drawn it."""

_HAS_OURS = "() => window.jupyterapp.hasPlugin('trackbook-lab:plugin')"


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """Bound by 100 ms later, median of 10, and 300 kB compressed; nothing without Chromium."""
    if quick or CHROMIUM is None:
        return []
    with empty_page(folder) as (page, address, data):
        here, aside = data / "labextensions" / "trackbook-lab", data / "aside"
        size = sum(len(zlib.compress(file.read_bytes(), 9)) for file in (here / "static").glob("*.js"))
        times: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(_TURNS + _WARM):
            for ours in (True, False) if turn % 2 else (False, True):
                if not ours:
                    shutil.move(here, aside)
                took = _start(page, address, ours=ours)
                if not ours:
                    shutil.move(aside, here)
                if turn >= _WARM:
                    times[ours].append(took)
    plain, added = statistics.median(times[False]), statistics.median(times[True]) - statistics.median(times[False])
    return [
        Row(
            "JupyterLab starts later with the extension", f"{added * 1000:.0f} ms", f"plain {plain:.2f} s", "",
            f"<= {_MOST_ADDED * 1000:.0f} ms", added <= _MOST_ADDED,
        ),
        Row("JupyterLab extension, compressed", f"{size / 1000:.0f} kB", "", "", "<= 300 kB", size <= _MOST_BYTES),
        shown("JupyterLab start with the extension, median of 10", f"{statistics.median(times[True]):.2f} s"),
    ]  # fmt: skip


def _start(page: Any, address: str, *, ours: bool) -> float:
    page.goto("about:blank")
    page.goto(address)
    took = float(page.evaluate(_STARTED)) / 1000
    if bool(page.evaluate(_HAS_OURS)) is not ours:
        raise RuntimeError("another copy of the extension is installed; measure in an environment of the tree")
    return took
