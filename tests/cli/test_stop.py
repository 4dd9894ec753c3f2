"""`trackbook stop` and `trackbook knob`."""

import subprocess
import sys
import threading
import time

import pytest

import trackbook as tb
from trackbook.tracking.control import find_control, turn_knob

SCRIPT = """
import sys
import trackbook as tb
with tb.start_run(sys.argv[1], experiment="far") as run:
    print(run.run_id, flush=True)
    {loop}
"""
LISTENS = "for _ in tb.loop(range(10**9), total=100): tb.knob('lr', 1e-3), tb.knob('deep', False), tb.knob('n', 3)"
DEAF = "sys.stdin.readline()"


@pytest.fixture
def script(tmp_path):
    born = []

    def start(name, loop=LISTENS):
        path = tmp_path / "script.py"
        path.write_text(SCRIPT.format(loop=loop))
        born.append(
            subprocess.Popen([sys.executable, path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        born[-1].run_id = born[-1].stdout.readline().strip()
        if loop == LISTENS:
            until(lambda: len(find_control(born[-1].run_id).knobs) == 3)
        return born[-1]

    yield start
    for one in born:
        one.kill()
        one.communicate()


def until(happened):
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.002)


@pytest.mark.parametrize("wanted", ["name", "id", "beginning", "last"])
def test_a_training_elsewhere_is_stopped_and_waited_for(call, script, two_runs, wanted):
    training = script("train")
    names = {"name": "train", "id": training.run_id, "beginning": training.run_id[:16], "last": "last"}
    answer = call("stop", names[wanted], "--wait", 60)
    assert (answer.code, answer.out) == (0, "")
    asked, ended = answer.err.splitlines()
    assert asked == f"train ({training.run_id[:13]}) is asked to stop; it ends after its step."
    assert ended == f"train ({training.run_id[:13]}) has ended: FINISHED (stop)."
    assert training.wait(60) == 0


def test_a_loop_that_never_asks_needs_an_interrupt_and_the_answer_says_so(call, script):
    script("deaf", DEAF)
    answer = call("stop", "deaf", "--wait", 0.05)
    assert answer.code == 1
    assert "its loop has never listened so far" in answer.err
    assert "only an interrupt of its kernel or process will end it" in answer.err
    assert "has not ended within 0.05 seconds" in answer.err
    assert call("stop", "deaf").code == 0


def test_last_is_the_newest_that_is_running(call, script, store):
    training = script("train")
    with tb.start_run("later"):
        pass
    assert "train" in call("stop", "last", "--wait", 60).err
    assert training.wait(60) == 0


def test_a_run_that_has_ended_or_never_was_is_exit_code_1(call, two_runs):
    first, second = two_runs
    for run, status in ((first, "FINISHED"), (second, "FAILED")):
        answer = call("stop", run.name)
        assert (answer.code, answer.out) == (1, "")
        assert f"{run.name} ({run.run_id[:13]}) is not running: it is {status}." in answer.err
    answer = call("stop", "nobody")
    assert (answer.code, answer.err) == (1, "Error: There is no run 'nobody' in this store. tb.runs() lists all.\n")
    assert call("stop", "last").code == 1


def test_a_run_whose_process_was_killed_is_not_running(call, script):
    training = script("train")
    training.kill()
    training.wait(60)
    answer = call("stop", "train")
    assert answer.code == 1
    assert "is KILLED" in answer.err


def test_of_two_running_runs_of_one_name_none_is_stopped_by_it(call, script):
    ids = [script("twin", DEAF).run_id for _ in range(2)]
    answer = call("stop", "twin")
    assert answer.code == 1
    assert "2 running runs are named 'twin'" in answer.err
    assert all(run_id[:13] in answer.err for run_id in ids)
    assert not any(find_control(run_id).stop_requested for run_id in ids)


def test_a_run_that_has_left_its_loop_is_said_to(call, store):
    with tb.start_run("mine") as run:
        call("stop", "mine")
        assert "was asked before" not in call("stop", "mine").err  # nobody has listened yet
        tb.knob("lr", 1.0)
        assert "was asked before and ends after its step" in call("stop", "mine").err
        assert tb.should_stop()
        assert "has left its loop already" in call("stop", "mine").err
    assert run.ended_by == "stop"


def test_the_list_shows_what_runs_and_how_far_it_is(call, script, two_runs):
    assert call("stop", "--list", "--format", "json").json() == []
    training, deaf = script("train"), script("deaf", DEAF)
    until(lambda: find_control(training.run_id).done)
    rows = {row["name"]: row for row in call("stop", "--list", "--format", "json").json()}
    assert rows.keys() == {"train", "deaf"}
    assert (rows["deaf"]["run"], rows["deaf"]["listens"], rows["deaf"]["of"]) == (deaf.run_id, False, None)
    assert (rows["train"]["listens"], rows["train"]["of"], rows["train"]["asked_to_stop"]) == (True, 100, False)
    assert rows["train"]["steps"] > 0
    table = call("stop", "--list")
    assert training.run_id[:13] in table.out
    assert call("stop").code == call("stop", "train", "--list").code == 2


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [("lr", "1e-4", 1e-4), ("lr", "-1", -1.0), ("deep", "on", True), ("n", "-7", -7)],
)
def test_a_knob_is_turned_from_the_command_line(call, script, name, typed, value):
    training = script("train")
    old = {"lr": 1e-3, "deep": False, "n": 3}[name]
    answer = call("knob", "train", name, typed)
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == f"train ({training.run_id[:13]}): {name} is {typed} now; it was {old}.\n"
    assert find_control(training.run_id).knobs[name].value == value
    assert type(find_control(training.run_id).knobs[name].value) is type(old)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["lr", "fast"], "The knob 'lr' needs a number, and 'fast' is none."),
        (["n", "1.5"], "The knob 'n' needs a whole number, and '1.5' is none."),
        (["deep", "2"], "The knob 'deep' needs true or false, and '2' is none."),
        (["depth", "2"], "has no knob 'depth'. It has: lr, deep, n."),
    ],
    ids=["no number", "no whole number", "no truth", "no such knob"],
)
def test_a_wrong_turn_is_refused_with_a_sentence(call, script, words, sentence):
    script("train")
    answer = call("knob", "train", *words)
    assert answer.code == 1
    assert sentence in answer.err


def test_the_knobs_of_a_run_are_listed(call, script):
    training = script("train")
    turn_knob(training.run_id, "lr", 0.5)
    rows = call("knob", "train", "--format", "json").json()
    assert rows == [
        {"knob": "lr", "value": 0.5, "default": 0.001, "type": "float"},
        {"knob": "deep", "value": False, "default": False, "type": "bool"},
        {"knob": "n", "value": 3, "default": 3, "type": "int"},
    ]
    assert call("knob", "train", "lr").code == 2


def test_waiting_ends_when_the_run_does(call, store):
    run = tb.start_run("mine")
    thread = threading.Thread(target=lambda: (until(lambda: find_control(run.run_id).stop_requested), run.end()))
    thread.start()
    answer = call("stop", "mine", "--wait", 60)
    thread.join()
    assert answer.code == 0
    assert "has ended: FINISHED (cell)" in answer.err
