"""The first notebook as its user meets it: opened in JupyterLab, run from top to bottom."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from pages import command, picture, save, shut_down

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
DONE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets.filter(cell => cell.model.type === 'code');
    return cells.every(cell => cell.model.executionCount > 0) && panel.sessionContext.session.kernel.status === 'idle';
}"""


@pytest.fixture(scope="module")
def ran(lab):
    shutil.copy(NOTEBOOKS / "01_first_run.ipynb", lab.root)
    return lab


def test_the_first_notebook_runs_in_jupyterlab_and_its_runs_are_beside_it(ran, open_next):
    page = open_next("01_first_run.ipynb")
    command(page, "notebook:run-all-cells")
    page.wait_for_function(DONE, timeout=120_000)
    cards = page.locator(".jp-OutputArea .tb-card, .jp-OutputArea [class*='tb-']").count()
    assert cards >= 9
    _picture(page)

    save(page)
    shut_down(page)
    with duckdb.connect(str(_merged(ran.root))) as db:
        attempts = db.execute(
            "SELECT attempt FROM runs WHERE attempt > 0 AND cell_key = (SELECT cell_key FROM runs WHERE attempt = 5) ORDER BY attempt"
        ).fetchall()
        notebooks = db.execute("SELECT DISTINCT notebook, experiment FROM runs").fetchall()
    assert [row[0] for row in attempts] == [1, 2, 3, 4, 5]
    assert notebooks == [("01_first_run.ipynb", "01_first_run")]


def _merged(root):
    from trackbook.store import Location, open_store

    store = open_store(Location(root / "trackbook.duckdb"))
    assert store.merge() is not None
    return store.location.file


def _picture(page):
    """Take the README's picture: the second and third attempt, with their cards."""
    command(page, "application:toggle-left-area")
    cell = page.locator(".jp-Notebook .jp-Cell").nth(5)
    cell.scroll_into_view_if_needed()
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    page.locator(".jp-Notebook .jp-Cell").nth(6).scroll_into_view_if_needed()
    picture(page.locator(".jp-NotebookPanel"), "first_run")
