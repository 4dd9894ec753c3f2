"""The panels on ipykernel 6.29 and the oldest DuckDB, in today's JupyterLab: clicks wait for the cell, and say so."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from compare_page import ComparePage
from live_page import LOAD, LivePage, training
from pages import cell_of, look, no_ghosts, run_cell, save, shut_down, start_cell, until, wait_idle, write_notebook
from run_table_page import RunTablePage

VERSIONS = "import duckdb, ipykernel\nprint(ipykernel.__version__, duckdb.__version__)"
BY_HAND = """from IPython.display import clear_output
with tb.start_run("by-hand"):
    display(tb.live())
    for epoch in tb.loop(range(40)):
        tb.log_metric("loss", 1 / (epoch + 1))
        clear_output(wait=True)
        print("plot", epoch)
        time.sleep(0.05)"""


@pytest.fixture
def page(kernel_6, open_next, place):
    load = f"%env TRACKBOOK_STORE={place / 'trackbook.duckdb'}\n{LOAD}"
    cells = (load, VERSIONS, training(1200, pause=0.05), BY_HAND, "%runs", "%compare churn-net by-hand")
    page = open_next(write_notebook(place / "six.ipynb", *cells, kernel=kernel_6))
    run_cell(page, 0)
    return page


def test_a_run_is_followed_stopped_by_hand_looked_at_and_compared(page, place, open_next):
    assert run_cell(page, 1).locator(".jp-OutputArea").inner_text().startswith("6.29.")
    start_cell(page, 2)
    live = LivePage(page, 2)
    live.steps(5)
    live.until(lambda: live.ink() > 300, "the curves")
    live.says("CPU", live.node.locator(".tb-LiveFoot"))
    assert not live.hears()
    assert "trackbook stop" in live.hint.inner_text()
    look(live.cell, "kernel_6_live")
    _stop("churn-net", place)
    wait_idle(page)
    live.says("stopped as asked", live.state)
    live.until(lambda: "the rest of the cell" in live.output(), "what the cell prints at its end")

    start_cell(page, 3)
    by_hand = LivePage(page, 3)
    by_hand.until(lambda: by_hand.count() > 5, "five steps")
    wait_idle(page)
    by_hand.says("finished", by_hand.state)
    by_hand.until(lambda: by_hand.node.count() == 1 and "plot 39" in by_hand.output(), "one panel, and the last plot")

    table = RunTablePage(page, run_cell(page, 4).locator(".tb-RunTable"))
    table.until(lambda: table.names() == ["by-hand", "churn-net"], "both runs")
    table.title("loss").click()
    table.until(lambda: "metrics.loss ASC" in table.call(), "the order")
    table.row("churn-net").click()
    table.press("*")
    table.says("Starred 1 run.")

    run_cell(page, 5)
    panel = ComparePage(page, cell_of(page, 5).locator(".tb-Compare"))
    panel.wait_drawn()
    panel.open("Diff")
    panel.says("1 of ")

    save(page)
    shut_down(page)
    page = open_next(place / "six.ipynb")
    shut_down(page)
    page.locator("[data-trackbook-twin]").nth(3).wait_for()
    twins = page.locator("[data-trackbook-twin]:visible")
    until(page, lambda: twins.count() == 4, "four pictures", twins.count)
    no_ghosts(page)


def _stop(run, place):
    """Ask a run to stop as its hint says: in a terminal."""
    environment = {**os.environ, "TRACKBOOK_STORE": str(place / "trackbook.duckdb")}
    command = [sys.executable, "-m", "trackbook.cli.main", "stop", run]
    subprocess.run(command, env=environment, check=True, timeout=60)
