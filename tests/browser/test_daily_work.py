"""A working day in JupyterLab: run, look, change, stop, restart, compare."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

PICTURES = os.environ.get("TRACKBOOK_LOOKS")
CELLS = [
    "%load_ext trackbook",
    "%%track base --tag team=ads\nlr = 0.1\nacc = sum([0.5, lr])\nprint('trained')\nacc",
    "%track show",
    "%%track wrong\nlr = 0.3\nraise ValueError('no rows in <train.csv>')",
    "%%track endless\nimport time, trackbook as tb\nprint('begun')\nfor step in range(6000):\n    tb.log_metric('loss', 1 / (step + 1))\n    time.sleep(0.01)",
    "%track show wrong",
    "%runs status = 'FAILED'",
    "%track diff base wrong",
    "import pandas as pd\nimport matplotlib.pyplot as plt\nfrom sklearn.datasets import load_iris\nfrom sklearn.linear_model import *\nX, y = load_iris(return_X_y=True)",
    "%%track fitted\nclf = LogisticRegression(C=0.5, max_iter=500).fit(X, y)\nplt.figure(figsize=(3, 1)); plt.plot([1, 2, 3]); plt.show()",
    "%%track scored\ntrain_acc = clf.score(X, y)",
    "%track show fitted",
]  # fmt: skip
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
COMMAND = "(name) => { window.jupyterapp.commands.execute(name); }"
RUN_CELL = """(index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
    window.ran = false;
    window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ran = true; });
}"""
IDLE = "() => window.ran && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
REPLACE = """([index, source]) => {
    window.jupyterapp.shell.currentWidget.content.widgets[index].model.sharedModel.setSource(source);
}"""
RESTART = """() => {
    const context = window.jupyterapp.shell.currentWidget.sessionContext;
    window.ran = false;
    context.restartKernel().then(() => { window.ran = true; });
}"""


@pytest.fixture
def notebook(lab):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell{at}") for at, source in enumerate(CELLS)]
    place = lab.root / "day"
    place.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), place / "day.ipynb")
    return "day/day.ipynb"


def run_cell(page, index):
    page.evaluate(RUN_CELL, index)
    page.wait_for_function(IDLE)
    return page.locator(".jp-Notebook .jp-CodeCell").nth(index)


def card(cell):
    return cell.locator(".tb-Card")


def test_a_day_of_work_in_jupyterlab(notebook, open_notebook):
    page = open_notebook(notebook)
    run_cell(page, 0)
    first = run_cell(page, 1)
    assert "base #1 of this cell" in card(first).inner_text()
    assert "acc 0.6" in card(first).inner_text()

    page.evaluate(REPLACE, [1, CELLS[1].replace("0.1", "0.2")])
    text = card(run_cell(page, 1)).inner_text()
    assert "base #2 of this cell" in text
    assert "0.2 ← 0.1" in text
    assert "better" in text

    shown = card(run_cell(page, 2)).inner_text()
    assert "team" in shown
    assert "print('trained')" in shown

    failed = run_cell(page, 3)
    assert "ValueError: no rows in <train.csv>" in card(failed).inner_text()
    assert card(failed).locator("train\\.csv").count() == 0

    page.evaluate(RUN_CELL, 4)
    endless = page.locator(".jp-Notebook .jp-CodeCell").nth(4)
    endless.locator(".jp-OutputArea-output", has_text="begun").wait_for()
    page.evaluate(COMMAND, "notebook:interrupt-kernel")
    page.wait_for_function(IDLE)
    assert "interrupted" in card(endless).inner_text()

    assert "no rows in <train.csv>" in card(run_cell(page, 5)).inner_text()
    assert "wrong" in run_cell(page, 6).inner_text()
    assert "0.2" in run_cell(page, 7).inner_text()
    for index in range(8, len(CELLS)):
        run_cell(page, index)
    assert "evaluates fitted" in card(page.locator(".jp-CodeCell").nth(10)).inner_text()
    _looks(page)

    page.evaluate(RESTART)
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    run_cell(page, 0)
    assert "base #3 of this cell" in card(run_cell(page, 1)).inner_text()


def _looks(page):
    """Pictures of the cards for whoever draws them, light and dark."""
    if not PICTURES:
        return
    page.set_viewport_size({"width": 1180, "height": 4200})
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    page.locator(".jp-WindowedPanel-outer").first.evaluate("panel => panel.scrollTo(0, 0)")
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate("(theme) => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }", theme)
        page.wait_for_timeout(1500)
        page.locator(".jp-NotebookPanel").screenshot(path=Path(PICTURES) / f"{theme.split()[-1].lower()}.png")
