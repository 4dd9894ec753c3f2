"""The live panel in a real JupyterLab: curves that grow, a hand on the loop, and what a saved notebook keeps."""

from __future__ import annotations

import json
import os

import pytest
from live_page import LOAD, LivePage, training, unasking
from pages import (
    EVIL,
    no_ghosts,
    picture,
    restart,
    run_cell,
    safe,
    save,
    shut_down,
    start_cell,
    theme,
    wait_idle,
    write_notebook,
)

from trackbook.tracking.start import use_store

EARLIER = """for seed in range(4):
    with tb.start_run(f"earlier {seed}", experiment="live"):
        for step in range(200):
            tb.log_metrics({"loss": math.exp(-step / (50 + 10 * seed)), "val_loss": 0.15 + math.exp(-step / (50 + 10 * seed)), "accuracy": 0.95 - 0.45 * math.exp(-step / (60 + 10 * seed))})"""
MARKUP = [EVIL.format(place).replace('"', "") for place in ("1", "2", "3", "4")]
TYPED = f"""%%track "{MARKUP[0]}" --live
import os
for epoch in tb.loop(range(3)):
    tb.knob("{MARKUP[1]}", "{MARKUP[2]}")
    tb.log_metric("{MARKUP[3]}", float("nan"))
    for number in range(300):
        tb.log_metric(f"m{{number:03}}", epoch)
while not os.path.exists("seen"):
    time.sleep(0.02)"""


@pytest.fixture
def opened(open_next, place):
    """Open a notebook with these cells after the one that loads trackbook, which has been run."""

    def make(*cells):
        page = open_next(write_notebook(place / "live.ipynb", LOAD, *cells))
        run_cell(page, 0)
        return page

    return make


def test_curves_grow_while_the_cell_runs_and_a_click_stops_the_loop(opened):
    page = opened(EARLIER, training())
    run_cell(page, 1)
    start_cell(page, 2)
    panel = LivePage(page, 2)
    panel.says("running", panel.state)
    panel.steps(5)
    panel.steps(20)
    panel.until(lambda: panel.ink() > 500, "the curves")
    panel.says("epoch", panel.head)
    panel.says("CPU", panel.node.locator(".tb-LiveFoot"))
    panel.until(lambda: panel.names() == ["loss", "val_loss", "accuracy"], "the three metrics")

    if not panel.hears():  # an ipykernel that cannot hear a click while a cell runs says what works
        assert panel.stop.is_disabled()
        assert "trackbook stop" in panel.hint.inner_text()
        panel.interrupt()
        return
    panel.turn("lr", "0.05")
    panel.says("lr is 0.05 from the next step on", panel.notice)
    panel.says("Stop after this step", panel.stop)
    _pictures(panel)
    early = panel.count()
    panel.stop.click()
    wait_idle(page)
    panel.says("stopped as asked", panel.state)
    panel.until(lambda: "the rest of the cell" in panel.output(), "what the cell prints at its end")
    assert early <= panel.count() < 400
    panel.stop.wait_for(state="hidden")


def _pictures(panel):
    if not os.environ.get("TRACKBOOK_PICTURES"):
        return
    panel.page.set_viewport_size({"width": 1180, "height": 1100})
    panel.says("has not improved")
    panel.until(lambda: panel.count() > 280, "the band of the earlier runs, which is asked for after 20 seconds")
    for name in ("Dark", "Light"):
        theme(panel.page, name)
        picture(panel.cell, "live" if name == "Light" else "live_dark")


def test_a_loop_that_never_asks_is_interrupted(opened):
    page = opened(unasking("endless"))
    start_cell(page, 1)
    panel = LivePage(page, 1)
    if not panel.hears():
        panel.interrupt()
        return
    panel.says("Interrupt", panel.stop)
    panel.stop.click()
    wait_idle(page)
    panel.says("interrupted", panel.state)
    panel.until(lambda: "KeyboardInterrupt" in panel.output(), "the interrupt")


def test_another_notebook_sees_the_run_turns_its_knob_and_stops_it_and_each_is_kept_with_the_run(
    opened, open_beside, place
):
    page = opened(training())
    start_cell(page, 1)
    LivePage(page, 1)
    second = open_beside(write_notebook(place / "other.ipynb", LOAD, "tb.live()"))
    run_cell(second, 0)
    run_cell(second, 1)
    watching = LivePage(second, 1)
    watching.says("running", watching.state)
    watching.steps(1)
    watching.turn("lr", "0.05")
    watching.says("lr is 0.05 from the next step on; it was 0.02.", watching.notice)
    watching.stop.click()
    watching.says("stopped as asked", watching.state)
    wait_idle(page)
    with use_store(place / "trackbook.duckdb", keep=False).asking() as db:
        events = db.execute("SELECT kind, detail FROM _tb.run_events ORDER BY occurred_at").fetchall()
    assert [kind for kind, _ in events] == ["knob turned", "stop requested", "stopped"]
    assert {"knob": "lr", "old": 0.02, "new": 0.05}.items() <= json.loads(events[0][1]).items()


def test_the_saved_notebook_shows_the_picture_without_a_kernel_and_the_kernel_the_panel(opened, open_next, place):
    page = opened(training(30, pause=0.02), 'tb.live("churn-net")')
    run_cell(page, 1)
    panel = LivePage(page, 1)
    panel.says("finished", panel.state)
    twin = page.locator("[data-trackbook-twin]")
    assert twin.count() == 1
    assert not twin.first.is_visible()
    save(page)
    shut_down(page)

    page = open_next(place / "live.ipynb")
    shut_down(page)
    kept = page.locator("[data-trackbook-twin]").first
    kept.wait_for()
    kept.filter(has_text="churn-net · finished").wait_for()
    assert kept.locator("svg polyline").count() == 3
    assert page.locator(".tb-Live").count() == 0
    no_ghosts(page)


def test_a_restarted_kernel_shows_the_run_from_the_store(opened):
    page = opened(training(20, pause=0.02), 'tb.live("churn-net")')
    run_cell(page, 1)
    restart(page)
    run_cell(page, 0)
    run_cell(page, 2)
    panel = LivePage(page, 2)
    panel.says("finished", panel.state)
    panel.until(lambda: panel.ink() > 500, "the curve")


def test_pointer_keys_log_axis_and_choice(opened):
    page = opened(training(40, pause=0.02))
    run_cell(page, 1)
    panel = LivePage(page, 1)
    panel.says("finished", panel.state)
    panel.canvas.hover()
    panel.says("at step", panel.legend)
    page.mouse.move(0, 0)
    panel.canvas.focus()
    page.keyboard.press("ArrowLeft")
    panel.says("at step 39", panel.legend)
    page.keyboard.press("ArrowLeft")
    panel.says("at step 38", panel.legend)
    page.keyboard.press("Escape")
    panel.until(lambda: "at step" not in panel.legend.inner_text(), "the latest values")
    before = panel.ink()
    panel.node.get_by_label("log y").check()
    panel.until(lambda: panel.ink() != before, "another curve")
    panel.choices.click()
    panel.node.get_by_label("accuracy", exact=True).uncheck()
    panel.until(lambda: "accuracy" not in panel.names(), "one metric less")
    assert "loss" in panel.names()


def test_names_with_markup_are_text_and_many_metrics_are_a_choice(opened, place):
    page = opened(TYPED)
    start_cell(page, 1)
    panel = LivePage(page, 1)
    panel.until(lambda: panel.knob(MARKUP[1]).input_value() == MARKUP[2], "the knob")
    (place / "seen").touch()
    wait_idle(page)
    panel.says("finished", panel.state)
    panel.says(MARKUP[0])
    panel.says("has only NaN so far")
    panel.until(lambda: panel.node.locator("canvas").count() == 24, "24 charts")
    panel.says("24 of 301", panel.choices)
    panel.choices.click()
    panel.node.locator(".tb-LiveChoice input[type=search]").fill("m299")
    panel.node.get_by_label("m299", exact=True).check()
    panel.node.locator("[data-chart='m299']").wait_for()
    safe(page)


def test_without_a_run_the_panel_says_what_to_do(opened):
    page = opened("tb.live()")
    run_cell(page, 1)
    LivePage(page, 1).says("%%track --live")
