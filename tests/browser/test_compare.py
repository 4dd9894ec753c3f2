"""The comparison in a real JupyterLab: curves drawn, looked at closely, saved, followed, and left in the notebook."""

from __future__ import annotations

import json
import math
import os
import random
from pathlib import Path

import nbformat
import pytest

from trackbook.tracking.start import start_run, use_store

PICTURES = Path(__file__).parent / "pictures"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
EVIL = "<img src=x onerror=\"window.hacked='yes'\">"
NAMES = ["brave-otter", "calm-fox", "swift-heron", "quiet-lynx", "bold-wren", "dry-maple", "keen-ibis", "late-aspen"]
RUN_CELL = """(index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
    window.ran = false;
    window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ran = true; });
}"""
IDLE = "() => window.ran && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
THEME = "(theme) => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }"
PLOTTED = """() => [...document.querySelectorAll('.tb-Compare .js-plotly-plot')].some(plot =>
    plot._fullData?.length && plot.style.visibility === ''
    && Math.abs(plot._fullLayout.width - plot.closest('.tb-Compare').clientWidth) < 30)"""
SETUP = "%load_ext trackbook\nimport trackbook as tb"


def study(folder, *, long=0):
    """Runs of a net at three learning rates and two depths; long: points of one more run, `marathon`."""
    folder.mkdir(parents=True, exist_ok=True)
    store = use_store(folder / "trackbook.duckdb", keep=False)
    random.seed(3)
    for place, name in enumerate(NAMES):
        rate, depth = (0.1, 0.03, 0.01)[place % 3], (4, 6, 8)[place // 3]
        with start_run(name, experiment="churn", store=store) as run:
            run.log_params({"learning_rate": rate, "depth": depth})
            for step in range(200):
                loss = 0.25 + 0.3 / depth + 0.9 * math.exp(-step * rate) + random.gauss(0, 0.015)
                run.log_metric("loss", loss, step)
                run.log_metric("accuracy", 1 - 0.35 * loss + random.gauss(0, 0.006), step)
    if long:
        with start_run("marathon", experiment="long", store=store) as run:
            for step in range(long):
                run.log_metric("loss", math.sin(step / 300) + (5 if step == 7_777 else 0), step)
    return store


@pytest.fixture
def notebook(lab, open_notebook, tmp_path, monkeypatch):
    """Open a notebook of cells over a store of its own, each cell run; returns the page."""
    count = iter(range(100))

    def opened(make, *cells):
        folder = lab.root / f"{tmp_path.name}-{next(count)}"
        folder.mkdir()
        make(folder)
        place = f"import os; os.environ['TRACKBOOK_STORE'] = {str(folder / 'trackbook.duckdb')!r}\n{SETUP}"
        made = [nbformat.v4.new_code_cell(source, id=f"cell{at}") for at, source in enumerate([place, *cells])]
        path = folder / "compare.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL}), path)
        page = open_notebook(f"{folder.name}/compare.ipynb")
        for at in range(len(cells) + 1):
            run_cell(page, at)
        page.folder = folder
        return page

    return opened


def run_cell(page, place):
    page.evaluate(RUN_CELL, place)
    page.wait_for_function(IDLE)


def panel_of(page):
    page.wait_for_function(PLOTTED)
    return page.locator(".tb-Compare")


def traces(page):
    return page.evaluate(
        """() => document.querySelector('.tb-Compare .js-plotly-plot').data.map(trace => (
            {name: trace.name, x: [...trace.x], visible: trace.visible ?? true, group: trace.legendgroup}))"""
    )


def until(page, question, what):
    for _ in range(600):
        if question():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{what} never came")


def notice(page):
    return page.locator(".tb-Compare [role=status]").inner_text()


def test_curves_are_drawn_as_wide_as_the_panel_and_every_control_redraws(notebook):
    page = notebook(study, 'tb.compare(metrics=["loss", "accuracy"], smooth=0.6)')
    panel = panel_of(page)
    assert {trace["name"] for trace in traces(page)} == set(NAMES)
    assert panel.locator("code").inner_text() == 'tb.compare(view="curves", metrics=["loss", "accuracy"], smooth=0.6)'

    for label, written in (("log y", "log_y=True"), ("log x", "log_x=True"), ("clip outliers", "clip=True")):
        panel.get_by_label(label, exact=True).check()
        until(page, lambda written=written: written in panel.locator("code").inner_text(), written)
    panel.get_by_label("x", exact=True).select_option("relative time")
    until(page, lambda: 'x="relative"' in panel.locator("code").inner_text(), "relative time")
    panel.get_by_label("colour", exact=True).first.select_option("params.learning_rate")
    until(page, lambda: "0.1 (3 runs)" in {trace["name"] for trace in traces(page)}, "groups")
    panel.get_by_label("band", exact=True).select_option("± standard deviation")
    until(page, lambda: 'band="sd"' in panel.locator("code").inner_text(), "band")
    panel.locator("button", has_text="accuracy ×").click()
    until(page, lambda: 'metrics=["loss"]' in panel.locator("code").inner_text(), "one metric")
    field = panel.get_by_placeholder("add a metric")
    field.fill("accuracy")
    field.press("Enter")
    until(page, lambda: 'metrics=["loss", "accuracy"]' in panel.locator("code").inner_text(), "two metrics")
    slider = panel.locator(".noUi-handle").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    until(page, lambda: "smooth=0.6," not in panel.locator("code").inner_text(), "another weight")


def test_a_click_in_the_legend_hides_a_run_in_every_plot(notebook):
    page = notebook(study, 'tb.compare(metrics=["loss", "accuracy"], smooth=0.6)')
    panel = panel_of(page)
    panel.locator(".legendtoggle").first.click()
    until(page, lambda: any(trace["visible"] == "legendonly" for trace in traces(page)), "a hidden run")
    hidden = [trace for trace in traces(page) if trace["visible"] == "legendonly"]
    assert len({trace["group"] for trace in hidden}) == 1
    assert len(hidden) == 4  # measured and evened out, in two plots


def test_zooming_brings_finer_points_and_a_double_click_all_of_them(notebook):
    page = notebook(lambda folder: study(folder, long=20_000), "tb.compare('marathon')")
    panel = panel_of(page)
    coarse = len(traces(page)[0]["x"])
    assert coarse <= 2_000
    assert 7_777 in traces(page)[0]["x"]  # the one peak among twenty thousand points
    panel.scroll_into_view_if_needed()
    box = panel.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.35, box["y"] + 60, steps=4)
    page.mouse.up()

    def every_step():
        inside = [x for x in traces(page)[0]["x"] if 6_200 < x < 6_800]
        return inside == list(range(6_201, 6_800))

    until(page, every_step, "every point in the window")
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + 60)
    until(page, lambda: len(traces(page)[0]["x"]) == coarse, "the whole curve")


def test_new_points_of_a_run_that_still_runs_are_drawn_by_themselves(notebook):
    page = notebook(
        lambda folder: None,
        'run = tb.start_run("alive")\nrun.log_metric("loss", 1.0)\nrun.log_metric("loss", 0.8)\ntb.compare()',
    )
    panel = panel_of(page)
    assert "1 running" in panel.inner_text()
    page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
            {code: "run.log_metric('loss', 0.5)"}).done.then(() => {})"""
    )
    until(page, lambda: len(traces(page)[0]["x"]) == 3, "the third point")


def test_every_button_saves_a_file_beside_the_notebook_and_say_so(notebook):
    page = notebook(study, 'tb.compare(metrics=["loss"])')
    panel = panel_of(page)
    for kind in ("CSV", "Parquet", "HTML"):
        panel.locator("button", has_text=f"save {kind}").click()
        ending = kind.lower()
        until(page, lambda ending=ending: list(page.folder.glob(f"compare-curves-*.{ending}")), ending)
        until(page, lambda ending=ending: f".{ending} beside the notebook" in panel.inner_text(), "the sentence")
    panel.scroll_into_view_if_needed()
    panel.locator(".nsewdrag").first.hover()
    assert page.locator(".modebar-btn[data-title*='hare']").count() == 0  # nothing offers to upload the chart
    with page.expect_download() as image:
        panel.locator(".modebar-btn[data-title*='ownload']").first.click()
    assert image.value.suggested_filename == "trackbook-compare.png"
    assert Path(image.value.path()).read_bytes().startswith(b"\x89PNG")


def test_nothing_that_users_typed_is_run(notebook):
    def evil(folder):
        store = use_store(folder / "trackbook.duckdb", keep=False)
        for place in range(14):
            with start_run(f"{EVIL}{place}", experiment=EVIL, store=store) as run:
                run.log_params({EVIL: f"{EVIL}{place % 2}"})
                for step in range(3):
                    run.log_metric(EVIL, place + step)
                    run.log_metric(f"<b>{EVIL}</b>", place + step)

    page = notebook(evil, "panel = tb.compare(colour='')\npanel", f"tb.compare(colour='params.' + {EVIL!r})")
    panel_of(page)
    box = page.locator(".tb-Compare .nsewdrag").first.bounding_box()
    for share in (0.2, 0.5, 0.8):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * share)
    assert page.locator(".tb-Compare img, [data-trackbook-twin] img[src='x']").count() == 0
    assert page.evaluate("() => window.hacked") is None
    page.locator(".tb-Compare button", has_text="save HTML").first.click()
    until(page, lambda: list(page.folder.glob("*.html")), "the page")
    until(page, lambda: "beside the notebook" in page.locator(".tb-Compare").first.inner_text(), "the sentence")
    saved = page.context.new_page()
    saved.goto(next(iter(page.folder.glob("*.html"))).as_uri())
    saved.wait_for_selector(".js-plotly-plot .main-svg")
    assert saved.evaluate("() => window.hacked") is None


def test_a_saved_notebook_shows_a_picture_without_a_kernel_and_no_error(notebook, lab):
    page = notebook(study, "%compare brave-otter calm-fox")
    panel_of(page)
    assert not page.locator("[data-trackbook-twin]").first.is_visible()  # hidden while the panel lives
    page.evaluate(
        "() => { window.saved = false; window.jupyterapp.commands.execute('docmanager:save').then(() => { window.saved = true; }); }"
    )
    page.wait_for_function("() => window.saved")
    kept = json.loads((page.folder / "compare.ipynb").read_text())
    assert len(json.dumps(kept)) < 100_000
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    again = page.context.new_page()
    again.route(
        "**/api/sessions*", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    again.goto(f"{lab.url}/lab/tree/{page.folder.name}/compare.ipynb?token={lab.token}&reset")
    twin = again.locator("[data-trackbook-twin]")
    twin.locator("img").wait_for()
    assert twin.is_visible()
    assert "brave-otter" in twin.inner_text()
    assert 'tb.compare(["brave-otter", "calm-fox"], view="curves"' in twin.inner_text()
    assert again.evaluate("() => document.querySelector('[data-trackbook-twin] img').naturalWidth") > 100


def test_a_sentence_stands_where_nothing_can_be_drawn(notebook):
    page = notebook(study, "tb.compare(\"name = 'nobody'\")")
    page.wait_for_selector(".tb-Compare [role=status]")
    assert notice(page).startswith("No run fits this filter")


def test_the_pictures_of_the_readme(notebook):
    page = notebook(study, 'tb.compare(metrics=["loss", "accuracy"], smooth=0.6)')
    panel = panel_of(page)
    page.evaluate("() => { window.jupyterapp.commands.execute('application:toggle-left-area'); }")
    page.wait_for_function(PLOTTED)
    for theme, name in (("JupyterLab Dark", "compare_dark.png"), ("JupyterLab Light", "compare.png")):
        page.evaluate(THEME, theme)
        light = "true" if theme.endswith("Light") else "false"
        page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=light)
        page.wait_for_timeout(500)  # the style sheet comes a little later
        ink = page.evaluate("() => getComputedStyle(document.querySelector('.tb-Compare .xtick text')).fill")
        assert (int(ink.split("(")[1].split(",")[0]) < 128) == theme.endswith("Light")
        panel.scroll_into_view_if_needed()
        if os.environ.get("TRACKBOOK_PICTURES"):
            panel.screenshot(path=PICTURES / name)
