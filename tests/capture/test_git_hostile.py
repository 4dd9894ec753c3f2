"""Opening a notebook in a repository of a stranger runs none of the stranger's programs and reads none of our files."""

import os
import subprocess

import pytest

from trackbook.capture.git import git_ignores, read_git, repository_root

SECONDS = 20


def run_git(folder, *args):
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", *identity, *args], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def no_settings_of_this_computer(monkeypatch, tmp_path):
    (tmp_path / "no.gitconfig").touch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "no.gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def trap(tmp_path):
    """A program that leaves a mark when anybody runs it."""
    program = tmp_path / "trap.sh"
    program.write_text(f"#!/bin/sh\necho sprung $0 $@ >> {tmp_path / 'sprung'}\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    folder.mkdir()
    run_git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("lr = 0.1\n")
    (folder / "notes.txt").write_text("one\n")
    run_git(folder, "add", "-A")
    run_git(folder, "commit", "-qm", "work")
    (folder / "train.py").write_text("lr = 0.2\n")
    (folder / "notes.txt").write_text("two\n")
    return folder


def set_drivers(folder, *attributes):
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text("".join(f"* {text}\n" for text in attributes))


def fsmonitor(repo, trap):
    run_git(repo, "config", "core.fsmonitor", str(trap))


def external_diff(repo, trap):
    run_git(repo, "config", "diff.external", str(trap))


def diff_driver(repo, trap):
    set_drivers(repo, "diff=evil")
    run_git(repo, "config", "diff.evil.command", str(trap))


def text_converter(repo, trap):
    set_drivers(repo, "diff=evil")
    run_git(repo, "config", "diff.evil.textconv", str(trap))


def content_filter(repo, trap):
    set_drivers(repo, "filter=evil")
    run_git(repo, "config", "filter.evil.clean", str(trap))
    run_git(repo, "config", "filter.evil.required", "true")


def filter_with_an_equals_sign(repo, trap):
    set_drivers(repo, "filter=e=vil")
    run_git(repo, "config", "filter.e=vil.clean", str(trap))


def filter_process(repo, trap):
    set_drivers(repo, "filter=evil")
    run_git(repo, "config", "filter.evil.process", str(trap))


def filter_of_an_included_file(repo, trap):
    set_drivers(repo, "filter=evil")
    (repo / "more").write_text(f'[filter "evil"]\n\tclean = {trap}\n')
    run_git(repo, "config", "include.path", str(repo / "more"))


def pager_and_hooks(repo, trap):
    run_git(repo, "config", "core.pager", str(trap))
    run_git(repo, "config", "pager.diff", str(trap))
    run_git(repo, "config", "core.hooksPath", str(trap.parent))
    trap.with_name("post-index-change").symlink_to(trap)


def missing_objects_of_a_remote(repo, trap):
    run_git(repo, "config", "remote.origin.url", f"ext::{trap}")
    run_git(repo, "config", "remote.origin.promisor", "true")
    run_git(repo, "config", "extensions.partialClone", "origin")
    run_git(repo, "config", "core.repositoryFormatVersion", "1")
    run_git(repo, "config", "protocol.ext.allow", "always")
    blob = run_git(repo, "rev-parse", "HEAD:train.py")
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def submodule_with_a_monitor(repo, trap):
    library = repo.parent / "library"
    library.mkdir()
    run_git(library, "init", "-q")
    run_git(library, "commit", "-qm", "empty", "--allow-empty")
    run_git(repo, "submodule", "--quiet", "add", str(library), "lib")
    run_git(repo, "commit", "-qm", "lib", "lib", ".gitmodules")
    run_git(repo, "config", "diff.submodule", "log")
    run_git(repo, "config", "diff.ignoreSubmodules", "none")
    run_git(repo / "lib", "config", "core.fsmonitor", str(trap))
    (repo / "lib" / "new.py").write_text("x = 1\n")


ATTACKS = [
    *(fsmonitor, external_diff, diff_driver, text_converter, content_filter, filter_with_an_equals_sign),
    *(
        filter_process,
        filter_of_an_included_file,
        pager_and_hooks,
        missing_objects_of_a_remote,
        submodule_with_a_monitor,
    ),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_no_program_of_the_repository_runs(repo, trap, attack):
    attack(repo, trap)
    sprung = trap.with_name("sprung")
    sprung.unlink(missing_ok=True)  # by the commands that laid the trap
    state = read_git(repo, SECONDS)
    git_ignores(repo, repo / "x")
    repository_root(repo)
    assert not sprung.exists(), sprung.read_text()
    assert state.branch == "main"
    assert state.edits >= 2 or state.patch_cut


@pytest.mark.parametrize(
    "attack",
    [
        fsmonitor,
        external_diff,
        text_converter,
        content_filter,
        filter_with_an_equals_sign,
        missing_objects_of_a_remote,
        submodule_with_a_monitor,
    ],
)
def test_the_same_repository_springs_the_trap_of_a_careless_reader(repo, trap, attack):
    attack(repo, trap)
    trap.with_name("sprung").unlink(missing_ok=True)
    subprocess.run(["git", "diff", "HEAD"], cwd=repo, capture_output=True, check=False, timeout=SECONDS)
    assert trap.with_name("sprung").exists()


def test_links_do_not_bring_files_of_this_computer_into_the_patch(repo, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "diary.py").write_text("dear = 'diary'\n")
    (outside / "diary.ipynb").write_text('{"cells": [{"cell_type": "code", "source": "dear_diary"}]}')
    for name in ("diary.py", "diary.ipynb"):
        (repo / name).symlink_to(outside / name)
    (repo / "sub").mkdir()
    (repo / "sub" / "diary.ipynb").write_text('{"cells": []}')
    run_git(repo, "add", "sub")
    run_git(repo, "commit", "-qm", "sub", "sub")
    (repo / "sub" / "diary.ipynb").unlink()
    (repo / "sub").rmdir()
    (repo / "sub").symlink_to(outside)
    patch = read_git(repo, SECONDS).patch
    assert "dear" not in patch


def test_a_pipe_does_not_block(repo):
    os.mkfifo(repo / "pipe.py")
    assert read_git(repo, SECONDS).branch == "main"


def test_another_diff_format_in_the_configuration_does_not_show(repo):
    before = read_git(repo, SECONDS)
    for key, value in {
        "color.ui": "always",
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.context": "0",
        "diff.orderFile": "/absent",
        "diff.renames": "copies",
        "core.quotePath": "true",
    }.items():
        run_git(repo, "config", key, value)
    assert read_git(repo, SECONDS) == before
