"""The command line as the shell sees it: streams, exit codes, pipes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import trackbook as tb

TRACKBOOK = [sys.executable, "-m", "trackbook.cli.main"]


def shell(*words, **more):
    return subprocess.run([*TRACKBOOK, *words], capture_output=True, text=True, timeout=60, check=False, **more)


@pytest.fixture
def a_run(store):
    with tb.start_run("one"):
        tb.log_metric("acc", 0.9)
    store.merge()


def test_data_goes_to_stdout_and_everything_else_to_stderr(a_run):
    good, bad = shell("runs", "--format", "json"), shell("show", "nobody")
    assert (good.returncode, good.stderr) == (0, "")
    assert [run["name"] for run in json.loads(good.stdout)] == ["one"]
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr == "Error: There is no run 'nobody' in this store. tb.runs() lists all.\n"


def test_the_command_is_installed_and_wrong_usage_has_a_code_of_its_own(a_run):
    script = Path(sys.executable).with_name("trackbook")
    version = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=60, check=False)
    assert version.stdout == f"trackbook {tb.__version__}\n"
    assert shell("runs", "--nonsense").returncode == 2


def test_a_reader_that_goes_away_is_no_error(a_run):
    writer = subprocess.Popen(
        [*TRACKBOOK, "sql", "SELECT * FROM range(300000)", "--format", "csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout.readline() == "range\n"
    writer.stdout.close()
    assert writer.stderr.read() == ""
    writer.stderr.close()
    writer.wait(timeout=60)


def test_a_terminal_that_knows_no_unicode_gets_an_answer_all_the_same(a_run):
    with tb.start_run("größer → 実験"):
        pass
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    answer = shell("runs", "--format", "json", env=environ)
    assert answer.returncode == 0
    assert json.loads(answer.stdout)[0]["name"] == "größer → 実験"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_colours_and_bars_are_for_terminals_only(a_run):
    import pty

    def on_a_terminal(**variables):
        near, far = pty.openpty()
        environ = {**os.environ, "TERM": "xterm", **variables}
        subprocess.run([*TRACKBOOK, "runs"], stdout=far, stderr=far, env=environ, timeout=60, check=True)
        os.close(far)
        seen = os.read(near, 65_536).decode()
        os.close(near)
        return seen

    assert "\x1b[1m" in on_a_terminal()
    assert "\x1b" not in on_a_terminal(NO_COLOR="1")
    assert "\x1b" not in shell("runs").stdout
