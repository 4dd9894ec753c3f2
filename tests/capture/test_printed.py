"""Results that a cell only prints."""

import contextlib
import io

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, f1_score, mean_squared_error
from sklearn.model_selection import GridSearchCV, cross_val_score

from trackbook.capture.cell import analyse
from trackbook.capture.metrics import find_metrics
from trackbook.capture.printed import printed_text
from trackbook.capture.snapshot import take_snapshot
from trackbook.records import Output

X, y = make_classification(120, random_state=0)
CLF = LogisticRegression().fit(X[:80], y[:80])
GRID = GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=3).fit(X, y)
NAMES = {
    "X_train": X[:80], "y_train": y[:80], "X_test": X[80:], "y_test": y[80:], "X": X, "y": y, "pred": CLF.predict(X[80:]),
    "clf": CLF, "grid": GRID, "np": np, "accuracy_score": accuracy_score, "f1_score": f1_score, "n": 3,
    "mean_squared_error": mean_squared_error, "cross_val_score": cross_val_score, "classification_report": classification_report,
}  # fmt: skip
SCORE = CLF.score(X[80:], y[80:])
TRAIN_SCORE = CLF.score(X[:80], y[:80])


def values(cell):
    facts, namespace, text = analyse(cell), dict(NAMES), io.StringIO()
    before = take_snapshot(facts, namespace)
    with contextlib.redirect_stdout(text):
        exec(cell, namespace)
    found = find_metrics(facts, before.ids, namespace, printed=text.getvalue())
    return {metric.name: metric.value for metric in found if metric.step is None}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("print(clf.score(X_test, y_test))", {"test_score": SCORE}),
        ("print('Score:', clf.score(X_test, y_test))\nmore = 'text'", {"test_score": SCORE}),
        ("print(f'Accuracy: {accuracy_score(y_test, pred):.2f} of {n} rows')", {"test_accuracy": round(SCORE, 2)}),
        ("print(f'{clf.score(X_test, y_test):>9.1%}')", {"test_score": round(SCORE, 3)}),
        ("print('\\nRMSE', np.sqrt(mean_squared_error(y_test, pred)))", {"test_root_mean_squared_error": np.sqrt(1 - SCORE)}),
        ("print(grid.best_params_, grid.best_score_)", {"best_score": GRID.best_score_}),
        (
            "print('train', clf.score(X_train, y_train))\nprint('test', clf.score(X_test, y_test))",
            {"train_score": TRAIN_SCORE, "test_score": SCORE},
        ),
        (
            "print(clf.score(X_train, y_train))\nprint(clf.score(X_test, y_test))",
            {"train_score": TRAIN_SCORE, "test_score": SCORE},
        ),
        (
            "print(f'train {clf.score(X_train, y_train)}\\ntest {clf.score(X_test, y_test)}')",
            {"train_score": TRAIN_SCORE, "test_score": SCORE},
        ),
        ("print(f1_score(y_test, pred))\nprint(f1_score(y_test, pred))", {"test_f1.0": None, "test_f1.1": None}),
        ("print('R2: {:.3f} ({})'.format(clf.score(X_test, y_test), n))", {"test_score": round(SCORE, 3)}),
        ("print('{}%% of %s'.format(1) % n, accuracy_score(y_test, pred))", {"test_accuracy": SCORE}),
        ("print('acc %.2f, %d rows' % (accuracy_score(y_test, pred), n))", {"test_accuracy": round(SCORE, 2)}),
        ("with np.errstate():\n    print(clf.score(X_test, y_test), 'is the score')", {"test_score": SCORE}),
    ],
)  # fmt: skip
def test_a_printed_score_is_a_metric(cell, expected):
    found = values(cell)
    assert list(found) == list(expected)
    assert found == {name: pytest.approx(found[name] if value is None else value) for name, value in expected.items()}


@pytest.mark.parametrize(
    "body",
    [
        "print(name, m.score(X_test, y_test))",
        "print(f'{name}: {m.score(X_test, y_test)}')",
        "print('Score of %s = %.9f' % (name, m.score(X_test, y_test)))",
        "print(f'{name:<10}{m.score(X_test, y_test):8.7f}')",
    ],
)
def test_scores_printed_for_each_model_are_called_after_it(body):
    found = values(f"for name, m in {{'a b': clf, 'grid': grid.best_estimator_}}.items():\n    {body}")
    best = GRID.best_estimator_.score(X[80:], y[80:])
    assert found == {"a b.test_score": pytest.approx(SCORE), "grid.test_score": pytest.approx(best)}


def test_scores_printed_for_each_setting_are_called_after_it_and_the_last_is_not_told_twice():
    body = "acc = accuracy_score(y_test, pred) * c\n    print(f'C = {c}, accuracy {acc:.3f}')"
    found = values(f"for c in [0.5, 1, 2]:\n    {body}")
    assert found == {f"acc.{c}": pytest.approx(SCORE * c, abs=1e-3) for c in (0.5, 1, 2)}


@pytest.mark.parametrize(
    "cell",
    [
        "for epoch in range(2):\n    print(epoch, clf.score(X_test, y_test))",
        "for name in ('a', 'b'):\n    print('fitting', name)\n    print(name, clf.score(X_test, y_test))",
        "for name in ('a', 'b'):\n    print(name, len(name))",
        "for name in map(str, range(21)):\n    print(name, clf.score(X_test, y_test))",
        "for m in (clf, grid):\n    print(type(m).__name__, m.n_features_in_, m.score(X_test, y_test))",
        "for c in (1, 2):\n    print(clf.score(X_test, y_test))",
    ],
)
def test_other_lines_of_a_loop_are_no_results(cell):
    assert values(cell) == {}


def test_printed_scores_of_folds_have_mean_and_deviation():
    found = values("print(cross_val_score(clf, X, y, cv=5))")
    assert found["cross_val_score.mean"] == pytest.approx(cross_val_score(CLF, X, y, cv=5).mean())
    assert set(found) == {"cross_val_score.mean", "cross_val_score.std"}


def test_a_printed_report_gives_what_its_dict_gives():
    cell = "print('On new rows:', classification_report(y_test, pred), sep='\\n')"
    assert values(cell) == {}  # where the lines of a statement end is not known
    for cell in ("print(classification_report(y_test, pred))", "print('New:\\n', classification_report(y_test, pred))"):
        found = values(cell)
        report = classification_report(NAMES["y_test"], NAMES["pred"], output_dict=True)
        assert found["test_accuracy"] == round(report["accuracy"], 2)
        assert found["test_weighted avg.f1-score"] == round(report["weighted avg"]["f1-score"], 2)
        assert len(found) == 7
        both = values(f"{cell}\nprint(accuracy_score(y_test, pred))")
        assert both == found | {"test_accuracy": pytest.approx(SCORE)}


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("print(len(y))\nprint(3.5)", id="no score"),
        pytest.param("print(n, clf.C)", id="settings"),
        pytest.param("print(clf.score(X_test, y_test) > 0.5)", id="a judgement"),
        pytest.param("print(clf.predict(X_test)[0])", id="a prediction"),
        pytest.param("for _ in range(2):\n    print(clf.score(X_test, y_test))", id="a loop"),
        pytest.param("print(0.5)\nprint(clf.score(X_test, y_test))", id="two lines alike, one that scores"),
        pytest.param("if n < 0:\n    print(clf.score(X_test, y_test))\nprint(0.5)", id="a branch"),
        pytest.param("print(clf.score(X_test, y_test), end=' ')", id="no line of its own"),
        pytest.param("print(*[clf.score(X_test, y_test)])", id="unpacked"),
        pytest.param("print('a', n, n, n, clf.score(X_test, y_test))", id="too much unknown"),
        pytest.param(
            "print('%s' % (n, clf.score(X_test, y_test)) if n < 0 else 0.5)", id="a template that does not fit"
        ),
        pytest.param("print(f'{y.mean():.2f}')", id="a mean of data"),
        pytest.param("def f():\n    print(clf.score(X_test, y_test))\nprint(0.5)", id="a function"),
    ],
)
def test_what_is_printed_otherwise_is_no_metric(cell):
    assert values(cell) == {}


def test_a_named_score_that_is_printed_too_counts_once():
    assert values("test_score = clf.score(X_test, y_test)\nprint(clf.score(X_test, y_test))") == {"test_score": SCORE}


def test_only_stdout_is_read():
    outputs = [
        Output(0, "stream", "stderr", {"text/plain": "0.1\n"}),
        Output(1, "stream", "stdout", {"text/plain": "0.2\n"}),
        Output(2, "execute_result", "", {"text/plain": "0.3"}),
    ]
    assert printed_text(outputs) == "0.2\n"


def test_a_page_of_lines_that_almost_fit_is_read_in_no_time():
    facts = analyse("print('acc', a, b, clf.score(X, y))")
    assert find_metrics(facts, {}, {}, printed=("acc " + "x " * 90 + "\n") * 260) == []
