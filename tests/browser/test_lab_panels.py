"""The panels as tabs beside the notebook: on a small kernel of their own, which goes with the last of them."""

from __future__ import annotations

import pytest
from lab_window import load, new_page
from pages import SETUP, look, run_cell, start_cell, theme, until, wait_idle, write_notebook
from panel_tabs import PanelTabs
from registry_page import churn, forget_store

import trackbook as tb

LOOP = """%%track net
import time
for epoch in tb.loop(range(2000)):
    tb.log_metric("loss", 1 / (epoch + 1))
    time.sleep(0.05)"""
_PALETTE = """() => [...window.jupyterapp.commands.listCommands()].filter(
    id => id.startsWith('trackbook:') && window.jupyterapp.commands.isVisible(id)
).map(id => window.jupyterapp.commands.label(id))"""


AHEAD = "const now = Date.now; Date.now = () => now.call(Date) + 120_000;"
"""Two minutes later a kernel that nobody has spoken to is none that somebody has just begun."""


@pytest.fixture
def tabs(open_next, place, lab):
    """Open a notebook, ready for panels beside it; no panel's kernel is left behind."""
    opened = []

    def make(*cells):
        opened.append(PanelTabs(open_next(write_notebook(place / "churn.ipynb", SETUP, *cells)), lab))
        return opened[-1]

    yield make
    for each in opened:
        each.close_all()
    forget_store()


@pytest.fixture
def store(place):
    return f"{place.name}/trackbook.duckdb"


@pytest.fixture
def windows(lab, chromium, place):
    """Open the notebook in further windows, each of a browser of its own or of the one that is given."""
    made = []

    def opened(name, *scripts, context=None):
        page = context.new_page() if context else new_page(chromium)
        made.append(page)
        for script in scripts:
            page.add_init_script(script)
        load(page, f"{lab.url}/lab/workspaces/{name}/tree/{place.name}/churn.ipynb?token={lab.token}&reset")
        return PanelTabs(page, lab)

    yield opened
    for page in made:
        if not page.is_closed():
            page.close()


def test_all_panels_share_one_kernel_that_ends_with_the_last_of_them(place, tabs):
    churn(place)
    tabs = tabs()
    labels = tabs.page.evaluate(_PALETTE)
    assert {f"trackbook: {name}" for name in ("Runs", "Compare", "Registry", "Live")} <= set(labels)
    assert tabs.kernels() == {}
    runs = tabs.open("runs", "churn-4")
    look(tabs.page.locator("#main"), "lab_panel_runs")
    registry = tabs.open("registry", "version 3", model="churn")
    look(tabs.page.locator("#main"), "lab_panel_registry")
    assert "churn-1" not in registry.inner_text() or runs.count() == 0
    assert len(tabs.kernels()) == 1
    tabs.open("registry", "version 3", model="churn")
    assert tabs.page.locator(".tb-PanelTab").count() == 2, "the same wish is the same tab"
    tabs.close("Registry")
    until(tabs.page, lambda: tabs.page.locator(".tb-PanelTab").count() == 1, "one tab")
    assert len(tabs.kernels()) == 1
    tabs.close("Runs")
    until(tabs.page, lambda: tabs.kernels() == {}, "the end of the kernel", tabs.kernels)


def test_chosen_runs_are_compared_and_no_others_in_light_and_dark(place, tabs, store):
    churn(place)
    ids = tb.runs("name = 'churn-4' OR name = 'churn-2'")["run_id"]
    tabs = tabs()
    compare = tabs.open("compare", "churn-4", runIds=[str(each) for each in ids], store=store)
    compare.locator(".js-plotly-plot").first.wait_for()
    text = compare.inner_text()
    assert "churn-2" in text
    assert "churn-1" not in text
    look(tabs.page.locator("#main"), "lab_panel_compare")
    theme(tabs.page, "Dark")
    look(tabs.page.locator("#main"), "lab_panel_compare_dark")


def test_a_run_is_followed_and_stopped_in_a_tab_while_the_notebooks_kernel_is_busy(tabs, store):
    tabs = tabs(LOOP)
    run_cell(tabs.page, 0)
    start_cell(tabs.page, 1)
    live = tabs.open("live", "loss", store=store)
    until(tabs.page, lambda: "running" in live.inner_text(), "a running run", live.inner_text)
    look(tabs.page.locator("#main"), "lab_panel_live")
    live.get_by_role("button", name="Stop after this step").click()
    tabs.page.evaluate(
        "() => window.jupyterapp.shell.activateById([...window.jupyterapp.shell.widgets('main')].find(w => w.context).id)"
    )
    wait_idle(tabs.page)


def test_a_panel_that_cannot_be_shown_says_why_and_tries_again(tabs, store):
    tabs = tabs()
    tab = tabs.open("live", "cannot be shown", runId="00000000-0000-7000-8000-000000000000", store=store)
    assert tab.get_by_role("button", name="Try again").is_visible()
    look(tabs.page.locator("#main"), "lab_panel_fault")


def test_a_page_that_is_loaded_again_keeps_its_panel_and_its_kernel(place, tabs):
    churn(place)
    tabs = tabs()
    tabs.open("runs", "churn-4")
    before = tabs.kernels()
    tabs.page.evaluate("() => window.jupyterapp.serviceManager.workspaces.list()")
    tabs.page.wait_for_timeout(1500)  # JupyterLab saves its layout a second after a change
    tabs.page.goto(tabs.page.url.split("?")[0])
    tab = tabs.page.locator(".tb-PanelTab")
    tab.wait_for()
    until(tabs.page, lambda: "churn-4" in tab.inner_text(), "the table again", tab.all_inner_texts, seconds=60)
    assert tabs.kernels() == before


def test_what_a_closed_window_leaves_behind_ends_with_the_next_start_and_what_others_use_goes_on(place, tabs, windows):
    churn(place)
    tabs = tabs()
    tabs.open("runs", "churn-4")
    kept = set(tabs.kernels())
    left = windows("left")
    left.open("runs", "churn-4")
    (lost,) = set(tabs.kernels()) - kept
    left.page.close()
    until(tabs.page, lambda: tabs.kernels()[lost] == 0, "a kernel that no window is connected to", tabs.kernels)
    windows("soon")
    assert set(tabs.kernels()) == kept | {lost}, "it might be a window that is being loaded anew"
    windows("later", AHEAD)
    until(tabs.page, lambda: set(tabs.kernels()) == kept, "the end of what was left behind", tabs.kernels)
    registry = tabs.open("registry", "version 3", model="churn")
    assert "Production" in registry.inner_text()


def test_a_window_that_is_duplicated_leaves_the_first_its_kernel(place, tabs, windows):
    churn(place)
    tabs = tabs()
    tabs.open("runs", "churn-4")
    (path,) = tabs.kernels()
    twin = windows("twin", f"sessionStorage.setItem('trackbook:panels', '{path}')", context=tabs.page.context)
    twin.open("runs", "churn-4")
    assert tabs.kernels() == {path: 2}
    twin.close("Runs")
    until(tabs.page, lambda: tabs.kernels() == {path: 1}, "a kernel of one window", tabs.kernels)
    registry = tabs.open("registry", "version 3", model="churn")
    assert "Production" in registry.inner_text()
