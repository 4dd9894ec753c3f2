"""Which run a log call means: the block's own, across threads, tasks and processes."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import trackbook as tb
from trackbook.errors import TrackbookWarning
from trackbook.tracking.start import start_run


def logged(home):
    """Run name -> metric names."""
    with home.asking() as db:
        rows = db.execute("SELECT r.name, s.name FROM summaries AS s JOIN runs AS r USING (run_id) ORDER BY 1, 2")
        found = {}
        for run, metric in rows.fetchall():
            found.setdefault(run, []).append(metric)
        return found


def test_a_new_thread_logs_to_the_innermost_run_of_the_process(home):
    with start_run("main"):
        thread = threading.Thread(target=tb.log_metric, args=("from a thread", 1.0))
        thread.start()
        thread.join()
    assert logged(home) == {"main": ["from a thread"]}


def test_threads_with_runs_of_their_own_do_not_mix(home):
    barrier = threading.Barrier(4)

    def work(number):
        with start_run(f"run{number}"):
            barrier.wait()
            tb.log_metric(f"m{number}", 1.0)
            barrier.wait()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logged(home) == {f"run{number}": [f"m{number}"] for number in range(4)}


def test_tasks_with_runs_of_their_own_return_to_the_run_around_them(home):
    async def work(name, mine, others):
        with start_run(name):
            mine.set()
            await others.wait()
            tb.log_metric(f"in {name}", 1.0)
        tb.log_metric(f"after {name}", 1.0)

    async def main():
        events = [asyncio.Event(), asyncio.Event()]
        with start_run("outer"):
            await asyncio.gather(work("a", *events), work("b", *reversed(events)))

    asyncio.run(main())
    assert logged(home) == {"a": ["in a"], "b": ["in b"], "outer": ["after a", "after b"]}


def test_a_nested_run_knows_its_parent_and_takes_its_experiment(home):
    with start_run("outer", experiment="churn") as outer:
        with start_run("inner") as inner:
            tb.log_metric("x", 1.0)
        tb.log_metric("y", 1.0)
    assert logged(home) == {"inner": ["x"], "outer": ["y"]}
    found = tb.get_run(inner.run_id)
    assert (found.parent_run_id, found.experiment) == (outer.run_id, "churn")


@pytest.mark.parametrize("first_to_end", [0, 1])
def test_runs_may_end_in_any_order_and_leave_nothing_behind(home, first_to_end):
    before = dict(os.environ)
    runs = [start_run("first"), start_run("second")]
    ended, lasting = runs[first_to_end], runs[1 - first_to_end]
    ended.end()
    tb.log_metric("still", 1.0)
    lasting.end()
    assert logged(home) == {lasting.name: ["still"]}
    assert tb.find_current_run() is None
    assert dict(os.environ) == before


def test_an_ended_run_is_no_longer_meant(home):
    with start_run("outer"), start_run("inner") as inner:
        inner.end()
        tb.log_metric("x", 1.0)
    assert logged(home) == {"outer": ["x"]}


def test_without_a_run_a_metric_is_a_warning_and_everything_else_an_error(home):
    with pytest.warns(TrackbookWarning, match="log_metric needs a run: put %%track on the cell"):
        tb.log_metric("x", 1.0)
    with pytest.warns(TrackbookWarning, match="log_metrics needs a run"):
        tb.log_metrics({"x": 1.0})
    for verb in (lambda: tb.log_params({"a": 1}), lambda: tb.set_tag("a", "b"), lambda: tb.log_text("a", "a.txt")):
        with pytest.raises(tb.TrackbookError, match="needs a run"):
            verb()


def test_a_process_named_in_the_environment_adds_to_that_run_and_never_ends_it(home, monkeypatch):
    run = start_run("parent")
    run_id = run.run_id
    from trackbook.tracking import active

    active.leave(run)
    monkeypatch.setenv("TRACKBOOK_RUN_ID", run_id)
    tb.log_metric("from the child", 1.0)
    tb.log_params({"lr": 1})
    with start_run("nested"):
        pass
    tb.end_run()
    assert logged(home) == {"parent": ["from the child"]}
    found = tb.get_run(run_id)
    assert (found.status, found.params) == ("RUNNING", {"lr": 1})
    assert tb.get_run("nested").parent_run_id == run_id


def test_a_thread_that_outlives_its_run_logs_to_it_and_not_to_the_next(home):
    go, done = threading.Event(), threading.Event()

    def work():
        tb.log_metric("before", 0)
        go.wait(30)
        for value in range(5):
            tb.log_metric("before", value)
        tb.set_tag("late", "yes")
        done.set()

    with start_run("one"):
        thread = threading.Thread(target=work)
        thread.start()
    with start_run("two"):
        go.set()
        assert done.wait(30)
        tb.log_metric("mine", 1)
    thread.join()
    assert logged(home) == {"one": ["before"], "two": ["mine"]}
    assert tb.get_run("one").history("before")["step"].tolist() == [0, 1, 2, 3, 4, 5]
    assert tb.get_run("one").tags == {"late": "yes"}
    assert tb.get_run("one").status == "FINISHED"


def test_a_thread_of_a_nested_run_belongs_to_that_one(home):
    go = threading.Event()

    def work():
        go.wait(30)
        tb.log_metric("late", 1)

    with start_run("outer"):
        with start_run("inner"):
            thread = threading.Thread(target=work)
            thread.start()
        go.set()
        thread.join()
    assert logged(home) == {"inner": ["late"]}


def test_a_task_that_outlives_its_run_logs_to_it(home):
    async def main():
        go = asyncio.Event()

        async def work():
            await go.wait()
            tb.log_metric("late", 1)

        with start_run("one"):
            task = asyncio.create_task(work())
        with start_run("two"):
            go.set()
            await task

    asyncio.run(main())
    assert logged(home) == {"one": ["late"]}


def test_a_pool_works_for_the_run_that_is_active(home):
    with ThreadPoolExecutor(1) as pool:
        with start_run("one"):
            pool.submit(tb.log_metric, "first", 1).result()
        with start_run("two"):
            pool.submit(tb.log_metric, "second", 1).result()
    assert logged(home) == {"one": ["first"], "two": ["second"]}


def test_a_run_that_was_ended_elsewhere_is_not_logged_to_without_a_word(home):
    run = start_run("one")
    ending = threading.Thread(target=run.end)
    ending.start()
    ending.join()
    with pytest.warns(TrackbookWarning, match="log_metric needs a run"):
        tb.log_metric("m", 1)
    assert logged(home) == {}


def test_the_warning_without_a_run_names_the_line_that_logged(home):
    for verb in (lambda: tb.log_metric("m", 1), lambda: tb.log_metrics({"m": 1})):
        with pytest.warns(TrackbookWarning, match="needs a run") as caught:
            verb()
        assert [each.filename for each in caught] == [__file__]
