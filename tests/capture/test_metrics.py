"""The metrics that a cell shows without being asked."""

import ast
import collections
import random
import time
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, f1_score, mean_squared_error
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate

from trackbook.capture.cell import analyse
from trackbook.capture.metrics import find_metrics
from trackbook.capture.snapshot import take_snapshot
from trackbook.capture.strangers import MISSING


def found(cell, ignored=(), finished=True, **namespace):
    """Run the cell as the kernel would, with its last expression's value, and list what is found."""
    facts = analyse(cell)
    before = take_snapshot(facts, namespace)
    tree = ast.parse(cell)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), namespace)
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace) if last else MISSING
    return find_metrics(facts, before.ids, namespace, value, ignored, finished=finished)


def values(cell, **namespace):
    return {metric.name: metric.value for metric in found(cell, **namespace) if metric.step is None}


class Result(NamedTuple):
    statistic: float
    pvalue: float


@pytest.fixture(scope="module")
def split():
    data, y = make_classification(120, random_state=0)
    names = {"X_train": data[:80], "y_train": y[:80], "X_test": data[80:], "y_test": y[80:], "X": data, "y": y}
    return names | {"clf": LogisticRegression().fit(data[:80], y[:80]), "np": np, "pd": pd}


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        pytest.param("clf.score(X_test, y_test)", ["test_score"], id="score"),
        pytest.param("accuracy_score(y_test, clf.predict(X_test))", ["test_accuracy"], id="accuracy"),
        pytest.param("acc = accuracy_score(y_test, clf.predict(X_test))", ["acc"], id="a named accuracy"),
        pytest.param("acc = clf.score(X_test, y_test)\nacc", ["acc"], id="named and displayed"),
        pytest.param("acc = clf.score(X_test, y_test)\nround(acc, 2)", ["acc"], id="named and displayed rounded"),
        pytest.param("acc = clf.score(X_test, y_test)\nprint(acc)", ["acc"], id="named and printed"),
        pytest.param("print(clf.score(X_test, y_test))", [], id="only printed"),
        pytest.param("f'{clf.score(X_test, y_test):.2f}'", [], id="only shown as text"),
        pytest.param("clf.score(X_train, y_train), clf.score(X_test, y_test)", ["train_score", "test_score"], id="two"),
        pytest.param("(clf.predict(X_test) == y_test).mean()", ["test_accuracy"], id="by hand"),
        pytest.param(
            "np.sqrt(mean_squared_error(y_test, clf.predict(X_test)))", ["test_root_mean_squared_error"], id="rmse"
        ),
        pytest.param(
            "hits = int((clf.predict(X_test) == y_test).sum())\nacc = hits / len(y_test)", ["hits", "acc"], id="hits"
        ),
        pytest.param("a, b = f1_score(y, y), accuracy_score(y, y)", ["a", "b"], id="unpacked"),
        pytest.param(
            "classification_report(y, y, output_dict=True)['accuracy']", ["accuracy"], id="one entry of a report"
        ),
        pytest.param("clf.predict(X_test)", [], id="predictions"),
        pytest.param("clf.predict(X_test)[0]", [], id="one prediction"),
        pytest.param("clf.predict_proba(X_test)[:5, 1]", [], id="probabilities"),
        pytest.param("clf.coef_[0]", [], id="coefficients"),
        pytest.param("confusion_matrix(y, y)", [], id="a matrix"),
        pytest.param("clf", [], id="the estimator"),
        pytest.param("clf.get_params()", [], id="its params"),
        pytest.param(
            "grid = GridSearchCV(clf, {'C': [0.1, 1]}).fit(X, y)\ngrid.best_score_", ["best_score"], id="search"
        ),
        pytest.param("grid = GridSearchCV(clf, {'C': [0.1, 1]}).fit(X, y)\ngrid.best_params_", [], id="best params"),
        pytest.param("n, d = X.shape", [], id="a shape"),
        pytest.param("X.shape", [], id="a displayed shape"),
        pytest.param("len(X)", [], id="a displayed length"),
    ],
)
def test_cells_of_a_scikit_learn_notebook(cell, names, split):
    tools = {"accuracy_score": accuracy_score, "f1_score": f1_score, "mean_squared_error": mean_squared_error}
    tools |= {"classification_report": classification_report, "confusion_matrix": confusion_matrix}
    assert list(values(cell, GridSearchCV=GridSearchCV, **tools, **split)) == names


def test_cross_validation_gives_mean_deviation_and_a_point_each(split):
    metrics = found("cross_val_score(clf, X, y, cv=5)", cross_val_score=cross_val_score, **split)
    scores = cross_val_score(split["clf"], split["X"], split["y"], cv=5)
    assert [metric.name for metric in metrics] == [
        "cross_val_score.mean",
        "cross_val_score.std",
        *["cross_val_score"] * 5,
    ]
    assert metrics[0].value == pytest.approx(scores.mean())
    assert metrics[1].value == pytest.approx(scores.std())
    assert [metric.step for metric in metrics[2:]] == [0, 1, 2, 3, 4]
    assert [metric.value for metric in metrics[2:]] == list(scores)


def test_named_cross_validation_counts_too(split):
    cell = "scores = cross_val_score(clf, X, y, cv=3)\nprint(scores)"
    assert set(values(cell, cross_val_score=cross_val_score, **split)) == {"scores.mean", "scores.std"}
    cell = "scores = cross_val_score(clf, X, y, cv=3)\nscores.mean()"
    metrics = found(cell, cross_val_score=cross_val_score, **split)
    assert [metric.name for metric in metrics] == ["scores.mean", "scores.std", "scores", "scores", "scores"]
    cell = "cross_validate(clf, X, y, cv=3)"
    assert {"test_score.mean", "test_score.std"} <= set(values(cell, cross_validate=cross_validate, **split))


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        pytest.param("{'acc': 0.9 * one, 'f1': one}", {"acc": 0.9, "f1": 1.0}, id="dict"),
        pytest.param("report()", {"a.p": 0.1, "a.r": 0.2, "acc": 0.3}, id="nested dict"),
        pytest.param("evaluate(X_test)", {"test_loss": 0.5, "test_name": 2.0}, id="dict of a split"),
        pytest.param("pd.DataFrame({'acc': [0.9], 'f1': [0.8], 'who': ['me']})", {"acc": 0.9, "f1": 0.8}, id="one row"),
        pytest.param("pd.DataFrame({'acc': [0.9, 0.8]})", {}, id="two rows"),
        pytest.param("pd.Series({'acc': 0.9, 'f1': 0.8})", {"acc": 0.9, "f1": 0.8}, id="Series"),
        pytest.param("frame.mean()", {"age.mean": 2.0, "fare.mean": 3.0}, id="means of columns"),
        pytest.param("frame.head(1)", {}, id="a look at the data"),
        pytest.param("frame['age'].value_counts()", {}, id="counts"),
        pytest.param("frame.age.mean()", {"age.mean": 2.0}, id="mean of one column"),
        pytest.param("[0.25 * one, 0.75 * one]", {"one.0": 0.25, "one.1": 0.75}, id="parts that share a name"),
        pytest.param("both()", {"both.mean": 0.5, "both.std": 0.25}, id="a list"),
        pytest.param("labels_of()", {}, id="a list of whole numbers"),
        pytest.param("list(range(3))", {}, id="a range"),
        pytest.param("Result(0.5, 0.01)", {"statistic": 0.5, "pvalue": 0.01}, id="named tuple"),
        pytest.param("pair()", {"pair.0": 0.5, "pair.1": 2.0}, id="a tuple of different things"),
        pytest.param("metrics['auc']", {"auc": 0.75}, id="by key"),
        pytest.param("metrics", {"auc": 0.75}, id="a dict by name"),
        pytest.param("params", {}, id="a dict of settings"),
        pytest.param("params['lr']", {}, id="a setting"),
        pytest.param("cfg = {'lr': 0.1}\ncfg", {}, id="a dict of constants"),
        pytest.param("counts", {}, id="a Counter by number"),
        pytest.param("long()", {}, id="a long list"),
        pytest.param("plt.axis()", {}, id="plotting"),
        pytest.param("hits / one", {"hits / one": 3.0}, id="displayed arithmetic"),
        pytest.param("1 + 1", {}, id="arithmetic of constants"),
        pytest.param("x = 5\nx", {}, id="a constant by name"),
        pytest.param("n_rows", {}, id="a count by name"),
        pytest.param("time.time()", {}, id="time"),
        pytest.param("gap", {"gap": 0.5}, id="a bare name from elsewhere"),
    ],
)
def test_what_the_cell_displays(cell, names):
    frame = pd.DataFrame({"age": [1, 3], "fare": [2.0, 4.0]})
    namespace = {
        "one": 1.0, "hits": 3.0, "gap": 0.5, "n_rows": 7, "frame": frame, "pd": pd, "X_test": None, "time": time,
        "report": lambda: {"a": {"p": 0.1, "r": 0.2, "_x": 1}, "acc": 0.3, "ok": True, "by": "me"},
        "evaluate": lambda _: {"loss": 0.5, "test_name": 2}, "both": lambda: [0.25, 0.75], "labels_of": lambda: [0, 1],
        "Result": Result, "pair": lambda: (0.5, 2),
        "metrics": {"auc": 0.75}, "params": {"lr": 0.1}, "counts": collections.Counter([1, 1, 2]),
        "long": lambda: [0.5] * 101, "plt": SimpleNamespace(axis=lambda: (0.0, 1.0)),
    }  # fmt: skip
    assert values(cell, **namespace) == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        pytest.param("acc = f()", {"acc"}, id="a call"),
        pytest.param("gap = float(f()) - 1", {"gap"}, id="a cast"),
        pytest.param("_acc = f()", set(), id="underscore"),
        pytest.param("n = len(data)", set(), id="length"),
        pytest.param("k = data.shape[0]", set(), id="shape"),
        pytest.param("n_test = int(len(data) * 0.2)", set(), id="part of a length"),
        pytest.param("half = len(data) // 2", set(), id="half of a length"),
        pytest.param("n_errors = f()", set(), id="a count by its name"),
        pytest.param("seed = f()", set(), id="a seed by its name"),
        pytest.param("draw = random.random()", set(), id="random"),
        pytest.param("t0 = time.time()\nf()\nelapsed = time.time() - t0", set(), id="time taken"),
        pytest.param("speed = 100 / (time.perf_counter() - 5)", set(), id="throughput"),
        pytest.param("i = 0\ni += 1", set(), id="counter"),
        pytest.param("for loss in [0.1, 0.2]:\n    pass", set(), id="loop target"),
        pytest.param("for i in range(3):\n    loss = f() * i", {"loss"}, id="the last of a loop"),
        pytest.param("total_loss = 0\nfor i in range(3):\n    total_loss += f()", {"total_loss"}, id="a summed loss"),
        pytest.param("total = 0\nfor i in range(3):\n    total += f()", set(), id="a sum of anything"),
        pytest.param(
            "hits = 0\nfor i in range(3):\n    hits += 1\nacc = hits / len(data)", {"acc"}, id="share of hits"
        ),
        pytest.param("lr = cfg['lr']", set(), id="a setting by key"),
        pytest.param("lr = args.lr", set(), id="a setting by attribute"),
        pytest.param("lr = cfg.get('lr', 1)", set(), id="a setting by get"),
        pytest.param("auc = found['auc']", {"auc"}, id="a result by key"),
        pytest.param("best = search.best_score_", {"best"}, id="an attribute of an object"),
        pytest.param("pi = np.pi", set(), id="a constant of a module"),
        pytest.param("b = a * 2", set(), id="arithmetic of a setting"),
        pytest.param("f1 = 2 * p * r / (p + r)", {"f1"}, id="arithmetic under a result's name"),
        pytest.param("gap = train_acc - test_acc", {"gap"}, id="arithmetic of results"),
        pytest.param("total = data.sum()", {"total"}, id="a sum of data"),
        pytest.param("best = max(losses)", {"best"}, id="the greatest of several"),
        pytest.param("steps = max(1, len(data) // 3)", set(), id="the greater of two lengths"),
        pytest.param("x = 3\ny = x * 2", set(), id="constants"),
        pytest.param("ok = f() > 0", set(), id="bool"),
        pytest.param("if a:\n    acc = f()\nelse:\n    acc = None", {"acc"}, id="in a branch"),
        pytest.param("if not a:\n    old_acc = f()", set(), id="in a branch not taken"),
        pytest.param("if (acc := f()) > 0:\n    pass", {"acc"}, id="walrus"),
        pytest.param("def g():\n    acc = f()\ng()", set(), id="inside a function"),
        pytest.param("with ctx() as loss:\n    acc = f()", {"acc"}, id="in a with"),
        pytest.param("size = f()", set(), id="a size by its name"),
    ],
)
def test_numbers_that_the_cell_names(cell, names):
    import contextlib

    class Search:
        best_score_ = 0.9

    class Args:
        lr = 0.1

    namespace = {
        "f": lambda: random.uniform(0.25, 0.75), "data": np.arange(10.0), "cfg": {"lr": 0.1}, "found": {"auc": 0.9}, "a": 2, "p": 0.5,
        "r": 0.5, "args": Args(), "search": Search(), "np": np, "train_acc": 0.9, "test_acc": 0.8, "losses": [0.1, 0.2],
        "random": random, "time": time, "old_acc": 0.123456, "ctx": contextlib.nullcontext,
    }  # fmt: skip
    assert set(values(cell, **namespace)) == names


def test_a_value_that_the_cell_did_not_reach_is_not_its_metric():
    stale = 0.987654
    assert [m.name for m in found("if a:\n    acc = f()\nother = f()", a=False, acc=stale, f=lambda: 0.5)] == ["other"]
    facts, namespace = analyse("acc = f()\nboom()"), {"acc": stale}
    assert find_metrics(facts, {"acc": id(stale)}, namespace, finished=False) == []


def test_a_value_rebound_in_a_loop_is_new_even_where_its_memory_is_old():
    for _ in range(50):
        assert "loss" in values(
            "for i in range(2):\n    loss = f(i)", loss=0.5 + random.random(), f=lambda i: random.random()
        )


class History:
    def __init__(self, **series):
        self.history = series
        self.model = object()


@pytest.mark.parametrize("cell", ["model.fit(X)", "history = model.fit(X)", "history = model.fit(X)\nhistory"])
def test_a_training_history_gives_a_series_each(cell):
    model = SimpleNamespace(fit=lambda _: History(loss=[0.9, 0.5], val_loss=[1.0, np.float32(0.5)], lr=["a"]))
    points = [(metric.name, metric.step, metric.value) for metric in found(cell, model=model, X=None)]
    assert points == [("loss", 0, 0.9), ("loss", 1, 0.5), ("val_loss", 0, 1.0), ("val_loss", 1, 0.5)]


def test_a_list_of_results_that_the_cell_fills_gives_a_point_each():
    cell = "losses, seen, epochs = [], [], []\nfor i in range(3):\n    losses.append(i / 2)\n    seen.append(i / 2)\n    epochs.append(i)"
    assert [(metric.name, metric.step, metric.value) for metric in found(cell)] == [
        ("losses", 0, 0.0),
        ("losses", 1, 0.5),
        ("losses", 2, 1.0),
    ]


def test_ignored_names_are_left_out_with_all_below_them():
    cell = "acc = f()\nscores = cross_val()\nloss = f()"
    kept = found(cell, ignored={"acc", "scores"}, f=lambda: 0.5, cross_val=lambda: [0.1, 0.2])
    assert [metric.name for metric in kept] == ["loss"]


def test_the_source_tells_displayed_from_named():
    metrics = found("acc = f()\ng()", f=lambda: 0.5, g=lambda: 0.25)
    assert [(metric.name, metric.source) for metric in metrics] == [("g", "expression"), ("acc", "assigned")]


def test_a_forest_of_a_book_is_scored_across_cells(split):
    forest = RandomForestClassifier(5, random_state=0).fit(split["X_train"], split["y_train"])
    assert list(values("forest.score(X_test, y_test)", forest=forest, **split)) == ["test_score"]
