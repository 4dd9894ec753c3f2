"""Which estimators a cell has to do with, and their hyper-parameters."""

import gc
import weakref
from copy import deepcopy
from typing import ClassVar

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from trackbook.capture.callees import with_callees
from trackbook.capture.cell import analyse
from trackbook.capture.estimators import estimators_read
from trackbook.capture.hyper_parameters import hyper_parameters
from trackbook.capture.models import Marks, is_estimator, is_fitted
from trackbook.capture.snapshot import take_snapshot

X, Y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])


def told(estimator):
    return {param.name: param.value for param in hyper_parameters(estimator)}


def chosen(estimator):
    return {param.name: param.value for param in hyper_parameters(estimator) if not param.is_default}


@pytest.mark.parametrize(
    ("estimator", "params"),
    [
        pytest.param(RandomForestClassifier(), {}, id="nothing"),
        pytest.param(RandomForestClassifier(max_depth=6), {"max_depth": 6}, id="one"),
        pytest.param(RandomForestClassifier(n_estimators=100), {}, id="the default, typed out"),
        pytest.param(SimpleImputer(missing_values=np.nan), {}, id="nan is the default though it equals nothing"),
        pytest.param(LogisticRegression(C=np.float64(0.5)), {"C": 0.5}, id="a numpy number"),
        pytest.param(FunctionTransformer(np.log1p), {"func": "log1p"}, id="a function is its name"),
        pytest.param(FunctionTransformer(func=told), {"func": "told"}, id="a function of the user"),
        pytest.param(
            LogisticRegression(class_weight={0: 1, 1: 5}), {"class_weight": {"0": 1, "1": 5}}, id="a small dict"
        ),
        pytest.param(
            make_pipeline(StandardScaler(), PCA(2)),
            {"standardscaler": "StandardScaler", "pca": "PCA", "pca__n_components": 2},
            id="pipeline",
        ),
        pytest.param(
            GridSearchCV(DecisionTreeClassifier(max_depth=2), {"max_depth": [1, 2]}, cv=KFold(3)),
            {
                "cv": "KFold(n_splits=3, random_state=None, shuffle=False)",
                "estimator": "DecisionTreeClassifier",
                "estimator__max_depth": 2,
                "param_grid": {"max_depth": [1, 2]},
            },
            id="search",
        ),
        pytest.param(
            VotingClassifier([("a", LogisticRegression(C=2)), ("b", DecisionTreeClassifier())]),
            {"a": "LogisticRegression", "a__C": 2, "b": "DecisionTreeClassifier"},
            id="ensemble",
        ),
        pytest.param(
            Pipeline([("prep", ColumnTransformer([("num", StandardScaler(with_mean=False), ["a"])]))]),
            {"prep": "ColumnTransformer", "prep__num": "StandardScaler", "prep__num__with_mean": False},
            id="nested three deep",
        ),
    ],
)
def test_what_the_user_chose_is_told_from_the_defaults(estimator, params):
    assert chosen(estimator) == params


def test_defaults_are_listed_behind_and_marked():
    params = hyper_parameters(DecisionTreeClassifier(min_samples_leaf=3, random_state=1))
    assert [param.name for param in params[:2]] == ["min_samples_leaf", "random_state"]
    assert {param.name for param in params} == set(DecisionTreeClassifier().get_params())
    assert all(param.is_default for param in params[2:])
    assert {param.source for param in params} == {"estimator"}


def test_xgboost_tells_what_was_chosen():
    xgboost = pytest.importorskip("xgboost")
    model = xgboost.XGBClassifier(max_depth=3, learning_rate=0.1)
    assert chosen(model) == {"max_depth": 3, "learning_rate": 0.1}
    assert told(model)["objective"] == "binary:logistic"


def test_lightgbm_tells_what_was_chosen():
    lightgbm = pytest.importorskip("lightgbm")
    assert chosen(lightgbm.LGBMClassifier(num_leaves=7, verbosity=-1)) == {"num_leaves": 7, "verbosity": -1}


def test_a_huge_value_becomes_a_short_one():
    class Holder:
        def __init__(self, data=None, text="", many=()):
            self.data, self.text, self.many = data, text, many

        def fit(self, data): ...

        def predict(self, data): ...

        def get_params(self, deep=True):
            return vars(self)

    params = told(Holder(np.zeros((1000, 3)), "x" * 9000, list(range(5000))))
    assert params == {"data": "ndarray(1000, 3)", "text": "x" * 249 + "…", "many": "list(5000 items)"}


def test_no_reference_to_the_estimator_or_its_data_is_kept():
    data = np.zeros(1000)
    model = LogisticRegression(class_weight=data)
    seen = [weakref.ref(data), weakref.ref(model)]
    params = hyper_parameters(model)
    listed = estimators_read(analyse("model.fit(X)"), {"model": model})
    del data, model, listed
    gc.collect()
    assert params
    assert [ref() for ref in seen] == [None, None]


class Broken:
    def fit(self, data): ...

    def predict(self, data): ...

    def get_params(self, deep=True):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError

    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None

    @property
    def coef_(self):
        raise RuntimeError


class Listing(Broken):
    def __init__(self, **settings):
        self.settings = settings

    def get_params(self, deep=True):
        return self.settings


@pytest.mark.parametrize(
    ("estimator", "params"),
    [
        pytest.param(object(), {}, id="no estimator"),
        pytest.param(Broken(), {}, id="get_params raises"),
        pytest.param(
            Listing(a=Broken(), b=object(), c=type), {"a": "Broken", "b": "object", "c": "type"}, id="objects"
        ),
        pytest.param(Listing(a=[Broken()], b=1), {"a": ["Broken"], "b": 1}, id="objects in a list"),
    ],
)
def test_a_strange_estimator_breaks_nothing(estimator, params):
    assert told(estimator) == params


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(LogisticRegression(), True, id="classifier"),
        pytest.param(StandardScaler(), True, id="transformer"),
        pytest.param(make_pipeline(PCA()), True, id="pipeline"),
        pytest.param(Broken(), True, id="a user's own"),
        pytest.param(LogisticRegression, False, id="a class"),
        pytest.param(KFold(), False, id="splitter"),
        pytest.param(np.zeros(3), False, id="array"),
        pytest.param(None, False, id="None"),
    ],
)
def test_what_counts_as_an_estimator(value, expected):
    assert is_estimator(value) is expected


@pytest.mark.parametrize(
    "estimator",
    [LogisticRegression(), make_pipeline(StandardScaler(), LogisticRegression()), DecisionTreeClassifier()],
    ids=["regression", "pipeline", "tree"],
)
def test_an_estimator_is_fitted_after_its_fit(estimator):
    assert not is_fitted(estimator)
    assert is_fitted(estimator.fit(X, Y))


def parts(cell, namespace):
    return {name: part for name, _, part in estimators_read(analyse(cell), namespace)}


def parts_after(cell, **namespace):
    """Execute the cell, as the kernel would between our two looks."""
    facts = with_callees(analyse(cell), namespace)
    before = take_snapshot(facts, namespace)
    exec(cell, namespace)
    return {name: part for name, _, part in estimators_read(facts, namespace, before.marks)}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("clf.fit(X, y)", {"clf": "fits"}, id="fitted"),
        pytest.param("clf = Forest()", {"clf": "builds"}, id="built"),
        pytest.param("clf = Forest().fit(X, y)", {"clf": "fits"}, id="built and fitted"),
        pytest.param("clf = Forest()\nclf.fit(X, y)", {"clf": "fits"}, id="built, then fitted"),
        pytest.param("clf.score(X, y)", {"clf": "reads"}, id="scored"),
        pytest.param("f(clf)\ntree = Tree()", {"tree": "builds", "clf": "reads"}, id="built before read"),
        pytest.param("print(1)", {}, id="untouched"),
        pytest.param("tree = clf\ntree.fit(X)", {"tree": "fits"}, id="one object under two names"),
        pytest.param(
            "for m in models.values():\n    m.fit(X)", {"models.a": "fits", "models.b": "fits"}, id="in a dict"
        ),
        pytest.param("f(models)", {"models.a": "reads", "models.b": "reads"}, id="in a dict, read"),
        pytest.param("grid.fit(X)\nf(inner)", {"grid": "fits"}, id="part of another"),
        pytest.param(
            "inner.fit(X)\ngrid.fit(X)", {"inner": "fits", "grid": "fits"}, id="part of another, fitted itself"
        ),
    ],
)
def test_estimators_of_a_cell(cell, expected):
    clf, inner = RandomForestClassifier(), DecisionTreeClassifier()
    models = {"a": LogisticRegression(), "b": DecisionTreeClassifier()}
    namespace = {"clf": clf, "tree": clf if "tree = clf" in cell else DecisionTreeClassifier(), "models": models}
    namespace |= {"inner": inner, "grid": GridSearchCV(inner, {}), "m": models["b"], "X": X, "y": Y}
    assert parts(cell, namespace) == expected


class Trainer:
    def __init__(self, depth):
        self.model = DecisionTreeClassifier(max_depth=depth)

    def run(self):
        self.model.fit(X, Y)


def fit(model):
    return model.fit(X, Y)


def tune():
    return GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2).fit(X, Y)


EFFECTS = [
    pytest.param("fit(new)", {"new": "fits"}, id="an unfitted one is fitted"),
    pytest.param("print(new)", {"new": "reads"}, id="an unfitted one is looked at"),
    pytest.param("fit(old)", {"old": "fits"}, id="a fitted one is fitted again"),
    pytest.param("fit(pipe)", {"pipe": "fits"}, id="a pipeline, whose steps learn"),
    pytest.param("old.predict([[1.0]])", {"old": "reads"}, id="a fitted one predicts"),
    pytest.param("m = fit(Tree())", {"m": "fits"}, id="returned by a function"),
    pytest.param("m = Tree()", {"m": "builds"}, id="only built"),
    pytest.param("m = old", {"m": "reads"}, id="another name for a fitted one"),
    pytest.param("m = deepcopy(old)", {"m": "reads", "old": "reads"}, id="a copy of a fitted one was not fitted here"),
    pytest.param("grid = tune()\nbest = grid.best_estimator_", {"grid": "fits"}, id="a search and what it found"),
    pytest.param("ms = {0: fit(Tree()), 1: fit(Tree())}", {"ms.0": "fits", "ms.1": "fits"}, id="under numbers"),
    pytest.param("ms = [(1, fit(Tree()))]", {"ms.0.1": "fits"}, id="in pairs"),
    pytest.param("t = Trainer(2)\nt.run()", {"t.model": "fits"}, id="in an object of the user's"),
    pytest.param("print(trainer)", {"trainer.model": "reads"}, id="in an object that is only read"),
]


@pytest.mark.parametrize(("cell", "expected"), EFFECTS)
def test_a_fit_is_seen_by_its_effect_wherever_it_happens(cell, expected):
    found = parts_after(
        cell,
        new=DecisionTreeClassifier(),
        old=DecisionTreeClassifier().fit(X, Y),
        pipe=make_pipeline(StandardScaler(), DecisionTreeClassifier()).fit(X, Y),
        trainer=Trainer(1),
        Trainer=Trainer,
        Tree=DecisionTreeClassifier,
        deepcopy=deepcopy,
        fit=fit,
        tune=tune,
    )
    assert found == expected


def test_what_a_model_had_learnt_is_remembered_without_keeping_it_alive():
    marks, model = Marks(), DecisionTreeClassifier().fit(X, Y)
    marks.note(model)
    assert marks.of(model) not in (0, None)
    alive = weakref.ref(model)
    del model
    gc.collect()
    assert alive() is None


def test_looking_for_models_runs_no_code_of_the_user():
    class Loud:
        touched: ClassVar[list[str]] = []

        def __getattribute__(self, name):
            Loud.touched.append(name)
            raise RuntimeError(name)

    loud = Loud()
    object.__setattr__(loud, "model", DecisionTreeClassifier())
    assert parts("f(loud)", {"loud": loud}) == {"loud.model": "reads"}
    assert [name for name in Loud.touched if name != "__class__"] == []


def test_a_container_that_holds_itself_ends():
    circle = {}
    circle["again"] = [circle, DecisionTreeClassifier()]
    assert parts("f(circle)", {"circle": circle}) == {"circle.again.1": "reads"}


def test_a_module_of_torch_is_fitted_by_its_optimiser_and_read_by_an_evaluation():
    torch = pytest.importorskip("torch")
    net = torch.nn.Linear(1, 1)
    names = {"net": net, "torch": torch, "x": torch.ones(4, 1)}
    steps = "opt = torch.optim.SGD(net.parameters(), lr=0.1)\nfor _ in range(2):\n    net(x).sum().backward()\n    opt.step()"
    assert parts_after(steps, **names)["net"] == "fits"
    assert parts_after("net.eval()\nwith torch.no_grad():\n    net(x).sum()", **names) == {"net": "reads"}
    assert parts_after("net.load_state_dict(net.state_dict())\nnet(x)", **names) == {"net": "reads"}
    assert chosen(torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)) == {"lr": 0.1, "momentum": 0.9}


def test_a_class_of_the_users_own_tells_what_it_was_given():
    class Mine:
        def __init__(self, lr=0.1, depth=2):
            self.lr, self.depth, self.weights = lr, depth, None

        def fit(self, data): ...

        def predict(self, data): ...

    assert told(Mine(lr=0.5)) == {"lr": 0.5, "depth": 2}
    assert chosen(Mine(lr=0.5)) == {"lr": 0.5}
