"""The columns of the run table in a real JupyterLab: chosen, moved, widened, and two hundred of them."""

from __future__ import annotations

import pytest
from pages import look, run_cell
from run_table_page import show_table
from table_study import study

from trackbook.tracking.start import start_run


@pytest.fixture
def place(lab, request):
    return lab.root / request.node.name[:40]


@pytest.fixture
def table(open_next, place):
    study(place)
    return show_table(open_next, place / "look.ipynb", "table = tb.run_table()\ntable", "print(table.grid.widths)")


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, start[1])
    page.mouse.move(*end)
    page.mouse.up()


def middle(node):
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def right_edge(node):
    box = node.bounding_box()
    return box["x"] + box["width"] - 3, box["y"] + box["height"] / 2


def test_columns_are_chosen(table):
    table.node.get_by_role("button", name="columns").click()
    table.node.get_by_label("columns", exact=True).first.fill("seed")
    table.node.locator(".tb-Choice", has_text="params.seed").locator("input:checked").uncheck()
    table.until(lambda: "seed" not in table.titles(), "a column less")
    table.until(lambda: "columns=[" in table.call(), "the call's word for it")
    table.node.get_by_label("columns", exact=True).first.fill("git_bra")
    table.node.locator(".tb-Choice", has_text="git_branch").locator("input").check()
    table.until(lambda: '"git_branch"' in table.call().replace("'", '"'), "a column more")
    table.node.get_by_role("button", name="those that vary").click()
    table.until(lambda: "seed" in table.titles(), "those that vary")
    table.until(lambda: table.node.locator(".tb-Spark path").count() > 5, "the metrics' courses")


def test_columns_are_dragged_to_another_place_and_widened(table):
    before = table.titles()
    drag(table.page, middle(table.title("f1")), middle(table.title("when")))
    table.until(lambda: table.titles().index("f1") == before.index("when"), "f1 where `when` was")
    assert "sort=" not in table.call(), "a drag is no click"
    call = table.call()
    drag(table.page, middle(table.title("f1")), (middle(table.title("f1"))[0] + 3, middle(table.title("f1"))[1]))
    table.until(lambda: "metrics.f1 DESC" in table.call(), "three pixels are a click")
    assert table.call().startswith(call[: len("tb.run_table(")])

    title = table.title("f1").locator("..")
    width = title.bounding_box()["width"]
    edge = right_edge(title)
    drag(table.page, edge, (edge[0] + 60, edge[1]))
    table.until(lambda: abs(title.bounding_box()["width"] - width - 60) < 2, "60 pixels more")
    cell = table.row_at(0).locator(f"[aria-colindex='{title.get_attribute('aria-colindex')}']")
    table.until(lambda: abs(cell.bounding_box()["width"] - title.bounding_box()["width"]) < 2, "cells as wide")
    table.page.mouse.dblclick(*right_edge(title))
    table.until(lambda: title.bounding_box()["width"] < width + 20, "as wide as what is in it")
    assert "metrics.f1" in run_cell(table.page, 2).inner_text()


def test_titles_are_walked_moved_widened_and_hidden_with_keys(table):
    titles = table.titles()
    table.title(titles[0]).focus()
    table.press("ArrowRight")
    focused = "() => document.activeElement.textContent"
    table.until(lambda: table.page.evaluate(focused) == titles[1], "the focus on the next one")
    table.press("Control+ArrowRight")
    table.until(lambda: table.titles()[1:3] == [titles[2], titles[1]], "one to the right")
    table.until(lambda: table.page.evaluate(focused) == titles[1], "the focus still there")
    title = table.title(titles[1]).locator("..")
    width = title.bounding_box()["width"]
    table.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft")
    table.until(lambda: abs(title.bounding_box()["width"] - width - 16) < 2, "16 pixels more")
    table.press("ArrowDown")
    label = "() => document.activeElement.getAttribute('aria-label')"
    table.until(lambda: table.page.evaluate(label) == f"filter {titles[1]}", "the focus on its filter")
    table.press("ArrowUp", "Enter")
    table.until(lambda: title.get_attribute("aria-sort") != "none", "sorted")
    table.press("ArrowLeft", "Shift+Enter")
    table.until(lambda: "sort=[" in table.call() and "', '" in table.call().partition("sort=[")[2], "a second key")
    table.press("ArrowRight", "Delete")
    table.until(lambda: titles[1] not in table.titles(), "hidden")


def test_the_menu_of_a_title_offers_what_its_keys_do(table):
    def choose(title, text):
        table.title(title).click(button="right")
        table.node.get_by_role("menuitem", name=text).click()

    before = table.titles()
    choose("accuracy", "Move right")
    table.until(lambda: table.titles().index("accuracy") == before.index("accuracy") + 1, "moved right")
    choose("accuracy", "Move left")
    table.until(lambda: table.titles() == before, "moved back")
    width = table.title("run").locator("..").bounding_box()["width"]
    choose("run", "Fit the width")
    table.until(lambda: table.title("run").locator("..").bounding_box()["width"] < width, "a narrower name")
    choose("f1", "Hide")
    table.until(lambda: "f1" not in table.titles(), "hidden")
    choose("max_depth", "Group by this")
    table.until(lambda: "max_depth = 8 (6 runs)" in table.names(), "groups")


def test_of_two_hundred_columns_those_in_view_are_drawn_and_asked_for(open_next, place):
    store = study(place, runs=3)
    with start_run("wide", store=store) as run:
        run.log_metrics({f"m{at:03}": at / 7 for at in range(200)})
    keys = "['name', 'started_at', *(f'metrics.m{at:03}' for at in range(200))]"
    table = show_table(open_next, place / "look.ipynb", f"tb.run_table(columns={keys})")
    wide = table.row("wide")
    assert wide.locator("[role=gridcell]").count() < 40
    assert table.node.locator(".tb-Box").count() < 40
    table.grid.evaluate("grid => { grid.scrollLeft = 7600; }")
    table.until(lambda: "m100" in table.titles() and table.column("m100")[0] == "14.3", "columns further right")
    assert table.row_at(0).locator(".tb-stays").inner_text() == "wide", "the name stays in view"
    left = table.grid.bounding_box()["x"]
    assert abs(table.row_at(0).locator(".tb-stays").bounding_box()["x"] - left - 28) < 3
    assert wide.locator("[role=gridcell]").count() < 40
    look(table.node, "wide")
    table.grid.focus()
    before = table.grid.evaluate("grid => grid.scrollLeft")
    table.press("ArrowRight")
    table.until(lambda: table.grid.evaluate("grid => grid.scrollLeft") > before, "a column to the right")
    table.press("ArrowLeft", "ArrowLeft")
    table.until(lambda: table.grid.evaluate("grid => grid.scrollLeft") < before, "two to the left")
    table.box("m100").fill("> 1")
    table.until(lambda: table.count() == "1 of 4 runs", "filtered by a column far right")
