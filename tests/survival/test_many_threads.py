"""Threads of one process log without a lock between them: nothing is lost, doubled or out of order."""

import sys
import threading

import pytest

import trackbook as tb

THREADS, POINTS = 6, 60_000  # together nearly three segments, so that they turn over under them


@pytest.fixture
def hasty():
    """Change threads as often as Python can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_step_of_a_metric_that_threads_share_is_there_once(home, hasty):
    with tb.start_run("shared") as run:

        def work(_):
            for _ in range(POINTS):
                run.log_metric("loss", 0.5)

        together(work)
    with home.asking() as db:
        found = db.execute("SELECT count(*), count(DISTINCT step), min(step), max(step) FROM metrics").fetchone()
    assert found == (THREADS * POINTS, THREADS * POINTS, 0, THREADS * POINTS - 1)


def test_each_thread_finds_its_own_metric_whole_and_in_order(home, hasty):
    with tb.start_run("apart") as run:

        def work(number):
            for step in range(POINTS):
                run.log_metric(f"loss{number}", float(step))
                if step % 5000 == 0:
                    run.set_tags({f"at{number}": step})

        together(work)
    with home.asking() as db:
        for number in range(THREADS):
            rows = db.execute("SELECT step, value FROM metrics WHERE name = $1 ORDER BY seq", [f"loss{number}"])
            assert rows.fetchall() == [(step, float(step)) for step in range(POINTS)]
