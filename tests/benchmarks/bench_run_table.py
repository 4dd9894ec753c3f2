"""The run table of 100,000 runs × 20 columns in a real JupyterLab: paint, sort, filter, scrolling, memory, bytes."""

from __future__ import annotations

import statistics
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from build import store_of_runs
from jupyter_page import CHROMIUM, notebook_page, run_cell
from table import Row, at_most, shown

from trackbook.tracking.start import start_run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackbook.store import Store

_RUNS = 100_000
_CELLS = (
    "%load_ext trackbook\nimport trackbook as tb",
    "warm = tb.run_table(height=100)\nwarm",  # the page has drawn a panel of ours before
    "table = tb.run_table()",
    "table",
)
_MEGABYTE = 1e6

_WHEN = """(done) => new Promise((resolve, reject) => {
    const table = () => [...document.querySelectorAll('.tb-RunTable')].at(-1);
    const deadline = performance.now() + 60000;
    const look = () => {
        const node = table();
        if (node && done(node)) requestAnimationFrame(() => resolve(performance.now() - window.began));
        else if (performance.now() > deadline) reject(new Error('it never came'));
        else requestAnimationFrame(look);
    };
    look();
})"""
_PAINT = f"({_WHEN})((node) => document.querySelectorAll('.tb-RunTable').length === 2 && node.querySelector('.tb-Row .tb-name')?.textContent)"
_SORT = f"""(name) => {{
    const node = [...document.querySelectorAll('.tb-RunTable')].at(-1);
    const title = (table) => [...table.querySelectorAll('.tb-Title')]
        .find((each) => each.querySelector('.tb-Words').textContent === name);
    window.began = performance.now();
    title(node).querySelector('button').click();
    return ({_WHEN})((now) => (title(now)?.getAttribute('aria-sort') ?? 'none') !== 'none');
}}"""
_FILTER = f"""([text, count]) => {{
    const node = [...document.querySelectorAll('.tb-RunTable')].at(-1);
    const box = node.querySelector('.tb-Filter');
    box.focus();
    box.value = text;
    window.began = performance.now();
    box.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter' }}));
    return ({_WHEN})((now) => now.querySelector('.tb-Count').textContent !== count);
}}"""
_SCROLL = """(pixels) => new Promise((resolve) => {
    const grid = [...document.querySelectorAll('.tb-RunTable')].at(-1).querySelector('.tb-Scroll');
    grid.scrollTop = 0;
    const times = [];
    const began = performance.now();
    const step = (now) => {
        times.push(now);
        grid.scrollTop += pixels;
        if (now - began < 3000) requestAnimationFrame(step);
        else resolve(times);
    };
    requestAnimationFrame(step);
})"""
_SETTLED = """() => {
    const node = [...document.querySelectorAll('.tb-RunTable')].at(-1);
    return node.querySelectorAll('.tb-Row').length > 5 && node.querySelectorAll('.tb-Row.tb-empty').length === 0;
}"""

_ON_TOP = """(name) => [...document.querySelectorAll('.tb-RunTable')].at(-1)
    .querySelector('.tb-Row[aria-rowindex="2"] .tb-name')?.textContent === name"""


class _Wire:
    """Counts what the kernel sends to the page."""

    def __init__(self, session: Any) -> None:
        self.received = 0
        session.on("Network.webSocketFrameReceived", self._count)
        session.send("Network.enable")

    def _count(self, event: dict[str, Any]) -> None:
        data = event["response"]["payloadData"]
        # Binary frames are given in base64.
        self.received += len(data) * 3 // 4 if event["response"]["opcode"] == 2 else len(data)


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """First paint in 1 s, sort and filter in 300 ms, 30 frames a second, 150 MB, news in 2 s; nothing without Chromium."""
    if quick or CHROMIUM is None:
        return []
    store = store_of_runs(folder, _RUNS)
    with notebook_page(folder, *_CELLS) as page:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        for place in range(3):
            run_cell(page, place)
        page.wait_for_function(_SETTLED)
        before, wire = _heap(session), _Wire(session)
        painted = _painted(page)
        page.wait_for_function(_SETTLED)
        page.wait_for_timeout(500)
        first_bytes = wire.received
        found = [at_most("100,000 runs × 20: first paint", painted, 1.0)]
        found += [_news(page, store), _sorted(page), _filtered(page)]
        found += _scrolled(page, wire)
        added = (_heap(session) - before) / _MEGABYTE
        found.append(Row("run table: heap added to the page", f"{added:.1f} MB", "", "", "<= 150 MB", added <= 150))
        found.append(shown("run table: heap of the whole page", f"{_heap(session) / _MEGABYTE:.0f} MB"))
        ok = first_bytes < 400_000
        found.append(Row("run table: sent for the first page", f"{first_bytes / 1000:.0f} kB", "", "", "<= 400 kB", ok))
        return found


def _painted(page: Any) -> float:
    page.evaluate(
        """(index) => {
            const panel = window.jupyterapp.shell.currentWidget;
            panel.content.deselectAll();
            panel.content.activeCellIndex = index;
            window.began = performance.now();
            window.jupyterapp.commands.execute('notebook:run-cell');
        }""",
        3,
    )
    return float(page.evaluate(_PAINT)) / 1000


def _news(page: Any, store: Store) -> Row:
    """Begin runs here, in a process that is not the notebook's, until each stands on top of the table."""
    times = []
    for place in range(5):
        with start_run(f"news-{place}", store=store):
            began = time.monotonic()
            page.wait_for_function(_ON_TOP, arg=f"news-{place}")
            times.append(time.monotonic() - began)
        page.wait_for_timeout(1500)  # the end of the run is news too
    return at_most("run table: a run of another process appears", max(times), 2.0)


def _sorted(page: Any) -> Row:
    times = [page.evaluate(_SORT, f"m{place}") for place in (0, 1, 2, 0, 1, 2, 0)]
    return at_most("run table: sort by a metric", statistics.median(times) / 1000, 0.3)


def _filtered(page: Any) -> Row:
    times = []
    for place in range(7):
        # m3 is spread evenly from 1 to 2.
        text = f"metrics.m3 > 1.{place + 1} AND params.p1 < 0.5"
        before = _count(page)
        times.append(page.evaluate(_FILTER, [text, before]))
        page.wait_for_timeout(600)  # the columns that vary are looked up behind it
    return at_most("run table: filter by a metric and a param", statistics.median(times) / 1000, 0.3)


def _scrolled(page: Any, wire: _Wire) -> Sequence[Row]:
    page.evaluate(_FILTER, ["", _count(page)])
    page.wait_for_function(_SETTLED)
    found = []
    for name, pixels in (("reading pace", 26), ("flinging", 2600)):
        before = wire.received
        times = page.evaluate(_SCROLL, pixels)
        gaps = [later - earlier for earlier, later in pairwise(times)]
        frames = 1000 * len(gaps) / sum(gaps)
        page.wait_for_function(_SETTLED)
        page.wait_for_timeout(500)
        slowest = sorted(gaps)[int(len(gaps) * 0.95)]
        kilobytes = (wire.received - before) / 1000
        other = f"95 % of frames <= {slowest:.0f} ms, {kilobytes:.0f} kB sent"
        found.append(Row(f"run table: frames a second, {name}", f"{frames:.0f}", other, "", ">= 30", frames >= 30))
    return found


def _count(page: Any) -> str:
    return str(page.locator(".tb-RunTable").last.locator(".tb-Count").text_content())


def _heap(session: Any) -> float:
    """Bytes of JavaScript that are in use after the garbage is gone."""
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize"))
