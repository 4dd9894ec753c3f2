"""The run table in a real JupyterLab while things happen: new runs, foreign markup, a saved notebook, both themes."""

from __future__ import annotations

import re

import pytest
from pages import (
    SETUP,
    look,
    no_ghosts,
    picture,
    replace_cell,
    run_cell,
    safe,
    save,
    shut_down,
    theme,
    until,
    write_notebook,
)
from run_table_page import RunTablePage, show_table
from table_study import evil_run, predicted, study

from trackbook.tracking.start import start_run

TABLE = "table = tb.run_table()\ntable"


@pytest.fixture
def place(lab, request):
    return lab.root / request.node.name[:40]


def test_new_runs_appear_by_themselves_without_a_jump(open_next, place):
    store = study(place, runs=60)
    table = show_table(open_next, place / "look.ipynb", "table = tb.run_table(height=300)\ntable")
    with start_run("just-begun", store=store) as run:
        run.log_metric("accuracy", 0.99)
    table.until(lambda: table.names()[0] == "just-begun", "the new run")
    table.grid.evaluate("grid => { grid.scrollTop = 26 * 30 + 7; }")
    table.until(lambda: "just-begun" not in table.names() and "" not in table.names(), "rows further down")
    seen = table.seen()
    with start_run("another", store=store) as run:
        run.log_metric("accuracy", 0.98)
    table.until(lambda: "62 runs" in table.count(), "the other run")
    table.until(lambda: table.seen() == seen, "the rows where they were")


def test_a_run_of_another_notebook_appears_while_it_is_running_and_its_end_is_seen(open_next, open_beside, place):
    study(place, runs=3)
    table = show_table(open_next, place / "look.ipynb", TABLE)
    write_notebook(
        place / "other.ipynb", SETUP, "run = tb.start_run('from-elsewhere', experiment='churn')", "run.end()"
    )
    second = open_beside(place / "other.ipynb")
    run_cell(second, 0)
    run_cell(second, 1)
    table.until(lambda: table.names()[0] == "from-elsewhere", "the other notebook's run")
    table.until(lambda: "RUNNING" in table.row("from-elsewhere").inner_text(), "that it is running")
    run_cell(second, 2)
    table.until(lambda: "RUNNING" not in table.row("from-elsewhere").inner_text(), "its end")


def test_what_cannot_be_told_from_the_best_is_marked(open_next, place):
    predicted(place)
    table = show_table(open_next, place / "look.ipynb", TABLE, 'tb.run_table(sort="metrics.accuracy DESC")')
    assert table.node.locator(".tb-Equal").count() == 0
    table.title("accuracy").click()
    table.until(lambda: table.row("near").locator(".tb-Equal").count() == 1, "the mark of what is as good")
    table.until(lambda: table.names() == ["best", "near", "worse"], "the best on top")
    assert "cannot be told from best" in table.row("near").locator(".tb-Equal").get_attribute("title")
    assert table.node.locator(".tb-Equal").count() == 1
    table.row("worse").click()
    table.row("best").click(modifiers=["Control"])
    verdict = table.node.locator(".tb-Verdict", has_text="worse is worse than best: accuracy -0.")
    verdict.filter(has_text="95 % interval [").filter(has_text="paired bootstrap").wait_for()
    look(table.node, "noise")
    table.row("near").click()
    verdict.wait_for(state="hidden")
    table.title("run").click()
    table.until(lambda: table.node.locator(".tb-Equal").count() == 0, "no mark without a best")
    twin = run_cell(table.page, 2).locator(".tb-RunTable-twin")
    table.until(lambda: twin.text_content().count("≈") == 1, "the mark in what a saved notebook keeps")


def test_nothing_that_users_typed_is_ever_run(open_next, place):
    store = study(place)
    evil_run(store)
    table = show_table(open_next, place / "look.ipynb", "%runs", "every = None")
    page = table.page
    table.until(lambda: table.names()[0].startswith("<img"), "markup as text")
    page.set_viewport_size({"width": 2600, "height": 900})
    table.row_at(0).click()
    table.press("p", "Enter")
    page.locator(".tb-Card", has_text="onerror").last.wait_for()
    table.press("Escape", "Escape")
    table.node.get_by_role("button", name="columns").click()
    table.node.locator(".tb-Choice", has_text="onerror").first.wait_for()
    table.press("Escape")
    for by in [each for each in table.groups.locator("option").all_inner_texts() if "img" in each] + ["by cell"]:
        table.groups.select_option(label=by)
        table.until(lambda: any("(1 run)" in name for name in table.names()), "groups of markup")
    table.groups.select_option("")
    table.filter.fill("<img src=x onerror=\"window.hacked='filter'\">")
    table.node.locator(".tb-Fault").wait_for()
    table.filter.fill("")
    table.until(lambda: table.names()[0].startswith("<img"), "the runs again")
    for key in ("F2", "n"):  # the name and the note, to be changed
        table.row_at(0).click()
        table.press(key)
        table.press("Enter")
        table.until(lambda: "<img" in table.notice.text_content() or "Noted" in table.notice.text_content())
    safe(page)

    columns = "[*ATTRIBUTES, *(key for key in tb.runs().columns if 'img' in key)]"
    replace_cell(page, 2, f"from trackbook.views.table.columns import ATTRIBUTES\ntb.run_table(columns={columns})")
    every = RunTablePage(page, run_cell(page, 2).locator(".tb-RunTable"))
    every.until(lambda: every.names()[0].startswith("<img"), "markup as text")
    shown = set()
    for left in range(0, 4000, 500):
        every.grid.evaluate("(grid, left) => { grid.scrollLeft = left; }", left)
        every.until(lambda: "" not in every.names(), "cells")
        text = every.row_at(0).evaluate("row => [...row.children].map(cell => cell.textContent + cell.title).join(' ')")
        shown |= set(re.findall(r"hacked=\\?'([a-z ]+)", text))
    assert shown >= {
        "name", "experiment", "notebook", "cell", "commit", "branch", "user", "host", "error", "value", "tag value",
    }, shown  # fmt: skip
    assert any(
        "hacked='note'" in text
        for text in every.node.locator(".tb-Note").evaluate_all("all => all.map(one => one.title)")
    )
    safe(page)


def test_a_saved_notebook_shows_its_table_without_a_kernel(open_next, place):
    study(place)
    page = show_table(open_next, place / "look.ipynb", "%runs").page
    assert page.locator(".tb-RunTable-twin").count() == 1
    assert page.locator(".tb-RunTable-twin").is_hidden()
    save(page)
    shut_down(page)
    open_next(place / "look.ipynb")
    twin = page.locator(".tb-RunTable-twin")
    twin.wait_for()
    assert "brave-otter-20" in twin.inner_text()
    assert "tb.run_table()" in twin.inner_text()
    assert page.locator(".tb-RunTable").count() == 0
    no_ghosts(page)


def test_a_page_that_is_loaded_anew_shows_the_table_as_it_was(open_next, place):
    study(place)
    table = show_table(open_next, place / "look.ipynb", TABLE)
    names = table.names()
    table.row(names[2]).click()
    table.title("f1").focus()
    table.press("Shift+ArrowRight")
    width = table.title("f1").locator("..").bounding_box()["width"]
    table.box("max_depth").fill("8")
    table.until(lambda: "of 24" in table.count(), "the filter")
    page = table.page
    save(page)
    open_next(place / "look.ipynb")
    root = page.locator(".jp-CodeCell .tb-RunTable")
    root.locator(".tb-Row .tb-name:not(:empty)").first.wait_for()
    again = RunTablePage(page, root)
    again.until(lambda: "of 24" in again.count(), "the filter")
    again.until(lambda: again.box("max_depth").input_value() == "8", "what was typed")
    again.until(lambda: "1 selected" in again.foot(), "what was selected")
    title = again.title("f1").locator("..")
    again.until(lambda: abs(title.bounding_box()["width"] - width) < 2, "the width")


def test_a_store_without_runs_says_what_to_do(open_next, place):
    write_notebook(place / "look.ipynb", SETUP, "%runs")
    page = open_next(place / "look.ipynb")
    run_cell(page, 0)
    empty = run_cell(page, 1).locator(".tb-RunTable .tb-Empty")
    empty.wait_for()
    assert "There are no runs yet" in empty.inner_text()
    assert "%%track" in empty.locator("pre").inner_text()
    look(page.locator(".jp-NotebookPanel"), "empty")
    study(place, runs=1)
    page.locator(".tb-Row", has_text="brave-otter").wait_for()
    empty.wait_for(state="hidden")


def test_it_reads_well_in_light_and_in_dark(open_next, place):
    study(place)
    table = show_table(open_next, place / "look.ipynb", 'table = tb.run_table(sort="metrics.accuracy DESC")\ntable')
    page = table.page
    page.evaluate("() => { window.jupyterapp.commands.execute('application:toggle-left-area'); }")
    names = table.names()
    table.row(names[1]).click()
    table.press("p", "*")
    table.says("Starred")
    table.row(names[3]).click()
    table.row(names[5]).click(modifiers=["Control"])
    for name in ("Dark", "Light"):
        theme(page, name)
        until(page, lambda: contrast(table)[0] >= 4.5, "text that reads well", lambda: contrast(table))
        table.until(lambda: len(table.names()) > 12 and "" not in table.names(), "all rows")
        look(page.locator(".jp-NotebookPanel"), f"run_table_{name}")
    picture(page.locator(".jp-NotebookPanel"), "run_table")


def contrast(table):
    """Return the least contrast of any text of the rows and titles with what lies behind it, and whose, by WCAG 2."""
    return table.node.evaluate(
        """node => {
            const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            const lights = (...colours) => {
                canvas.fillStyle = '#fff';
                canvas.fillRect(0, 0, 1, 1);
                for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
                const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
                    .map(part => part / 255).map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ratios = [...node.querySelectorAll('.tb-Row .tb-Cell:not(.tb-Mark), .tb-Row .tb-Delta, .tb-Row .tb-Badge, .tb-Words')]
                .filter(each => each.textContent.trim())
                .map(each => {
                    const row = each.closest('.tb-Row, .tb-Head');
                    const backs = [getComputedStyle(node).backgroundColor, getComputedStyle(row).backgroundColor];
                    const [back, text] = [lights(...backs), lights(...backs, getComputedStyle(each).color)];
                    return [(Math.max(back, text) + 0.05) / (Math.min(back, text) + 0.05), each.outerHTML];
                });
            return ratios.sort((a, b) => a[0] - b[0])[0];
        }"""
    )
