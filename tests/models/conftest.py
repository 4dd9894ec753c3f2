"""A key of its own for each test, and small models."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


@pytest.fixture(autouse=True)
def own_key(tmp_path, monkeypatch):
    """The signing key lies in the test's folder."""
    monkeypatch.setenv("TRACKBOOK_SIGNING_KEY", str(tmp_path / "keys" / "key.pem"))
    return tmp_path / "keys" / "key.pem"


@pytest.fixture(scope="session")
def iris():
    """150 flowers, four numbers each."""
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True, as_frame=True)


@pytest.fixture(scope="session")
def forest(iris):
    """A fitted forest of ten trees."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(10, random_state=0).fit(*iris)
