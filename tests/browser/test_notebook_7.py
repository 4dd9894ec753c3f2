"""Notebook 7 as its user has it: a cell tracked and followed, the three panels used once each, and what is kept of them."""

from __future__ import annotations

from pages import (
    SETUP,
    cell_of,
    look,
    no_ghosts,
    run_cell,
    save,
    shut_down,
    start_cell,
    until,
    wait_idle,
    write_notebook,
)
from run_table_page import RunTablePage
from table_study import study

LIVE = """%%track net --live
import time
for epoch in tb.loop(range(12)):
    tb.log_metrics({"loss": 1 / (epoch + 1), "accuracy": epoch / 12})
    time.sleep(0.1)"""
TRACKED = "%%track tuned\nlr = 0.3\naccuracy = sum([0.5, lr])\naccuracy"
CELLS = (SETUP, TRACKED, LIVE, "%runs", "%compare experiment = 'churn'")


def test_the_panels_work_in_notebook_7_and_leave_their_pictures(open_in_notebook_7, notebook_7):
    place = notebook_7.root / "seven"
    study(place, runs=6)
    page = open_in_notebook_7(write_notebook(place / "look.ipynb", *CELLS))
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    run_cell(page, 0)
    assert "accuracy 0.8" in run_cell(page, 1).locator(".tb-Card").inner_text()

    start_cell(page, 2)
    live = cell_of(page, 2).locator(".tb-Live")
    live.locator(".tb-LiveName", has_text="accuracy").wait_for()
    wait_idle(page)
    until(page, lambda: "finished" in live.inner_text(), "the end", live.inner_text)
    live.get_by_label("log y").check()
    look(live, "notebook_7_live")

    table = RunTablePage(page, run_cell(page, 3).locator(".tb-RunTable"))
    table.until(lambda: table.names()[:2] == ["net", "tuned"], "the runs of this notebook")
    table.title("f1").click()
    table.until(lambda: "metrics.f1 DESC" in table.call(), "the order")
    table.row_at(0).click()
    table.press("p")
    table.until(lambda: "baseline=" in table.call(), "the baseline")
    look(table.node, "notebook_7_table")

    compare = run_cell(page, 4).locator(".tb-Compare")
    compare.locator(".js-plotly-plot .scatterlayer, .js-plotly-plot .gl-container").first.wait_for()
    compare.locator(".tb-Tabs button", has_text="Scatter").click()
    until(page, lambda: 'view="scatter"' in compare.locator(".tb-Call").inner_text(), "the tab", compare.inner_text)
    look(compare, "notebook_7_compare")
    assert [fault for fault in faults if "reading 'schema'" not in fault] == []  # Notebook 7.6's own, without us too

    save(page)
    shut_down(page)
    page = open_in_notebook_7(place / "look.ipynb")
    shut_down(page)
    pictures = page.locator("[data-trackbook-twin]")
    until(page, lambda: pictures.count() == 3, "three pictures", pictures.count)
    for at, text in enumerate(("net", "tb.run_table()", "tb.compare(")):
        until(page, pictures.nth(at).is_visible, text, page.locator(".jp-Notebook").inner_text)
        assert text in pictures.nth(at).inner_text()
    assert page.locator(".jp-Notebook .tb-Panel").count() == 0
    no_ghosts(page)
    look(page.locator(".jp-NotebookPanel"), "notebook_7_kept")
