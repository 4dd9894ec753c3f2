"""Every tab of the comparison in a real JupyterLab: opened, each control used once, and looked at."""

from __future__ import annotations

import os
import re

import pytest
from compare_page import show_comparison
from compare_study import sweep
from pages import look, safe, theme


@pytest.fixture(scope="module")
def study(lab):
    sweep(lab.root / "compare_tabs")
    return lab.root / "compare_tabs"


@pytest.fixture
def panel(open_next, study, request):
    panel = show_comparison(
        open_next, study / f"{request.node.name}.ipynb", 'panel = tb.compare(view="parallel")\npanel'
    )
    panel.wait_drawn()
    panel.node.locator(".js-plotly-plot .parcoords").first.wait_for()
    return panel


def test_parallel_scatter_and_surface_answer_their_controls(panel):
    panel.draws("parcoords")
    look(panel.node, "parallel")
    panel.choose("colour", "params.opt")
    _brush(panel)
    panel.until(lambda: len(panel.drawn("dimensions")) == 6, "six axes")
    panel.button("params.seed ×").click()
    panel.until(lambda: len(panel.drawn("dimensions")) == 5, "one axis less")
    panel.search(re.compile("search [0-9]+ axes"), "duration")
    panel.until(lambda: '"duration"]' in panel.call() and len(panel.drawn("dimensions")) == 6, "an axis more")

    panel.open("Scatter")
    panel.draws("scatter")
    panel.choose("x", "params.lr")
    panel.choose("y", "metrics.val_loss")
    panel.choose("size", "metrics.acc")
    panel.choose("colour", "params.opt")
    panel.until(lambda: any("&lt;img" in trace.get("name", "") for trace in panel.traces()), "the legend")
    look(panel.node, "scatter")
    panel.choose("x scale", "linear")
    panel.choose("y scale", "log")

    panel.open("Surface")
    panel.draws("heatmap", "scatter", "scatter")
    look(panel.node, "surface-heatmap")
    panel.choose("x", "params.lr")
    panel.choose("y", "params.depth")
    panel.choose("metric", "metrics.val_loss")
    panel.choose("kind", "contour")
    panel.draws("contour", "scatter", "scatter")
    look(panel.node, "surface-contour")

    safe(panel.page)


def test_bars_histogram_and_importance_answer_their_controls(panel):
    panel.open("Bars")
    panel.draws("bar")
    panel.calls('by="seed replicates"')
    look(panel.node, "bars")
    panel.choose("metric", "metrics.val_loss")
    panel.choose("by", "params.opt")
    panel.choose("kind", "point")
    panel.draws("scatter")
    panel.choose("kind", "box")
    panel.draws("box", "box")

    panel.open("Histogram")
    panel.draws("bar")
    panel.choose("x", "params.lr")
    panel.choose("by", "params.depth")
    panel.choose("x scale", "linear")
    panel.write("bins", "5")
    panel.until(lambda: "bins=5" in panel.call() and len(panel.drawn("x")) == 5, "five bins")
    look(panel.node, "histogram")

    panel.open("Importance")
    panel.draws("bar")
    panel.choose("metric", "metrics.val_loss")
    panel.says("5 folds × 5 shuffles")
    panel.says("24 runs, 5 folds")
    panel.write("shuffles", "3")
    panel.says("5 folds × 3 shuffles")
    look(panel.node, "importance")
    safe(panel.page)


def _brush(panel):
    """Drag along an axis: the lines outside go grey, by plotly's own brush."""
    axis = panel.node.locator(".parcoords .axis-brush .background").nth(4).bounding_box()
    middle = axis["x"] + axis["width"] / 2
    panel.drag((middle, axis["y"] + axis["height"] * 0.3), (middle, axis["y"] + axis["height"] * 0.7))
    panel.until(lambda: any("constraintrange" in each for each in panel.drawn("dimensions")), "the brush")
    panel.says(" of 26 runs brushed: tb.runs(")
    panel.page.mouse.click(middle, axis["y"] + 1)  # beside the brush: it goes
    panel.until(lambda: "brushed" not in panel.text(), "nothing brushed")


def test_every_table_of_the_comparison_answers_its_controls(panel):
    panel.open("Diff")
    panel.says("1 of ")
    panel.choose("a", "careful")
    panel.choose("b", "hasty")
    panel.says("hasty is worse than careful")
    panel.says("1 of 3 · params · seed: 1 → 2")
    look(panel.node, "diff")
    panel.button("→").click()
    panel.says("2 of 3 · params · speed")
    panel.button("←").click()
    panel.says("1 of 3")
    panel.node.locator(".widget-slider .noUi-handle").focus()
    panel.press("ArrowRight")
    panel.says("2 of 3")
    panel.choose("what", "metrics")
    panel.says("1 of 1 · metrics · acc")

    _saves_what_is_seen(panel, "diff")

    panel.open("Rows")
    panel.says("paired bootstrap")
    _saves_what_is_seen(panel, "rows")
    panel.says("hasty is worse than careful: accuracy")
    panel.until(lambda: "x > 3" in panel.text() or "x > 2.9" in panel.text(), "the worst segment")
    look(panel.node, "rows")
    panel.choose("a", "careful")
    panel.choose("b", "hasty")
    panel.says("careful is better than hasty")
    panel.choose("metric", "f1_macro")
    panel.says("f1_macro")
    panel.choose("rows", "only a right")
    panel.says("rows that are only a right")
    panel.choose("features", "none")
    panel.says("tb.log_dataset(X_test")

    panel.open("Confusion")
    panel.draws("heatmap", "heatmap", "heatmap")
    look(panel.node, "confusion")
    panel.node.get_by_label("percent of the true class").click()
    panel.calls("share=True")
    panel.choose("b", "none")
    panel.until(lambda: len(panel.traces()) == 1, "one alone")

    panel.open("Images")
    panel.until(lambda: panel.node.locator("img").count() == 4, "four pictures")
    loaded = "nodes => nodes.every(node => node.complete && node.naturalWidth > 0)"
    panel.until(lambda: panel.node.locator("img").evaluate_all(loaded), "the pictures' content")
    look(panel.node, "images")
    _saves_what_is_seen(panel, "images")
    panel.choose("image", "plots/gradient.png")
    panel.until(lambda: panel.node.locator("img").count() == 2, "one picture of each run")
    panel.write("width", "120")
    panel.until(lambda: panel.node.locator("img[style*='width:120px']").count() == 2, "smaller pictures")
    safe(panel.page)


def _saves_what_is_seen(panel, name):
    """Save a table's picture: as wide as the page shows it, sharper, and with ink on it in many places."""
    image = panel.saved_picture().convert("L")
    if folder := os.environ.get("TRACKBOOK_LOOKS"):
        image.save(f"{folder}/saved-{name}.png")
    assert image.width > panel.node.bounding_box()["width"]
    low, high = image.getextrema()
    assert high - low > 100
    inked = image.point(lambda grey: 255 * (grey < high - 60)).getbbox()
    assert inked[2] - inked[0] > image.width / 4
    assert inked[3] - inked[1] > image.height / 2
    assert inked[3] < image.height - 10, "the last lines are cut off"


def test_the_tabs_read_in_the_dark_theme_too(panel):
    theme(panel.page, "Dark")
    for title in ("Parallel", "Surface", "Bars", "Diff", "Confusion", "Images", "Rows"):
        panel.open(title)
        panel.until(lambda: panel.node.locator(".js-plotly-plot, table").count() > 0, title)
        look(panel.node, f"dark-{title.lower()}")
    safe(panel.page)
