"""News without polling, and a hand on the loop of a run whose kernel is busy: a real process, a real stream."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

import trackbook as tb

LOOP = """
import sys, time
import trackbook as tb
with tb.start_run("busy", experiment="live") as run:
    print(run.run_id, flush=True)
    for step in tb.loop(range(1000)):
        tb.log_metric("loss", 1 / (step + 1) * tb.knob("scale", 1.0))
        time.sleep(0.05)
"""


@pytest.fixture
def busy(place):
    """A run in another process, which does nothing but loop; its id."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOOP], stdout=subprocess.PIPE, text=True, cwd=place,
        env=dict(__import__("os").environ, TRACKBOOK_STORE=str(place / "trackbook.duckdb")),
    )  # fmt: skip
    yield process.stdout.readline().strip(), process
    process.kill()
    process.wait()


def is_news(told):
    return told["tell"] == "changed"


@pytest.fixture
def feed(server, store, log):
    log("before")
    feed = server.feed(store=store)
    feed.wait(is_news)  # the first word of every connection
    time.sleep(1.2)
    feed.forget()
    yield feed
    feed.close()


def test_a_new_run_is_told_within_two_seconds(server, store, feed, log):
    began = time.monotonic()
    log("news")
    feed.wait(is_news, 2)
    assert server.get("runs", store=store)["runs"][0]["name"] == "news"
    assert time.monotonic() - began < 3  # with a machine that does other things


def test_a_decision_is_told(server, store, feed):
    run = server.get("runs", store=store)["runs"][0]
    server.post("runs/change", store=store, ids=[run["id"]], deed="star")
    feed.wait(is_news)


def test_nothing_is_told_while_nothing_happens(server, store, feed):
    for _ in range(10):  # asking is no news
        server.get("runs", store=store)
        time.sleep(0.2)
    time.sleep(1)
    assert feed.told == []


def test_progress_of_a_running_run_is_told_at_most_once_a_second(server, store, feed, busy):
    run_id, _ = busy
    feed.wait(lambda told: told["tell"] == "progress" and any(run["progress"] for run in told["runs"]))
    feed.forget()
    time.sleep(4)
    shown = [told["runs"] for told in feed.told if told["tell"] == "progress"]
    assert 2 <= len(shown) <= 5
    assert all(run["id"] == run_id for runs in shown for run in runs)
    values = [run["progress"] for runs in shown for run in runs]
    assert values == sorted(values)
    (line,) = [run for run in server.get("runs", store=store)["runs"] if run["id"] == run_id]
    assert line["status"] == "RUNNING"
    assert line["took"] is None


def test_a_running_run_takes_a_knob_and_stops_while_its_process_is_busy(server, store, feed, busy):
    run_id, process = busy
    feed.wait(lambda told: told["tell"] == "progress" and any(run["progress"] for run in told["runs"]))
    page = server.get(f"runs/{run_id}/control", store=store)
    assert page["asks"]
    assert page["total"] == 1000
    assert page["knobs"] == [{"name": "scale", "default": 1.0, "value": 1.0}]
    turned = server.post("runs/change", store=store, ids=[run_id], deed="knob", knob="scale", value=2.0)
    assert server.get(f"runs/{run_id}/control", store=store)["knobs"][0]["value"] == 2.0
    server.post("undo", store=store, undo=turned["undo"])
    assert server.get(f"runs/{run_id}/control", store=store)["knobs"][0]["value"] == 1.0
    wrong = {"store": store, "ids": [run_id], "deed": "knob", "knob": "scale", "value": "fast"}
    assert server.ask("POST", "runs/change", wrong).status == 400
    feed.forget()
    server.post("runs/change", store=store, ids=[run_id], deed="stop")
    process.wait(20)
    feed.wait(is_news)
    (badge,) = server.get(f"runs/{run_id}", store=store)["badges"]
    assert badge["text"] == "stopped"
    assert server.ask("GET", f"runs/{run_id}/control", store=store).status == 404


def test_a_run_whose_process_was_killed_is_told_lost(server, store, feed, busy):
    run_id, process = busy
    feed.wait(is_news)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while server.get(f"runs/{run_id}", store=store)["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert server.get(f"runs/{run_id}", store=store)["badges"][0]["text"] == "lost"


def test_many_pages_hear_the_same_and_go_without_a_word(server, store, log):
    log("first")
    feeds = [server.feed(store=store) for _ in range(10)]
    for feed in feeds:
        feed.wait(is_news)
    time.sleep(1.2)
    for feed in feeds:
        feed.forget()
    log("second")
    for feed in feeds:
        feed.wait(is_news)
        feed.close()
    time.sleep(1)
    said = server.log.read_text()
    assert "Traceback" not in said
    assert server.get("runs", store=store)["total"] == 2


def test_a_feed_of_a_store_that_is_not_there_yet_tells_of_its_first_run(server, place):
    feed = server.feed(store=f"{place.name}/trackbook.duckdb")
    feed.wait(is_news)
    feed.forget()
    with tb.start_run("first of all"):
        pass
    feed.wait(is_news)
    feed.close()
