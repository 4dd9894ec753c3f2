"""Every button and key of the live panel, a panel that outlives what its cell clears, and a kernel that is killed."""

from __future__ import annotations

import pytest
from pages import cell_of, command, look, run_cell, save, shut_down, start_cell, theme, wait_idle, write_notebook
from test_live import LOAD, Panel, heard, wait_until

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
MANY = """%%track many --live
for step in range(3):
    tb.log_metrics({f"m{number:03}": step for number in range(40)})"""
LONG = """%%track long --live
for step in range(100_000):
    tb.log_metric("loss", 1 / (step + 1))
    time.sleep(0.02)"""


@pytest.fixture
def opened(lab, open_notebook):
    """Open a notebook with these cells after the one that loads trackbook, which has been run."""

    def make(folder, *cells):
        write_notebook(lab.root / folder / f"{folder}.ipynb", LOAD, *cells)
        page = open_notebook(f"{folder}/{folder}.ipynb")
        run_cell(page, 0)
        return page

    return make


def panel_in(page, index):
    cell_of(page, index).locator(".tb-Live").wait_for()
    return Panel(page, cell_of(page, index).locator(".tb-Live"))


def field(panel, name):
    return panel.node.get_by_label(f"value of {name}")


def test_each_kind_of_knob_is_turned_and_what_it_cannot_be_is_a_sentence(opened):
    page = opened("knobs", KNOBS)
    start_cell(page, 1)
    panel = panel_in(page, 1)
    if not heard(panel):
        command(page, "notebook:interrupt-kernel")
        wait_idle(page)
        return
    field(panel, "augment").wait_for()
    field(panel, "lr").fill("fast")
    field(panel, "lr").press("Enter")
    panel.until(panel.notice, "lr needs a number, and “fast” is none.")
    field(panel, "lr").press("Escape")
    wait_until(page, lambda: field(panel, "lr").input_value() == "0.02")
    field(panel, "batch").fill("1.5")
    field(panel, "batch").press("Enter")
    panel.until(panel.notice, "batch needs a whole number")
    field(panel, "batch").fill("64")
    panel.node.locator(".tb-LiveKnob", has_text="batch").get_by_role("button", name="set").click()
    panel.until(panel.notice, "batch is 64 from the next step on; it was 32.")
    field(panel, "mode").fill("adam")
    field(panel, "mode").press("Enter")
    panel.until(panel.notice, "mode is adam from the next step on")
    for name in ("Dark", "Light"):
        theme(page, name)
        look(panel.node, f"live_knobs_{name.lower()}")
    field(panel, "augment").uncheck()
    panel.until(panel.notice, "augment is False from the next step on; it was True.")
    page.wait_for_timeout(300)  # a step, so that the loop has read them
    panel.stop.focus()
    page.keyboard.press("Enter")
    wait_idle(page)
    panel.until(panel.state, "stopped as asked")
    assert "(0.02, 64, 'adam', False)" in cell_of(page, 1).locator(".jp-OutputArea").inner_text()


def test_a_cell_that_clears_its_output_keeps_its_panel(opened):
    page = opened("plots", PLOTS)
    start_cell(page, 1)
    panel = panel_in(page, 1)
    wait_until(page, lambda: panel.count() > 10)
    assert panel.node.count() == 1
    wait_idle(page)
    panel.until(panel.state, "finished")
    assert panel.node.count() == 1
    assert panel.ink() > 300
    outputs = cell_of(page, 1).locator(".jp-OutputArea").inner_text()
    assert "plot 59" in outputs
    assert "plot 58" not in outputs
    assert not page.locator("[data-trackbook-twin]").first.is_visible()


def test_many_metrics_are_chosen_by_search_and_the_first_ones_come_back(opened):
    page = opened("many", MANY)
    run_cell(page, 1)
    panel = panel_in(page, 1)
    summary = panel.node.locator(".tb-LiveChoice summary")
    summary.focus()
    page.keyboard.press("Enter")
    panel.node.get_by_label("metrics to draw").first.fill("nothing like this")
    panel.until(panel.node, "No name like this.")
    panel.node.get_by_label("metrics to draw").first.fill("m039")
    panel.node.get_by_label("m039", exact=True).check()
    panel.until(summary, "25 of 40")
    panel.node.get_by_role("button", name="the first 24").click()
    panel.until(summary, "24 of 40")
    canvas = panel.node.locator("canvas").first
    canvas.focus()
    for key, step in (("ArrowLeft", 2), ("ArrowLeft", 1), ("ArrowLeft", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)
        panel.until(panel.node.locator(".tb-LiveLegend").first, f"at step {step}")


def test_a_killed_kernel_leaves_the_last_picture_in_the_saved_notebook(opened, open_notebook):
    page = opened("killed", LONG)
    start_cell(page, 1)
    panel_in(page, 1)
    picture = cell_of(page, 1).locator("[data-trackbook-twin]")
    wait_until(page, lambda: picture.locator("svg polyline").count() == 1)
    save(page)
    shut_down(page)

    page = open_notebook("killed/killed.ipynb")
    shut_down(page)
    picture = page.locator("[data-trackbook-twin]").first
    picture.wait_for()
    assert "long · running" in picture.inner_text()
    assert "as it was at" in picture.inner_text()
    assert picture.locator("svg polyline").count() == 1
