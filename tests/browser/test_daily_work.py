"""A working day in JupyterLab: run, look, change, stop, restart, compare."""

from __future__ import annotations

from pages import cell_of, command, look, replace_cell, restart, run_cell, start_cell, theme, wait_idle, write_notebook

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


def card(cell):
    return cell.locator(".tb-Card")


def test_a_day_of_work_in_jupyterlab(lab, open_next):
    page = open_next(write_notebook(lab.root / "day" / "day.ipynb", *CELLS))
    run_cell(page, 0)
    first = run_cell(page, 1)
    assert "base #1 of this cell" in card(first).inner_text()
    assert "acc 0.6" in card(first).inner_text()

    replace_cell(page, 1, CELLS[1].replace("0.1", "0.2"))
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

    start_cell(page, 4)
    endless = cell_of(page, 4)
    endless.locator(".jp-OutputArea-output", has_text="begun").wait_for()
    command(page, "notebook:interrupt-kernel")
    wait_idle(page)
    assert "interrupted" in card(endless).inner_text()

    assert "no rows in <train.csv>" in card(run_cell(page, 5)).inner_text()
    assert "wrong" in run_cell(page, 6).inner_text()
    assert "0.2" in run_cell(page, 7).inner_text()
    for index in range(8, len(CELLS)):
        run_cell(page, index)
    assert "evaluates fitted" in card(cell_of(page, 10)).inner_text()
    _looks(page)

    restart(page)
    run_cell(page, 0)
    assert "base #3 of this cell" in card(run_cell(page, 1)).inner_text()


def _looks(page):
    """Pictures of the cards for whoever draws them, light and dark."""
    page.set_viewport_size({"width": 1180, "height": 4200})
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    page.locator(".jp-WindowedPanel-outer").first.evaluate("panel => panel.scrollTo(0, 0)")
    for name in ("Light", "Dark"):
        theme(page, name)
        look(page.locator(".jp-NotebookPanel"), f"cards_{name}")
