"""What a reader does in the comparison beside choosing: the figure's own buttons, the keyboard, thousands of names."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from compare_page import show_comparison
from pages import EVIL, look, run_aside, safe

from trackbook.tracking.data import log_predictions
from trackbook.tracking.start import start_run, use_store

NAMES = 5_000
HIGHEST = """(() => {
    const { x, y } = plot._fullData[0], { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect();
    const at = y.indexOf(Math.max(...y.filter(Number.isFinite)));
    return [box.left + xaxis._offset + xaxis.d2p(x[at]), box.top + yaxis._offset + yaxis.d2p(y[at])];
})()"""
"""Where the first curve, which is that of the grey runs, is highest and no other near."""


@pytest.fixture
def shown(open_next, place):
    """Show a comparison, which a cell makes, of the runs that `make` writes into a store of its own."""

    def run(make, cell):
        place.mkdir()
        make(use_store(place / "trackbook.duckdb", keep=False))
        return show_comparison(open_next, place / "look.ipynb", cell)

    return run


def sweep(store):
    """Fifteen long runs: more than have colours."""
    for place in range(15):
        with start_run(f"run-{place:02d}", store=store) as run:
            run.log_params({"lr": 10.0 ** -(place % 3), "depth": place % 5})
            for step in range(3_000):
                run.log_metric("loss", (place + 1) / (step + 10), step)


def drawn_runs(panel):
    return panel.figure("plot._fullData.filter(trace => trace.visible === true).length")


def left(panel):
    return panel.figure("plot._fullLayout.xaxis.range[0]")


def test_the_figures_own_buttons_and_clicks_do_what_they_say(shown):
    panel = shown(sweep, "tb.compare()")
    panel.wait_drawn()
    panel.node.scroll_into_view_if_needed()
    whole = panel.span()
    panel.press_above("Zoom in")
    panel.until(lambda: panel.span() < 0.6 * whole, "a closer look")
    panel.press_above("Zoom out")
    panel.until(lambda: panel.span() > 0.9 * whole, "the way back")
    panel.press_above("Zoom in")
    panel.until(lambda: panel.span() < 0.6 * whole, "a closer look")
    before = left(panel)
    panel.press_above("Pan")
    box = panel.area.bounding_box()
    panel.drag((box["x"] + 300, box["y"] + 100), (box["x"] + 200, box["y"] + 100))
    panel.until(lambda: left(panel) > before + 1, "a pan to the right")
    panel.press_above("Reset axes")
    panel.until(lambda: panel.span() == pytest.approx(whole, rel=0.01), "all of it")
    panel.press_above("Zoom")
    panel.until(lambda: panel.figure("plot._fullLayout.dragmode") == "zoom", "dragging that zooms")

    panel.node.locator(".legendtoggle").nth(1).dblclick()
    panel.until(lambda: drawn_runs(panel) == 1, "one run alone")
    panel.node.locator(".legendtoggle").nth(1).dblclick()
    panel.until(lambda: drawn_runs(panel) == 12, "all of them again")

    move = count()

    def named():
        x, y = panel.figure(HIGHEST)
        panel.page.mouse.move(x + 3 + next(move) % 2, y + 3)
        return "under the pointer: run-" in panel.text()

    panel.until(named, "the grey run's name")

    panel.choose("x", "wall time")
    panel.until(lambda: panel.figure("plot._fullLayout.xaxis.type") == "date", "wall time")
    panel.calls('x="wall"')


def test_the_views_and_their_controls_are_reached_by_the_keyboard(shown):
    panel = shown(sweep, "tb.compare(view='scatter')")
    panel.wait_drawn()
    panel.tab("Curves").focus()
    panel.press("Tab", "Enter")
    panel.calls('view="parallel"')
    panel.press("Shift+Tab", "Space")
    panel.calls('view="curves"')
    panel.box("log y").focus()
    panel.press("Space")
    panel.calls("log_y=True")
    panel.menu("x").focus()
    panel.press("Enter", "w", "Enter")  # opens, finds, chooses; outside a panel they would edit the cell
    panel.calls('x="wall"')
    panel.button("loss ×").focus()
    panel.press("Enter")
    panel.says("No metric is chosen")


def test_an_axis_can_be_dragged_and_the_call_says_so(shown):
    panel = shown(sweep, "tb.compare(view='parallel', columns=['params.lr', 'params.depth', 'metrics.loss'])")
    panel.wait_drawn()
    titles = panel.node.locator(".parcoords .axis-title")
    first, second = titles.nth(0).bounding_box(), titles.nth(1).bounding_box()
    middle = first["y"] + first["height"] / 2
    start, end = first["x"] + first["width"] / 2, second["x"] + second["width"] + 60
    panel.drag((start, middle), (end, middle), steps=12)
    panel.calls('columns=["params.depth", "params.lr", "metrics.loss"]')


def wide(store):
    """A run with thousands of metrics, markup among their names, and one that ended before it began."""
    with start_run("wide", store=store) as run:
        evil = EVIL.format("metric")
        run.log_metrics({f"layer/{place}/{evil if place == 7 else 'norm'}": float(place) for place in range(NAMES)})
        run.log_metric("loss", float("nan"))
    with start_run("bare", store=store):
        pass


def test_thousands_of_names_are_searched_and_not_listed(shown):
    panel = shown(wide, "tb.compare()")
    panel.wait_drawn()
    look(panel.node, "five-thousand-curves")
    panel.search("search 5001 metrics", "layer/4321/norm")
    panel.calls('"layer/4321/norm"')
    panel.search("search 5001 metrics", "loss")
    panel.says("loss is NaN or infinite at every point")
    look(panel.node, "only-nan")
    panel.open("Scatter")
    panel.search("type to search", "metrics.layer/99/norm")
    panel.calls('x="metrics.layer/99/norm"')
    panel.search("type to search", "metrics.nosuch")
    panel.says("None of these runs has 'metrics.nosuch'")
    safe(panel.page)
    look(panel.node, "five-thousand-scatter")


def judged(store):
    """Three runs with two kinds of predictions each."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 500)
    for place, name in enumerate(("first", "second", "third")):
        with start_run(name, store=store) as run:
            for kind, share in (("holdout", 0.9), ("predictions", 0.8)):
                right = rng.random(500) < share - place / 10
                log_predictions(truth, np.where(right, truth, 1 - truth), name=kind, run=run)


@pytest.mark.parametrize("view", ["rows", "confusion"])
def test_other_runs_and_other_predictions_can_be_chosen(shown, view):
    panel = shown(judged, f"tb.compare(view='{view}')")
    panel.says("500 rows")  # of the first two runs
    panel.choose("a", "first")
    panel.choose("b", "third")
    panel.choose("predictions", "holdout")
    panel.calls('predictions="holdout"')
    panel.says("first")


@pytest.mark.parametrize(
    ("make", "cell", "said"),
    [
        pytest.param(lambda store: None, "tb.compare()", "There are no runs yet", id="no runs"),
        pytest.param(wide, "tb.compare('bare')", "These runs have no metric yet", id="a run without anything"),
    ],
)
def test_where_nothing_can_be_drawn_a_sentence_stands(shown, make, cell, said):
    panel = shown(make, cell)
    panel.says(said)
    look(panel.node, said.lower().replace(" ", "-"))


def test_one_run_with_one_point_is_a_dot_and_its_deletion_a_sentence(shown):
    def one(store):
        with start_run("alone", store=store) as run:
            run.log_metric("loss", 0.5)

    panel = shown(one, "panel = tb.compare(['alone'])\npanel")
    panel.wait_drawn()
    panel.until(lambda: panel.node.locator(".scatterlayer .point").count() == 1, "one dot")
    look(panel.node, "one-point")
    run_aside(panel.page, "get_ipython().run_line_magic('track', 'delete alone')")
    panel.says("1 run left out: deleted")
    look(panel.node, "deleted")
