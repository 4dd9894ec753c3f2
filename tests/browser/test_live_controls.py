"""Every button and key of the live panel, a panel that outlives what its cell clears, and a kernel that is killed."""

from __future__ import annotations

import pytest
from live_page import LOAD, LivePage, unasking
from pages import cell_of, look, run_cell, save, shut_down, start_cell, theme, wait_idle, write_notebook

KNOBS = """%%track knobs --live
for epoch in tb.loop(range(2000)):
    values = tb.knob("lr", 0.02), tb.knob("batch", 32), tb.knob("mode", "sgd"), tb.knob("augment", True)
    tb.log_metric("loss", 1 / (epoch + 1))
    time.sleep(0.05)
print(values)"""
PLOTS = """%%track plots --live
from IPython.display import clear_output
for epoch in tb.loop(range(60)):
    tb.log_metric("loss", 1 / (epoch + 1))
    clear_output(wait=True)
    print("plot", epoch)
    time.sleep(0.05)"""
BY_HAND = PLOTS.replace(" --live", "").replace("for epoch", "display(tb.live())\nfor epoch")
MANY = """%%track many --live
for step in range(3):
    tb.log_metrics({f"m{number:03}": step for number in range(40)})"""


@pytest.fixture
def opened(open_next, place):
    """Open a notebook with this cell after the one that loads trackbook, which has been run."""

    def make(cell):
        page = open_next(write_notebook(place / "live.ipynb", LOAD, cell))
        run_cell(page, 0)
        return page

    return make


def test_each_kind_of_knob_is_turned_and_what_it_cannot_be_is_a_sentence(opened):
    page = opened(KNOBS)
    start_cell(page, 1)
    panel = LivePage(page, 1)
    if not panel.hears():
        panel.interrupt()
        return
    panel.knob("augment").wait_for()
    panel.turn("lr", "fast")
    panel.says("lr needs a number, and “fast” is none.", panel.notice)
    panel.knob("lr").press("Escape")
    panel.until(lambda: panel.knob("lr").input_value() == "0.02", "the value before")
    panel.turn("batch", "1.5")
    panel.says("batch needs a whole number", panel.notice)
    panel.knob("batch").fill("64")
    panel.node.locator(".tb-Knob", has_text="batch").get_by_role("button", name="set").click()
    panel.says("batch is 64 from the next step on; it was 32.", panel.notice)
    panel.turn("mode", "adam")
    panel.says("mode is adam from the next step on", panel.notice)
    for name in ("Dark", "Light"):
        theme(page, name)
        look(panel.node, f"live_knobs_{name.lower()}")
    panel.knob("augment").uncheck()
    panel.says("augment is False from the next step on; it was True.", panel.notice)
    panel.steps(2)  # so that the loop has read them
    panel.stop.focus()
    page.keyboard.press("Enter")
    wait_idle(page)
    panel.says("stopped as asked", panel.state)
    panel.until(lambda: "(0.02, 64, 'adam', False)" in panel.output(), "what the loop has read")


@pytest.mark.parametrize("cell", [pytest.param(PLOTS, id="of the cell"), pytest.param(BY_HAND, id="shown by hand")])
def test_a_cell_that_clears_its_output_keeps_its_panel(opened, cell):
    page = opened(cell)
    start_cell(page, 1)
    panel = LivePage(page, 1)
    panel.until(lambda: panel.node.count() == 1 and panel.count() > 10, "one panel, after ten steps")
    wait_idle(page)
    panel.says("finished", panel.state)
    panel.until(lambda: panel.node.count() == 1 and panel.ink() > 300, "one panel with its curve")
    panel.until(lambda: "plot 59" in panel.output(), "the last plot")
    assert "plot 58" not in panel.output()
    assert not page.locator("[data-trackbook-twin]").first.is_visible()


def test_many_metrics_are_chosen_by_search_and_the_first_ones_come_back(opened):
    page = opened(MANY)
    run_cell(page, 1)
    panel = LivePage(page, 1)
    panel.choices.focus()
    page.keyboard.press("Enter")
    panel.node.get_by_label("metrics to draw").first.fill("nothing like this")
    panel.says("No name like this.")
    panel.node.get_by_label("metrics to draw").first.fill("m039")
    panel.node.get_by_label("m039", exact=True).check()
    panel.says("25 of 40", panel.choices)
    panel.node.get_by_role("button", name="the first 24").click()
    panel.says("24 of 40", panel.choices)
    panel.canvas.focus()
    for key, step in (("ArrowLeft", 2), ("ArrowLeft", 1), ("ArrowLeft", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)
        panel.says(f"at step {step}", panel.legend)


def test_a_killed_kernel_leaves_the_last_picture_in_the_saved_notebook(opened, open_next, place):
    page = opened(unasking("long"))
    start_cell(page, 1)
    LivePage(page, 1)
    kept = cell_of(page, 1).locator("[data-trackbook-twin]")
    kept.locator("svg polyline").wait_for(state="attached")
    save(page)
    shut_down(page)

    page = open_next(place / "live.ipynb")
    shut_down(page)
    kept = page.locator("[data-trackbook-twin]").first
    kept.wait_for()
    for text in ("long · running", "as it was at"):
        kept.filter(has_text=text).wait_for()
    assert kept.locator("svg polyline").count() == 1
