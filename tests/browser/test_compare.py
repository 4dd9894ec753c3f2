"""The comparison in a real JupyterLab: curves drawn, looked at closely, saved, followed, and left in the notebook."""

from __future__ import annotations

import json
import math
import random

import pytest
from compare_page import show_comparison
from pages import EVIL, command, no_ghosts, picture, run_aside, save, shut_down, theme

from trackbook.tracking.start import start_run, use_store

NAMES = ["brave-otter", "calm-fox", "swift-heron", "quiet-lynx", "bold-wren", "dry-maple", "keen-ibis", "late-aspen"]
BOTH = 'tb.compare(metrics=["loss", "accuracy"], smooth=0.6)'


@pytest.fixture
def show(open_next, place):
    """Show the comparison that the last of these cells makes, in a notebook with a store of its own."""
    return lambda *cells: show_comparison(open_next, place / "compare.ipynb", *cells)


@pytest.fixture
def store(place):
    place.mkdir()
    return use_store(place / "trackbook.duckdb", keep=False)


@pytest.fixture
def study(store):
    """Runs of a net at three learning rates and two depths."""
    random.seed(3)
    for at, name in enumerate(NAMES):
        rate, depth = (0.1, 0.03, 0.01)[at % 3], (4, 6, 8)[at // 3]
        with start_run(name, experiment="churn", store=store) as run:
            run.log_params({"learning_rate": rate, "depth": depth})
            for step in range(200):
                loss = 0.25 + 0.3 / depth + 0.9 * math.exp(-step * rate) + random.gauss(0, 0.015)
                run.log_metric("loss", loss, step)
                run.log_metric("accuracy", 1 - 0.35 * loss + random.gauss(0, 0.006), step)


def names(panel):
    return {trace["name"] for trace in panel.traces()}


@pytest.mark.usefixtures("study")
def test_curves_are_drawn_as_wide_as_the_panel_and_every_control_redraws(show):
    panel = show(BOTH)
    panel.wait_drawn()
    panel.until(lambda: names(panel) == set(NAMES), "all runs")
    assert panel.call() == 'tb.compare(view="curves", metrics=["loss", "accuracy"], smooth=0.6)'

    for label, written in (("log y", "log_y=True"), ("log x", "log_x=True"), ("clip outliers", "clip=True")):
        panel.box(label).check()
        panel.calls(written)
    panel.choose("x", "relative time")
    panel.calls('x="relative"')
    panel.choose("colour", "params.learning_rate")
    panel.until(lambda: "0.1 (3 runs)" in names(panel), "groups")
    panel.choose("band", "± standard deviation")
    panel.calls('band="sd"')
    panel.button("accuracy ×").click()
    panel.calls('metrics=["loss"]')
    panel.search("add a metric", "accuracy")
    panel.calls('metrics=["loss", "accuracy"]')
    panel.node.locator(".noUi-handle").first.focus()
    panel.press("ArrowRight")
    panel.until(lambda: "smooth=0.6," not in panel.call(), "another weight")


@pytest.mark.usefixtures("study")
def test_a_click_in_the_legend_hides_a_run_in_every_plot(show):
    panel = show(BOTH)
    panel.wait_drawn()
    panel.node.locator(".legendtoggle").first.click()

    def hidden():
        return [trace for trace in panel.traces() if trace.get("visible") == "legendonly"]

    panel.until(lambda: len(hidden()) == 4, "a run hidden in two plots, measured and evened out")
    assert len({trace["legendgroup"] for trace in hidden()}) == 1


def test_zooming_brings_finer_points_and_a_double_click_all_of_them(show, store):
    with start_run("marathon", experiment="long", store=store) as run:
        for step in range(20_000):
            run.log_metric("loss", math.sin(step / 300) + (5 if step == 7_777 else 0), step)
    panel = show("tb.compare('marathon')")
    panel.wait_drawn()

    def steps():
        return panel.drawn("x")

    panel.until(lambda: 7_777 in steps(), "the one peak among twenty thousand points")
    coarse = len(steps())
    assert coarse <= 2_000
    panel.node.scroll_into_view_if_needed()
    box = panel.area.bounding_box()
    height = box["y"] + 60
    panel.drag((box["x"] + box["width"] * 0.3, height), (box["x"] + box["width"] * 0.35, height))
    panel.until(
        lambda: [x for x in steps() if 6_200 < x < 6_800] == list(range(6_201, 6_800)), "every point in the window"
    )
    panel.page.mouse.dblclick(box["x"] + box["width"] / 2, height)
    panel.until(lambda: len(steps()) == coarse, "the whole curve")


def test_new_points_of_a_run_that_still_runs_are_drawn_by_themselves(show):
    panel = show('run = tb.start_run("alive")\nrun.log_metric("loss", 1.0)\nrun.log_metric("loss", 0.8)\ntb.compare()')
    panel.wait_drawn()
    panel.says("1 running")
    run_aside(panel.page, "run.log_metric('loss', 0.5)")
    panel.until(lambda: len(panel.drawn("x")) == 3, "the third point")


@pytest.mark.usefixtures("study")
def test_every_button_saves_a_file_beside_the_notebook_and_say_so(show, place):
    panel = show('tb.compare(metrics=["loss"])')
    panel.wait_drawn()
    for kind in ("CSV", "Parquet", "HTML"):
        panel.button(f"save {kind}").click()
        panel.says(f".{kind.lower()} beside the notebook")
        assert list(place.glob(f"compare-curves-*.{kind.lower()}"))
    assert panel.saved_picture().width > 1000
    panel.node.scroll_into_view_if_needed()
    panel.area.hover()
    buttons = panel.page.locator(".modebar-btn")
    assert buttons.and_(panel.page.locator("[data-title*='hare']")).count() == 0  # nothing offers to upload the chart
    with panel.page.expect_download() as image:
        buttons.and_(panel.page.locator("[data-title*='ownload']")).first.click()
    assert image.value.suggested_filename == "trackbook-compare.png"


def test_nothing_that_users_typed_is_run(show, store, place):
    evil = EVIL.format("yes")
    for at in range(14):
        with start_run(f"{evil}{at}", experiment=evil, store=store) as run:
            run.log_params({evil: f"{evil}{at % 2}"})
            for step in range(3):
                run.log_metric(evil, at + step)
                run.log_metric(f"<b>{evil}</b>", at + step)

    panel = show(f"tb.compare(colour='params.' + {evil!r})", "tb.compare(colour='')")
    page = panel.page
    panel.wait_drawn()
    for area in (page.locator(".tb-Compare").nth(at).locator(".nsewdrag").first for at in range(2)):
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        for share in (0.2, 0.5, 0.8):
            page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * share)
    assert page.locator(".tb-Compare img, [data-trackbook-twin] img[src='x']").count() == 0
    assert page.evaluate("() => window.hacked ?? null") is None
    panel.button("save HTML").click()
    panel.says("beside the notebook")
    saved = page.context.new_page()
    saved.goto(next(place.glob("*.html")).as_uri())
    saved.wait_for_selector(".js-plotly-plot .main-svg")
    assert saved.evaluate("() => window.hacked ?? null") is None


@pytest.mark.usefixtures("study")
def test_a_saved_notebook_shows_a_picture_without_a_kernel_and_no_error(show, place, lab):
    panel = show("%compare brave-otter calm-fox")
    panel.wait_drawn()
    page = panel.page
    assert not page.locator("[data-trackbook-twin]").first.is_visible()  # hidden while the panel lives
    save(page)
    kept = json.loads((place / "compare.ipynb").read_text())
    assert len(json.dumps(kept)) < 100_000
    shut_down(page)
    again = page.context.new_page()
    again.route(
        "**/api/sessions*", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    again.goto(f"{lab.url}/lab/tree/{place.name}/compare.ipynb?token={lab.token}&reset")
    twin = again.locator("[data-trackbook-twin]")
    twin.locator("img").wait_for()
    for text in ("brave-otter", 'tb.compare(["brave-otter", "calm-fox"], view="curves"'):
        twin.filter(has_text=text).wait_for()
    again.wait_for_function("() => document.querySelector('[data-trackbook-twin] img').naturalWidth > 100")
    again.locator(".jp-OutputArea-output", has_text="Loading widget").wait_for(
        state="attached"
    )  # JupyterLab waits for a kernel
    no_ghosts(again)


@pytest.mark.usefixtures("study")
def test_a_sentence_stands_where_nothing_can_be_drawn(show):
    panel = show("tb.compare(\"name = 'nobody'\")")
    panel.notice.wait_for()
    assert panel.notice.inner_text().startswith("No run fits this filter")


@pytest.mark.usefixtures("study")
def test_the_pictures_of_the_readme(show):
    panel = show(BOTH)
    page = panel.page
    panel.wait_drawn()
    command(page, "application:toggle-left-area")
    panel.wait_drawn()
    for name, light in (("Dark", False), ("Light", True)):
        theme(page, name)
        panel.until(lambda light=light: (_ink(panel) < 128) == light, "ink that reads on this theme's paper")
        panel.node.scroll_into_view_if_needed()
        picture(panel.node, "compare" if light else "compare_dark")


def _ink(panel):
    """Return how red the numbers at the axis are, from 0 to 255."""
    ink = panel.node.locator(".xtick text").first.evaluate("text => getComputedStyle(text).fill")
    return int(ink.split("(")[1].split(",")[0])
