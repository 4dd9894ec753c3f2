"""What is found in cells as data scientists write them, and what is left of data, models and outputs."""

from __future__ import annotations

import hashlib

import pytest

SETUP = """
import gc, resource
import numpy as np, pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, mean_squared_error, roc_auc_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
df = X.assign(target=y)
"""


@pytest.fixture(scope="module")
def science(notebook):
    assert notebook.cell(SETUP).status == "ok"
    return notebook


CELLS = {
    "split": (
        "SEED = 42\nTEST_SIZE = 0.25\nA, B = train_test_split(X, test_size=TEST_SIZE, random_state=SEED)\nA.shape",
        {"SEED": 42, "TEST_SIZE": 0.25},
        set(),
    ),
    "a first look": ("n_missing = df.isna().sum().sum()\ndf.describe()", {}, set()),
    "correlations": ("top = df.corr()['target'].abs().sort_values()\ntop", {}, set()),
    "means of columns": ("X.mean()", {}, set()),
    "means by group": ("df.groupby('target')['mean radius'].mean()", {}, set()),
    "a pipeline": (
        (
            "pipe = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=500)).fit(X_train, y_train)\n"
            "pred = pipe.predict(X_test)\nacc = accuracy_score(y_test, pred)\nrmse = mean_squared_error(y_test, pred) ** 0.5"
        ),
        {
            "logisticregression__C": 0.5,
            "logisticregression__max_iter": 500,
            "standardscaler": "StandardScaler",
            "logisticregression": "LogisticRegression",
        },
        {"acc", "rmse"},
    ),
    "a grid": (
        (
            "grid = GridSearchCV(RandomForestClassifier(random_state=0), {'n_estimators': [2, 4]}, cv=3)\n"
            "grid.fit(X_train, y_train)\ngrid.best_score_"
        ),
        {
            "cv": 3,
            "estimator__random_state": 0,
            "param_grid.n_estimators": [2, 4],
            "best.n_estimators": 4,
            "estimator": "RandomForestClassifier",
        },
        {"best_score"},
    ),
    "cross-validation": (
        "scores = cross_val_score(pipe, X, y, cv=3)\nprint(scores.mean())",
        None,
        {"scores", "scores.mean", "scores.std"},
    ),
    "models in a dict": (
        (
            "results = {}\nmodels = {'lr': LogisticRegression(max_iter=3000), 'rf': RandomForestClassifier(n_estimators=3, random_state=0)}\n"
            "for name, model in models.items():\n    model.fit(X_train, y_train)\n    results[name] = model.score(X_test, y_test)\n"
            "pd.Series(results)"
        ),
        {"max_iter": 3000, "n_estimators": 3, "models.rf.random_state": 0},
        {"lr", "rf"},
    ),
    "a training loop": (
        (
            "epochs, lr = 3, 1e-2\nlosses = []\nweight = np.zeros(30)\nfor epoch in range(epochs):\n"
            "    total = 0.0\n    for i in range(0, len(X_train), 100):\n"
            "        loss = float(np.abs(weight).mean()) + 1 / (1 + epoch)\n        total += loss\n    losses.append(total)"
        ),
        {"epochs": 3, "lr": 0.01},
        {"losses", "loss"},
    ),
    "a configuration": (
        (
            "cfg = {'model': {'depth': 4}, 'optim': {'lr': 1e-3, 'name': 'adam'}}\ncfg['model']['depth'] = 6\n"
            "val_loss = float(np.ones(cfg['model']['depth']).mean())"
        ),
        {"cfg.model.depth": 6, "cfg.optim.lr": 0.001, "cfg.optim.name": "adam"},
        {"val_loss"},
    ),
    "a dict from a function": (
        "def evaluate(X, y):\n    p = pipe.predict(X)\n    return {'f1': f1_score(y, p), 'n': len(y)}\nevaluate(X_test, y_test)",
        None,
        {"test_f1"},
    ),
    "one row of results": ("pd.DataFrame({'rmse': [0.5], 'lift': [1.5]})", {}, {"rmse", "lift"}),
    "tried out by hand": ("lr = 0.5\nacc = 0.25\nacc", {"lr": 0.5}, {"acc"}),
    "inertias": (
        "inertias = []\nfor k in range(2, 5):\n    inertias.append(float(np.sqrt(k)))",
        {},
        {"inertias"},
    ),
}


@pytest.mark.parametrize("name", CELLS)
def test_params_are_settings_and_metrics_are_results(science, name):
    code, params, metrics = CELLS[name]
    done = science.cell(f"%%track '{name}'\n{code}")
    assert done.status == "ok"
    found = science.run(name, "params", "metrics")
    assert params is None or found[0] == params
    assert set(found[1]) == metrics


def test_an_evaluation_is_linked_and_its_metrics_stand_in_the_fitting_run_as_well(science):
    science.cell(
        "%%track fitting\nforest = RandomForestClassifier(n_estimators=3, random_state=0).fit(X_train, y_train)"
    )
    card = science.card("%%track scoring\nforest.score(X_test, y_test), forest.score(X_train, y_train)")
    fitting, scoring = (
        science.run("fitting", "run_id", "metrics"),
        science.run("scoring", "evaluates_run_id", "metrics"),
    )
    assert "evaluates fitting" in card
    assert scoring[0] == fitting[0]
    assert fitting[1] == scoring[1]
    assert set(scoring[1]) == {"test_score", "train_score"}
    # Cross-validation fits copies: it says nothing about the fitted one.
    assert "evaluates" not in science.card("%%track\ncross_val_score(forest, X, y, cv=3)")
    assert "evaluates" not in science.card("%%track\nforest.fit(X_test, y_test)\nforest.score(X_test, y_test)")


FIT_HERE = {
    "returned by a function": ("model = fit(8)", "model.score(X_test, y_test)"),
    "the best of a search": (
        "gs = GridSearchCV(DecisionTreeClassifier(), {'max_depth': [1, 2]}, cv=2).fit(X_train, y_train)",
        "best = gs.best_estimator_\nbest.score(X_test, y_test)",
    ),
    "under numbers": ("byNumber = {0: fit(3), 1: fit(4)}", "byNumber[1].score(X_test, y_test)"),
    "in an object": ("held = Held(5)\nheld.run()", "held.check()"),
    "an estimator of their own": ("mean = Mean(0.5)\nfitted(mean)", "mean_squared_error(y_test, mean.predict(X_test))"),
    "a pipeline fitted by a function": (
        "pipe2 = fitted(make_pipeline(StandardScaler(), LogisticRegression()))",
        "step = pipe2[-1]\nabs(step.coef_).max()",
    ),
}


@pytest.mark.parametrize("name", FIT_HERE)
def test_a_model_leads_back_to_its_run_wherever_it_was_fitted_and_is_kept(science, name):
    science.cell(
        "from sklearn.tree import DecisionTreeClassifier\n"
        "def fitted(model): return model.fit(X_train, y_train)\n"
        "def fit(n): return fitted(RandomForestClassifier(n_estimators=n, random_state=0))\n"
        "class Held:\n"
        "    def __init__(self, n): self.model = RandomForestClassifier(n_estimators=n)\n"
        "    def run(self): self.model.fit(X_train, y_train)\n"
        "    def check(self): return self.model.score(X_test, y_test)\n"
        "class Mean:\n"
        "    def __init__(self, shift): self.shift, self.mean = shift, None\n"
        "    def fit(self, X, y): self.mean = y.mean() + self.shift\n"
        "    def predict(self, X): return np.full(len(X), self.mean)\n"
    )
    fits, scores = FIT_HERE[name]
    science.cell(f"%%track 'fits {name}'\n{fits}")
    science.cell(f"%%track 'scores {name}'\n{scores}")
    fitting = science.run(f"fits {name}", "run_id", "params", "metrics")
    scoring = science.run(f"scores {name}", "evaluates_run_id", "params", "metrics")
    assert fitting[0] == scoring[0]
    assert fitting[1]
    assert scoring[2]
    assert scoring[2].items() <= fitting[2].items()


def test_the_models_of_two_runs_get_their_own_metrics(science):
    science.cell("%%track 'trains a'\na = RandomForestClassifier(n_estimators=2).fit(X_train, y_train)")
    science.cell("%%track 'trains b'\nb = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)")
    science.cell(
        "%%track 'compares'\npredicted = a.predict(X_test)\nfirst = accuracy_score(y_test, predicted)\n"
        "second = b.score(X_test, y_test)\ngain = second - first"
    )
    science.cell(
        "%%track 'compares again'\n{'f1_a': f1_score(y_test, a.predict(X_test)), 'f1_b': f1_score(y_test, b.predict(X_test))}"
    )
    assert set(science.run("trains a", "metrics")) == {"first", "f1_a"}
    assert set(science.run("trains b", "metrics")) == {"second", "f1_b"}
    assert science.run("compares", "evaluates_run_id") == science.run("trains a", "run_id")


def test_a_model_that_was_fitted_again_outside_leads_nowhere(science):
    science.cell("%%track 'first fit'\nagain = RandomForestClassifier(n_estimators=2).fit(X_train, y_train)")
    science.cell("again.fit(X_test, y_test)")
    science.cell("%%track 'after another fit'\nagain.score(X_test, y_test)")
    assert science.run("after another fit", "evaluates_run_id") is None
    assert science.run("first fit", "metrics") == {}


def test_an_estimator_that_nothing_keeps_leaves_its_params(science):
    science.cell("%%track unkept\ncross_val_score(RandomForestClassifier(n_estimators=7), X, y, cv=2)")
    science.cell("%%track chained\nRandomForestClassifier(8).fit(X_train, y_train).score(X_test, y_test)")
    science.cell(
        "%%track looped\nfor c in [0.1, 1.0, 10.0]:\n    m = make_pipeline(StandardScaler(), LogisticRegression(C=c))\n"
        "    m.fit(X_train, y_train)"
    )
    assert science.run("unkept", "params") == {"n_estimators": 7}
    assert science.run("chained", "params") == {"n_estimators": 8}
    assert science.run("looped", "params")["logisticregression__C"] == [0.1, 1.0, 10.0]


def test_with_track_on_a_cell_that_fits_through_a_function_is_a_run(science):
    science.cell(
        "def go(n):\n    return RandomForestClassifier(n_estimators=n).fit(X_train, y_train)\ndef look(n):\n    return n"
    )
    science.cell("%track on")
    tracked = [bool(science.card(cell)) for cell in ("go(9)", "gone = go(9)", "look(9)", "five = 5")]
    science.cell("%track off")
    assert tracked == [True, True, False, False]


def test_a_score_that_is_only_printed_is_a_metric_of_both_runs(science):
    science.cell("%%track fitted_for_print\nprinted = LogisticRegression(max_iter=500).fit(X_train, y_train)")
    card = science.card("%%track prints\nprint('almost')\nprint(f'accuracy {printed.score(X_test, y_test):.3f}')")
    expected = science.value("round(printed.score(X_test, y_test), 3)")
    assert f"test_score {expected:.3g}" in card
    assert science.run("prints", "metrics")["test_score"] == expected
    assert science.run("fitted_for_print", "metrics")["test_score"] == expected


def test_the_card_warns_of_an_unseeded_cell_and_of_no_seeded_one(science):
    forest = "%%track\nseedling = RandomForestClassifier(3{}).fit(X_train, y_train)"
    assert "⚠ unseeded: RandomForestClassifier has no random_state" in science.card(forest.format(""))
    assert "unseeded" not in science.card(forest.format(", random_state=0"))
    assert "⚠ unseeded: the cell drew random numbers of numpy" in science.card("%%track\nnoise = np.random.rand(3)")
    science.cell("np.random.seed(0)")
    assert "unseeded" not in science.card(forest.format(""))


def test_an_ignored_name_is_neither_a_metric_nor_a_param(science):
    science.cell("%track ignore unwanted")
    science.cell("%%track 'without it'\nunwanted = 0.5\nwanted = 0.25")
    science.cell("%%track 'without its entries'\nunwanted = {'depth': 3}\nother = 1")
    assert science.run("without it", "params") == {"wanted": 0.25}
    assert science.run("without its entries", "params") == {"other": 1}


def test_a_deleted_model_is_not_kept_alive_and_not_mistaken_for_a_new_one(science):
    science.cell("%%track owner\nbrief = LogisticRegression(max_iter=3000).fit(X_train, y_train)")
    alive = "sum(type(thing) is LogisticRegression for thing in gc.get_objects())"
    packed = "import threading; [each.join() for each in threading.enumerate() if each.name == 'trackbook-models']"
    before = science.value(alive, packed)  # a snapshot of it was packed meanwhile
    assert science.value(alive, "del brief; gc.collect()") == before - 1
    assert "evaluates" not in science.card(
        "%%track\nbrief = LogisticRegression(max_iter=9).fit(X_test, y_test)\nbrief.score(X_test, y_test)"
    )


def test_data_is_described_as_the_cell_found_it(science):
    (science.folder / "rows.csv").write_text("a,b\n1,2\n3,4\n")
    science.cell("mine = pd.DataFrame({'a': [1.0, None, 3.0] * 20, 'b': list('xyz') * 20})\nsame = mine.copy()")
    science.cell("%%track rebinds\nmine = mine.dropna()")
    science.cell("%%track reads\nsame.a.sum()\nrows = pd.read_csv('rows.csv')")
    facts = "[(d['name'], d['kind'], d['row_count'], d['column_count'], d['sampled']) for d in run.datasets], [d['digest'] for d in run.datasets]"
    rebound, [digest] = science.value(facts, "run = tb.get_run('rebinds')")
    read, digests = science.value(facts, "run = tb.get_run('reads')")
    assert rebound == [("mine", "pandas", 60, 2, False)]
    assert read == [("same", "pandas", 60, 2, False), ("rows.csv", "file", None, None, False)]
    assert digests == [digest, hashlib.sha256(b"a,b\n1,2\n3,4\n").hexdigest()]


FILES = [
    ("pd.read_csv(DATA)", ["half/a.csv"]),
    ("pd.read_csv(f'{HALF}/b.csv')", ["half/b.csv"]),
    ("halves = pd.concat(pd.read_csv(part) for part in sorted(HALF.glob('*.csv')))", ["half/a.csv", "half/b.csv"]),
    ("load_half('b')", ["half/b.csv"]),
    ("with open(DATA) as lines:\n    first = next(lines)", ["half/a.csv"]),
]


@pytest.mark.parametrize(("code", "files"), FILES)
def test_files_are_found_by_the_names_that_lead_to_them(science, code, files):
    (science.folder / "half").mkdir(exist_ok=True)
    for name in ("a", "b"):
        (science.folder / "half" / f"{name}.csv").write_text(f"{name}\n1\n2\n")
    science.cell(
        "from pathlib import Path\nDATA, HALF = 'half/a.csv', Path('half')\n"
        "def load_half(name):\n    return pd.read_csv(HALF / f'{name}.csv')"
    )
    science.cell(f"%%track\n{code}")
    assert science.value("[d['path'] for d in tb.get_run('last').datasets if d['kind'] == 'file']") == files


def test_a_folder_that_is_gone_keeps_no_cell_from_being_recorded(science):
    science.cell("import os, pathlib\nhere = os.getcwd()\nos.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')")
    card = science.card(
        "%%track\nrow = pathlib.Path(here, 'rows.csv').write_text('a\\n1\\n')\nread = open(f'{here}/rows.csv').read()"
    )
    science.cell("os.chdir(here)")
    assert "rows.csv 4 B" in card


def test_outputs_are_kept_as_they_were_shown(science):
    card = science.card(
        "%%track shows\nimport matplotlib.pyplot as plt, plotly.graph_objects as go, sys\nplt.plot([1, 2]); plt.show()\n"
        "display(pd.DataFrame({'a': [1]}))\ndisplay(go.Figure(data=[go.Scatter(y=[1, 2])]))\nprint('text')\n"
        "print('oops', file=sys.stderr)\n6 * 7"
    )
    assert "2 figures · 4 other outputs" in card
    shown = science.value(
        "[(o['position'], o['kind'], o['name'], o['mime']) for o in run.outputs]", "run = tb.get_run('shows')"
    )
    assert {
        (0, "display_data", "", "image/png"),
        (1, "display_data", "", "text/html"),
        (3, "stream", "stdout", "text/plain"),
    } <= set(shown)
    assert (4, "stream", "stderr", "text/plain") in shown
    assert science.value("run.read_output(0)[:4]") == b"\x89PNG"
    assert "<table" in science.value("run.read_output(1, 'text/html')")
    assert '"scatter"' in science.value("run.read_output(2, 'application/vnd.plotly.v1+json')")
    assert [science.value(f"run.read_output({position}, 'text/plain')") for position in (3, 5)] == ["text\n", "42"]


def test_a_flood_of_output_is_cut_and_the_card_says_so(science):
    science.cell("%config Trackbook.output_limit = 1000")
    card = science.card("%%track flood\nfor line in range(1000): print(line)")
    science.cell("%config Trackbook.output_limit = 2_000_000")
    kept = science.value("tb.get_run('flood').read_output(0, 'text/plain')")
    assert "⚠ 2.9 kB of output were left out; %config Trackbook.output_limit raises the limit" in card
    assert kept.startswith("0\n1\n")
    assert kept.endswith("998\n999\n")


def test_strange_objects_do_no_harm_and_are_not_harmed(science):
    science.cell(
        "class Bad:\n    touched = []\n    def __getattr__(self, name): Bad.touched.append(name); raise RuntimeError(name)\n"
        + "".join(
            f"    def __{name}__(self, *_): raise RuntimeError('{name}')\n"
            for name in ("eq", "bool", "len", "float", "iter", "repr")
        )
        + "    __hash__ = None\nbad = Bad()\nheld = [bad, {'a': bad}]"
    )
    done = science.cell("%%track strange\nlr = 0.1\nother, copies = bad, held\nval_loss = bad\nlr")
    assert (done.status, done.text("stderr")) == ("ok", "")
    assert science.run("strange", "params", "metrics") == [{"lr": 0.1}, {}]


def test_thousands_of_names_cost_little(science):
    science.cell("for n in range(5000): globals()[f'name_{n}'] = [n] if n % 2 else n * 0.5")
    science.cell("%%track\nwarm = 1")
    spent = science.value(
        "time.perf_counter() - began",
        "import time; began = time.perf_counter(); get_ipython().run_cell('%%track crowded\\nlr = 0.5', store_history=True)",
    )
    science.cell("for n in range(5000): del globals()[f'name_{n}']")
    assert science.run("crowded", "params") == {"lr": 0.5}
    assert spent < 1.0


def test_a_large_array_is_neither_copied_nor_kept(science):
    peak = "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss"
    science.cell("big = np.ones(40_000_000)")  # 320 MB
    before = science.value(peak)
    card = science.card("%%track big\ntotal_loss = float(big[:10].mean())")
    assert "big 40 000 000" in card
    assert "sampled" in card
    assert (science.value(peak) - before) < 60_000  # kB on Linux
    science.cell("%%track shrinks\nbig = big[:1000].copy()")
    held = "int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize()"
    assert science.value(held, "gc.collect()") < before * 1000 - 250_000_000
