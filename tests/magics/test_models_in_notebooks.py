"""Models that cells fit: kept because the line says so, or on their own while they are small."""

from __future__ import annotations

import time

import pytest

SETUP = """
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
X, y = load_breast_cancer(return_X_y=True, as_frame=True)
"""


@pytest.fixture(scope="module")
def science(notebook):
    assert notebook.cell(SETUP).status == "ok"
    return notebook


def models_of(science, run):
    """Names of the models that a run has, once nobody packs any more."""
    busy = "[t.name for t in __import__('threading').enumerate()].count('trackbook-models')"
    deadline = time.monotonic() + 120
    while science.value(busy):
        assert time.monotonic() < deadline, "it packs for ever"
    query = "SELECT m.name FROM models AS m JOIN runs AS r ON r.run_id = m.run_id WHERE r.name = $1 ORDER BY m.name"
    return science.value(f"tb.sql({query!r}, [{run!r}])['name'].tolist()")


def test_a_model_is_kept_under_its_name_and_registered_with_the_columns_of_the_cell_s_data(science):
    card = science.card(
        "%%track asked --model clf --register churn\n"
        "clf = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X, y)\nclf.score(X, y)"
    )
    assert "model clf" in card
    assert "registered as churn 1" in card
    inputs = science.value("[tb.get_version('models:/churn/1').signature['inputs'].count(n) for n in ('mean radius',)]")
    assert inputs == [1]
    assert science.value("tb.load_model('models:/churn/1').predict(X[:3]).tolist()") == [0, 0, 0]
    assert science.value("tb.get_version('models:/churn/1').run().name") == "asked"
    assert science.value("tb.get_version('models:/churn/1').package.facts['steps']") == [
        "standardscaler: StandardScaler", "logisticregression: LogisticRegression",
    ]  # fmt: skip


def test_a_small_model_is_kept_on_its_own_and_the_card_says_so_a_moment_later(science):
    done = science.cell("%%track alone\nforest = RandomForestClassifier(5, random_state=0).fit(X, y)")
    assert done.status == "ok"
    assert models_of(science, "alone") == ["forest"]
    assert science.value("tb.load_model('runs:/alone/forest').n_estimators") == 5


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_model_that_holds_a_large_array_is_kept_as_it_is(science, order):
    science.cell(
        f"rows = np.asarray(np.arange(60_000.0).reshape(2000, 30), order={order!r})\nhalf = rows[:, 0] > 30_000"
    )
    science.cell(
        f"%%track neighbours{order}\nfrom sklearn.neighbors import KNeighborsClassifier\nknn = KNeighborsClassifier(1, algorithm='brute').fit(rows, half)"
    )
    assert models_of(science, f"neighbours{order}") == ["knn"]
    assert science.value(f"bool((tb.load_model('runs:/neighbours{order}/knn')._fit_X == rows).all())")


def test_of_a_cell_s_attempts_the_newest_three_keep_theirs(science):
    for depth in range(1, 6):
        science.cell(
            f"%%track depth-{depth}\ntree = RandomForestClassifier(2, max_depth={depth}).fit(X, y)", cell_id="trees"
        )
    assert [models_of(science, f"depth-{depth}") for depth in range(1, 6)] == [[], [], ["tree"], ["tree"], ["tree"]]


def test_a_later_cell_cannot_change_what_an_earlier_one_kept(science):
    science.cell("%%track before\nmodel = LogisticRegression(C=1.0, solver='liblinear').fit(X, y)")
    science.cell("model.coef_[:] = 0")
    assert models_of(science, "before") == ["model"]
    assert science.value("bool(tb.load_model('runs:/before/model').coef_.any())") is True


def test_what_is_too_large_is_not_kept_and_the_way_to_keep_it_is_said(science):
    science.cell("%config Trackbook.model_limit = 10_000")
    card = science.card("%%track large\nbig = RandomForestClassifier(50, random_state=0).fit(X, y)")
    science.cell("%config Trackbook.model_limit = 20_000_000")
    assert "big is over" in card
    assert "--model big keeps it" in card
    assert models_of(science, "large") == []


@pytest.mark.parametrize(
    ("line", "setting"),
    [("%%track none --no-capture models", "True"), ("%%track none", "False")],
)
def test_who_wants_no_models_kept_says_so(science, line, setting):
    science.cell(f"%config Trackbook.keep_models = {setting}")
    science.cell(f"{line}\nsmall = LogisticRegression(solver='liblinear').fit(X, y)")
    science.cell("%config Trackbook.keep_models = True")
    assert models_of(science, "none") == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("%%track --model other\nx = 1", "it fitted none"),
        (
            "%%track --model other\na, b = (LogisticRegression(C=c, solver='liblinear').fit(X, y) for c in (1, 2))",
            "--model says which",
        ),
    ],
)
def test_a_model_that_is_not_there_is_a_warning_on_the_card(science, code, said):
    assert said in science.card(code)


def test_a_cell_that_raises_keeps_no_model(science):
    science.cell("%%track raises\nbad = LogisticRegression(solver='liblinear').fit(X, y)\n1 / 0")
    assert models_of(science, "raises") == []


def test_a_model_that_nobody_can_pack_keeps_no_cell_from_running(science):
    card = science.card(
        "%%track strange --model odd\n"
        "class Odd(LogisticRegression):\n    def __reduce__(self):\n        raise RuntimeError('no')\n"
        "odd = Odd(solver='liblinear').fit(X, y)"
    )
    assert "the model was not kept" in card
    assert science.run("strange", "status") == "FINISHED"


def test_a_decision_says_in_which_cell_it_was_made(science):
    done = science.cell("tb.describe('churn', 'from here')")
    place = science.value("tb.audit('churn')['place'].iloc[-1]")
    assert place.endswith(f"[{done.reply['execution_count']}]")
