"""A small study to look at in the run table: made runs, realistic numbers, and names that try to be markup."""

from __future__ import annotations

import contextlib
import math
import random
from datetime import UTC, datetime, timedelta

from pages import EVIL

from trackbook.tracking.data import log_predictions
from trackbook.tracking.start import start_run, use_store

NAMES = [
    "brave-otter",
    "calm-fox",
    "swift-heron",
    "quiet-lynx",
    "bold-wren",
    "dry-maple",
    "keen-ibis",
    "late-aspen",
    "mild-raven",
    "pale-birch",
]


def study(folder, runs=24):
    """Write runs of a few settings with three seeds each; returns the store."""
    folder.mkdir(parents=True, exist_ok=True)
    store = use_store(folder / "trackbook.duckdb", keep=False)
    random.seed(7)
    for place in range(runs):
        depth, lr = (4, 6, 8)[place // 3 % 3], (0.1, 0.03)[place // 9 % 2]
        name = f"{NAMES[place % 10]}-{place}" if place >= 10 else NAMES[place]
        with contextlib.suppress(ValueError), start_run(name, experiment="churn", store=store) as run:
            run.log_params({"max_depth": depth, "learning_rate": lr, "seed": place % 3, "model": "xgboost"})
            run.set_tags({"team": "ads" if place % 2 else "search"})
            floor = 0.2 + 0.4 / depth + random.random() * 0.02
            for step in range(120):
                run.log_metric("val_loss", floor + 0.9 * math.exp(-step * lr) + random.random() * 0.01, step=step)
            if place == 5:
                raise ValueError("no rows left after the filter")
            run.log_metric("accuracy", 0.86 + depth * 0.006 + random.random() * 0.004)
            run.log_metric("f1", 0.8 + depth * 0.007 + random.random() * 0.006)
    _spread_times(store)
    return store


def predicted(folder):
    """Write three runs that kept what they predicted: `best`, `near`, which is as good, and `worse`; returns the store."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    store = use_store(folder / "trackbook.duckdb", keep=False)
    chance = np.random.default_rng(0)
    truth = chance.integers(0, 2, 2000)
    for name, share in (("best", 0.9), ("near", 0.895), ("worse", 0.7)):
        guess = np.where(chance.random(2000) < share, truth, 1 - truth)
        with start_run(name, store=store) as run:
            run.log_metric("accuracy", float((guess == truth).mean()))
            log_predictions(truth, guess, run=run)
    return store


def _spread_times(store):
    now = datetime.now(UTC).replace(tzinfo=None)
    with store.deciding() as db:
        numbers = [row[0] for row in db.execute("SELECT seq FROM _tb.runs").fetchall()]
        for seq in numbers:
            started = now - timedelta(minutes=3 + 17 * (max(numbers) - seq))
            took = timedelta(seconds=8 + seq * 3.7)
            db.execute(
                "UPDATE _tb.runs SET started_at = $2, ended_at = $3, notebook = 'credit.ipynb', cell_key = $4, attempt = $5 WHERE seq = $1",
                [seq, started, started + took, f"cell-{seq // 12}", seq % 12 + 1],
            )


def evil_run(store):
    """Add a run in which everything that a table shows is markup that would run a script."""
    with start_run(EVIL.format("name"), experiment=EVIL.format("experiment"), store=store) as run:
        run.log_params({EVIL.format("param"): EVIL.format("value"), "max_depth": EVIL.format("depth")})
        run.set_tags({EVIL.format("tag"): EVIL.format("tag value"), "team": EVIL.format("team")})
        run.log_metric(EVIL.format("metric"), 0.5)
        for step in range(5):
            run.log_metric("accuracy", math.nan if step == 2 else 0.5, step=step)
    with store.deciding() as db:
        db.execute(
            """UPDATE _tb.runs SET note = $2, error = $3, git_commit = $4, git_branch = $5, notebook = $6, cell_id = $7,
                                   cell_key = $7, run_by = $8, host = $9 WHERE run_id = $1""",
            [
                run.run_id,
                *map(EVIL.format, ("note", "error", "commit", "branch", "notebook", "cell", "user", "host")),
            ],
        )
    return run
