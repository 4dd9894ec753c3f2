"""The side bar of JupyterLab on 100,000 runs and 1,000 versions: shown, filtered, news, and what it asks when nothing happens."""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING, Any

import bench_registry
from build import store_of_runs
from jupyter_page import CHROMIUM, empty_page
from table import Row, at_most

from trackbook.tracking.start import start_run

if TYPE_CHECKING:
    from pathlib import Path

_RUNS, _MODELS, _VERSIONS = 100_000, 20, 50
_IDLE = 30
"""Seconds in which nothing happens."""

_WHEN = """(done) => new Promise((resolve, reject) => {
    const bar = document.querySelector('#trackbook-sidebar');
    const deadline = performance.now() + 60000;
    const look = () => {
        if (done(bar)) requestAnimationFrame(() => resolve(performance.now() - window.began));
        else if (performance.now() > deadline) reject(new Error('it never came: ' + bar.innerText));
        else requestAnimationFrame(look);
    };
    look();
})"""
_SHOW = f"""() => {{
    window.began = performance.now();
    window.jupyterapp.commands.execute('trackbook:show-sidebar');
    return ({_WHEN})((bar) => bar.querySelector('.tb-Leaf.tb-run .tb-Name'));
}}"""
_FILTER = f"""([text, count]) => {{
    const box = document.querySelector('#trackbook-sidebar .tb-Filter');
    box.focus();
    box.value = text;
    window.began = performance.now();
    box.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter' }}));
    return ({_WHEN})((bar) => {{
        const now = bar.querySelector('.tb-Leaf.tb-runs .tb-Aside').textContent;
        return now !== '' && now !== count && bar.querySelector('.tb-Leaf.tb-run .tb-Name');
    }});
}}"""
_JUMP = f"""(share) => {{
    const tree = document.querySelector('#trackbook-sidebar .tb-Tree');
    window.began = performance.now();
    tree.scrollTop = tree.scrollHeight * share;
    return ({_WHEN})((bar) => {{
        const box = tree.getBoundingClientRect();
        const seen = [...bar.querySelectorAll('.tb-Leaf.tb-run')].filter((line) => {{
            const own = line.getBoundingClientRect();
            return own.bottom > box.top && own.top < box.bottom;
        }});
        return seen.length > 5 && seen.every((line) => line.querySelector('.tb-Name'));
    }});
}}"""
_COUNT = "() => document.querySelector('#trackbook-sidebar .tb-Leaf.tb-runs .tb-Aside').textContent"
_ON_TOP = "(name) => document.querySelector('#trackbook-sidebar .tb-Leaf.tb-run .tb-Name')?.textContent === name"


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """Shown in 1 s, filtered in 300 ms, a new run in 2 s, nearly nothing asked at rest; nothing without Chromium."""
    if quick or CHROMIUM is None:
        return []
    os.environ.pop("TRACKBOOK_STORE", None)  # the server's root has the store
    with empty_page(folder) as (page, address, root):
        store = store_of_runs(root, _RUNS, "trackbook.duckdb")
        bench_registry.fill(_MODELS, _VERSIONS)
        with start_run("latest", store=store, experiment="benchmark") as run:  # so that the 100,000 are what is open
            run.log_metric("m0", 1.0)
        page.goto(address)
        page.wait_for_function("() => window.jupyterapp")
        page.evaluate("async () => { await window.jupyterapp.restored; }")
        page.wait_for_timeout(1000)
        found = [at_most("side bar of 100,000 runs and 1,000 versions: shown", _seconds(page, _SHOW), 1.0)]
        page.wait_for_timeout(1000)
        found += [_filtered(page), _jumped(page), _news(page, store), _idle(page)]
    return found


def _seconds(page: Any, script: str, argument: Any = None) -> float:
    return float(page.evaluate(script, argument)) / 1000


def _filtered(page: Any) -> Row:
    times = []
    for text in ("params.p1 > 0.5", "metrics.m1 < 1.2", "metrics.m2 > 1.5 AND params.p3 < 0.3", ""):
        count = page.evaluate(_COUNT)
        times.append(_seconds(page, _FILTER, [text, count]))
        page.wait_for_timeout(500)
    return at_most("side bar: filter, median of 4", statistics.median(times), 0.3)


def _jumped(page: Any) -> Row:
    times = []
    for share in (0.5, 0.9, 0.1, 0.7, 0):
        times.append(_seconds(page, _JUMP, share))
        page.wait_for_timeout(300)
    return at_most("side bar: jump to any run, median of 5", statistics.median(times), 0.3)


def _news(page: Any, store: Any) -> Row:
    times = []
    for turn in range(5):
        with start_run(f"new-{turn}", store=store, experiment="benchmark") as run:
            run.log_metric("m0", 1.0)
        began = time.monotonic()
        page.wait_for_function(_ON_TOP, arg=f"new-{turn}")
        times.append(time.monotonic() - began)
        page.wait_for_timeout(1500)
    return at_most("side bar: a new run is seen, longest of 5", max(times), 2.0)


def _idle(page: Any) -> Row:
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/trackbook/" in request.url else None)
    page.wait_for_timeout(_IDLE * 1000)
    return Row("side bar: questions in 30 s at rest", str(len(asked)), "", "", "0", not asked)
