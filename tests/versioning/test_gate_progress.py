"""Gates that take their time: what whoever waits at a terminal or a cell is told meanwhile."""

from __future__ import annotations

import io
import re
import threading
import time
from types import SimpleNamespace

import pytest

import trackbook as tb
from trackbook.versioning.gates import passing, progress


class Terminal(io.StringIO):
    """A standard error that somebody looks at."""

    def isatty(self):
        return True

    def lines(self):
        """Each thing that stood in the line, one after another."""
        return [text.strip() for text in self.getvalue().split("\r")]


@pytest.fixture
def looked_at(monkeypatch):
    """Give this process another standard error; pytest puts its own back between a fixture and its test."""

    def looked_at(stream):
        monkeypatch.setattr(progress, "sys", SimpleNamespace(stdout=None, stderr=stream))
        return stream

    return looked_at


@pytest.fixture
def terminal(looked_at):
    return looked_at(Terminal())


@pytest.fixture
def gates(rules, monkeypatch):
    """Give the project gates of its own: functions by name."""

    def gates(**own):
        wanted = "".join(f"{name} = true\n" for name in own)
        rules(f"[registry.gates.Production]\n{wanted}")
        monkeypatch.setattr(passing, "known_gate", own.get)

    return gates


def quick(facts, asked):
    return None


def until(question):
    deadline = time.monotonic() + 20
    while not question():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def writers():
    return [thread for thread in threading.enumerate() if thread.name == "trackbook-gates"]


def test_a_gate_that_takes_long_is_named_with_its_place_until_all_are_tried(log, gates, terminal):
    def slow(facts, asked):
        until(lambda: "Trying" in terminal.getvalue())

    tb.register("churn", log())
    gates(first=quick, second=slow, third=quick)
    tb.promote("churn", 1)
    _, *trying, last = terminal.lines()
    assert all(re.fullmatch(r"Trying the gate second \(2 of 3\), \d s…", text) for text in trying)
    assert re.fullmatch(r"3 of 3 gates tried in \d\.\d s\.", last)
    assert terminal.getvalue().endswith("\n")
    assert writers() == []


def test_quick_gates_are_not_worth_a_word(log, gates, terminal):
    tb.register("churn", log())
    gates(first=quick, second=quick)
    tb.promote("churn", 1)
    assert terminal.getvalue() == ""


def test_where_nobody_looks_nothing_is_said(log, gates, looked_at):
    stream = looked_at(io.StringIO())

    def asks_who_writes(facts, asked):
        assert writers() == []

    tb.register("churn", log())
    gates(first=asks_who_writes)
    tb.promote("churn", 1)
    assert stream.getvalue() == ""


def test_an_interrupted_gate_leaves_nobody_writing(log, gates, terminal, stages):
    def interrupted(facts, asked):
        until(lambda: "Trying" in terminal.getvalue())
        raise KeyboardInterrupt

    tb.register("churn", log())
    gates(first=quick, second=interrupted, third=quick)
    with pytest.raises(KeyboardInterrupt) as held:
        tb.promote("churn", 1)
    assert held.tb is not None  # as IPython holds the last traceback
    assert writers() == []
    assert terminal.lines()[-1].startswith("2 of 3 gates tried in ")
    assert stages() == {1: "None"}


def test_a_progress_bar_of_ones_own_is_taken(log, gates, terminal):
    seen = []

    def bar(names):
        for name in names:
            seen.append(name)
            yield name

    tb.register("churn", log())
    gates(first=quick, second=quick)
    tb.promote("churn", 1, progress=bar)
    assert seen == ["first", "second"]
