"""A real JupyterLab: the button of a cell, the way from a run to its cell, windowed notebooks, and no trace left behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from notebook_page import BASELINE, opened
from pages import SETUP, cell_of, command, look, run_cell, save, until, write_notebook
from side_bar_page import show_side_bar


@pytest.fixture
def notebook_of(open_next, place):
    """Open a notebook of these cells after one that loads trackbook, which has been run."""
    return lambda *cells: opened(open_next, place / "churn.ipynb", *cells)


@pytest.fixture
def windowed(lab):
    """A user whose notebooks hold only the cells in view in the page."""
    folder = lab.root.parent / "settings" / "@jupyterlab" / "notebook-extension"
    folder.mkdir()
    (folder / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "full"}))
    yield
    shutil.rmtree(folder)


def test_cells_far_down_a_windowed_notebook_have_their_badges_when_they_come_into_view(windowed, open_notebook, place):
    cells = ["\n".join(["x = 1"] * 30) for _ in range(40)]
    notebook = opened(open_notebook, place / "churn.ipynb", *cells, BASELINE)
    page = notebook.page
    run_cell(page, 41)
    badge = page.locator(".tb-CellBadge")
    for _ in range(2):
        notebook.activate(1)  # the active cell stays in the page
        notebook.scroll(0)
        until(page, lambda: badge.count() == 0, "a view without it", badge.count)
        notebook.scroll(41)
        until(page, lambda: badge.count() == 1 and "#1" in badge.inner_text(), "the badge", badge.all_inner_texts)


def test_the_button_of_a_cell_adds_and_takes_the_line_away_and_one_ctrl_z_brings_it_back(notebook_of):
    notebook = notebook_of("%%time\nlr = 1", "%%track tuned --tag a=b\nlr = 2")
    page = notebook.page

    def press(index, becomes):
        notebook.activate(index)
        notebook.toggle.click()
        until(page, lambda: notebook.source(index) == becomes, becomes, lambda: notebook.source(index))

    press(1, "%%track\n%%time\nlr = 1")
    until(page, lambda: notebook.toggle.get_attribute("aria-pressed") == "true", "a pressed button")
    look(page.locator("#main"), "lab_toggle")
    press(1, "%%time\nlr = 1")
    press(2, "lr = 2")
    page.wait_for_timeout(700)  # what follows within half a second is the same step to the editor's undo
    press(2, "%%track tuned --tag a=b\nlr = 2")
    cell_of(page, 2).locator(".cm-content").click()
    page.keyboard.press("Control+z")
    until(page, lambda: notebook.source(2) == "lr = 2", "the step before", lambda: notebook.source(2))
    notebook.activate(2)
    command(page, "notebook:change-cell-to-markdown")
    until(page, lambda: notebook.toggle.count() == 0, "no button on Markdown", notebook.toggle.count)


def test_a_run_leads_to_the_cell_that_made_it(notebook_of):
    notebook = notebook_of(*("\n".join(["x = 1"] * 30) for _ in range(30)), BASELINE)
    page = notebook.page
    run_cell(page, 31)
    notebook.scroll(31)
    page.locator(".tb-CellBadge", has_text="#1").wait_for()
    run = notebook.run()
    save(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    until(page, lambda: page.locator(".jp-NotebookPanel").count() == 0, "a closed notebook")
    command(page, "trackbook:open-run", **run)
    assert notebook.flashed("baseline")
    look(page.locator("#main"), "lab_flash")
    until(page, lambda: page.locator(".tb-Flash").count() == 0, "the end of the flash")


def test_a_cell_or_a_notebook_that_is_gone_is_said_and_the_code_offered(notebook_of, place):
    notebook = notebook_of(BASELINE)
    page = notebook.page
    run_cell(page, 1)
    notebook.shows(1, "#1")
    run = notebook.run()
    notebook.activate(1)
    command(page, "notebook:delete-cell")
    until(page, lambda: page.locator(".tb-CellBadge").count() == 0, "no badge without its cell")
    command(page, "trackbook:open-run", **run)
    notebook.toasts.filter(has_text="The cell that made baseline is no more in").wait_for()
    save(page)
    (place / "churn.ipynb").rename(place / "moved.ipynb")
    command(page, "trackbook:open-run", **run)
    toast = notebook.toasts.filter(has_text="is no more where baseline was made")
    toast.wait_for()
    toast.get_by_role("button", name="Show the code").click()
    dialog = page.locator(".jp-Dialog")
    until(page, lambda: "accuracy = sum([0.5, lr])" in dialog.inner_text(), "the code", dialog.all_inner_texts)
    look(page.locator("#main"), "lab_code")
    page.keyboard.press("Escape")
    (place / "moved.ipynb").rename(place / "churn.ipynb")


def test_nothing_of_ours_is_written_into_the_notebook(notebook_of, place):
    notebook = notebook_of(BASELINE)
    run_cell(notebook.page, 1)
    notebook.shows(1, "#1")
    save(notebook.page)
    assert _foreign(place / "churn.ipynb") == []


@pytest.fixture
def disable(lab):
    """Disable our extension, or some plugins of it, as a user does; all are enabled again afterwards."""
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(lab.root.parent / "config_dir")}

    def switch(verb, *names):
        for name in names:
            command = [sys.executable, "-m", "jupyter", "labextension", verb, name, "--level=user"]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        disabled.extend(names)

    disabled = []
    yield lambda *names: switch("disable", *names)
    switch("enable", *disabled)


@pytest.mark.parametrize("name", ["trackbook-lab", "trackbook-lab:plugin"], ids=["all", "what the others build on"])
def test_a_disabled_extension_leaves_no_trace(name, disable, open_notebook, place):
    disable(name)
    page = open_notebook(write_notebook(place / "churn.ipynb", SETUP, BASELINE))
    run_cell(page, 0)
    assert "accuracy 0.8" in run_cell(page, 1).locator(".tb-Card").inner_text()
    page.wait_for_timeout(3000)  # longer than a badge takes
    ours = ".tb-CellBadge, .tb-Status, #trackbook-sidebar, [data-command^='trackbook:'], [data-id^='trackbook']"
    assert page.locator(ours).count() == 0
    assert (
        page.evaluate("() => window.jupyterapp.commands.listCommands().filter(id => id.startsWith('trackbook'))") == []
    )
    save(page)
    assert _foreign(place / "churn.ipynb") == []
    look(page.locator("#main"), "lab_disabled")


def test_each_thing_in_the_notebook_is_switched_off_alone(disable, open_notebook, place):
    disable("trackbook-lab:badges", "trackbook-lab:toggle-cell", "trackbook-lab:status")
    notebook = opened(open_notebook, place / "churn.ipynb", BASELINE)
    run_cell(notebook.page, 1)
    bar = show_side_bar(notebook.page)
    bar.shows("baseline")
    notebook.activate(1)
    assert [part.count() for part in (notebook.badge(1), notebook.toggle, notebook.status)] == [0, 0, 0]
    command(notebook.page, "trackbook:open-run", **notebook.run())
    assert notebook.flashed("baseline")


def _foreign(path):
    """What a saved notebook bears beside what JupyterLab itself writes."""
    kept = nbformat.read(path, 4)
    known = {"kernelspec", "language_info", "trusted", "execution"}
    return [key for part in (kept, *kept.cells) for key in part.metadata if key not in known]
