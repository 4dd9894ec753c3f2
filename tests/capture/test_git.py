"""What is read of a repository: commit, branch, remote and the uncommitted patch, in every state it may be in."""

import json
import os
import subprocess
import time

import pytest

from trackbook.capture.git import git_ignores, read_git, repository_root, without_login

SECONDS = 20


def run_git(folder, *args):
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", *identity, *args], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write_notebook(path, *sources, outputs=()):
    cells = [
        {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": list(outputs), "metadata": {}}
        for source in sources
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def commit_all(folder):
    run_git(folder, "add", "-A")
    run_git(folder, "commit", "-qm", "work")


@pytest.fixture(autouse=True)
def no_settings_of_this_computer(monkeypatch, tmp_path):
    (tmp_path / "no.gitconfig").touch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "no.gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    folder.mkdir()
    run_git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("lr = 0.1\nepochs = 3\n")
    write_notebook(folder / "credit.ipynb", "import train", "model.fit(X, y)", outputs=[stream("old output")])
    commit_all(folder)
    return folder


def test_a_clean_repository_has_a_commit_a_branch_and_no_patch(repo):
    state = read_git(repo, SECONDS)
    assert state.commit == run_git(repo, "rev-parse", "HEAD")
    assert (state.branch, state.remote, state.edits, state.patch, state.patch_cut) == ("main", "", 0, "", False)


def test_a_folder_below_sees_the_whole_repository(repo):
    (repo / "deep").mkdir()
    (repo / "train.py").write_text("lr = 0.2\n")
    assert read_git(repo / "deep", SECONDS) == read_git(repo, SECONDS)
    assert repository_root(repo / "deep") == repo.resolve()


def test_no_repository_is_none(tmp_path):
    assert read_git(tmp_path, SECONDS) is None
    assert repository_root(tmp_path) is None
    assert git_ignores(tmp_path, tmp_path / "x") is False


def test_a_folder_that_is_gone_is_none(tmp_path):
    assert read_git(tmp_path / "absent", SECONDS) is None


def test_no_git_program_is_none(repo, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_git(repo, SECONDS) is None


def test_no_time_is_none(repo):
    assert read_git(repo, 0) is None


def test_staged_and_unstaged_edits_are_one_patch_that_applies(repo):
    (repo / "train.py").write_text("lr = 0.2\nepochs = 3\n")
    run_git(repo, "add", "train.py")
    (repo / "train.py").write_text("lr = 0.2\nepochs = 4\n")
    state = read_git(repo, SECONDS)
    assert state.edits == 1
    assert "-lr = 0.1\n-epochs = 3\n+lr = 0.2\n+epochs = 4\n" in state.patch
    (repo / "work.patch").write_text(state.patch)
    run_git(repo, "reset", "-q", "--hard")
    run_git(repo, "apply", "work.patch")
    assert (repo / "train.py").read_text() == "lr = 0.2\nepochs = 4\n"


def test_an_edit_that_was_taken_back_is_no_edit(repo):
    (repo / "train.py").write_text("lr = 0.2\n")
    run_git(repo, "add", "train.py")
    (repo / "train.py").write_text("lr = 0.1\nepochs = 3\n")
    assert read_git(repo, SECONDS).edits == 0


def test_a_notebook_with_other_outputs_is_no_edit(repo):
    write_notebook(repo / "credit.ipynb", "import train", "model.fit(X, y)", outputs=[stream("new output")])
    state = read_git(repo, SECONDS)
    assert (state.edits, state.patch) == (0, "")


def test_a_notebook_is_compared_by_its_sources_and_outputs_never_show(repo):
    write_notebook(repo / "credit.ipynb", "import train", "model.fit(X, y, n=3)", outputs=[stream("customer 4711")])
    state = read_git(repo, SECONDS)
    assert state.edits == 1
    assert "-model.fit(X, y)\n+model.fit(X, y, n=3)\n" in state.patch
    assert "# %%" in state.patch
    assert "output" not in state.patch
    assert "4711" not in state.patch


def test_a_notebook_that_is_no_json_is_an_edit_without_content(repo):
    (repo / "credit.ipynb").write_text("<<<<<<< secret half of a merge")
    state = read_git(repo, SECONDS)
    assert state.edits == 1
    assert "cannot be read" in state.patch
    assert "half of a merge" not in state.patch


def test_untracked_code_is_shown_and_ignored_or_other_files_are_not(repo):
    (repo / ".gitignore").write_text("private.py\n.gitignore\n")
    (repo / "private.py").write_text("hidden = 1")
    (repo / "data.csv").write_text("customer,4711")
    (repo / "helper.py").write_text("def help():\n    pass")
    write_notebook(repo / "new.ipynb", "fresh = 1", outputs=[stream("4711")])
    (repo / ".ipynb_checkpoints").mkdir()
    write_notebook(repo / ".ipynb_checkpoints" / "new-checkpoint.ipynb", "stale = 1")
    state = read_git(repo, SECONDS)
    assert state.edits == 2
    assert "+++ b/helper.py\n@@ -0,0 +1,2 @@\n+def help():\n+    pass\n\\ No newline at end of file\n" in state.patch
    assert "+fresh = 1" in state.patch
    assert not any(word in state.patch for word in ("hidden", "4711", "stale"))


def test_before_the_first_commit_everything_is_new(tmp_path):
    run_git(tmp_path, "init", "-q", "-b", "trunk")
    (tmp_path / "staged.py").write_text("a = 1\n")
    run_git(tmp_path, "add", "staged.py")
    (tmp_path / "loose.py").write_text("b = 2\n")
    state = read_git(tmp_path, SECONDS)
    assert (state.commit, state.branch, state.edits) == ("", "trunk", 2)
    assert "+a = 1" in state.patch
    assert "+b = 2" in state.patch


def test_a_detached_head_has_no_branch(repo):
    run_git(repo, "checkout", "-q", "--detach")
    state = read_git(repo, SECONDS)
    assert state.branch == ""
    assert len(state.commit) == 40


def test_a_second_working_tree_has_its_own_branch_and_edits(repo, tmp_path):
    run_git(repo, "worktree", "add", "-q", "-b", "try", str(tmp_path / "second"))
    (tmp_path / "second" / "train.py").write_text("lr = 9\n")
    assert read_git(tmp_path / "second", SECONDS).branch == "try"
    assert read_git(tmp_path / "second", SECONDS).edits == 1
    assert read_git(repo, SECONDS).edits == 0


def test_a_submodule_counts_by_its_commit(repo, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    run_git(library, "init", "-q")
    (library / "lib.py").write_text("v = 1\n")
    commit_all(library)
    run_git(repo, "submodule", "--quiet", "add", str(library), "lib")
    commit_all(repo)
    (repo / "lib" / "lib.py").write_text("v = 2\n")
    assert read_git(repo, SECONDS).edits == 0
    commit_all(repo / "lib")
    state = read_git(repo, SECONDS)
    assert state.edits == 1
    assert "+Subproject commit" in state.patch


@pytest.mark.parametrize(
    "name", ["with space.py", "naïve-模型.py", "-rf.py", 'quo"te.py', "new\nline.py", "ex:(top).py"]
)
def test_odd_file_names_are_read(repo, name):
    (repo / name).write_text("n = 1\n")
    assert read_git(repo, SECONDS).edits == 1
    commit_all(repo)
    (repo / name).write_text("n = 2\n")
    state = read_git(repo, SECONDS)
    assert state.edits == 1
    assert "-n = 1\n+n = 2\n" in state.patch


def test_a_file_name_that_is_no_text_is_read(repo):
    (repo / os.fsdecode(b"caf\xe9.py")).write_text("n = 1\n")
    assert read_git(repo, SECONDS).patch.encode()


def test_binary_and_deleted_files_are_named(repo):
    (repo / "weights.bin").write_bytes(bytes(range(256)) * 10)
    commit_all(repo)
    (repo / "weights.bin").write_bytes(bytes(range(256)) * 11)
    (repo / "train.py").unlink()
    (repo / "credit.ipynb").unlink()
    (repo / "blob.py").write_bytes(b"\0\1")
    state = read_git(repo, SECONDS)
    assert state.edits == 4
    assert "Binary files a/weights.bin and b/weights.bin differ" in state.patch
    assert "Binary files /dev/null and b/blob.py differ" in state.patch
    assert "-lr = 0.1" in state.patch
    assert "-model.fit(X, y)" in state.patch


def test_a_long_patch_is_cut_at_a_line_and_notebooks_come_first(repo):
    (repo / "train.py").write_text("".join(f"line {number} 'é'\n" for number in range(120_000)))
    write_notebook(repo / "credit.ipynb", "import train", "model.fit(X, y, n=3)")
    state = read_git(repo, SECONDS)
    assert state.patch_cut
    assert 900_000 < len(state.patch.encode()) <= 1_000_000
    assert state.patch.endswith("'é'\n")
    assert "+model.fit(X, y, n=3)" in state.patch


def test_a_huge_file_is_only_named(repo):
    (repo / "big.txt").write_text("x\n")
    commit_all(repo)
    (repo / "big.txt").write_text("a line of text\n" * 400_000)
    begun = time.monotonic()
    state = read_git(repo, SECONDS)
    assert "big.txt differ" in state.patch
    assert len(state.patch) < 1000
    assert time.monotonic() - begun < 5


def test_secrets_of_a_patch_are_masked(repo):
    (repo / "train.py").write_text('password = "hunter2"\n')
    write_notebook(repo / "credit.ipynb", "token = 'hunter2'")
    (repo / "new.py").write_text("API_KEY = 'hunter2'\n")
    state = read_git(repo, SECONDS)
    assert state.edits == 3
    assert "hunter2" not in state.patch
    assert state.patch.count("•••") == 3


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://ana:hunter2@host.org/team/p.git", "https://host.org/team/p.git"),
        ("https://hunter2@host.org/p.git", "https://host.org/p.git"),
        ("https://host.org/p.git?private_token=hunter2#x", "https://host.org/p.git"),
        ("https://ana:hun@ter2@host.org/p.git", "https://host.org/p.git"),
        ("git@host.org:team/p.git", "host.org:team/p.git"),
        ("ssh://git@host.org:22/p.git", "ssh://host.org:22/p.git"),
        ("/srv/git/p.git", "/srv/git/p.git"),
        ("", ""),
    ],
)
def test_a_remote_is_kept_without_its_login(url, kept):
    assert without_login(url) == kept


def test_the_remote_is_origin(repo):
    run_git(repo, "remote", "add", "origin", "https://ana:hunter2@host.org/p.git")
    run_git(repo, "remote", "add", "other", "https://host.org/other.git")
    assert read_git(repo, SECONDS).remote == "https://host.org/p.git"


def test_git_tells_what_it_ignores(repo):
    (repo / ".gitignore").write_text("*.duckdb\n")
    assert git_ignores(repo, repo / "trackbook.duckdb") is True
    assert git_ignores(repo, repo / "train.py") is False
    assert git_ignores(repo, repo.parent / "outside.duckdb") is False


def test_variables_of_a_git_hook_do_not_lead_elsewhere(repo, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert read_git(repo, SECONDS).branch == "main"


def test_reading_writes_nothing(repo):
    (repo / "train.py").touch()
    before = {path: path.stat().st_mtime_ns for path in (repo / ".git").rglob("*")}
    read_git(repo, SECONDS)
    assert {path: path.stat().st_mtime_ns for path in (repo / ".git").rglob("*")} == before
