"""What a reader does in the comparison beside choosing: the figure's own buttons, the keyboard, thousands of names."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import numpy as np
import pytest

from trackbook.tracking.data import log_predictions
from trackbook.tracking.start import start_run, use_store

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
EVIL = "<img src=x onerror=\"window.hacked='yes'\">"
NAMES = 5_000
RUN_CELL = """(index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
    window.ran = false;
    window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ran = true; });
}"""
IDLE = "() => window.ran && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
PLOTTED = """() => [...document.querySelectorAll('.tb-Compare .js-plotly-plot')].some(plot =>
    plot._fullData?.length && plot.style.visibility === '')"""


class Panel:
    """A comparison in a page."""

    def __init__(self, page):
        self.page, self.node = page, page.locator(".jp-OutputArea .tb-Compare").first

    def call(self):
        return self.node.locator(".tb-Call").inner_text()

    def text(self):
        return self.node.inner_text()

    def figure(self, what):
        """Ask plotly's figure: an expression over `plot`."""
        return self.page.evaluate(
            f"() => {{ const plot = document.querySelector('.tb-Compare .js-plotly-plot'); return {what}; }}"
        )

    def span(self):
        low, high = self.figure("plot._fullLayout.xaxis.range")
        return high - low

    def until(self, question, what):
        for _ in range(600):
            if question():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{what} never came; the panel says: {self.text()[:1500]}")

    def look(self, name):
        """Keep a picture for whoever draws the panels."""
        if folder := os.environ.get("TRACKBOOK_LOOKS"):
            self.page.wait_for_timeout(600)  # plotly's transitions, for the picture's sake
            self.node.screenshot(path=Path(folder) / f"{name}.png")

    def press(self, title):
        """Press a button above the figure; they come when the pointer is over it."""
        self.node.locator(".nsewdrag").first.hover()
        self.node.locator(f".modebar-btn[data-title='{title}']").click()


@pytest.fixture
def opened(lab, open_notebook, tmp_path):
    """Open a notebook over a store of its own that `make` fills, and run one cell; gives the panel."""

    def run(make, cell):
        folder = lab.root / tmp_path.name
        folder.mkdir()
        make(use_store(folder / "trackbook.duckdb", keep=False))
        cells = ["%load_ext trackbook\nimport trackbook as tb", cell]
        made = [nbformat.v4.new_code_cell(source, id=f"cell{at}") for at, source in enumerate(cells)]
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL}), folder / "look.ipynb")
        page = open_notebook(f"{folder.name}/look.ipynb")
        for index in range(len(cells)):
            page.evaluate(RUN_CELL, index)
            page.wait_for_function(IDLE)
        return Panel(page)

    return run


def sweep(store):
    """Fifteen long runs: more than have colours."""
    for place in range(15):
        with start_run(f"run-{place:02d}", store=store) as run:
            run.log_params({"lr": 10.0 ** -(place % 3), "depth": place % 5})
            for step in range(3_000):
                run.log_metric("loss", (place + 1) / (step + 10), step)


def test_the_figures_own_buttons_and_clicks_do_what_they_say(opened):
    panel = opened(sweep, "tb.compare()")
    panel.page.wait_for_function(PLOTTED)
    panel.node.scroll_into_view_if_needed()
    whole = panel.span()
    panel.press("Zoom in")
    panel.until(lambda: panel.span() < 0.6 * whole, "a closer look")
    panel.press("Zoom out")
    panel.until(lambda: panel.span() > 0.9 * whole, "the way back")
    panel.press("Zoom in")
    panel.until(lambda: panel.span() < 0.6 * whole, "a closer look")
    before = panel.figure("plot._fullLayout.xaxis.range[0]")
    panel.press("Pan")
    box = panel.node.locator(".nsewdrag").first.bounding_box()
    panel.page.mouse.move(box["x"] + 300, box["y"] + 100)
    panel.page.mouse.down()
    panel.page.mouse.move(box["x"] + 200, box["y"] + 100, steps=5)
    panel.page.mouse.up()
    panel.until(lambda: panel.figure("plot._fullLayout.xaxis.range[0]") > before + 1, "a pan to the right")
    panel.press("Reset axes")
    panel.until(lambda: panel.span() == pytest.approx(whole, rel=0.01), "all of it")
    panel.press("Zoom")
    assert panel.figure("plot._fullLayout.dragmode") == "zoom"

    panel.node.locator(".legendtoggle").nth(1).dblclick()
    panel.until(lambda: panel.figure("plot._fullData.filter(t => t.visible === true).length") == 1, "one run alone")
    panel.node.locator(".legendtoggle").nth(1).dblclick()
    panel.until(
        lambda: panel.figure("plot._fullData.filter(t => t.visible === true).length") == 12, "all of them again"
    )

    grey = panel.figure(
        "(() => { const t = plot._fullData[0], a = plot._fullLayout, box = plot.getBoundingClientRect(), at = t.x.length - 30;"
        " return [box.left + a.xaxis._offset + a.xaxis.d2p(t.x[at]), box.top + a.yaxis._offset + a.yaxis.d2p(t.y[at])]; })()"
    )
    for nudge in range(8):
        panel.page.mouse.move(grey[0] + nudge, grey[1])
    panel.until(lambda: "under the pointer: run-" in panel.text(), "the grey run's name")

    panel.node.get_by_label("x", exact=True).first.select_option("wall time")
    panel.until(lambda: panel.figure("plot._fullLayout.xaxis.type") == "date", "wall time")
    panel.until(lambda: 'x="wall"' in panel.call(), "the call")


def test_the_views_and_their_controls_are_reached_by_the_keyboard(opened):
    panel = opened(sweep, "tb.compare(view='scatter')")
    panel.page.wait_for_function(PLOTTED)
    panel.node.locator(".tb-Tabs button", has_text="Curves").focus()
    panel.page.keyboard.press("Tab")
    panel.page.keyboard.press("Enter")
    panel.until(lambda: 'view="parallel"' in panel.call(), "the next view")
    panel.page.keyboard.press("Shift+Tab")
    panel.page.keyboard.press("Space")
    panel.until(lambda: 'view="curves"' in panel.call(), "the curves")
    box = panel.node.get_by_label("log y", exact=True)
    box.focus()
    panel.page.keyboard.press("Space")
    panel.until(lambda: "log_y=True" in panel.call(), "a ticked box")
    menu = panel.node.get_by_label("x", exact=True).first
    menu.focus()
    for key in ("Enter", "w", "Enter"):  # opens, finds, chooses; outside a panel they would edit the cell
        panel.page.keyboard.press(key)
    panel.until(lambda: 'x="wall"' in panel.call(), "another choice of a menu")
    chip = panel.node.locator("button", has_text="loss ×")
    chip.focus()
    panel.page.keyboard.press("Enter")
    panel.until(lambda: "No metric is chosen" in panel.text(), "a sentence in place of the last metric")


def test_an_axis_can_be_dragged_and_the_call_says_so(opened):
    panel = opened(sweep, "tb.compare(view='parallel', columns=['params.lr', 'params.depth', 'metrics.loss'])")
    panel.page.wait_for_function(PLOTTED)
    titles = panel.node.locator(".parcoords .axis-title")
    first, second = titles.nth(0).bounding_box(), titles.nth(1).bounding_box()
    middle = first["y"] + first["height"] / 2
    panel.page.mouse.move(first["x"] + first["width"] / 2, middle)
    panel.page.mouse.down()
    panel.page.mouse.move(second["x"] + second["width"] + 60, middle, steps=12)
    panel.page.mouse.up()
    panel.until(lambda: 'columns=["params.depth", "params.lr", "metrics.loss"]' in panel.call(), "the order")


def wide(store):
    """A run with thousands of metrics, markup among their names, and one that ended before it began."""
    with start_run("wide", store=store) as run:
        run.log_metrics({f"layer/{place}/{EVIL if place == 7 else 'norm'}": float(place) for place in range(NAMES)})
        run.log_metric("loss", float("nan"))
    with start_run("bare", store=store):
        pass


def test_thousands_of_names_are_searched_and_not_listed(opened):
    panel = opened(wide, "tb.compare()")
    panel.page.wait_for_function(PLOTTED)
    panel.look("five-thousand-curves")
    field = panel.node.get_by_placeholder("search 5001 metrics")
    field.fill("layer/4321/norm")
    field.press("Enter")
    panel.until(lambda: '"layer/4321/norm"' in panel.call(), "the metric")
    field.fill("loss")
    field.press("Enter")
    panel.until(lambda: "loss is NaN or infinite at every point" in panel.text(), "the sentence about NaN")
    panel.look("only-nan")
    panel.node.locator(".tb-Tabs button", has_text="Scatter").click()
    panel.until(lambda: 'view="scatter"' in panel.call(), "the scatter")
    column = panel.node.get_by_placeholder("type to search").first
    column.fill("metrics.layer/99/norm")
    column.press("Enter")
    panel.until(lambda: 'x="metrics.layer/99/norm"' in panel.call(), "the column")
    column.fill("metrics.nosuch")
    column.press("Enter")
    panel.until(lambda: "None of these runs has 'metrics.nosuch'" in panel.text(), "what is wrong with a name")
    assert panel.page.evaluate("window.hacked") is None
    panel.look("five-thousand-scatter")


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
def test_other_runs_and_other_predictions_can_be_chosen(opened, view):
    panel = opened(judged, f"tb.compare(view='{view}')")
    panel.until(lambda: "500 rows" in panel.text(), "the first two runs")

    def choose(label, value):
        before = panel.call()
        menus = panel.node.locator(".widget-dropdown", has=panel.page.locator(f"label:text-is('{label}')"))
        menus.locator("select").first.select_option(label=value)
        panel.until(lambda: panel.call() != before, f"{label} = {value}")

    choose("a", "first")
    choose("b", "third")
    choose("predictions", "holdout")
    panel.until(lambda: 'predictions="holdout"' in panel.call(), "the other predictions")
    panel.until(lambda: "first" in panel.text(), "the runs' names")


@pytest.mark.parametrize(
    ("make", "cell", "said"),
    [
        pytest.param(lambda store: None, "tb.compare()", "There are no runs yet", id="no runs"),
        pytest.param(wide, "tb.compare('bare')", "These runs have no metric yet", id="a run without anything"),
    ],
)
def test_where_nothing_can_be_drawn_a_sentence_stands(opened, make, cell, said):
    panel = opened(make, cell)
    panel.until(lambda: said in panel.text(), said)
    panel.look(said.lower().replace(" ", "-"))


def test_one_run_with_one_point_is_a_dot_and_its_deletion_a_sentence(opened):
    def one(store):
        with start_run("alone", store=store) as run:
            run.log_metric("loss", 0.5)

    panel = opened(one, "panel = tb.compare(['alone'])\npanel")
    panel.page.wait_for_function(PLOTTED)
    assert panel.node.locator(".scatterlayer .point").count() == 1
    panel.look("one-point")
    panel.page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
            {code: "get_ipython().run_line_magic('track', 'delete alone')"}).done.then(() => {})"""
    )
    panel.until(lambda: "1 run left out: deleted" in panel.text(), "the sentence about the deleted run")
    panel.look("deleted")
