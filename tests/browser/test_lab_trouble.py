"""What the side bar says when something is in its way: a held store, one that is gone, hostile names, a full disk quota."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from conftest import serving
from lab_window import load, new_page
from pages import EVIL, SETUP, command, look, replace_cell, run_cell, save, theme, write_notebook
from registry_page import churn, evil_model, forget_store
from side_bar_page import show_side_bar

import trackbook as tb
from trackbook.store.blobs import blob_files
from trackbook.tracking.start import current_store, use_store

HOLDER = "import sys, duckdb; db = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
"""A program that is none of ours."""

QUOTA = 600_000
"""Bytes."""


@pytest.fixture
def bar_of(open_next, place):
    """Open a notebook and the side bar beside it."""
    yield lambda *cells: show_side_bar(open_next(write_notebook(place / "churn.ipynb", SETUP, *cells)))
    forget_store()


@pytest.fixture
def hold():
    """Hold a store's file until the program is ended."""
    programs = []

    def held(folder):
        program = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder / "trackbook.duckdb")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        programs.append(program)
        assert program.stdout.readline() == "held\n"
        return program

    yield held
    for program in programs:
        program.kill()
        program.wait()


def test_a_store_that_another_program_holds_is_said_and_shown_when_it_lets_go(place, bar_of, hold):
    churn(place)
    tb.runs()  # merged, so that all is in the file
    program = hold(place)
    bar = bar_of()
    bar.node.get_by_text("is held open by").wait_for()
    look(bar.window, "side_bar_held")
    program.kill()
    bar.shows("churn-4", "run")
    program = hold(place)
    bar.ask(bar.line("churn-4", "run"), "Star")
    bar.says("is held open by")
    assert bar.lines("run"), "what was known stays in view"
    look(bar.window, "side_bar_held_later")
    theme(bar.page, "Dark")
    look(bar.window, "side_bar_held_later_dark")
    program.kill()
    bar.ask(bar.line("churn-4", "run"), "Star")
    bar.shows("★ churn-4", "run")
    bar.says("Starred 1 run.")


def test_a_store_that_is_taken_away_is_said_and_found_again(place, bar_of):
    churn(place)
    bar = bar_of()
    bar.shows("churn-4", "run")
    names = ("trackbook.duckdb.d", "trackbook.duckdb")
    for name in names:
        (place / name).rename(place / f"away-{name}")
    bar.node.get_by_text("There is no store at").wait_for()
    look(bar.window, "side_bar_gone")
    for name in names:
        (place / f"away-{name}").rename(place / name)
    bar.node.get_by_role("button", name="Look again").last.click()
    bar.shows("churn-4", "run")


def test_what_was_said_of_one_store_is_not_said_of_another(place, bar_of):
    churn(place)
    other = write_notebook(place / "other" / "study.ipynb", SETUP)
    use_store(other.parent / "trackbook.duckdb")
    with tb.start_run("studied", experiment="study"):
        pass
    bar = bar_of()
    bar.shows("churn-4", "run")
    bar.ask(bar.line("churn-4", "run"), "Star")
    bar.says("Starred 1 run.")
    bar.ask(bar.line("churn-4", "run"), "Note…")
    bar.node.locator(".tb-Prompt-input").wait_for()
    bar.search("name = 'churn-4'")
    bar.until(lambda: len(bar.lines("run")) == 1, "the one that is looked for")
    command(bar.page, "docmanager:open", path=f"{place.name}/other/study.ipynb")
    bar.shows("studied", "run")
    assert bar.node.locator(".tb-Filter").input_value() == ""
    assert not bar.notice.is_visible()
    assert bar.node.locator(".tb-Prompt-input").count() == 0
    bar.line("studied", "run").click()
    bar.press("Control+z")  # of what was done in the store it was done in
    bar.says("Undone: Starred 1 run.")
    use_store(place / "trackbook.duckdb")
    assert not tb.runs("attributes.name = 'churn-4'").iloc[0]["starred"]


def test_markup_in_names_is_text_everywhere(place, bar_of):
    evil_model(churn(place))
    bar = bar_of()
    bar.shows(EVIL.format("experiment"), "experiment")
    bar.until(lambda: len(bar.lines("run")) > 0, "runs")
    if not any(EVIL.format("run") in line for line in bar.lines("run")):
        bar.line(EVIL.format("experiment"), "experiment").click()
    bar.shows(EVIL.format("run"), "run")
    for choice in ("Note…", "Tag…"):
        bar.ask(bar.line(EVIL.format("run"), "run"), choice)
        bar.write(f"name={EVIL.format(choice)}")
        bar.notice.get_by_role("button", name="Undo").wait_for()
    bar.shows("✎", "run")
    bar.line(EVIL.format("run"), "run").hover()
    bar.ask(bar.line(EVIL.format("run"), "run"), "Show code as executed")
    bar.page.locator(".tb-CodeDiff", has_text=EVIL.format("code")).wait_for()
    bar.safe()
    bar.ask(bar.line(EVIL.format("run"), "run"), "Rename…")
    bar.write(EVIL.format("renamed"))
    bar.says(EVIL.format("renamed"))
    bar.ask(bar.line(EVIL.format("renamed"), "run"), "Register its model…")
    bar.write(EVIL.format("registered"))
    bar.shows(EVIL.format("registered"), "model")
    bar.unfold(EVIL.format("model"))
    bar.shows("@", "version")
    bar.propose("v2", "Promote to Production…")
    assert EVIL.format("model") in bar.dialog.inner_text()
    bar.confirm(EVIL.format("reason"))
    bar.says(EVIL.format("model"))
    bar.search(EVIL.format("filter"))
    bar.node.locator(".tb-Fault").wait_for(state="visible")
    look(bar.window, "side_bar_evil")
    bar.safe()


def test_markup_in_the_names_of_folder_notebook_and_cell_is_text(lab, open_next):
    folder = lab.root / EVIL.format("folder")
    cell = f"%%track {EVIL.format('cell')[:20]!r}\nwords = {EVIL.format('source')!r}\naccuracy = 0.9"
    bar = show_side_bar(open_next(write_notebook(folder / f"{EVIL.format('notebook')}.ipynb", SETUP, cell)))
    for index in (0, 1):
        run_cell(bar.page, index)
    bar.shows("<img src=x", "run")
    save(bar.page)
    assert EVIL.format("folder") in bar.node.locator(".tb-Stores").inner_text()
    replace_cell(bar.page, 1, f"%%track\nother = {EVIL.format('now')!r}")
    bar.ask(bar.line("<img src=x", "run"), "Show code as executed")
    bar.page.locator(".tb-CodeDiff .tb-added", has_text="window.hacked").wait_for()
    look(bar.window, "side_bar_evil_cell")
    bar.safe()


@pytest.fixture(scope="module")
def small_lab(tmp_path_factory):
    """JupyterLab on a server whose configuration says how much a store should take."""
    home = tmp_path_factory.mktemp("small")
    (home / "config_dir").mkdir()
    (home / "config_dir" / "jupyter_server_config.json").write_text(json.dumps({"Trackbook": {"storage_quota": QUOTA}}))
    with serving("lab", "LabApp", home) as served:
        yield served


def test_storage_is_shown_by_experiment_with_a_warning_and_what_nobody_needs_is_freed(small_lab, chromium):
    notebook = write_notebook(small_lab.root / "study.ipynb", SETUP)
    use_store(small_lab.root / "trackbook.duckdb")
    for experiment, size in (("images", 300_000), ("tables", 90_000)):
        with tb.start_run(f"of {experiment}", experiment=experiment):
            (small_lab.root / "data.bin").write_bytes(experiment.encode() * (size // len(experiment)))
            tb.log_artifact(small_lab.root / "data.bin")
    orphan = forgotten(b"y" * 250_000)
    page = new_page(chromium)
    bar = show_side_bar(load(page, f"{small_lab.url}/lab/tree/{notebook.name}?token={small_lab.token}&reset"))
    bar.shows("images", "experiment")
    bar.ask_about_all("Storage…")
    pane = bar.node.get_by_role("dialog", name="storage")
    pane.wait_for()
    rows = dict(text.split("\t") for text in pane.locator("tr").all_inner_texts())
    assert (rows["images"], rows["tables"]) == ("300\u202fkB", "90\u202fkB")
    assert rows["can be freed"] == "250\u202fkB"
    assert rows["quota"] == "600\u202fkB"
    assert "more than the 600" in pane.locator(".tb-warning").inner_text()
    look(bar.window, "side_bar_storage")
    theme(page, "Dark")
    look(bar.window, "side_bar_storage_dark")
    pane.get_by_role("button", name="Free 250").click()
    bar.says("Removed 1 file that no run needs (250\u202fkB).")
    assert not orphan.exists()
    bar.ask_about_all("Storage…")
    pane.wait_for()
    assert pane.get_by_role("button", name="Free").is_disabled()
    page.context.close()
    forget_store()


def forgotten(content):
    """Keep a file that no run names, and that is older than what is spared."""
    store = current_store()
    digest, _ = store.put_blob(content)
    (file,) = [path for path in blob_files(store.location) if path.name == digest]
    days = time.time() - 3 * 24 * 3600
    os.utime(file, (days, days))
    return file
