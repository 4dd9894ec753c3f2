"""A tracked cell while it runs in a real JupyterLab: stopped and steered, told of when it ends; the status bar."""

from __future__ import annotations

import json

import pytest
from notebook_page import BASELINE, opened
from pages import EVIL, cell_of, command, look, restart, run_cell, start_cell, theme, until, wait_idle

LOOP = """%%track {name}
import time
for epoch in tb.loop(range({steps})):
    rate = tb.knob("lr", 0.1)
    tb.log_metric("loss", 1 / (epoch + 1))
    time.sleep(0.05)
print("rate", rate)"""


@pytest.fixture
def notebook_of(open_next, place):
    """Open a notebook of these cells after one that loads trackbook, which has been run."""
    return lambda *cells: opened(open_next, place / "churn.ipynb", *cells)


def test_a_run_is_stopped_and_its_knob_turned_while_the_kernel_is_busy(notebook_of):
    notebook = notebook_of(LOOP.format(name="net", steps=2000))
    page = notebook.page
    start_cell(page, 1)
    notebook.shows(1, "running")
    until(page, lambda: "running" in notebook.status.inner_text(), "the status bar", notebook.status.inner_text)
    assert "◉ tracking" in notebook.status.inner_text()
    notebook.hover(1)
    knob = notebook.box.locator(".tb-Knob", has_text="lr").locator("input")
    knob.fill("fast")
    knob.press("Enter")
    notice = notebook.box.locator(".tb-Notice")
    until(page, lambda: "lr needs a number" in notice.inner_text(), "a sentence", notice.inner_text)
    knob.fill("0.5")
    knob.press("Enter")
    until(page, lambda: "Set lr to 0.5, from 0.1." in notice.inner_text(), "the new value", notice.inner_text)
    assert "of 2000" in notebook.box.inner_text()
    look(page.locator("#main"), "lab_control")
    theme(page, "Dark")
    look(page.locator("#main"), "lab_control_dark")
    notebook.hover(1)
    notebook.box.get_by_role("button", name="Stop after this step").click()
    wait_idle(page)
    assert "rate 0.5" in cell_of(page, 1).locator(".jp-OutputArea").inner_text()
    notebook.until(lambda: "running" not in notebook.says(1), "the end of it")
    until(page, lambda: "running" not in notebook.status.inner_text(), "an idle status bar", notebook.status.inner_text)


def test_the_status_bar_tells_whether_the_notebook_is_tracked_and_leads_to_the_side_bar(notebook_of):
    notebook = notebook_of("%track on", "%track off", "%unload_ext trackbook")
    page = notebook.page

    def tells(text):
        until(page, lambda: text in notebook.status.inner_text(), text, notebook.status.all_inner_texts)

    tells("◉ tracking · trackbook.duckdb")
    run_cell(page, 1)
    tells("◉ tracking every cell")
    run_cell(page, 2)
    tells("◉ tracking · ")
    run_cell(page, 3)
    tells("○ not tracking")
    run_cell(page, 0)
    tells("◉ tracking · ")
    restart(page)
    tells("○ not tracking")
    command(page, "application:toggle-left-area")
    notebook.status.locator("span").click()
    page.locator("#trackbook-sidebar").wait_for()


@pytest.fixture
def impatient(lab):
    """A user who wants to hear of every tracked cell that takes longer than a second, from the browser too."""
    settings = lab.root.parent / "settings" / "trackbook-lab" / "plugin.jupyterlab-settings"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(json.dumps({"notifyAfter": 1, "notifyBrowser": True}))
    yield
    settings.unlink()


def test_the_end_of_a_long_cell_is_told_and_leads_to_it(impatient, open_notebook, place):
    notebook = opened(open_notebook, place / "churn.ipynb", LOOP.format(name="long", steps=40), BASELINE)
    page = notebook.page
    run_cell(page, 2)
    start_cell(page, 1)
    notebook.shows(1, "running")
    wait_idle(page)
    toast = notebook.toasts.filter(has_text="long #1 ended after")
    toast.wait_for()
    look(page.locator("#main"), "lab_notification")
    toast.get_by_role("button", name="Show").click()
    assert notebook.flashed("%%track long")
    assert notebook.toasts.filter(has_text="baseline").count() == 0


def test_the_failure_of_a_long_cell_is_told_until_it_is_read_and_leads_to_it(impatient, open_notebook, place):
    broken = LOOP.format(name="long", steps=30) + "\n1 / 0"
    notebook = opened(open_notebook, place / "churn.ipynb", *(["x = 1\n" * 30] * 3), broken, "%%track quick\n1 / 0")
    page = notebook.page
    run_cell(page, 5)
    run_cell(page, 4)
    toast = notebook.toasts.filter(has_text="long #1 failed after")
    toast.wait_for()
    assert "ZeroDivisionError: division by zero" in toast.inner_text()
    look(page.locator("#main"), "lab_notification_failed")
    notebook.scroll(0)
    toast.get_by_role("button", name="Show").click()
    assert notebook.flashed("%%track long")
    assert notebook.toasts.filter(has_text="quick").count() == 0


_AWAY = """() => {
    window.outside = [];
    window.Notification = class extends window.Notification {
        constructor(...words) { super(...words); window.outside.push(this); }
    };
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""
_OUTSIDE = "() => window.outside.map(each => [each.title, each.body])"


def test_whoever_is_away_is_told_by_the_browser_and_comes_back_to_the_cell(impatient, open_notebook, place):
    notebook = opened(open_notebook, place / "churn.ipynb", LOOP.format(name="long", steps=40))
    page = notebook.page
    page.context.grant_permissions(["notifications"])
    page.evaluate(_AWAY)
    run_cell(page, 1)
    until(page, lambda: page.evaluate(_OUTSIDE) != [], "the browser's own notification")
    ((title, body),) = page.evaluate(_OUTSIDE)
    assert title == "churn.ipynb"
    assert body.startswith("long #1 ended after")
    page.evaluate("() => window.outside[0].dispatchEvent(new Event('click'))")
    assert notebook.flashed("%%track long")


def test_hostile_names_are_text_everywhere(notebook_of):
    names = {kind: EVIL.format(kind) for kind in ("name", "metric", "error", "knob")}
    cell = """%%track {evil["name"]}
import time
tb.log_metric(evil["metric"], 1.0)
for step in tb.loop(range(60)):
    tb.knob(evil["knob"], 0.5)
    time.sleep(0.05)
raise ValueError(evil["error"])"""
    notebook = notebook_of(f"evil = {names!r}", cell)
    page = notebook.page
    run_cell(page, 1)
    start_cell(page, 2)
    notebook.shows(2, "running")
    notebook.hover(2)
    until(page, lambda: "onerror" in notebook.box.inner_text(), "the names", notebook.box.inner_text)
    notebook.safe()
    wait_idle(page)
    notebook.shows(2, "failed")
    notebook.hover(2)
    until(page, lambda: names["error"] in notebook.box.inner_text(), "the error as text", notebook.box.inner_text)
    assert names["name"] in notebook.box.inner_text()
    notebook.safe()
    run = notebook.run()
    notebook.activate(2)
    command(page, "notebook:delete-cell")
    command(page, "trackbook:open-run", **run)
    notebook.toasts.filter(has_text=names["name"]).wait_for()
    notebook.safe()
