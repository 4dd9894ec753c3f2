"""A real JupyterLab on a server where somebody has disabled our part of it: said once, with the way out."""

from __future__ import annotations

import pytest
from lab_window import load, new_page
from notebook_page import BASELINE, NotebookPage
from pages import SETUP, command, look, run_cell, until, write_notebook
from side_bar_page import SideBarPage


@pytest.fixture
def page(unserved_lab, chromium, tmp_path):
    path = write_notebook(unserved_lab.root / tmp_path.name / "churn.ipynb", SETUP, BASELINE, BASELINE)
    name = path.relative_to(unserved_lab.root).as_posix()
    page = new_page(chromium)
    yield load(page, f"{unserved_lab.url}/lab/tree/{name}?token={unserved_lab.token}&reset")
    page.context.close()


def test_a_server_without_our_extension_is_said_once_where_a_badge_would_be_with_the_line_that_helps(page):
    notebook, bar = NotebookPage(page), SideBarPage(page)
    run_cell(page, 0)
    assert notebook.toasts.count() == 0
    assert "accuracy 0.8" in run_cell(page, 1).locator(".tb-Card").inner_text()
    notice = notebook.toasts.filter(has_text="the trackbook server extension is not running")
    notice.wait_for()
    run_cell(page, 2)
    assert notebook.toasts.count() == 1
    look(bar.window, "lab_unserved")
    command(page, "application:toggle-left-area")
    notice.get_by_role("button", name="Show the way out").click()
    until(page, lambda: "jupyter server extension enable trackbook.labapi" in bar.node.inner_text(), "the line to type")
    assert page.locator(".tb-CellBadge").count() == 0
    look(bar.window, "lab_unserved_bar")
