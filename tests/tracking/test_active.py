"""Which run a log call means: the block's own, across threads, tasks and processes."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

import trackbook as tb
from trackbook.store import TrackbookWarning
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
