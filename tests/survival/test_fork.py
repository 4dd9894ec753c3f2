"""Children of a process that logs: every point once, nobody waits for a lock that stayed behind."""

from __future__ import annotations

import pytest

FORKING = """
import os, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, which is the point
import trackbook as tb
run = tb.start_run("parent")
stop = threading.Event()

def log(name):
    count = 0
    while (not stop.is_set() or count < 2000) and count < 40_000:
        run.log_metric(name, float(count), step=count)
        count += 1
        if count % 50 == 0:
            run.log_metric(f"{name}-{count}", 1.0)  # opening a metric takes other locks
    counts[name] = count

counts = {}
threads = [threading.Thread(target=log, args=(f"thread{number}",)) for number in range(3)]
for thread in threads: thread.start()
for number in range(12):
    born = os.fork()
    if not born:
        run.log_metric("thread0", -1.0)  # one the parent has opened
        for step in range(500):
            run.log_metric(f"child{number}", float(step))
        run.log_params({f"child{number}": 1})
        with tb.start_run(f"own {number}"):
            tb.log_metric("own", 1.0)
        os._exit(0)
    assert os.waitpid(born, 0)[1] == 0
stop.set()
for thread in threads: thread.join()
run.end()
print(" ".join(str(counts[f"thread{number}"]) for number in range(3)))
"""


def test_forks_while_threads_log_lose_and_double_nothing(home, child):
    counts = [int(word) for word in child(FORKING).finish().split()]
    with home.asking() as db:
        found = dict(db.execute("SELECT name, count FROM summaries WHERE name NOT LIKE '%-%'").fetchall())
        parent = db.execute("SELECT run_id FROM runs WHERE name = 'parent'").fetchone()[0]
        assert found["thread0"] == counts[0] + 12
        assert [found["thread1"], found["thread2"]] == counts[1:]
        assert [found[f"child{number}"] for number in range(12)] == [500] * 12
        params = "SELECT count(*) FROM params WHERE run_id = $1 AND name LIKE 'child%'"
        assert db.execute(params, [parent]).fetchone() == (12,)
        for name in ("thread1", *(f"child{number}" for number in range(12))):
            steps = db.execute("SELECT step FROM metrics WHERE name = $1 ORDER BY seq", [name]).fetchall()
            assert steps == [(step,) for step in range(found[name])]
        owns = "SELECT name, status, parent_run_id = $1 FROM runs WHERE name LIKE 'own%' ORDER BY length(name), name"
        # os._exit leaves no time for a last word, but the `with` block had ended each.
        assert db.execute(owns, [parent]).fetchall() == [(f"own {number}", "FINISHED", True) for number in range(12)]
        assert db.execute("SELECT count(*) FROM _tb.rejected").fetchone() == (0,)
        pairs = db.execute("SELECT count(*), count(DISTINCT (run_id, name)) FROM _tb.series").fetchone()
        assert pairs[0] == pairs[1], "one metric has two series"


POOL = """
import multiprocessing, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
import trackbook as tb

def work(number):
    for step in range(200):
        tb.log_metric(f"worker{number}", float(step))
    return number

if __name__ == "__main__":
    with tb.start_run("pool"), multiprocessing.get_context(sys.argv[1]).Pool(3) as pool:
        print(sum(pool.map(work, range(6))))
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_workers_of_a_pool_log_to_the_run_of_their_parent(home, child, tmp_path, method):
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    code = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    if method == "spawn":  # needs a main module that can be imported
        code = "import subprocess, sys; print(subprocess.run([sys.executable, *sys.argv[1:]], capture_output=True, text=True, check=True).stdout)"
    assert child(code, script, method).finish().strip() == "15"
    with home.asking() as db:
        rows = db.execute(
            "SELECT s.name, s.count, r.name, r.status FROM summaries AS s JOIN runs AS r USING (run_id) ORDER BY 1"
        )
        assert rows.fetchall() == [(f"worker{number}", 200, "pool", "FINISHED") for number in range(6)]
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_a_child_found_by_its_environment_may_die_before_the_merge(home, child):
    parent = child(
        "import os, subprocess, sys, trackbook as tb\n"
        "with tb.start_run('parent'):\n"
        "    subprocess.run([sys.executable, '-c', 'import os, trackbook as tb; tb.log_metric(\"x\", 1.0); os._exit(9)'])\n"
    )
    parent.finish()
    with home.asking() as db:
        assert db.execute("SELECT count FROM summaries").fetchall() == [(1,)]
        assert db.execute("SELECT status FROM runs").fetchall() == [("FINISHED",)]


SIGNALLED = """
import signal
import trackbook as tb
run = tb.start_run("signalled")
handled = 0
def handler(*_):
    global handled
    mine = handled = handled + 1  # a second signal may come before the first is logged
    run.log_metric("inner", float(mine), step=mine)
    if mine % 10 == 0:
        run.log_metric(f"new{mine}", 1.0)
        run.set_tags({f"t{mine}": "x"})
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for step in range(300_000):
    run.log_metric("outer", float(step), step=step)
    if step % 5000 == 0:
        run.log_params({f"p{step}": step})
signal.setitimer(signal.ITIMER_REAL, 0)
run.end()
print(handled)
"""


def test_a_signal_handler_may_log_while_its_own_thread_is_logging(home, child):
    handled = int(child(SIGNALLED).finish())
    with home.asking() as db:
        found = dict(db.execute("SELECT name, count FROM summaries WHERE name NOT LIKE 'new%'").fetchall())
        assert found == {"outer": 300_000, "inner": handled}
        for name, count in found.items():
            steps = db.execute("SELECT DISTINCT step FROM metrics WHERE name = $1", [name]).fetchall()
            assert len(steps) == count
        assert db.execute("SELECT count(*) FROM params").fetchone() == (60,)
        assert db.execute("SELECT count(*) FROM _tb.rejected").fetchone() == (0,)


INTERRUPTED = """
import signal, sys
import trackbook as tb
class Stop(Exception): pass
armed, step = False, 0
def handler(*_):
    global armed
    if armed:
        armed = False
        raise Stop
run = tb.start_run("interrupted")
log, series = run.store.spool.log, run._open_series("loss")
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0007, 0.0007)
def work():
    # A frame of its own: Python 3.13 does not cover a loop's jump back by the try around it.
    global armed, step
    armed = True
    while step < 150_000:
        log(series, float(step), step)
        step += 1
    armed = False
while step < 150_000:
    try:
        work()
    except Stop:
        pass
print("done", flush=True)
sys.stdin.readline()
signal.setitimer(signal.ITIMER_REAL, 0)
run.end()
"""


def test_an_interrupt_in_the_middle_of_a_log_call_costs_no_other_point(home, child):
    """A merge between the interrupt and the next point must not step over that one."""
    stopped = child(INTERRUPTED)
    while stopped.process.poll() is None and home.merge() and not _all_there(home):
        pass
    assert stopped.hear() == "done"
    stopped.say("end")
    stopped.finish()
    assert _all_there(home)


def _all_there(home):
    with home.asking() as db:
        return db.execute("SELECT count(DISTINCT step) FROM metrics").fetchone()[0] == 150_000
