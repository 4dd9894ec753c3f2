"""A notebook inside a git repository: commit, uncommitted code, environment, and the offer to ignore the store."""

from __future__ import annotations

import queue
import subprocess
import time
from contextlib import suppress

import nbformat
import pytest
from kernel import done_id
from notebook import card_of

OFFER = "→ keep the store out of git:"
WARNING = "⚠ uncommitted code:"


def git(folder, *words):
    command = ["git", "-c", "user.name=ana", "-c", "user.email=ana@example.org", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def write_notebook(folder, source, outputs=()):
    cell = nbformat.v4.new_code_cell(source, outputs=list(outputs), id="c1")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "work.ipynb")


def new_repository(folder):
    git(folder, "init", "-q", "-b", "main")
    (folder / "model.py").write_text("DEPTH = 1\n")
    (folder / ".gitignore").write_text("profile/\n")
    write_notebook(folder, "x = 1")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    return git(folder, "rev-parse", "HEAD")


def settled(notebook, code):
    """The card of a cell as it stands when the look around is over, which may be after the cell's end."""
    deadline = time.monotonic() + 20
    busy = "get_ipython()._trackbook.recorder.lookout.latest() is None"
    while notebook.value(busy) and time.monotonic() < deadline:  # else the poll below may swallow the card's update
        time.sleep(0.02)
    done = notebook.cell(code)
    while notebook.value("get_ipython()._trackbook.recorder.lookout.latest() is None") and time.monotonic() < deadline:
        time.sleep(0.02)
    with suppress(queue.Empty):
        while message := notebook.kernel.client.get_iopub_msg(timeout=0.2):
            if message["parent_header"].get("msg_id") == done_id(done):
                done.messages.append((message["msg_type"], message["content"]))
    return card_of(done)


@pytest.fixture
def repository(tmp_path):
    commit = new_repository(tmp_path)
    return tmp_path, commit


def test_a_run_knows_its_commit_and_the_code_that_was_not_committed(open_notebook, repository):
    folder, commit = repository
    notebook = open_notebook(JPY_SESSION_NAME=str(folder / "work.ipynb"))
    clean = settled(notebook, "%%track clean\nlr = 0.1")
    assert f"git {commit[:6]}" in clean
    assert WARNING not in clean
    (folder / "model.py").write_text("DEPTH = 2\n")
    write_notebook(folder, "x = 2", [nbformat.v4.new_output("stream", text="SECRET OUTPUT")])
    # The look is two seconds fresh; a reloaded extension looks again at once.
    notebook.cell("%reload_ext trackbook")
    dirty = settled(notebook, "%%track dirty\nlr = 0.2")
    assert f"git {commit[:6]} +2 edits" in dirty
    assert f"{WARNING} 2 files changed; the patch is kept with the run" in dirty
    assert notebook.run("clean", "git_commit", "git_branch", "git_edits", "git_patch") == [commit, "main", 0, ""]
    edits, patch, environment = notebook.run("dirty", "git_edits", "git_patch", "environment")
    assert edits == 2
    for line in ("-DEPTH = 1", "+DEPTH = 2", "-x = 1", "+x = 2"):
        assert line in patch.splitlines()
    assert "SECRET OUTPUT" not in patch
    assert environment["python"].count(".") == 2
    assert "duckdb" in environment["packages"]
    shown = notebook.says("%track show dirty")
    assert f"git         {commit[:12]} main, 2 files edited" in shown
    assert "+DEPTH = 2" in shown


def test_a_cell_right_after_a_commit_has_the_new_one(open_notebook, repository):
    folder, commit = repository
    notebook = open_notebook(JPY_SESSION_NAME=str(folder / "work.ipynb"))
    settled(notebook, "%%track before\nlr = 0.1")
    git(folder, "commit", "--allow-empty", "-qm", "two")
    settled(notebook, "%%track behind\nlr = 0.2")
    assert notebook.run("before", "git_commit") == commit
    assert notebook.run("behind", "git_commit") == git(folder, "rev-parse", "HEAD")


def test_the_offer_to_ignore_the_store_appears_once_in_its_life(open_notebook, repository):
    folder, _ = repository
    notebook = open_notebook()
    cards = [settled(notebook, f"%%track\nlr = {lr}") for lr in (0.1, 0.2)]
    again = open_notebook()
    cards.append(settled(again, "%%track\nlr = 0.3"))
    assert [OFFER in card for card in cards] == [True, False, False]
    offered = next(line for line in cards[0].splitlines() if OFFER in line).partition(OFFER)[2].strip()
    notebook.cell(offered)
    assert "trackbook" not in git(folder, "status", "--porcelain")


def test_nothing_is_offered_where_the_store_is_ignored_already(open_notebook, repository):
    folder, _ = repository
    (folder / ".gitignore").write_text("profile/\n*.duckdb*\n")
    assert OFFER not in settled(open_notebook(), "%%track\nlr = 0.1")


def test_outside_a_repository_there_is_neither_commit_nor_offer(open_notebook):
    notebook = open_notebook()
    card = settled(notebook, "%%track alone\nlr = 0.1")
    assert OFFER not in card
    assert "git" not in card
    assert notebook.run("alone", "git_commit") == ""
    assert notebook.value("bool(tb.get_run('alone').environment)") is True
