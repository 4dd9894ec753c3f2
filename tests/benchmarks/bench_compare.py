"""Metric curves of 1,000 runs × 10,000 points: asked of the store, drawn in a browser, looked at more closely."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

import build
from jupyter_page import CHROMIUM, RUN_CELL, notebook_page, run_cell
from table import Row, at_most, shown, timed

from trackbook.store.curves import metric_curves
from trackbook.store.database import opened, use_all_cores
from trackbook.store.migrations import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.store import Store

RUNS, POINTS = 1_000, 10_000
COLOURED = 11
SETUP = "import trackbook as tb\nfew = tb.runs(limit=3)"
FIRST = "tb.compare(few)"
MANY = "panel = tb.compare()\npanel"
# A figure is drawn when plotly has not plotted again for half a second; the time is that of its last plotting.
DRAWN = """(count) => new Promise(resolve => {
    let seen = 0, last = 0;
    const look = () => {
        const figures = document.querySelectorAll('.tb-Compare .js-plotly-plot');
        const figure = figures[count - 1];
        if (figure && figure.on && figure._fullData && figure._fullData.some(trace => trace.x && trace.x.length > 1)) {
            if (!seen) {
                seen = 1;
                last = performance.now();
                figure.on('plotly_afterplot', () => { last = performance.now(); });
            } else if (performance.now() - last > 500) {
                resolve({seconds: (last - window.began) / 1000, points: figure._fullData.map(t => (t.x || []).length)});
                return;
            }
        }
        requestAnimationFrame(look);
    };
    look();
})"""
# From the reader's letting go of the mouse to the finer points being plotted.
ZOOMED = """(count) => new Promise(resolve => {
    const figure = document.querySelectorAll('.tb-Compare .js-plotly-plot')[count - 1];
    let began = 0, last = 0;
    figure.on('plotly_relayout', () => { began = began || performance.now(); });
    figure.on('plotly_afterplot', () => { if (began) last = performance.now(); });
    const look = () => {
        if (began && last && performance.now() - last > 800) resolve((last - began) / 1000);
        else requestAnimationFrame(look);
    };
    look();
})"""


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """The store answers in 0.5 s, the panel is drawn in 2 s, a zoom is refined in 300 ms."""
    if quick:
        return []
    store = _store(folder)
    found = [_asked(store), _asked_closer(store)]
    if CHROMIUM is None:
        return [*found, shown("tb.compare() in a browser", "no Chromium here")]
    with notebook_page(folder, SETUP, FIRST, MANY) as page:
        run_cell(page, 0)
        run_cell(page, 1)
        page.evaluate(DRAWN, 1)
        page.evaluate(RUN_CELL, 2)
        drawn = page.evaluate(DRAWN, 2)
        zoom, closer = _zoom(page), _zoom(page)
    points = f"{sum(drawn['points']):,} points in {len(drawn['points'])} traces"
    return [
        *found,
        at_most(f"tb.compare() of {RUNS:,} × {POINTS:,}, drawn ({points})", drawn["seconds"], 2.0),
        at_most("  zoomed to a tenth, finer points drawn", zoom, 0.300),
        shown("  and to a hundredth, where the store is asked for the grey runs", f"{closer * 1e3:.0f} ms"),
    ]


def _store(folder: Path) -> Store:
    file = folder / "curves.duckdb"
    with opened(file) as db:
        use_all_cores(db)
        migrate(db, file)
        build._add_runs(db, RUNS)
        build._add_params(db)
        build._add_series(db, metrics=1, points=POINTS)
        db.execute("UPDATE _tb.points SET value = value + 0.05 * random()")
        db.execute("UPDATE _tb.series SET name = 'loss', last_at = last_at + INTERVAL 10 SECOND")
        build._count(db)
    return build._use(file)


def _ids(store: Store) -> list[str]:
    with store.asking() as db:
        return [str(row[0]) for row in db.execute("SELECT run_id FROM runs ORDER BY started_at").fetchall()]


def _asked(store: Store) -> Row:
    """What the panel asks for before it draws, opening and closing included."""
    ids = _ids(store)

    def ask() -> None:
        with store.asking() as db:
            metric_curves(db, ids[:COLOURED], "loss", most=13_636)
            metric_curves(db, ids[COLOURED:], "loss", most=202)

    ask()
    return at_most(f"curves of {RUNS:,} runs × {POINTS:,} points, from the store", _median(ask), 0.5)


def _asked_closer(store: Store) -> Row:
    ids = _ids(store)

    def ask() -> None:
        with store.asking() as db:
            metric_curves(db, ids[COLOURED:], "loss", most=20, window=(4_000.0, 4_100.0))

    ask()
    return shown("  of a hundredth of the grey ones", f"{_median(ask) * 1e3:.0f} ms")


def _median(work: Any) -> float:
    return statistics.median(timed(work) for _ in range(7))


def _zoom(page: Any) -> float:
    """Drag over a tenth of what the second figure shows; seconds until the finer points are there."""
    figure = page.locator(".tb-Compare .js-plotly-plot").nth(1)
    figure.scroll_into_view_if_needed()
    box = figure.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    page.evaluate(f"() => {{ window.zoomed = ({ZOOMED})(2); }}")
    across, down = box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across + box["width"] * 0.1, down, steps=4)
    page.mouse.up()
    return float(page.evaluate("window.zoomed"))
