"""The side bar of a real JupyterLab: runs and models found, changed, decided about and taken back, without a cell."""

from __future__ import annotations

import time

import pytest
from pages import SETUP, cell_of, look, picture, replace_cell, run_cell, theme, write_notebook
from registry_page import churn, forget_store
from side_bar_page import show_side_bar

import trackbook as tb
from trackbook.tracking.start import current_store


@pytest.fixture
def bar_of(open_next, place):
    """Open a notebook and the side bar beside it."""
    yield lambda *cells: show_side_bar(open_next(write_notebook(place / "churn.ipynb", SETUP, *cells)))
    forget_store()


@pytest.fixture
def churn_bar(place, bar_of):
    """Somebody who has logged and registered models, and the side bar that shows them."""
    somebody = churn(place)
    bar = bar_of()
    bar.shows("churn-4", "run")
    bar.shows("churn v3 Production", "model")
    return somebody, bar


def test_runs_and_models_of_the_notebook_in_front_are_listed(churn_bar):
    _, bar = churn_bar
    bar.shows("0.921", "run")
    assert [line.split()[0] for line in bar.lines("run")] == ["churn-4", "churn-3", "churn-2", "churn-1"]
    assert sorted(bar.lines("experiment")) == ["▸ delays 1", "▸ fraud 1", "▾ churn 4"]
    assert "▸ churn v3 Production" in bar.lines("model")
    bar.unfold("churn")
    bar.until(lambda: len(bar.lines("version")) == 4, "four versions")
    assert bar.lines("version")[1] == "v3 Production @champion churn-3"
    assert bar.tree.get_by_role("treeitem", expanded=True).count() == 4
    look(bar.window, "side_bar")
    theme(bar.page, "Dark")
    look(bar.window, "side_bar_dark")
    theme(bar.page, "Light")


def test_a_run_that_somebody_else_logs_is_there_within_two_seconds(churn_bar):
    somebody, bar = churn_bar
    somebody.log("brave-otter", 0.93)
    began = time.monotonic()
    bar.until(lambda: "brave-otter" in " ".join(bar.lines("run")[:1]), "the new run on top", seconds=5)
    assert time.monotonic() - began < 2


def test_a_version_is_promoted_from_its_menu_with_a_reason_and_the_promotion_taken_back(churn_bar):
    somebody, bar = churn_bar
    bar.unfold("churn")
    assert bar.propose("v4", "Promote to Production…")[0] == ["Production", "version 3", "→", "version 4"]
    assert somebody.stages()[4] == "None"
    bar.reason.fill("retrained on November's data")
    look(bar.window, "side_bar_promote")
    picture(bar.window, "side_bar")
    bar.press("Enter")
    bar.says("Promoted version 4 of churn to Production.")
    assert somebody.stages() == {1: "None", 2: "Archived", 3: "Archived", 4: "Production"}
    last = tb.audit("churn").iloc[-1]
    assert (last["action"], last["reason"]) == ("promote", "retrained on November's data")
    bar.shows("churn v4 Production", "model")
    bar.undo()
    assert somebody.stages() == {1: "None", 2: "Archived", 3: "Production", 4: "None"}
    bar.shows("churn v3 Production", "model")


def test_who_decides_upon_what_is_no_longer_so_sees_both_states(churn_bar):
    somebody, bar = churn_bar
    bar.unfold("churn")
    bar.propose("v4", "Promote to Production…")
    tb.promote("churn", 1, reason="somebody was quicker")
    bar.reason.fill("retrained")
    bar.press("Enter")
    fault = bar.dialog.locator(".tb-DialogFault")
    bar.until(lambda: "now it is" in fault.inner_text(), "both states")
    look(bar.window, "side_bar_both_states")
    assert "Production: version 3" in fault.inner_text()
    assert "Production: version 1" in fault.inner_text()
    assert somebody.stages()[1] == "Production"
    assert bar.changes()[0] == ["Production", "version 1", "→", "version 4"]
    bar.press("Enter")
    bar.shows("churn v4 Production", "model")
    assert somebody.stages()[4] == "Production"


def test_the_filter_finds_and_a_fault_is_marked_at_its_place(churn_bar):
    _, bar = churn_bar
    bar.search("metrics.accuracy > 0.91")
    bar.until(lambda: len(bar.lines("run")) == 2, "two runs")
    bar.search("metrics.accuracy > 0.91 AN")
    fault = bar.node.locator(".tb-Fault")
    fault.wait_for(state="visible")
    said = fault.locator("pre").inner_text().split("\n")
    assert said[0][said[1].index("^") :].startswith("AN")
    bar.search("")
    bar.until(lambda: len(bar.lines("run")) == 4 and not fault.is_visible(), "all runs")


def test_runs_are_starred_noted_tagged_renamed_and_deleted_by_keys_and_taken_back(churn_bar):
    _, bar = churn_bar
    bar.line("churn-4", "run").click()
    bar.press("*")
    bar.shows("★ churn-4", "run")
    for key, text, told in (
        ("n", "look at this one", "Noted on 1 run."),
        ("t", "team=ads", "Tagged 1 run with team=ads."),
        ("F2", "the good one", "Renamed churn-4 to the good one."),
    ):
        bar.press(key)
        bar.write(text)
        bar.says(told)
    bar.shows("★ the good one ✎", "run")
    with current_store().asking():
        found = tb.runs("tags.team = 'ads'").iloc[0]
    assert (found["name"], found["note"]) == ("the good one", "look at this one")
    bar.press("ArrowDown", "Shift+ArrowDown", "Delete")
    bar.until(lambda: len(bar.lines("run")) == 2, "two runs left")
    bar.press("Control+z")
    bar.until(lambda: len(bar.lines("run")) == 4, "all of them again")


def test_the_keys_walk_through_the_tree(churn_bar):
    _, bar = churn_bar
    active = bar.tree.locator(".tb-active")
    bar.press("Home", "ArrowLeft")
    bar.until(lambda: len(bar.lines("run")) == 0, "closed runs")
    bar.press("ArrowRight", "ArrowRight")
    assert active.get_attribute("aria-level") == "2"
    while active.get_attribute("aria-expanded") != "true":
        bar.press("ArrowDown")
    bar.press("ArrowDown")
    assert active.get_attribute("aria-level") == "3"
    bar.press("ArrowLeft")
    assert active.get_attribute("aria-expanded") == "true"
    bar.press("?")
    bar.node.get_by_text("these keys").wait_for()
    bar.press("Escape", "/")
    assert bar.filter.evaluate("node => node === document.activeElement")
    bar.press("Escape", "ArrowDown", "Shift+F10")
    bar.menu.get_by_text("Show code as executed").wait_for()
    bar.press("Escape")


def test_a_run_dragged_into_the_notebook_becomes_a_cell_that_asks_for_it(place, bar_of):
    churn(place)
    bar = bar_of("1 + 1")
    bar.shows("churn-4", "run")
    with current_store().asking():
        wanted = tb.runs("attributes.name = 'churn-4'").iloc[0]["run_id"]
    target = cell_of(bar.page, 1)
    start, end = bar.line("churn-4", "run").bounding_box(), target.bounding_box()
    bar.page.mouse.move(start["x"] + 60, start["y"] + 10)
    bar.page.mouse.down()
    bar.page.mouse.move(start["x"] + 120, start["y"] + 20, steps=4)
    bar.page.mouse.move(end["x"] + 200, end["y"] + 15, steps=8)
    bar.page.mouse.up()
    bar.until(lambda: bar.page.locator(".jp-Notebook .jp-CodeCell").count() == 3, "one cell more")
    sources = bar.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.getSource())"
    )
    assert sources[1] == f'tb.get_run("{wanted}")'


def test_the_code_as_executed_is_shown_against_the_cell_now(bar_of):
    bar = bar_of("%%track\ndepth = 4\naccuracy = 0.9 + depth / 100", "depth")
    run_cell(bar.page, 0)
    run_cell(bar.page, 1)
    bar.until(lambda: len(bar.lines("run")) == 1, "its run")
    replace_cell(bar.page, 1, "%%track\ndepth = 6\naccuracy = 0.9 + depth / 100")
    bar.ask(bar.tree.locator(".tb-Leaf.tb-run").first, "Show code as executed")
    diff = bar.page.locator(".tb-Diff")
    diff.wait_for()
    assert diff.locator(".tb-removed").all_inner_texts() == ["− depth = 4"]
    assert diff.locator(".tb-added").all_inner_texts() == ["+ depth = 6"]
    look(bar.window, "side_bar_code")


def test_a_folder_without_a_store_says_what_makes_one_and_sees_it_made(bar_of):
    bar = bar_of("%%track first\naccuracy = 0.9")
    bar.node.get_by_text("There is no store").wait_for()
    assert bar.node.locator("code", has_text="%load_ext trackbook").is_visible()
    look(bar.window, "side_bar_empty")
    run_cell(bar.page, 0)
    run_cell(bar.page, 1)
    bar.shows("first", "run")
