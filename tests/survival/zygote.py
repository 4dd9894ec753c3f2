"""A process that has imported everything and forks a child for each line it reads: births in milliseconds.

Each child does one thing until it is killed, and writes down every call that returned.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

import duckdb  # noqa: F401 - children find it loaded
import numpy as np

from trackbook.store import tag_run
from trackbook.tracking.start import start_run, use_store


def log(store, note, run_name):
    run = start_run(run_name, store=store)
    note("run", run.run_id)
    for number in itertools.count():
        run.log_metric("loss", float(number))
        note("point", number)
        if number % 100 == 0:
            run.log_params({f"p{number // 100}": number})
            note("param", number // 100)


def merge(store, note, _):
    for number in itertools.count():
        store.merge(5.0)
        note("merge", number)


def decide(store, note, run_id):
    prefix = os.getpid()
    for number in itertools.count():
        tag_run(store, run_id, {f"{prefix}-{number}": "x"}, actor="test")
        note("tag", f"{prefix}-{number}")


def keep_models(store, note, _):
    """Log a model, register it, promote it, point an alias at it, again and again."""
    import trackbook as tb

    rows = np.array([[0.0], [1.0], [2.0], [3.0]])
    for number in itertools.count():
        with tb.start_run(f"fit {number}", store=store):
            tb.log_model(import_model()(C=1.0 + number).fit(rows, [0, 0, 1, 1]), input_example=rows[:2])
        note("logged", number)
        version = tb.register("churn").version
        note("registered", version)
        tb.promote("churn", version)
        note("promoted", version)
        tb.set_alias("churn", "champion", version)


def import_model():
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression


def child(order):
    report = os.open(order["report"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(kind, what):
        os.write(report, f"{kind} {what}\n".encode())

    store = use_store(Path(order["store"]))
    {"log": log, "merge": merge, "decide": decide, "keep models": keep_models}[order["do"]](store, note, order["about"])


if __name__ == "__main__":
    if "models" in sys.argv:  # what takes seconds is taken once
        import trackbook.versioning.moving
        import trackbook.versioning.packing  # noqa: F401
        from trackbook.models import write_package

        rows = np.array([[0.0], [1.0]])
        with tempfile.TemporaryDirectory() as folder:
            write_package(Path(folder) / "model", import_model()().fit(rows, [0, 1]), input_example=rows)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried at once
    print("ready", flush=True)
    for line in sys.stdin:
        born = os.fork()
        if not born:
            try:
                child(json.loads(line))
            finally:
                os._exit(1)
        print(born, flush=True)
