"""A study to look at in every view of the comparison: a sweep with seeds, predictions, pictures, and markup for names."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from pages import EVIL

from trackbook.tracking.artifacts import log_figure, log_text
from trackbook.tracking.data import log_dataset, log_predictions
from trackbook.tracking.start import start_run, use_store

EVIL_SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='80' onload=\"top.hacked='svg'\"><script>top.hacked='svg'</script><circle cx='40' cy='40' r='30' fill='#009e73'/></svg>"


def sweep(folder):
    """Write two dozen runs over four params with two seeds, and two that kept predictions; returns the store."""
    folder.mkdir()
    store = use_store(folder / "trackbook.duckdb", keep=False)
    rng = np.random.default_rng(3)
    for place in range(24):
        lr, depth, opt = 10.0 ** -(1 + place % 4), 2 + place // 4 % 3 * 2, ["adam", EVIL.format("opt")][place // 2 % 2]
        with start_run(EVIL.format("run") if place == 5 else f"run-{place:02d}", store=store) as run:
            run.log_params({"lr": lr, "depth": depth, "opt": opt, "seed": place // 12})
            for step in range(5):
                run.log_metric("acc", 0.9 - 0.03 * (math.log10(lr) + 3) ** 2 + step / 500 + rng.normal() / 300, step)
            run.log_metric("val_loss", 2 / depth + rng.normal() / 50)
    _judged(store, rng)
    return store


def _judged(store, rng):
    from PIL import Image

    rows = 900
    x, truth = rng.uniform(0, 4, rows), rng.integers(0, 3, rows)
    labels = np.array(["cat", "dog", "owl"])
    for name, hurt in (("careful", 0.1), ("hasty", 0.6)):
        with start_run(name, store=store) as run:
            run.log_params({"lr": 0.001, "depth": 4, "opt": "adam", "seed": 1 if hurt < 0.5 else 2, "speed": hurt})
            run.log_metric("acc", 0.9 - hurt / 10)
            wrong = rng.random(rows) < np.where(x > 3, hurt, 0.1)
            log_predictions(labels[truth], labels[np.where(wrong, (truth + 1) % 3, truth)], run=run)
            log_dataset(pd.DataFrame({"x": x, EVIL.format("column"): truth % 2}), "test", store=True, run=run)
            log_figure(Image.linear_gradient("L").resize((160, 120)), "plots/gradient.png", run=run)
            log_text(EVIL_SVG, "evil.svg", run=run)
