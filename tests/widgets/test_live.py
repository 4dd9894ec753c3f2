"""The live panel as a browser hears it: what it is told, what it may ask."""

from __future__ import annotations

import math
import threading
import time

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import trackbook as tb
from trackbook.errors import RunNotFound
from trackbook.tracking.control import find_control
from trackbook.widgets.live import feed
from trackbook.widgets.live.hand import interrupt
from trackbook.widgets.live.message import MOST_POINTS, News, fresh_points
from trackbook.widgets.live.panel import Live


class Browser:
    """Puts messages together as js/src/lib/live_model.ts does."""

    def __init__(self):
        self.facts, self.answers, self.curves, self.bands, self.messages = None, [], {}, {}, 0
        self.names, self.sequence = [], 0

    def take(self, content, buffers=()):
        assert content["kind"] == "news"
        assert content["sequence"] == self.sequence + 1
        self.messages, self.sequence = self.messages + 1, content["sequence"]
        if content.get("reset"):
            self.names, self.curves, self.bands = [], {}, {}
        self.names += [name for name, *_ in content.get("series", ())]
        self.facts = content.get("facts") or self.facts
        self.answers += [content["answer"]] if content.get("answer") else []
        columns = [np.frombuffer(raw) for raw in buffers]
        if columns:
            start = 0
            for number, count in columns[0].reshape(-1, 2).astype(int):
                steps, values = (column[start : start + count].tolist() for column in columns[1:3])
                self.curves.setdefault(self.names[number], []).extend(zip(steps, values, strict=True))
                start += count
        if len(columns) > 3:
            self.bands |= {self.names[int(number)]: count for number, count in columns[3].reshape(-1, 2)}


def until(happened, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (answer := happened()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)
    return answer


@pytest.fixture
def browser(monkeypatch):
    seen = Browser()
    monkeypatch.setattr(Live, "send", lambda _, content, buffers=None: seen.take(content, buffers or ()))
    return seen


@pytest.fixture
def show(home, browser):
    """Make a panel, of the running run if not said otherwise; all are closed at the end."""
    panels = []

    def make(*wanted):
        panels.append(tb.live(*wanted))
        return panels[-1]

    yield make
    for panel in panels:
        panel.close()
        panel.feed._thread.join(60)


@pytest.fixture
def run(home):
    with tb.start_run("net") as run:
        yield run


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_the_curves_of_the_running_run_grow(run, show, browser):
    panel = show()
    assert panel.run_id == run.run_id
    for step in range(5):
        tb.log_metrics({"loss": 1 / (step + 1), "acc": float(step)})
        until(lambda at=step: len(browser.curves.get("acc", ())) == at + 1)
    assert browser.curves["loss"] == [(float(step), 1 / (step + 1)) for step in range(5)]


def test_what_came_before_the_panel_is_there_at_once(run, show, browser):
    for step in range(3):
        tb.log_metric("loss", float(step))
    show()
    until(lambda: len(browser.curves.get("loss", ())) == 3)


def test_facts_say_how_far_it_is_and_how_it_ended(home, show, browser):
    with tb.start_run("net") as run:
        panel = show()
        for _ in tb.loop(range(4)):
            tb.log_metric("loss", 1.0)
        until(lambda: browser.facts and browser.facts["done"] == 4)
        assert browser.facts["state"] == "running"
        assert browser.facts["machine"].startswith("CPU")
    until(lambda: browser.facts["state"] == "finished")
    panel.feed._thread.join(60)
    assert not panel.feed._thread.is_alive()
    again = show(run.run_id)
    until(lambda: not again.feed._thread.is_alive())
    assert len(browser.curves["loss"]) == 4
    assert browser.facts["state"] == "finished"


def test_without_a_run_it_says_what_to_do_and_takes_the_first_that_comes(show, browser):
    panel = show()
    until(lambda: browser.facts)
    assert "%%track --live" in browser.facts["empty"]
    assert panel.run_id == ""
    with tb.start_run("first") as run:
        tb.log_metric("loss", 1.0)
        until(lambda: panel.run_id == run.run_id)
        until(lambda: browser.curves.get("loss"))


def test_a_run_that_is_not_there_is_a_sentence(home):
    with pytest.raises(RunNotFound):
        tb.live("nobody")


def test_a_finished_run_may_be_asked_for_by_name(home, show, browser):
    with tb.start_run("old"):
        tb.log_metric("loss", 0.5)
    with tb.start_run("new"):
        panel = show("old")
        until(lambda: browser.curves.get("loss"))
        assert browser.facts["name"] == "old"
        assert panel.run_id == tb.get_run("old").run_id


def test_a_click_stops_the_loop_after_its_step(run, show, browser):
    panel = show()
    steps = 0
    for step in tb.loop(range(1000)):
        steps += 1
        if step == 2:
            panel._hear(panel, {"kind": "stop"}, [])
    assert steps == 3
    assert browser.answers == ["It ends after this step."]
    assert browser.facts["stop"]["asks"]


def test_a_click_turns_a_knob(run, show, browser):
    panel = show()
    assert tb.knob("lr", 1e-3) == 1e-3
    panel._hear(panel, {"kind": "knob", "name": "lr", "value": 1}, [])
    assert tb.knob("lr", 1e-3) == 1.0
    assert "lr is 1" in browser.answers[-1]
    panel._hear(panel, {"kind": "knob", "name": "lr", "value": "many"}, [])
    assert "needs a number" in browser.answers[-1]
    assert find_control(run.run_id).knobs["lr"].value == 1.0


@pytest.mark.parametrize(
    "message", [None, "stop", {}, {"kind": "evil"}, {"kind": "knob"}, {"kind": "seen", "value": "x"}]
)
def test_nonsense_from_a_browser_breaks_nothing(run, show, browser, message):
    panel = show()
    panel._hear(panel, message, [])
    tb.log_metric("loss", 1.0)
    until(lambda: browser.curves.get("loss"))


def test_a_hello_brings_everything_and_from_then_on_clicks_are_known_to_be_heard(run, show, browser):
    panel = show()
    tb.log_metric("loss", 1.0)
    until(lambda: browser.curves.get("loss"))
    assert not browser.facts["heard"]
    browser.curves.clear()
    panel._hear(panel, {"kind": "hello"}, [])
    assert browser.facts["heard"]
    until(lambda: browser.curves.get("loss") == [(0.0, 1.0)])


def test_nothing_is_sent_while_nobody_sees_it_and_all_of_it_afterwards(run, show, browser, monkeypatch):
    monkeypatch.setattr(feed, "_SLOW_TICK", 0.05)
    panel = show()
    panel._hear(panel, {"kind": "hello"}, [])
    panel._hear(panel, {"kind": "seen", "value": False}, [])
    sent = browser.messages
    for step in range(10):
        tb.log_metric("loss", float(step))
    until(lambda: panel.feed.state._waiting_count == 10 or panel.feed.state.curves.get("loss"))
    assert browser.messages == sent
    panel._hear(panel, {"kind": "seen", "value": True}, [])
    until(lambda: len(browser.curves.get("loss", ())) == 10)


def test_the_grey_band_comes_from_earlier_runs(home, show, browser, monkeypatch):
    monkeypatch.setattr(feed, "_BAND_SECONDS", 0.0)
    for number in range(3):
        with tb.start_run(f"earlier {number}", experiment="net"):
            for step in range(5):
                tb.log_metric("loss", number + 1 / (step + 1))
    with tb.start_run("now", experiment="net"):
        show()
        tb.log_metric("loss", 1.0)
        until(lambda: browser.bands.get("loss"))


def test_the_picture_that_stays_is_first_and_shows_the_end(home, show, browser, shell):
    with tb.start_run("net") as run, capture_output() as shown:
        panel = show()
        panel._ipython_display_()
        tb.log_metric("loss", 0.25)
        run.end()
        panel.finish()
    pictures = [each.data["text/html"] for each in shown.outputs if "text/html" in each.data]
    assert "running" in pictures[0]
    assert "finished" in pictures[-1]
    assert "<svg" in pictures[-1]
    assert sum("application/vnd.jupyter.widget-view+json" in each.data for each in shown.outputs) == 1


def test_interrupt_is_for_a_run_of_this_process_and_only_while_it_runs(home):
    assert interrupt(None, "It runs elsewhere.") == "It runs elsewhere."
    with tb.start_run("net") as run:
        threading.Timer(0.2, interrupt, (run, "")).start()
        with pytest.raises(KeyboardInterrupt):
            time.sleep(60)
    assert "ended already" in interrupt(run, "")


def test_a_closed_panel_looks_no_more(run, show):
    panel = show()
    panel.close()
    panel.feed._thread.join(60)
    assert not panel.feed._thread.is_alive()


def test_much_at_once_is_thinned_with_its_extremes_and_its_newest_point():
    values = np.random.default_rng(0).normal(size=100_000)
    numbers = np.tile([0, 1], 50_000)
    heads, steps, sent = fresh_points((numbers, np.arange(100_000.0), values))
    assert heads.reshape(-1, 2)[:, 0].tolist() == [0, 1]
    assert len(sent) == len(steps) <= 2 * (MOST_POINTS + 1)
    assert {values.min(), values.max(), values[-1], values[-2]} <= set(sent.tolist())


def test_few_points_are_sent_as_they_are_nan_included():
    heads, steps, values = fresh_points(
        (np.array([3, 1, 3]), np.array([0.0, 5.0, 1.0]), np.array([1.0, 2.0, math.nan]))
    )
    assert heads.tolist() == [3, 1, 1, 1, 3, 1]
    assert steps.tolist() == [0, 5, 1]
    assert values[:2].tolist() == [1, 2]
    assert np.isnan(values[2])


def test_no_news_is_nothing_to_send():
    assert not News()
    assert News(reset=True).packed() == ({"kind": "news", "reset": True}, [])
