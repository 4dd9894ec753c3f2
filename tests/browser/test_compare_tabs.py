"""Every tab of the comparison in a real JupyterLab: opened, each control used once, and looked at."""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from trackbook.tracking.artifacts import log_figure, log_text
from trackbook.tracking.data import log_dataset, log_predictions
from trackbook.tracking.start import start_run, use_store

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
EVIL = "<img src=x onerror=\"window.hacked='yes'\">"
EVIL_SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='80' onload=\"top.hacked='svg'\"><script>top.hacked='svg'</script><circle cx='40' cy='40' r='30' fill='#009e73'/></svg>"
RUN_CELL = """(index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
    window.ran = false;
    window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ran = true; });
}"""
IDLE = "() => window.ran && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
THEME = "(theme) => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }"
FIGURE = "node => { const plot = node.querySelector('.js-plotly-plot'); return plot ? JSON.stringify(plot.data) : ''; }"


def study(folder):
    """Two dozen runs over four params with two seeds, one with markup for a name; the last two kept predictions."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    store = use_store(folder / "trackbook.duckdb", keep=False)
    rng = np.random.default_rng(3)
    for place in range(24):
        lr, depth = 10.0 ** -(1 + place % 4), 2 + place // 4 % 3 * 2
        with start_run(EVIL if place == 5 else f"run-{place:02d}", store=store) as run:
            run.log_params({"lr": lr, "depth": depth, "opt": ["adam", EVIL][place // 2 % 2], "seed": place // 12})
            for step in range(5):
                run.log_metric("acc", 0.9 - 0.03 * (math.log10(lr) + 3) ** 2 + step / 500 + rng.normal() / 300, step)
            run.log_metric("val_loss", 2 / depth + rng.normal() / 50)
    rows = 900
    x, truth = rng.uniform(0, 4, rows), rng.integers(0, 3, rows)
    labels = np.array(["cat", "dog", "owl"])
    for name, hurt in (("careful", 0.1), ("hasty", 0.6)):
        with start_run(name, store=store) as run:
            run.log_params({"lr": 0.001, "depth": 4, "opt": "adam", "seed": 1 if hurt < 0.5 else 2, "speed": hurt})
            run.log_metric("acc", 0.9 - hurt / 10)
            wrong = rng.random(rows) < np.where(x > 3, hurt, 0.1)
            log_predictions(labels[truth], labels[np.where(wrong, (truth + 1) % 3, truth)], run=run)
            log_dataset(pd.DataFrame({"x": x, EVIL: truth % 2}), "test", store=True, run=run)
            log_figure(Image.linear_gradient("L").resize((160, 120)), "plots/gradient.png", run=run)
            log_text(EVIL_SVG, "evil.svg", run=run)
    return store


class Compare:
    """A comparison in a page, as its user has it."""

    def __init__(self, page, node):
        self.page, self.node = page, node

    def open(self, title):
        self.node.locator(".tb-Tabs button", has_text=title).click()
        self.until(lambda: f'view="{title.lower()}"' in self.call(), f"the tab {title}")

    def call(self):
        return self.node.locator(".tb-Call").inner_text()

    def text(self):
        return self.node.inner_text()

    def traces(self):
        found = self.node.evaluate(FIGURE)
        return json.loads(found) if found else []

    def menu(self, label):
        boxes = self.node.locator(".widget-dropdown", has=self.page.locator(f"label:text-is('{label}')"))
        return boxes.locator("select").first

    def choose(self, label, value):
        """Choose from a menu as a user does, and wait until the call and the drawing follow."""
        before = self.call()
        self.menu(label).select_option(label=value)
        self.until(lambda: self.call() != before, f"{label} = {value}")

    def until(self, question, what="it"):
        for _ in range(600):
            if question():
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{what} never came; the panel says: {self.text()[:1500]}")

    def kinds(self, *wanted):
        self.until(lambda: [trace["type"] for trace in self.traces()][: len(wanted)] == list(wanted), f"{wanted}")

    def look(self, name):
        """Keep a picture for whoever draws the panels."""
        folder = os.environ.get("TRACKBOOK_LOOKS")
        if folder:
            self.page.wait_for_timeout(600)  # plotly's and the theme's transitions, for the picture's sake
            self.node.screenshot(path=Path(folder) / f"{name}.png")

    def safe(self):
        assert self.page.evaluate("window.hacked") is None
        assert self.node.locator("img[src='x']").count() == 0


@pytest.fixture
def panel(open_notebook, lab, request):
    folder = lab.root / request.node.name[:40]
    study(folder)
    cells = ["%load_ext trackbook\nimport trackbook as tb", 'panel = tb.compare(view="parallel")\npanel']
    made = [nbformat.v4.new_code_cell(source, id=f"cell{at}") for at, source in enumerate(cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL}), folder / "look.ipynb")
    page = open_notebook(f"{folder.name}/look.ipynb")
    for index in range(2):
        page.evaluate(RUN_CELL, index)
        page.wait_for_function(IDLE)
    node = page.locator(".jp-OutputArea .tb-Compare").first
    page.set_default_timeout(20_000)
    node.locator(".js-plotly-plot .parcoords").first.wait_for()
    return Compare(page, node)


def test_parallel_scatter_and_surface_answer_their_controls(panel):
    panel.kinds("parcoords")
    panel.look("parallel")
    panel.choose("colour", "params.opt")
    _brush(panel)
    assert len(panel.traces()[0]["dimensions"]) == 6
    panel.node.get_by_role("button", name="params.seed ×").click()
    panel.until(lambda: len(panel.traces()[0]["dimensions"]) == 5, "one axis less")
    panel.node.get_by_placeholder(re.compile("search [0-9]+ axes")).fill("duration")
    panel.page.keyboard.press("Enter")
    panel.until(lambda: '"duration"]' in panel.call() and len(panel.traces()[0]["dimensions"]) == 6, "an axis more")

    panel.open("Scatter")
    panel.kinds("scatter")
    panel.choose("x", "params.lr")
    panel.choose("y", "metrics.val_loss")
    panel.choose("size", "metrics.acc")
    panel.choose("colour", "params.opt")
    panel.until(lambda: any("&lt;img" in trace.get("name", "") for trace in panel.traces()), "the legend")
    panel.look("scatter")
    panel.choose("x scale", "linear")
    panel.choose("y scale", "log")

    panel.open("Surface")
    panel.kinds("heatmap", "scatter", "scatter")
    panel.look("surface-heatmap")
    panel.choose("x", "params.lr")
    panel.choose("y", "params.depth")
    panel.choose("metric", "metrics.val_loss")
    panel.choose("kind", "contour")
    panel.kinds("contour", "scatter", "scatter")
    panel.look("surface-contour")

    panel.safe()


def test_bars_histogram_and_importance_answer_their_controls(panel):
    panel.open("Bars")
    panel.kinds("bar")
    assert 'by="seed replicates"' in panel.call()
    panel.look("bars")
    panel.choose("metric", "metrics.val_loss")
    panel.choose("by", "params.opt")
    panel.choose("kind", "point")
    panel.kinds("scatter")
    panel.choose("kind", "box")
    panel.kinds("box", "box")

    panel.open("Histogram")
    panel.kinds("bar")
    panel.choose("x", "params.lr")
    panel.choose("by", "params.depth")
    panel.choose("x scale", "linear")
    panel.node.locator(".widget-text", has_text="bins").locator("input").fill("5")
    panel.page.keyboard.press("Enter")
    panel.until(lambda: "bins=5" in panel.call() and len(panel.traces()[0]["x"]) == 5, "five bins")
    panel.look("histogram")

    panel.open("Importance")
    panel.kinds("bar")
    panel.choose("metric", "metrics.val_loss")
    panel.until(lambda: "5 folds × 5 shuffles" in panel.text(), "what it is worth")
    assert "24 runs, 5 folds" in panel.text()
    panel.node.locator(".widget-text", has_text="shuffles").locator("input").fill("3")
    panel.page.keyboard.press("Enter")
    panel.until(lambda: "5 folds × 3 shuffles" in panel.text(), "fewer shuffles")
    panel.look("importance")
    panel.safe()


def _brush(panel):
    """Drag along an axis: the lines outside go grey, by plotly's own brush."""
    axis = panel.node.locator(".parcoords .axis-brush .background").nth(4).bounding_box()
    middle = axis["x"] + axis["width"] / 2
    panel.page.mouse.move(middle, axis["y"] + axis["height"] * 0.3)
    panel.page.mouse.down()
    panel.page.mouse.move(middle, axis["y"] + axis["height"] * 0.7, steps=8)
    panel.page.mouse.up()
    panel.until(lambda: any("constraintrange" in each for each in panel.traces()[0]["dimensions"]), "the brush")
    panel.until(lambda: " of 26 runs brushed: tb.runs(" in panel.text(), "what is brushed, in words")
    panel.page.mouse.click(middle, axis["y"] + 1)  # beside the brush: it goes
    panel.until(lambda: "brushed" not in panel.text(), "nothing brushed")


def test_every_table_of_the_comparison_answers_its_controls(panel):
    panel.open("Diff")
    panel.until(lambda: "1 of " in panel.text(), "the first difference")
    panel.choose("a", "careful")
    panel.choose("b", "hasty")
    panel.until(lambda: "hasty is worse than careful" in panel.text(), "the verdict")
    assert "1 of 3 · params · seed: 1 → 2" in panel.text()
    panel.look("diff")
    panel.node.get_by_role("button", name="→", exact=True).click()
    panel.until(lambda: "2 of 3 · params · speed" in panel.text(), "the next difference")
    panel.node.get_by_role("button", name="←", exact=True).click()
    panel.until(lambda: "1 of 3" in panel.text(), "the one before")
    panel.node.locator(".widget-slider .noUi-handle").focus()
    panel.page.keyboard.press("ArrowRight")
    panel.until(lambda: "2 of 3" in panel.text(), "the next one by key")
    panel.choose("what", "metrics")
    panel.until(lambda: "1 of 1 · metrics · acc" in panel.text(), "metrics only")

    panel.open("Rows")
    panel.until(lambda: "paired bootstrap" in panel.text(), "the verdict")
    assert "hasty is worse than careful: accuracy" in panel.text()
    assert "x > 3" in panel.text() or "x > 2.9" in panel.text()
    panel.look("rows")
    panel.choose("a", "careful")
    panel.choose("b", "hasty")
    panel.until(lambda: "careful is better than hasty" in panel.text(), "the other way round")
    panel.choose("metric", "f1_macro")
    panel.until(lambda: "f1_macro" in panel.text(), "the other measure")
    panel.choose("rows", "only a right")
    panel.until(lambda: "rows that are only a right" in panel.text(), "rows that flipped")
    panel.choose("features", "none")
    panel.until(lambda: "tb.log_dataset(X_test" in panel.text(), "how to get segments")

    panel.open("Confusion")
    panel.kinds("heatmap", "heatmap", "heatmap")
    panel.look("confusion")
    panel.node.get_by_label("percent of the true class").click()
    panel.until(lambda: "share=True" in panel.call(), "percent")
    panel.choose("b", "none")
    panel.until(lambda: len(panel.traces()) == 1, "one alone")

    panel.open("Images")
    panel.until(lambda: panel.node.locator("img").count() == 4, "four pictures")
    loaded = "nodes => nodes.every(node => node.complete && node.naturalWidth > 0)"
    panel.until(lambda: panel.node.locator("img").evaluate_all(loaded), "the pictures' content")
    panel.look("images")
    panel.choose("image", "plots/gradient.png")
    panel.until(lambda: panel.node.locator("img").count() == 2, "one picture of each run")
    panel.node.locator(".widget-text", has_text="width").locator("input").fill("120")
    panel.page.keyboard.press("Enter")
    panel.until(lambda: panel.node.locator("img[style*='width:120px']").count() == 2, "smaller pictures")
    panel.safe()


def test_the_tabs_read_in_the_dark_theme_too(panel):
    panel.page.evaluate(THEME, "JupyterLab Dark")
    panel.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    for title in ("Parallel", "Surface", "Bars", "Diff", "Confusion", "Images", "Rows"):
        panel.open(title)
        panel.until(lambda: panel.node.locator(".js-plotly-plot, table").count() > 0, title)
        panel.look(f"dark-{title.lower()}")
    panel.safe()
