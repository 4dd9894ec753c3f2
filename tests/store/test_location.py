"""Where the store is: decided once, by rules that a user can predict."""

from __future__ import annotations

import os
import shutil

import pytest

from trackbook.store import locate, open_store
from trackbook.store.location import Location
from trackbook.tracking.start import current_store, start_run, use_store


@pytest.fixture
def project(tmp_path):
    """A repository with notebooks two folders deep."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "notebooks" / "deep").mkdir(parents=True)
    return tmp_path / "repo"


def test_the_nearest_store_up_to_the_git_root_is_used(project):
    (project / "trackbook.duckdb").touch()
    notebook = project / "notebooks" / "deep" / "a.ipynb"
    assert locate(notebook=notebook, environ={}).file == project / "trackbook.duckdb"
    (project / "notebooks" / "trackbook.duckdb").touch()
    assert locate(notebook=notebook, environ={}).file == project / "notebooks" / "trackbook.duckdb"


def test_a_store_above_the_git_root_is_somebody_elses(project):
    (project.parent / "trackbook.duckdb").touch()
    notebook = project / "notebooks" / "a.ipynb"
    assert locate(notebook=notebook, environ={}).file == project / "notebooks" / "trackbook.duckdb"


def test_without_a_repository_only_the_notebooks_own_folder_counts(tmp_path):
    (tmp_path / "trackbook.duckdb").touch()
    (tmp_path / "sub").mkdir()
    assert locate(notebook=tmp_path / "sub" / "a.ipynb", environ={}).file == tmp_path / "sub" / "trackbook.duckdb"


def test_without_a_notebook_it_is_the_working_directory(tmp_path):
    assert locate(working=tmp_path, environ={}).file == tmp_path / "trackbook.duckdb"


@pytest.mark.parametrize(
    ("environ", "chosen", "expected"),
    [
        pytest.param({"TRACKBOOK_STORE": "other.duckdb"}, "mine.duckdb", "other.duckdb", id="the variable wins"),
        pytest.param({"TRACKBOOK_STORE": "folder"}, "", "folder/trackbook.duckdb", id="a folder means the file in it"),
        pytest.param({"TRACKBOOK_STORE": ""}, "mine.duckdb", "mine.duckdb", id="an empty variable is none"),
        pytest.param({}, "mine.duckdb", "mine.duckdb", id="then the setting"),
    ],
)
def test_a_named_store_wins_over_a_found_one(tmp_path, environ, chosen, expected):
    (tmp_path / "folder").mkdir()
    (tmp_path / "trackbook.duckdb").touch()
    assert locate(chosen=chosen, working=tmp_path, environ=environ).file == tmp_path / expected


def test_the_home_sign_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert locate(chosen="~/runs.duckdb", environ={}).file == tmp_path / "runs.duckdb"


def test_changing_the_working_directory_changes_nothing(home, tmp_path, monkeypatch):
    from trackbook.tracking import start

    start._chosen.clear()
    start._held.clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(start, "script_path", lambda: None)
    first = current_store()
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    assert current_store() is first
    with start_run("here"):
        pass
    assert first.location.file == tmp_path / "trackbook.duckdb"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_relative_path_is_fixed_when_it_is_given(home, tmp_path, monkeypatch):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    assert use_store(Path("runs.duckdb")).location.file == tmp_path / "runs.duckdb"


def test_one_place_has_one_store_object_in_a_process(home):
    assert open_store(Location(home.location.file)) is home


def test_file_and_folder_can_be_moved_together_with_runs_still_waiting(home, tmp_path):
    from trackbook.store import read_blob
    from trackbook.tracking.artifacts import log_text

    with start_run("merged") as run:
        log_text("x" * 100_000, "big.txt", run=run)
    home.merge()
    start_run("waiting").log_metric("loss", 1.0)
    home.spool.abandon()
    moved = tmp_path / "mailed" / "by.duckdb"
    moved.parent.mkdir()
    shutil.copy(home.location.file, moved)
    shutil.copytree(home.location.folder, moved.with_name("by.duckdb.d"))
    store = open_store(Location(moved))
    with store.asking() as db:
        assert db.execute("SELECT name FROM runs ORDER BY name").fetchall() == [("merged",), ("waiting",)]
        digest = db.execute("SELECT blob FROM artifacts").fetchone()[0]
    assert read_blob(store, digest) == b"x" * 100_000


def test_the_folder_beside_the_file_hides_itself_from_git(home):
    home.location.prepare()
    assert (home.location.folder / ".gitignore").read_text() == "*\n"


def test_asking_where_nothing_was_ever_logged_makes_nothing(home, tmp_path):
    with home.asking() as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (0,)
    assert list(tmp_path.iterdir()) == []
