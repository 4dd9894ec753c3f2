"""What the menus of a side bar's lines do, each against the real store, and each with its way back."""

from __future__ import annotations

import pytest
from notebook_page import BASELINE, NotebookPage
from pages import SETUP, look, run_cell, start_cell, theme, until, wait_idle, write_notebook
from panel_tabs import PanelTabs
from registry_page import churn, forget_store
from side_bar_page import show_side_bar

import trackbook as tb

LOOP = """%%track net
import time
for epoch in tb.loop(range(4000)):
    tb.log_metric("loss", 1 / (epoch + 1))
    time.sleep(0.05)"""


@pytest.fixture
def bar_of(open_next, place):
    """Open a notebook and the side bar beside it."""
    yield lambda *cells: show_side_bar(open_next(write_notebook(place / "churn.ipynb", SETUP, *cells)))
    forget_store()


@pytest.fixture
def churn_bar(place, bar_of):
    """Somebody who has logged and registered models, and the side bar that shows them, his model's versions unfolded."""
    somebody = churn(place)
    bar = bar_of()
    bar.shows("churn-4", "run")
    bar.unfold("churn")
    bar.shows("v4", "version")
    return somebody, bar


@pytest.fixture
def tabs_of(lab):
    """The panels of a page; no panel's kernel is left behind."""
    made = []

    def of(page):
        made.append(PanelTabs(page, lab))
        return made[-1]

    yield of
    for each in made:
        each.close_all()


def run_named(name):
    return tb.get_run(str(tb.runs(f"attributes.name = '{name}'").iloc[0]["run_id"]))


def test_a_run_is_starred_tagged_noted_and_renamed_and_each_is_taken_back(churn_bar):
    _, bar = churn_bar
    run = run_named("churn-4")
    bar.ask(bar.line("churn-4", "run"), "Star")
    bar.shows("★ churn-4", "run")
    bar.ask(bar.line("churn-4", "run"), "Take the star away")
    bar.says("Took the star off")
    bar.gone("★", "run")

    def note():
        return tb.runs(f"run_id = '{run.run_id}'").fillna("").iloc[0]["note"]

    for choice, text, told, read in (
        ("Tag…", "team=ads", "Tagged 1 run with team=ads.", lambda: tb.get_run(run.run_id).tags.get("team", "")),
        ("Note…", "look at this", "Noted on 1 run.", note),
        ("Rename…", "the good one", "Renamed churn-4 to the good one.", lambda: tb.get_run(run.run_id).name),
    ):
        before = read()
        bar.ask(bar.line("churn-4", "run"), choice)
        look(bar.window, "side_bar_asks")
        bar.write(text)
        bar.says(told)
        assert read() == text.removeprefix("team=")
        bar.undo()
        assert read() == before
    bar.shows("churn-4", "run")
    assert tb.audit().iloc[-1]["place"] == "side bar"


def test_runs_are_deleted_found_among_the_deleted_and_brought_back(churn_bar):
    _, bar = churn_bar
    bar.select("churn-1", "churn-2")
    bar.ask(bar.line("churn-1", "run"), "Delete")
    bar.says("Deleted 2 runs.")
    bar.until(lambda: len(bar.lines("run")) == 2, "two runs left")
    bar.ask_about_all("Show deleted runs")
    bar.until(lambda: [line.split()[0] for line in bar.lines("run")] == ["churn-2", "churn-1"], "the deleted ones")
    look(bar.window, "side_bar_deleted")
    bar.ask(bar.line("churn-2", "run"), "Restore")
    bar.says("Brought 1 run back.")
    bar.until(lambda: len(bar.lines("run")) == 1, "one that is deleted still")
    bar.ask_about_all("Undo")
    bar.until(lambda: len(bar.lines("run")) == 2, "two of them again")
    bar.ask_about_all("Undo")
    bar.until(lambda: bar.lines("run") == [], "none that is deleted")
    bar.ask_about_all("Show the runs")
    bar.until(lambda: len(bar.lines("run")) == 4, "all runs")
    assert tb.runs()["experiment"].tolist().count("churn") == 4


def test_a_model_is_registered_from_its_run_and_one_without_a_model_says_so(churn_bar):
    somebody, bar = churn_bar
    somebody.log("churn-5", 0.93)
    with tb.start_run("no-model", experiment="churn"):
        tb.log_metric("accuracy", 0.5)
    bar.shows("churn-5", "run")
    bar.ask(bar.line("churn-5", "run"), "Register its model…")
    bar.write("churn")
    bar.says("Registered churn 5.")
    bar.shows("v5 churn-5", "version")
    assert tb.get_version("models:/churn/5").run_id == run_named("churn-5").run_id
    bar.undo()
    bar.until(lambda: 5 not in tb.versions("churn")["version"].tolist(), "no fifth version")
    bar.ask(bar.line("no-model", "run"), "Register its model…")
    bar.write("churn")
    bar.says("no model")
    look(bar.window, "side_bar_no_model")


def test_a_running_run_is_stopped(bar_of):
    bar = bar_of(LOOP)
    run_cell(bar.page, 0)
    start_cell(bar.page, 1)
    bar.shows("● net", "run")
    bar.shows("%", "run")
    look(bar.window, "side_bar_running")
    bar.ask(bar.line("net", "run"), "Stop after this step")
    bar.says("Asked 1 run to stop after the step.")
    wait_idle(bar.page)
    bar.gone("●", "run")
    assert bar.page.locator(".jp-Notebook .jp-RenderedText[data-mime-type*=stderr]").count() == 0


def test_versions_are_archived_named_and_rolled_back_with_the_change_shown_first(churn_bar):
    somebody, bar = churn_bar
    bar.ask(bar.line("v4", "version"), "Set an alias…")
    bar.dialog.get_by_label("alias", exact=True).fill("challenger")
    bar.until(lambda: len(bar.changes()) == 1, "what will change")
    assert "challenger" in " ".join(bar.changes()[0])
    bar.confirm("to be compared")
    bar.shows("v4 @challenger", "version")
    assert bar.propose("v4", "Take @challenger away…")[0][-1] != "version 4"
    bar.confirm("compared")
    bar.says("Took the alias @challenger of churn away.")
    bar.gone("@challenger")
    bar.undo()
    bar.shows("v4 @challenger", "version")
    assert tb.get_version("models:/churn@challenger").version == 4
    bar.propose("v3", "Roll back Production…")
    look(bar.window, "side_bar_roll_back")
    bar.confirm("complaints")
    bar.shows("churn v2 Production", "model")
    bar.undo()
    bar.shows("churn v3 Production", "model")
    assert any("Archived" in row for row in bar.propose("v3", "Archive…"))
    bar.confirm("its data is wrong")
    bar.says("Archived version 3 of churn.")
    assert somebody.stages()[3] == "Archived"
    bar.undo()
    assert somebody.stages()[3] == "Production"
    bar.shows("churn v3 Production", "model")
    bar.ask(bar.line("churn", "model"), "Roll back Production…")
    bar.until(lambda: len(bar.changes()) > 0, "what will change")
    bar.confirm("rolled back from the model's own menu")
    bar.says("Rolled Production of churn back to version")
    reasons = tb.audit("churn")["reason"].tolist()
    assert [why for why in reasons if why in {"to be compared", "compared", "complaints", "its data is wrong"}] == [
        "to be compared", "compared", "complaints", "its data is wrong",
    ]  # fmt: skip


def test_the_calls_that_do_the_same_are_copied(churn_bar):
    _, bar = churn_bar
    bar.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bar.ask(bar.line("v4", "version"), "Copy call")
    bar.says('tb.load_model("models:/churn/4")')
    bar.ask(bar.line("churn-4", "run"), "Copy call")
    bar.says("tb.get_run(")
    copied = bar.page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f'tb.get_run("{run_named("churn-4").run_id}")'


def test_a_run_and_a_version_lead_to_the_cell_that_made_them(bar_of):
    model = "%%track fit\nimport numpy as np\nfrom sklearn.linear_model import LogisticRegression\nfit = LogisticRegression()"
    fitted = "fit.fit(np.array([[0.0], [1.0]]), [0, 1])\ntb.log_model(fit)"
    bar = bar_of(*("\n".join(["x = 1"] * 30) for _ in range(12)), BASELINE, f"{model}\n{fitted}")
    notebook = NotebookPage(bar.page)
    for index in (0, 13, 14):
        run_cell(bar.page, index)
    bar.shows("baseline", "run")
    bar.ask(bar.line("fit", "run"), "Register its model…")
    bar.write("fits")
    bar.unfold("fits")
    notebook.scroll(0)
    bar.ask(bar.line("baseline", "run"), "Open its cell")
    assert notebook.flashed("%%track baseline")
    until(bar.page, lambda: bar.page.locator(".tb-Flash").count() == 0, "the end of the flash")
    notebook.scroll(0)
    bar.ask(bar.line("v1", "version"), "Open the cell that made it")
    assert notebook.flashed("%%track fit")
    look(bar.window, "side_bar_cell")


def test_the_chosen_runs_and_a_version_are_shown_in_panels(churn_bar, tabs_of):
    _, bar = churn_bar
    tabs = tabs_of(bar.page)
    bar.select("churn-1", "churn-3")
    bar.ask(bar.line("churn-3", "run"), "Compare 2 runs")
    compared = tabs.shown("compare", "churn-3")
    assert "churn-1" in compared.inner_text()
    assert "churn-4" not in compared.inner_text()
    bar.ask(bar.line("v2", "version"), "Show in the registry")
    tabs.shown("registry", "version 2")
    look(bar.window, "side_bar_panels")
    theme(bar.page, "Dark")
    look(bar.window, "side_bar_panels_dark")
