"""The short way into skops' format gives what its public way gives, and disturbs no other thread."""

from __future__ import annotations

import sys
import threading
from importlib import import_module

import numpy as np
import pytest

from trackbook.models import skops_files, skops_members


def models():
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    numbers, answers = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 3
    yield from (
        model.fit(numbers, answers)
        for model in (
            RandomForestClassifier(5, random_state=0, class_weight={0: 1.0, 1: 2.0, 2: 1.0}),
            GradientBoostingClassifier(n_estimators=3),
            HistGradientBoostingClassifier(max_iter=3),
            KNeighborsClassifier(),
            make_pipeline(
                ColumnTransformer([("scale", StandardScaler(), [0, 1]), ("log", FunctionTransformer(np.abs), [2])]),
                LogisticRegression(),
            ),
        )
    )
    yield make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(["ein Haus", "zwei Häuser"] * 3, [0, 1] * 3)


@pytest.mark.parametrize("model", [*models()], ids=lambda model: type(model).__name__)
def test_the_short_way_and_the_public_way_write_the_same_file(tmp_path, monkeypatch, model):
    types = skops_files.write(model, tmp_path / "short")
    monkeypatch.setattr(skops_files, "members_of", skops_members.public_members_of)
    assert skops_files.write(model, tmp_path / "public") == types
    assert (tmp_path / "short").read_bytes() == (tmp_path / "public").read_bytes()


def test_a_skops_that_is_built_otherwise_inside_is_asked_in_public(tmp_path, monkeypatch, forest, iris):
    monkeypatch.delattr(import_module("skops.io._utils"), "SaveContext")
    skops_files.write(forest, tmp_path / "model.skops")
    loaded = skops_files.read(tmp_path, tmp_path / "model.skops", trust=False)
    assert (loaded.predict(iris[0]) == forest.predict(iris[0])).all()


def test_what_one_thread_leaves_out_another_still_imports():
    left_out = skops_files._left_out
    with left_out(frozenset({"wave"})):
        sys.modules.pop("wave", None)
        with pytest.raises(ModuleNotFoundError, match="left out"):
            import_module("wave")
        found = []
        other = threading.Thread(target=lambda: found.append(import_module("wave")))
        other.start()
        other.join()
    assert found[0].__name__ == "wave"
    assert import_module("wave") is found[0]
