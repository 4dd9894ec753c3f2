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
        "evaluate": lambda _: {"loss": 0.5, "test_name": 2.0}, "both": lambda: [0.25, 0.75], "labels_of": lambda: [0, 1],
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
        pytest.param("t0 = time.time()\nf()\nfit_time = time.time() - t0", {"fit_time"}, id="time that something took"),
        pytest.param("latency = (time.perf_counter() - a) / 100", {"latency"}, id="time for each"),
        pytest.param("start_time = time.time()", set(), id="a time stamp"),
        pytest.param("i = 0\ni += 1", set(), id="counter"),
        pytest.param("for loss in [0.1, 0.2]:\n    pass", set(), id="loop target"),
        pytest.param("for i in range(3):\n    loss = f() * i", {"loss"}, id="the last of a loop"),
        pytest.param("for fold in range(3):\n    acc = f()", {"acc.last"}, id="the last fold's"),
        pytest.param("for _ in range(a):\n    depth = 3\n    acc = f()", {"acc"}, id="a loop that counts"),
        pytest.param("for depth in range(2):\n    acc = f()", {"acc.last"}, id="a loop over depths"),
        pytest.param(
            "for lr in [1, 2]:\n    test_scores = {'acc': f()}", {"test_acc.last"}, id="the last setting's dict"
        ),
        pytest.param("for seed in [1, 2]:\n    if a:\n        acc = f()", {"acc"}, id="under a condition"),
        pytest.param(
            "for lr in [1, 2]:\n    for epoch in range(2):\n        loss = f()", {"loss.last"}, id="the last setting's"
        ),
        pytest.param("for fold in range(3):\n    acc = f()\nacc = f()", {"acc"}, id="bound again behind the loop"),
        pytest.param(
            "best = 0\nfor fold in range(3):\n    v = f()\n    best = max(best, v)",
            {"best"},
            id="the best fold's",
        ),
        pytest.param(
            "best_val = 9\nfor i, v in enumerate([0.5, 0.25]):\n    if v < best_val:\n        best_val = v",
            {"best_val"},
            id="the best of a loop",
        ),
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
        pytest.param("missing = frame.isna().sum().sum()", set(), id="a count of gaps"),
        pytest.param("best_C = f()", set(), id="a hyper-parameter by its name"),
        pytest.param("auc = data.mean().round(2)", {"auc"}, id="rounded by its own method"),
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
        "r": 0.5, "args": Args(), "search": Search(), "np": np, "train_acc": 0.9, "test_acc": 0.8, "losses": [0.1, 0.2], "frame": pd.DataFrame({"a": [1.0, None]}),
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


def test_a_list_of_scores_that_folds_fill_gives_mean_deviation_and_a_point_each():
    cell = "accs = []\nfor tr, te in kf.split(X):\n    acc = f(te)\n    accs.append(acc)\naccs = np.array(accs)"
    kf = SimpleNamespace(split=lambda _: [(0, 1), (0, 2), (0, 3)])
    points = [(metric.name, metric.step, metric.value) for metric in found(cell, kf=kf, X=None, f=float, np=np)]
    assert points[0] == ("accs.mean", None, 2.0)
    assert points[1][:2] == ("accs.std", None)
    assert points[2:] == [("accs", 0, 1.0), ("accs", 1, 2.0), ("accs", 2, 3.0)]


def test_rows_of_folds_give_mean_and_deviation_of_each_result():
    cell = "rows = []\nfor fold in range(2):\n    rows.append({'fold': fold, 'acc': fold / 2})"
    assert values(cell) == {"acc.mean": 0.25, "acc.std": 0.25}


@pytest.mark.parametrize("cell", ["val_losses = train()", "val_losses = train()\nval_losses", "val_losses"])
def test_the_losses_of_a_training_are_a_way_and_no_trials(cell):
    metrics = found(cell, train=lambda: [0.5, 0.25], val_losses=[0.5, 0.25])
    assert [(metric.name, metric.step, metric.value) for metric in metrics] == [
        ("val_losses", 0, 0.5),
        ("val_losses", 1, 0.25),
    ]


def test_what_a_list_of_results_ends_with_is_told_once():
    cell = "losses = []\nfor epoch in range(3):\n    loss = f(epoch)\n    losses.append(loss)"
    assert {metric.name for metric in found(cell, f=lambda epoch: 1 / (1 + epoch))} == {"losses"}


def test_a_dict_that_the_cell_fills_gives_what_it_holds():
    cell = "history = {'loss': [], 'val_loss': [], 'lr': []}\nfor epoch in range(2):\n    history['loss'].append(1 / (1 + epoch))\n    history['val_loss'].append(0.5)\n    history['lr'].append(0.1)"
    points = [(metric.name, metric.step, metric.value) for metric in found(cell)]
    assert points == [("loss", 0, 1.0), ("loss", 1, 0.5), ("val_loss", 0, 0.5), ("val_loss", 1, 0.5)]
    cell = "results = {}\nfor name, m in {'rf': 0.5, 'lr': 0.25}.items():\n    acc = m * one\n    results[name] = acc"
    assert values(cell, one=1.0) == {"rf": 0.5, "lr": 0.25}


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("res = {}\nbooster = train({'eta': 0.3}, evals_result=res)", id="filled by XGBoost's train"),
        pytest.param("res = {}\ntrain({}, callbacks=[record_evaluation(res)])", id="filled by LightGBM's callback"),
        pytest.param("clf.evals_result()", id="displayed"),
        pytest.param("clf.evals_result_", id="an attribute"),
        pytest.param("res = clf.evals_result()", id="asked for"),
    ],
)
def test_the_rounds_of_boosting_are_a_series_each(cell):
    told = {"train": {"logloss": [0.5, 0.25]}, "valid": {"auc": [0.75, 1.0]}}
    clf = SimpleNamespace(evals_result=lambda: told, evals_result_=told)

    def train(params, evals_result=None, callbacks=()):
        return (callbacks[0] if callbacks else evals_result).update(told)

    points = [
        (metric.name, metric.step, metric.value)
        for metric in found(cell, clf=clf, train=train, record_evaluation=lambda res: res)
    ]
    assert points == [
        ("train.logloss", 0, 0.5),
        ("train.logloss", 1, 0.25),
        ("valid.auc", 0, 0.75),
        ("valid.auc", 1, 1.0),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "{k: f1_score(y[:4], y[k : k + 4]) for k in (0, 1)}",
        "f1 = {k: f1_score(y[:4], y[k : k + 4]) for k in (0, 1)}",
        "f1 = {}\nfor k in (0, 1):\n    f1[k] = f1_score(y[:4], y[k : k + 4])",
        "f1 = dict(zip((0, 1), map(f1_score, [y[:4]] * 2, (y[:4], y[1:5]))))\nf1",
    ],
)
def test_results_by_a_number_are_called_after_it(cell):
    y = [1, 1, 0, 1, 0]
    expected = {"f1.0": 1.0, "f1.1": f1_score(y[:4], y[1:])}
    assert values(cell, y=y, f1_score=f1_score) == expected


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("scores = {1: 0.9, 2: 0.8}", id="typed in"),
        pytest.param("collections.Counter([0, 1, 1])", id="counts"),
        pytest.param("weights = {k: 1 / n for k, n in {0: 2, 1: 4}.items()}\nweights", id="settings"),
        pytest.param("scores = {k: f(k) for k in range(21)}", id="more than a table"),
        pytest.param("scores = {True: f(1), False: f(2)}", id="no numbers"),
        pytest.param("scores = {1: f(1), 'a': f(2)}\nlen(scores)", id="mixed"),
    ],
)
def test_other_numbers_by_a_number_are_none(cell):
    assert values(cell, collections=collections, f=lambda k: k / 30) == {}


def test_a_dict_of_results_need_not_be_displayed():
    cell = "train_metrics = evaluate(1.0)\ntest_metrics = evaluate(0.5)\nsizes = measure(3.0)"
    expected = {"train_acc": 1.0, "train_f1": 0.5, "test_acc": 0.5, "test_f1": 0.25}
    assert values(cell, evaluate=lambda acc: {"acc": acc, "f1": acc / 2}, measure=lambda size: {"a": size}) == expected
    cell = "metrics = {'acc': one / 2, 'who': 'me', 'depth': 4}\nprint(metrics)"
    assert values(cell, one=1.0) == {"acc": 0.5}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param(
            "pd.DataFrame({'model': ['a', 'b'], 'rmse': [1.0, 2.0], 'n': [9, 9]})", {"a.rmse": 1, "b.rmse": 2}
        ),
        pytest.param("pd.DataFrame({'rmse': [1.0, 2.0]}, index=['a', 'b']).round(1)", {"a.rmse": 1, "b.rmse": 2}),
        pytest.param("pd.DataFrame({'rmse': [1.0, 2.0]})", {}, id="rows without names"),
        pytest.param("pd.DataFrame({'age': [1.0, 2.0], 'name': ['a', 'b']})", {}, id="no results"),
        pytest.param("pd.DataFrame({'score': [1.0, 2.0], 'name': ['a', 'a']})", {}, id="one name twice"),
        pytest.param("pd.DataFrame({'score': [1.0, 2.0]}).describe()", {}, id="a summary of data"),
        pytest.param("pd.DataFrame({'score': range(21), 'name': list('abcdefghijklmnopqrstu')})", {}, id="many rows"),
    ],
)
def test_a_small_frame_of_results_gives_each_by_its_row_and_column(cell, expected):
    assert values(cell, pd=pd) == expected


def test_a_displayed_value_of_the_last_fold_says_so():
    assert values("for fold in range(3):\n    acc = f()\nacc", f=lambda: 0.5) == {"acc.last": 0.5}


def test_times_come_last_and_the_whole_before_its_parts(split):
    names = [metric.name for metric in found("cross_validate(clf, X, y, cv=3)", cross_validate=cross_validate, **split)]
    assert list(dict.fromkeys(names))[:4] == ["test_score.mean", "test_score.std", "test_score", "fit_time.mean"]
    cell = "classification_report(y, y, output_dict=True)"
    names = list(values(cell, classification_report=classification_report, **split))
    assert names[:2] == ["accuracy", "macro avg.precision"]
    assert not any("support" in name for name in names)


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ({"depth": 3, "n": 100, "acc": 0.9, "f1": 0.8}, ["acc", "f1"]),
        ({"model": 1, "lr": 0.1, "max_depth": 4.0, "rmse": 2, "lift": 1.5}, ["rmse", "lift"]),
        ({"precision": 0.5, "tp": 10, "fn": 3}, ["precision", "tp", "fn"]),
        ({"tp": 10, "fn": 3}, ["tp", "fn"]),
        ({"mae": 0.5, "n": 111.0, "lift": 2.0}, ["mae", "lift"]),
    ],
)
@pytest.mark.parametrize("shape", ["pd.DataFrame([row])", "dict(row)"])
def test_settings_that_stand_beside_results_are_none(row, names, shape):
    assert list(values(shape, pd=pd, row=row)) == names


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
