"""Tracked cells in a real JupyterLab: badge, box, button, and the way from a run to its cell."""

from __future__ import annotations

import time

import nbformat
import pytest
from notebook_page import BASELINE, TRACKED, NotebookPage, opened
from pages import cell_of, command, look, picture, replace_cell, run_cell, save, theme, until
from side_bar_page import show_side_bar


@pytest.fixture
def notebook_of(open_next, place):
    """Open a notebook of these cells after one that loads trackbook, which has been run."""
    return lambda *cells: opened(open_next, place / "churn.ipynb", *cells)


def test_a_tracked_cell_has_a_badge_within_two_seconds_and_the_next_attempt_says_what_changed(notebook_of):
    notebook = notebook_of(BASELINE, "1 + 1")
    run_cell(notebook.page, 1)
    ended = time.monotonic()
    notebook.shows(1, "#1", "accuracy 0.8", seconds=5)
    assert time.monotonic() - ended < 2
    assert "▲" not in notebook.says(1)
    replace_cell(notebook.page, 1, TRACKED.format(name="better", lr=0.35))
    run_cell(notebook.page, 1)
    notebook.shows(1, "#2", "accuracy 0.85", "▲ 0.05")
    run_cell(notebook.page, 2)
    assert notebook.badge(2).count() == 0
    for name in ("Light", "Dark"):
        theme(notebook.page, name)
        look(notebook.page.locator("#main"), f"lab_badge_{name.lower()}")


def test_a_failed_cell_says_so_in_a_word(notebook_of):
    notebook = notebook_of("%%track broken\nlr = 0.1\n1 / 0")
    run_cell(notebook.page, 1)
    notebook.shows(1, "#1", "failed")
    assert "ZeroDivisionError" in notebook.hover(1)[0]


def test_the_last_attempts_are_a_table_for_the_pointer_and_for_the_keyboard_and_open_in_the_side_bar(notebook_of):
    notebook = notebook_of(BASELINE)
    for number in range(1, 7):
        replace_cell(notebook.page, 1, TRACKED.format(name=f"try-{number}", lr=number / 10))
        run_cell(notebook.page, 1)
    notebook.shows(1, "#6", "▲ 0.1")
    rows = notebook.hover(1)
    assert [row.split()[:2] for row in rows] == [[f"#{at}", f"try-{at}"] for at in (6, 5, 4, 3, 2)]
    assert "▲ 0.1" in rows[0]
    assert rows[4].split()[2].startswith("0.7")
    look(notebook.page.locator("#main"), "lab_attempts")
    picture(notebook.page.locator("#main"), "badges")
    notebook.page.mouse.move(600, 700)
    notebook.box.wait_for(state="detached")

    notebook.badge(1).locator("button").focus()
    notebook.box.wait_for()
    notebook.page.keyboard.press("ArrowDown")
    assert notebook.box.locator("button").first.evaluate("node => node === document.activeElement")
    notebook.page.keyboard.press("Escape")
    notebook.box.wait_for(state="detached")
    assert notebook.badge(1).locator("button").evaluate("node => node === document.activeElement")

    notebook.hover(1)
    notebook.box.get_by_role("button", name="try-4").click()
    lines = notebook.page.locator("#trackbook-sidebar .tb-Leaf.tb-run")
    until(notebook.page, lambda: lines.count() == 1 and "try-4" in lines.inner_text(), "the run", lines.all_inner_texts)
    assert notebook.box.count() == 0


def test_badges_survive_moving_splitting_and_opening_the_notebook_again(notebook_of, open_next, place):
    notebook = notebook_of(BASELINE, "other = 1")
    page = notebook.page
    run_cell(page, 1)
    notebook.shows(1, "#1")
    notebook.activate(1)
    command(page, "notebook:move-cell-down")
    notebook.shows(2, "#1")
    assert notebook.badge(1).count() == 0
    command(page, "notebook:move-cell-up")
    notebook.shows(1, "#1")
    split(notebook, 1, line=2)
    notebook.shows(1, "#1")
    assert notebook.source(1) == "%%track baseline\nlr = 0.3"
    assert page.locator(".tb-CellBadge").count() == 1
    look(page.locator("#main"), "lab_split")
    command(page, "notebook:undo-cell-action")
    until(page, lambda: page.locator(".jp-Notebook .jp-CodeCell").count() == 3, "the whole again")
    notebook.shows(1, "#1")
    split(notebook, 1, line=2)
    notebook.shows(1, "#1")
    save(page)
    again = NotebookPage(open_next(place / "churn.ipynb"))
    again.shows(1, "#1", "accuracy 0.8")
    replace_cell(again.page, 1, "%%track baseline\nlr = 0.4")
    again.activate(0)
    command(again.page, "notebook:insert-cell-above")
    again.shows(2, "#1")
    assert again.page.locator(".tb-CellBadge").count() == 1


def split(notebook, index, *, line):
    """Split a cell above one of its lines, the first being 0."""
    notebook.activate(index)
    cell_of(notebook.page, index).locator(".cm-line").nth(line).click()
    notebook.page.keyboard.press("Home")
    cells = notebook.page.locator(".jp-Notebook .jp-CodeCell")
    before = cells.count()
    command(notebook.page, "notebook:split-cell-at-cursor")
    until(notebook.page, lambda: cells.count() == before + 1, "two halves", cells.count)


def test_cells_that_were_given_other_ids_have_their_badges_by_what_they_ran(notebook_of, open_next, place):
    notebook = notebook_of("lr = 1", BASELINE)
    run_cell(notebook.page, 2)
    notebook.shows(2, "#1")
    save(notebook.page)
    path = place / "churn.ipynb"
    kept = nbformat.read(path, 4)
    for cell in kept.cells:
        del cell["id"]
    kept.nbformat_minor = 4  # the last format without ids: JupyterLab makes up new ones each time
    nbformat.write(kept, path)
    again = NotebookPage(open_next(path))
    again.shows(2, "#1", "accuracy 0.8")
    assert again.page.locator(".tb-CellBadge").count() == 1


def test_a_notebook_that_is_renamed_keeps_its_badges_and_its_next_attempt_says_what_changed(
    notebook_of, open_next, place
):
    notebook = notebook_of(BASELINE)
    page = notebook.page
    run_cell(page, 1)
    notebook.shows(1, "#1")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.rename('renamed.ipynb')")
    until(page, (place / "renamed.ipynb").exists, "its new name")
    notebook.shows(1, "#1")
    replace_cell(page, 1, TRACKED.format(name="better", lr=0.35))
    run_cell(page, 1)
    notebook.shows(1, "#2", "accuracy 0.85", "▲ 0.05")
    notebook.activate(1)
    save(page)
    again = NotebookPage(open_next(place / "renamed.ipynb"))
    again.shows(1, "#2", "accuracy 0.85", "▲ 0.05")
    again.activate(1)
    command(again.page, "trackbook:open-run", **again.run())
    assert again.flashed("better")


def test_in_a_page_that_reads_from_right_to_left_a_badge_and_its_box_begin_at_the_right(notebook_of):
    notebook = notebook_of(BASELINE, TRACKED.format(name="better", lr=0.35))
    page = notebook.page
    for index in (1, 2):
        run_cell(page, index)
    notebook.shows(2, "#2", "▲ 0.05")
    page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    try:
        bar = show_side_bar(page)
        bar.shows("better")
        notebook.hover(2)
        line, box = notebook.badge(2).locator("button").bounding_box(), notebook.box.bounding_box()
        cell = cell_of(page, 2).bounding_box()
        look(page.locator("#main"), "lab_rtl")
        assert abs(line["x"] + line["width"] - box["x"] - box["width"]) < 2
        assert cell["x"] + cell["width"] - line["x"] - line["width"] < cell["width"] / 4
    finally:
        page.evaluate("() => { document.documentElement.dir = 'ltr'; }")
