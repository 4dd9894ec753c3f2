"""Stores that cannot be asked: each gets a sentence, and the others go on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

HOLDER = """
import sys, duckdb
db = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(place, log):
    """The store's file, held open by a program that is none of ours."""
    log()
    log.__globals__["tb"].runs()  # merged, so that there is a file
    program = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(place / "trackbook.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout.readline() == "held\n"
    yield program
    program.kill()
    program.wait()


def test_a_store_that_another_program_holds_says_who_does(server, store, place, held):
    answer = server.ask("GET", "runs", store=store)
    assert answer.status == 423
    assert "is held open by" in answer.body["message"]
    facts = server.get("stores", notebook=f"{place.name}/study.ipynb")["current"]
    assert "is held open by" in facts["fault"]
    body = {"store": store, "ids": ["0192" + "0" * 4 + "-0000-7000-8000-000000000000"], "deed": "star"}
    assert server.ask("POST", "runs/change", body).status == 423


def test_whoever_lets_go_in_time_is_waited_for(server, store, held):
    threading.Timer(1.5, held.kill).start()
    assert server.ask("GET", "runs", store=store).status == 200


def test_one_store_that_is_held_keeps_no_other_waiting(server, store, held, place):
    waiting = threading.Thread(target=server.ask, args=("GET", "runs"), kwargs={"store": store})
    waiting.start()
    began = time.monotonic()
    assert server.ask("GET", "runs", store=f"{place.name}/none.duckdb").status == 200
    assert time.monotonic() - began < 4
    waiting.join()


def test_a_program_that_opens_the_file_is_not_kept_waiting_by_us(server, store, place, log):
    log()
    server.get("runs", store=store)
    feed = server.feed(store=store)
    time.sleep(1)
    import duckdb

    for _ in range(3):  # between two questions nobody has the file
        for attempt in range(20):
            try:
                duckdb.connect(str(place / "trackbook.duckdb")).close()
                break
            except duckdb.IOException:
                assert attempt < 19
                time.sleep(0.1)
    feed.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_shown_and_not_decided_in(server, store, place, log):
    run = log()
    log.__globals__["tb"].runs()
    place.chmod(0o555)
    try:
        facts = server.get("stores", notebook=f"{place.name}/study.ipynb")["current"]
        assert not facts["writable"]
        assert server.get("runs", store=store)["total"] == 1
        body = {"store": store, "ids": [run.run_id], "deed": "star"}
        assert server.ask("POST", "runs/change", body).status == 403
    finally:
        place.chmod(0o755)


def test_a_database_of_another_program_is_left_alone(server, place):
    import duckdb

    with duckdb.connect(str(place / "sales.duckdb")) as db:
        db.execute("CREATE TABLE sales (amount INTEGER)")
    answer = server.ask("GET", "runs", store=f"{place.name}/sales.duckdb")
    assert answer.status == 400
    assert "another program" in answer.body["message"]


def test_a_page_is_told_when_another_program_lets_go(server, store, held):
    feed = server.feed(store=store)
    feed.wait(lambda told: told["tell"] == "changed", 20)
    feed.forget()
    assert server.ask("GET", "runs", store=store).status == 423
    held.kill()
    feed.wait(lambda told: told["tell"] == "changed", 20)
    assert server.get("runs", store=store)["total"] == 1
    feed.close()
