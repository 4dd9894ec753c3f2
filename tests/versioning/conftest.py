"""Real models of scikit-learn, logged by real runs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import trackbook as tb

X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = np.array([0, 0, 1, 1])


@pytest.fixture
def log(home):
    """Log a small classifier as a run of its own; returns the run."""

    def log(name="fit", *, strength=1.0, model=None, example=X[:2], metrics=(), **kwargs):
        with tb.start_run(name, experiment="churn") as run:
            model = LogisticRegression(C=strength).fit(X, Y) if model is None else model
            tb.log_model(model, input_example=example, **kwargs)
            tb.log_metrics(dict(metrics))
        return run

    return log


@pytest.fixture
def three(log):
    """Three versions of churn, the stages as nobody touched them."""
    for strength in (1.0, 2.0, 3.0):
        tb.register("churn", log(strength=strength))


@pytest.fixture
def rules(home):
    """Write the project's rules."""

    def rules(text):
        home.location.file.with_name("trackbook.toml").write_text(text)

    return rules


@pytest.fixture
def stages(home):
    """Say who is where, by version."""

    def stages(model="churn"):
        frame = tb.versions(model)
        return dict(sorted(zip(frame["version"], frame["stage"], strict=True)))

    return stages
