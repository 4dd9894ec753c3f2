"""The control page as a file: whoever is killed when, and whatever lies there, it reads as something whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from trackbook.errors import BadInput
from trackbook.ids import new_id
from trackbook.store import control
from trackbook.store.control import (
    PAGE_BYTES,
    STOP,
    STOPPED,
    change_knobs,
    make_page,
    page_path,
    pages_there,
    raise_flag,
    read_page,
    remove_page,
)
from trackbook.store.control_page import ControlPage, PolledMemory
from trackbook.store.lock import LockTimeoutError


@pytest.fixture
def location(home):
    home.location.prepare()
    return home.location


@pytest.fixture
def run_id(location):
    run_id = new_id()
    make_page(location, run_id)
    return run_id


def turn(location, run_id, **values):
    def change(knobs):
        for name, value in values.items():
            knobs[name] = [0, value]

    change_knobs(location, run_id, change, 10.0)


def values(location, run_id):
    return {name: each.value for name, each in read_page(location, run_id).knobs.items()}


@pytest.fixture
def python():
    """Start Python processes that know the page by their arguments; whatever still lives at the end is killed."""
    born = []

    def start(code, *arguments):
        born.append(
            subprocess.Popen(
                [sys.executable, "-c", _BEGIN + code, *map(str, arguments)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
        )  # fmt: skip
        return born[-1]

    yield start
    for process in born:
        process.kill()
        process.communicate()


_BEGIN = """
import sys
from pathlib import Path
from trackbook.store.control import *
from trackbook.store.location import Location
location, run_id = Location(Path(sys.argv[1])), sys.argv[2]
"""


def test_a_new_page_asks_for_nothing(location, run_id):
    state = read_page(location, run_id)
    assert (state.asks, state.stop_requested, state.stopped, state.knobs) == (False, False, False, {})
    assert page_path(location, run_id).stat().st_size == PAGE_BYTES


def test_what_one_process_sets_the_loop_of_another_reads_in_its_memory(location, run_id, python):
    page = ControlPage(location, run_id)
    assert page.memory[STOP] == 0
    assert python("raise_flag(location, run_id, STOP, 5)", location.file, run_id).wait(60) == 0
    assert page.memory[STOP] == 1
    assert read_page(location, run_id).asks


def test_the_first_of_several_that_raise_a_flag_is_told_so(location, run_id):
    assert not raise_flag(location, run_id, STOPPED, 1.0).stopped
    assert raise_flag(location, run_id, STOPPED, 1.0).stopped
    assert remove_page(location, run_id)
    assert not remove_page(location, run_id)


@pytest.mark.parametrize("value", [1e-3, float("inf"), -7, True, "größer → 実験", "", "NaN"], ids=repr)
def test_a_knob_comes_back_as_it_was_given(location, run_id, value):
    page = ControlPage(location, run_id)
    turn(location, run_id, lr=value)
    assert page.knobs() == {"lr": [0, value]}
    assert type(page.knobs()["lr"][1]) is type(value)


HALF = """
import os, trackbook.store.control as control
def slowly(descriptor, content, offset, write=os.pwrite):
    part = {part}
    write(descriptor, content[:part], offset)
    if part < len(content) or {after_slot}:
        print("half", flush=True)
        sys.stdin.readline()
control.os = type(os)("os")
control.os.__dict__.update(os.__dict__, pwrite=slowly)
change_knobs(location, run_id, lambda knobs: knobs.update(lr=[0, 2.0]), 5)
"""


@pytest.mark.parametrize(
    ("part", "after_slot"),
    [
        pytest.param("3", "False", id="within the number"),
        pytest.param("20", "False", id="within the text"),
        pytest.param("len(content)", "True", id="before the number moves"),
    ],
)
def test_a_setter_killed_in_the_middle_of_a_write_leaves_the_value_before(location, run_id, python, part, after_slot):
    turn(location, run_id, lr=1.0)
    page = ControlPage(location, run_id)
    setter = python(HALF.format(part=part, after_slot=after_slot), location.file, run_id)
    assert setter.stdout.readline() == "half\n"
    assert values(location, run_id) == {"lr": 1.0}
    with pytest.raises(LockTimeoutError):
        raise_flag(location, run_id, STOP, 0.0)
    setter.kill()
    setter.wait(60)
    assert values(location, run_id) == {"lr": 1.0}
    assert page.knobs() == {"lr": [0, 1.0]}
    turn(location, run_id, lr=3.0)
    assert page.knobs() == {"lr": [0, 3.0]}


TURNING = """
print("begun", flush=True)
for number in range(1, 10**9):
    change_knobs(location, run_id, lambda knobs: knobs.update(a=[0, number], b=[0, "x" * (number % 500)]), 30)
"""


def test_setters_killed_at_any_moment_never_leave_half_a_text(location, run_id, python):
    page = ControlPage(location, run_id)
    last = 0
    for wait in (0.0, 0.003, 0.01, 0.02):
        setter = python(TURNING, location.file, run_id)
        assert setter.stdout.readline() == "begun\n"
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline or not page.knobs():
            assert_whole(page.knobs())
        setter.kill()
        setter.wait(60)
        state = read_page(location, run_id)
        assert_whole({name: [each.default, each.value] for name, each in state.knobs.items()})
        assert page.knobs()["a"][1] == state.knobs["a"].value
        last = state.knobs["a"].value
    assert last > 0


def assert_whole(knobs):
    if knobs:
        assert len(knobs["b"][1]) == knobs["a"][1] % 500, "a text of one writer, a number of another"


EIGHT = """
print("begun", flush=True)
sys.stdin.readline()
for number in range(100):
    change_knobs(location, run_id, lambda knobs: knobs.update({sys.argv[3]: [0, knobs.get(sys.argv[3], [0, 0])[1] + 1]}), 60)
"""


def test_eight_setters_at_once_lose_no_change(location, run_id, python):
    page = ControlPage(location, run_id)
    setters = [python(EIGHT, location.file, run_id, f"knob{number}") for number in range(8)]
    for setter in setters:
        assert setter.stdout.readline() == "begun\n"
    for setter in setters:
        setter.stdin.write("go\n")
        setter.stdin.flush()
    while any(setter.poll() is None for setter in setters):
        page.knobs()
    assert [setter.returncode for setter in setters] == [0] * 8
    assert {name: entry[1] for name, entry in page.knobs().items()} == {f"knob{number}": 100 for number in range(8)}


def test_knobs_that_do_not_fit_are_refused_and_the_page_stays(location, run_id):
    turn(location, run_id, lr=1.0)
    with pytest.raises(BadInput, match="is the most; shorten"):
        turn(location, run_id, text="x" * PAGE_BYTES)
    assert values(location, run_id) == {"lr": 1.0}


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"TBctrl\x02\x00".ljust(PAGE_BYTES, b"\x00"), os.urandom(PAGE_BYTES)],
    ids=["empty", "short", "a newer format", "noise"],
)
def test_what_is_no_page_of_ours_is_refused_with_a_sentence(location, run_id, content):
    page_path(location, run_id).write_bytes(content)
    for ask in (read_page, ControlPage, lambda *place: raise_flag(*place, STOP, 1.0)):
        with pytest.raises(BadInput, match="control page"):
            ask(location, run_id)


def test_noise_in_the_knobs_reads_as_none_and_is_written_over(location, run_id):
    with page_path(location, run_id).open("r+b") as file:
        file.seek(control.NUMBER.start)
        file.write(os.urandom(PAGE_BYTES - control.NUMBER.start))
    page = ControlPage(location, run_id)
    assert page.knobs() == {}
    assert read_page(location, run_id).knobs == {}
    turn(location, run_id, lr=1.0)
    assert page.knobs() == {"lr": [0, 1.0]}


@pytest.mark.parametrize("name", ["../../../etc/passwd", "last", "", "x" * 36, "/tmp/page", 7])
def test_only_a_run_id_becomes_a_path(location, name):
    for ask in (page_path, make_page, read_page, remove_page):
        with pytest.raises(ValueError):
            ask(location, name)


def test_on_a_network_file_system_the_page_is_read_now_and_then(location, run_id, monkeypatch):
    monkeypatch.setenv("TRACKBOOK_PLAIN_WRITES", "1")
    now = [100.0]
    monkeypatch.setattr("trackbook.store.control_page.time.monotonic", lambda: now[0])
    page = ControlPage(location, run_id)
    assert isinstance(page.memory, PolledMemory)
    assert read_page(location, run_id).asks
    page.show_progress(1, 9)
    page.show_progress(2, 9)  # too soon
    assert (read_page(location, run_id).done, read_page(location, run_id).total) == (1, 9)
    monkeypatch.setattr("trackbook.store.control.time.monotonic", lambda: now[0])
    raise_flag(location, run_id, STOP, 1.0)
    turn(location, run_id, lr=1.0)
    assert page.memory[STOP] == 0
    now[0] += 0.6
    assert page.memory[STOP] == 1
    assert page.knobs() == {"lr": [0, 1.0]}
    remove_page(location, run_id)
    now[0] += 0.6
    assert page.memory[STOP] == 1
    page.show_progress(3, 9)


BORN = """
import trackbook as tb
print(tb.start_run("doomed").run_id, flush=True)
sys.stdin.readline()
"""


def test_a_merge_sweeps_the_pages_of_lost_and_ended_runs_and_nothing_else(home, location, run_id, python, monkeypatch):
    monkeypatch.setenv("TRACKBOOK_STORE", str(location.file))
    doomed, alive = (python(BORN, location.file, run_id) for _ in range(2))
    lost, running = doomed.stdout.readline().strip(), alive.stdout.readline().strip()
    (location.folder / "control" / "notes.txt").write_text("mine")
    assert sorted(pages_there(location)) == sorted([run_id, lost, running])
    doomed.kill()
    doomed.wait(60)
    home.merge()
    assert sorted(pages_there(location)) == sorted([run_id, running])
    assert (location.folder / "control" / "notes.txt").read_text() == "mine"


def test_a_merge_keeps_the_page_of_a_run_that_was_taken_up_again(home):
    from trackbook.tracking.start import start_run

    with start_run("first", store=home) as run:
        pass
    home.merge()
    again = start_run(run_id=run.run_id, store=home)
    home.merge()
    assert pages_there(home.location) == [run.run_id]
    again.end()
    assert pages_there(home.location) == []
