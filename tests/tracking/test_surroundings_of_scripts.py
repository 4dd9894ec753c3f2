"""A script's runs know which commit, edits and packages they ran with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import trackbook as tb
from trackbook.tracking.start import use_store

SCRIPT = """
import trackbook as tb
for name in ("first", "second"):
    with tb.start_run(name):
        tb.log_metric("loss", 0.5)
"""
FORKS = """
import os
import trackbook as tb
with tb.start_run("parent"):
    pass
if (child := os.fork()) == 0:
    with tb.start_run("child"):
        pass
else:
    os.waitpid(child, 0)
"""
QUESTION = "SELECT name, git_commit, git_branch, git_edits, environment FROM runs ORDER BY started_at"


def git(folder, *words):
    command = ["git", "-c", "user.name=ana", "-c", "user.email=ana@example.org", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def project(home, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    return folder


def run(folder, code):
    (folder / "train.py").write_text(code)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRACKBOOK")}
    # From elsewhere: the script's own folder counts.
    subprocess.run([sys.executable, folder / "train.py"], cwd=folder.parent, env=environ, check=True, timeout=120)
    use_store(folder / "trackbook.duckdb")
    return tb.sql(QUESTION)


def test_a_scripts_runs_have_commit_branch_edits_and_environment_however_short_it_is(project):
    (project / "train.py").write_text(SCRIPT)
    git(project, "add", ".")
    git(project, "commit", "-qm", "one")
    runs = run(project, SCRIPT + "# edited since")
    assert runs["name"].tolist() == ["first", "second"]
    assert runs["git_commit"].tolist() == [git(project, "rev-parse", "HEAD")] * 2
    assert runs["git_branch"].tolist() == ["main"] * 2
    assert (runs["git_edits"] > 0).all()
    assert runs["environment"].nunique() == 1
    packages = tb.sql("SELECT packages FROM _tb.environments")
    assert "duckdb" in str(packages.iloc[0, 0])


def test_outside_a_repository_the_environment_is_all_there_is(home, tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    runs = run(folder, SCRIPT)
    assert runs["git_commit"].fillna("").tolist() == ["", ""]
    assert runs["environment"].notna().all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_looks_around_for_itself(project):
    runs = run(project, FORKS)
    assert sorted(runs["name"]) == ["child", "parent"]
    assert runs["environment"].notna().all()
