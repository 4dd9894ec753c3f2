"""What the extension adds to the start of a real JupyterLab, and how large it is: with and without it, taking turns."""

from __future__ import annotations

import statistics
import zlib
from pathlib import Path
from typing import Any

from jupyter_page import CHROMIUM, empty_page
from table import Row, shown

import trackbook

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
    extensions, aside = folder / "labextensions", folder / "aside"
    _link_installed(extensions)
    here = extensions / "trackbook-lab"
    size = sum(len(zlib.compress(file.read_bytes(), 9)) for file in (here / "static").glob("*.js"))
    times: dict[bool, list[float]] = {True: [], False: []}
    with empty_page(folder, extensions) as (page, address, _):
        for turn in range(_TURNS + _WARM):
            for ours in (True, False) if turn % 2 else (False, True):
                if not ours:
                    here.rename(aside)
                took = _start(page, address, ours=ours)
                if not ours:
                    aside.rename(here)
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


def _link_installed(folder: Path) -> None:
    """Fill a folder with links to JupyterLab's installed extensions, the tree's own copy of ours among them."""
    from jupyter_core.paths import jupyter_path

    folder.mkdir()
    built = Path(trackbook.__file__).parent / "labextension"
    if (built / "package.json").exists():
        (folder / "trackbook-lab").symlink_to(built)
    for place in map(Path, jupyter_path("labextensions")):
        for each in place.iterdir() if place.is_dir() else ():
            if not (folder / each.name).exists():
                (folder / each.name).symlink_to(each)


def _start(page: Any, address: str, *, ours: bool) -> float:
    page.goto("about:blank")
    page.goto(address)
    took = float(page.evaluate(_STARTED)) / 1000
    if bool(page.evaluate(_HAS_OURS)) is not ours:
        raise RuntimeError(f"JupyterLab {'lacks' if ours else 'has'} the extension, which this turn is not about")
    return took
