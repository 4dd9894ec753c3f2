"""Each measure is what scikit-learn computes, and predictions are taken for what they are."""

import numpy as np
import pandas as pd
import pytest

from trackbook.errors import BadInput
from trackbook.tracking.comparison.forms import form_of
from trackbook.tracking.comparison.measures import find_measure
from trackbook.tracking.comparison.pairing import Paired
from trackbook.tracking.comparison.verdict import judge

RNG = np.random.default_rng(7)
ROWS = 400
BINARY = RNG.integers(0, 2, ROWS)
THREE = RNG.integers(0, 3, ROWS)
NUMBERS = RNG.normal(50, 9, ROWS)


def paired(truth, a, b):
    truth = np.asarray(truth)
    classes = np.unique(truth[~pd.isna(truth)])
    return Paired("newer", "older", np.arange(len(truth)), truth, np.asarray(a), np.asarray(b), classes, 0)


def guesses(truth, classes, right=0.8):
    return np.where(RNG.random(len(truth)) < right, truth, RNG.integers(0, classes, len(truth)))


def chances(truth, classes):
    odds = RNG.random((len(truth), classes)) + 2 * (truth[:, None] == np.arange(classes))
    return odds / odds.sum(axis=1, keepdims=True)


def noisy(numbers):
    return numbers + RNG.standard_normal(len(numbers))


LABELS = BINARY, guesses(BINARY, 2), guesses(BINARY, 2)
CLASSES = THREE, guesses(THREE, 3), guesses(THREE, 3)
WIDE = THREE, chances(THREE, 3), chances(THREE, 3)
COLUMN = BINARY, chances(BINARY, 2)[:, 1], chances(BINARY, 2)[:, 1].round(1)
AMOUNTS = NUMBERS, noisy(NUMBERS), noisy(NUMBERS)


@pytest.mark.parametrize(
    ("metric", "data", "theirs"),
    [
        pytest.param("accuracy", LABELS, "accuracy_score", id="accuracy"),
        pytest.param("accuracy", CLASSES, "accuracy_score", id="accuracy of three classes"),
        pytest.param("balanced_accuracy", CLASSES, "balanced_accuracy_score", id="balanced accuracy"),
        pytest.param("f1", LABELS, "f1_score", id="f1 of two classes"),
        pytest.param("log_loss", WIDE, "log_loss", id="log loss of three classes"),
        pytest.param("log_loss", COLUMN, "log_loss", id="log loss of a column"),
        pytest.param("brier", COLUMN, "brier_score_loss", id="brier of a column"),
        pytest.param("roc_auc", COLUMN, "roc_auc_score", id="area under the curve, with ties"),
        pytest.param("rmse", AMOUNTS, "root_mean_squared_error", id="rmse"),
        pytest.param("mse", AMOUNTS, "mean_squared_error", id="mse"),
        pytest.param("mae", AMOUNTS, "mean_absolute_error", id="mae"),
        pytest.param("r2", AMOUNTS, "r2_score", id="r2"),
    ],
)
def test_a_measure_is_what_scikit_learn_computes(metric, data, theirs):
    score = getattr(pytest.importorskip("sklearn.metrics"), theirs)
    truth, a, b = data
    found = judge(paired(*data), metric)
    assert (found.value_a, found.value_b) == pytest.approx((score(truth, a), score(truth, b)))
    assert found.difference == pytest.approx(found.value_a - found.value_b)
    assert found.low <= found.difference <= found.high


def test_macro_f1_is_what_scikit_learn_computes_also_for_a_class_that_only_one_run_says():
    f1_score = pytest.importorskip("sklearn.metrics").f1_score
    truth, a, b = CLASSES
    a = np.where(np.arange(ROWS) < 5, 9, a)
    found = judge(paired(truth, a, b), "f1_macro")
    theirs = f1_score(truth, a, average="macro"), f1_score(truth, b, average="macro")
    assert (found.value_a, found.value_b) == pytest.approx(theirs)


def test_f1_of_named_classes_is_the_macro_average_and_says_so():
    words = np.array(["no", "yes"], dtype=object)
    truth, a, b = (words[codes] for codes in LABELS)
    assert judge(paired(truth, a, b), "f1").metric == "f1_macro"


@pytest.mark.parametrize(
    ("data", "form", "metric"),
    [
        pytest.param(LABELS, "labels", "accuracy", id="integers"),
        pytest.param([values.astype(bool) for values in LABELS], "labels", "accuracy", id="booleans"),
        pytest.param([values.astype(float) for values in LABELS], "labels", "accuracy", id="whole floats"),
        pytest.param([values.astype(str).astype(object) for values in CLASSES], "labels", "accuracy", id="text"),
        pytest.param((RNG.integers(0, 1000, ROWS),) * 3, "labels", "accuracy", id="a thousand classes"),
        pytest.param(WIDE, "probabilities", "log_loss", id="a column a class"),
        pytest.param(COLUMN, "probabilities", "log_loss", id="one column of probabilities"),
        pytest.param((BINARY.astype(bool), *COLUMN[1:]), "probabilities", "log_loss", id="booleans and probabilities"),
        pytest.param((THREE, WIDE[1] * 7, WIDE[2]), "labels", "accuracy", id="scores of classes"),
        pytest.param((BINARY, COLUMN[1], LABELS[2]), "labels", "accuracy", id="labels against probabilities"),
        pytest.param(AMOUNTS, "numbers", "rmse", id="numbers"),
        pytest.param((NUMBERS.round() * 100, *AMOUNTS[1:]), "numbers", "rmse", id="numbers for whole ones"),
        pytest.param((BINARY, COLUMN[1] * 3, COLUMN[2]), "numbers", "rmse", id="beyond 1"),
    ],
)
def test_predictions_are_taken_for_what_they_are(data, form, metric):
    both = paired(*data)
    assert form_of(both) == form
    assert judge(both).metric == metric


def test_probabilities_of_named_classes_are_in_sorted_order():
    words = np.array(["ham", "spam"], dtype=object)
    named, plain = judge(paired(words[BINARY], *COLUMN[1:]), "brier"), judge(paired(*COLUMN), "brier")
    assert named.value_a == pytest.approx(plain.value_a)
    assert judge(paired(words[BINARY], *COLUMN[1:]), "acc").value_a == judge(paired(*COLUMN), "acc").value_a


def test_single_precision_is_no_advantage():
    sure = np.where(BINARY == 1, 1.0, 0.0)
    sure[0] = 1 - sure[0]
    sure[1] = 0.5
    found = judge(paired(BINARY, sure.astype(np.float32), sure), "log_loss")
    assert found.value_a == pytest.approx(found.value_b)


def test_a_missing_label_is_a_wrong_one():
    words = np.array(["ham", "spam"], dtype=object)
    truth = words[BINARY]
    silent = truth.copy()
    silent[:40] = None
    found = judge(paired(truth, silent, truth))
    assert (found.value_a, found.value_b, found.rows, found.verdict) == (0.9, 1.0, 400, "worse")


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_rows_without_a_number_are_left_out_and_counted(odd):
    truth, a, b = (values.copy() for values in AMOUNTS)
    truth[0], a[1], b[2] = np.nan, odd, odd
    found = judge(paired(truth, a, b))
    assert (found.rows, found.left_out) == (397, 3)
    assert "397 rows (3 left out)" in found.sentence
    assert np.isfinite([found.low, found.high]).all()


@pytest.mark.parametrize(
    ("data", "metric", "words"),
    [
        pytest.param(LABELS, "log_loss", "needs probabilities, and newer kept none", id="log loss of labels"),
        pytest.param(AMOUNTS, "mape", "cannot be computed from predictions", id="unknown"),
        pytest.param(CLASSES, "roc_auc", "two classes in y_true, which has 3", id="area of three classes"),
        pytest.param((np.ones(40, int), np.ones(40) * 0.4, np.ones(40)), "roc_auc", "two classes", id="one class"),
        pytest.param((np.full(40, 2.5), NUMBERS[:40], NUMBERS[:40]), "r2", "different values in y_true", id="flat truth"),
        pytest.param((NUMBERS, np.full(ROWS, np.nan), NUMBERS), None, "Only 0 rows", id="only NaN"),
        pytest.param((BINARY, LABELS[1].astype(str).astype(object), LABELS[2]), None, "log labels of one kind", id="mixed"),
        pytest.param((NUMBERS, WIDE[1], NUMBERS), None, "cannot be compared", id="classes against numbers"),
        pytest.param((THREE + 7, *(chances(THREE, 4) for _ in "ab")), None, "4 columns and y_true 3", id="unknown class"),
        pytest.param((THREE, chances(THREE, 4), WIDE[1]), None, "4 classes and older 3", id="other classes"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_a_sentence(data, metric, words):
    with pytest.raises(BadInput, match=words):
        judge(paired(*data), metric)


@pytest.mark.parametrize(
    ("name", "form", "measure"),
    [
        ("test_accuracy", "labels", "accuracy"), ("val/acc", "labels", "accuracy"), ("score", "numbers", "r2"),
        ("test_score", "labels", "accuracy"), ("balanced_accuracy_score", "labels", "balanced_accuracy"), ("AUC", "labels", "roc_auc"),
        ("val.balanced_accuracy", "labels", "balanced_accuracy"), ("neg_log_loss", "labels", None),
        ("R²", "numbers", "r2"), ("log-loss", "labels", "log_loss"), ("loss", "labels", None),
        ("silhouette_score", "labels", None), ("top5_accuracy", "labels", None), ("X", "labels", None), ("f1_macro", "labels", "f1_macro"),
    ],
)  # fmt: skip
def test_a_metrics_name_tells_its_measure(name, form, measure):
    assert find_measure(name, form) == measure
