"""The params that a cell shows without being asked."""

import argparse
import enum
import gc
import weakref
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
import sklearn.tree
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from trackbook.capture.callees import with_callees
from trackbook.capture.cell import analyse
from trackbook.capture.estimators import estimators_read
from trackbook.capture.params import find_params
from trackbook.capture.snapshot import take_snapshot


@dataclass
class Config:
    lr: float = 0.1
    layers: tuple = (64, 32)
    nested: dict = field(default_factory=lambda: {"depth": 3})


class Mode(enum.IntEnum):
    FAST = 2


def found(cell, **namespace):
    """Run the cell as the kernel would and list what is found."""
    namespace.setdefault("np", np)
    exec("", namespace)
    facts = with_callees(analyse(cell), namespace)
    before = take_snapshot(facts, namespace)
    exec(cell, namespace)
    return find_params(facts, before.values, namespace, estimators_read(facts, namespace, before.marks))


def values(cell, **namespace):
    return {param.name: param.value for param in found(cell, **namespace) if not param.is_default}


@pytest.mark.parametrize(
    ("cell", "params"),
    [
        pytest.param("lr = 1e-3", {"lr": 1e-3}, id="plain number"),
        pytest.param("lr = max([1])", {}, id="a call is not a param"),
        pytest.param("lr: float = 0.1", {"lr": 0.1}, id="annotated"),
        pytest.param("a, b = 1, 'two'", {"a": 1, "b": "two"}, id="unpacked"),
        pytest.param("fast, name = True, None", {"fast": True, "name": None}, id="True and None"),
        pytest.param("_lr = 0.1", {}, id="a name with an underscore"),
        pytest.param("lr = 0.1\nlr = 0.2", {"lr": 0.2}, id="the later one"),
        pytest.param("device = 'cuda' if np is None else 'cpu'", {"device": "cpu"}, id="one of two constants"),
        pytest.param("if np:\n    lr = 1\nelse:\n    lr = 2", {"lr": 1}, id="the branch that was taken"),
        pytest.param("if not np:\n    lr = 1", {}, id="a branch that was not taken"),
        pytest.param("total = 0\nfor i in range(3):\n    total += i", {}, id="an accumulator"),
        pytest.param("losses = []\nlosses.append(1)", {}, id="a list that is filled"),
        pytest.param("losses = [0.5]\nlosses.append(0.4)", {}, id="a list that is filled further"),
        pytest.param("layers = (64, 32)", {"layers": [64, 32]}, id="short tuple"),
        pytest.param("c = {'net': {'depth': 3}, 'lr': 0.1}", {"c.net.depth": 3, "c.lr": 0.1}, id="nested dict"),
        pytest.param(
            "c = {'layers': [{'units': 8}, {'units': 4}]}",
            {"c.layers.0.units": 8, "c.layers.1.units": 4},
            id="list of dicts",
        ),
        pytest.param("c = {'lr': 0.1, 'f': len, 'n': len('abc')}", {"c.lr": 0.1}, id="only a dict's constants"),
        pytest.param("out = {'acc': max(0.1, 0.2)}", {}, id="a dict of results"),
        pytest.param("c = {'lr': 0.1}\nc['lr'] = 0.2", {"c.lr": 0.2}, id="a dict changed afterwards"),
        pytest.param("c = {}\nc['lr'] = 0.2", {"c.lr": 0.2}, id="a dict begun empty"),
        pytest.param(
            "from types import SimpleNamespace as N\nargs = N(lr=0.1, net=N(depth=2))",
            {"args.lr": 0.1, "args.net.depth": 2},
            id="namespace",
        ),
        pytest.param("import json\nc = json.loads('{\"lr\": 0.1}')", {"c.lr": 0.1}, id="loaded"),
        pytest.param("a = 100\nb = a // 10", {"a": 100, "b": 10}, id="arithmetic of settings"),
        pytest.param("key = 'sk-" + "a" * 40 + "'", {}, id="a secret by its look"),
        pytest.param("db_password = 'hunter2!'", {}, id="a secret by its name"),
        pytest.param("c = {'api_key': 'abcdefghijklmnop', 'lr': 1}", {"c.lr": 1}, id="a secret in a dict"),
        pytest.param("i = 0\nwhile i < 3:\n    i += 1", {}, id="a counter"),
        pytest.param("for lr in [1, 2]:\n    pass", {}, id="a loop target"),
    ],
)
def test_constants_of_the_cell_are_params(cell, params):
    assert values(cell) == params


@pytest.mark.parametrize(
    ("cell", "namespace", "params"),
    [
        pytest.param("x = f(lr)", {"lr": 0.1}, {"lr": 0.1}, id="number"),
        pytest.param("x = f(name)", {"name": "adam"}, {"name": "adam"}, id="text"),
        pytest.param("x = f(fast)", {"fast": True}, {"fast": True}, id="bool"),
        pytest.param("x = f(lr)", {"lr": np.float32(0.5)}, {"lr": 0.5}, id="numpy number"),
        pytest.param("x = f(mode)", {"mode": Mode.FAST}, {"mode": 2}, id="enumeration"),
        pytest.param("x = f(1)", {"lr": 0.1}, {}, id="not read"),
        pytest.param("x = f(_lr)", {"_lr": 0.1}, {}, id="underscore"),
        pytest.param("x = f(np)", {}, {}, id="a module"),
        pytest.param("x = f(data)", {"data": [1, 2, 3]}, {}, id="a list is data"),
        pytest.param("x = f(nothing)", {"nothing": None}, {}, id="None"),
        pytest.param("x = f(long)", {"long": "x" * 251}, {}, id="long text"),
        pytest.param(
            "x = f(lr)\nlr = lr / 2", {"lr": 0.1}, {"lr": 0.05}, id="arithmetic of settings has the last word"
        ),
        pytest.param("lr *= 0.5", {"lr": 0.1}, {"lr": 0.1}, id="the value at the cell's start"),
        pytest.param("x = f(acc)", {"acc": 0.9}, {}, id="an earlier result"),
        pytest.param(
            "x = f(precision)", {"precision": 16}, {"precision": 16}, id="a whole number under a result's name"
        ),
        pytest.param("x = f(loss)", {"loss": "mse"}, {"loss": "mse"}, id="a text under a result's name"),
        pytest.param("x = f(acc_threshold)", {"acc_threshold": 0.9}, {"acc_threshold": 0.9}, id="a threshold"),
        pytest.param("x = f(c)", {"c": {"lr": 0.1, "net": {"depth": 3}}}, {"c.lr": 0.1, "c.net.depth": 3}, id="dict"),
        pytest.param("x = f(c['lr'])", {"c": {"lr": 0.1, "m": 2}}, {"c.lr": 0.1, "c.m": 2}, id="dict by key"),
        pytest.param(
            "c['lr'] = 0.5", {"c": {"lr": 0.1, "m": 2}}, {"c.lr": 0.5, "c.m": 2}, id="dict changed by the cell"
        ),
        pytest.param(
            "args.lr = 0.5", {"args": SimpleNamespace(lr=0.1)}, {"args.lr": 0.5}, id="namespace changed by the cell"
        ),
        pytest.param("x = f(args)", {"args": argparse.Namespace(lr=0.1)}, {"args.lr": 0.1}, id="argparse"),
        pytest.param(
            "x = f(c)", {"c": Config()}, {"c.lr": 0.1, "c.layers": [64, 32], "c.nested.depth": 3}, id="dataclass"
        ),
        pytest.param("x = f(data)", {"data": {"X": np.zeros(3), "n": 3}}, {}, id="a dict of arrays is data"),
        pytest.param("x = f(names)", {"names": {0: "cat", 1: "dog"}}, {}, id="a dict by number is data"),
        pytest.param("x = f(vocab)", {"vocab": {str(i): i for i in range(300)}}, {}, id="a large dict is data"),
        pytest.param("results['b'] = f(1)", {"results": {"a": 0.9}}, {}, id="a dict that collects results"),
        pytest.param("x = f(scores)", {"scores": {"a": 0.9}}, {}, id="a dict of results"),
        pytest.param("x = f(url)", {"url": "postgresql://me:secret@host/db"}, {}, id="a password in a URL"),
        pytest.param("[lr * i for i in range(3)]", {"lr": 0.1}, {"lr": 0.1}, id="in a comprehension"),
        pytest.param("def g():\n    return lr\ng()", {"lr": 0.1}, {"lr": 0.1}, id="in a function of the cell"),
    ],
)
def test_settings_of_other_cells_that_the_cell_reads_are_params(cell, namespace, params):
    assert values(cell, f=lambda *args: object(), **namespace) == params


def test_what_a_dict_called_params_holds_bears_its_own_names():
    assert values("params = {'depth': 2, 'net': {'units': 8}}\nparams['lr'] = 0.1") == {
        "depth": 2,
        "net.units": 8,
        "lr": 0.1,
    }


def test_a_param_of_the_same_name_and_another_value_keeps_them_apart():
    assert values("depth = 3\nparams = {'depth': 2}") == {"depth": 3, "params.depth": 2}
    assert values("depth = 2\nparams = {'depth': 2}") == {"depth": 2}


def test_a_function_of_an_earlier_cell_brings_the_settings_that_it_reads():
    namespace = {}
    exec(
        "LR, SEED, OTHER = 0.1, 7, 3\ndef inner():\n    return LR\ndef train():\n    return [inner() for _ in range(2)], SEED",
        namespace,
    )
    facts = with_callees(analyse("out = train()"), namespace)
    before = take_snapshot(facts, namespace)
    exec("out = train()", namespace)
    assert {param.name: param.value for param in find_params(facts, before.values, namespace)} == {"LR": 0.1, "SEED": 7}


def test_the_source_tells_where_a_param_came_from():
    params = found(
        "depth = 6\nclf = Forest(max_depth=depth, n_estimators=n)\nclf.fit([[0], [1]], [0, 1])",
        Forest=RandomForestClassifier,
        n=5,
    )
    sources = {param.name: param.source for param in params if not param.is_default}
    assert sources == {"depth": "assigned", "n": "read", "max_depth": "estimator", "n_estimators": "estimator"}


def test_defaults_of_an_estimator_are_marked():
    params = {param.name: param for param in found("clf = Forest(max_depth=6)", Forest=RandomForestClassifier)}
    assert (params["max_depth"].value, params["max_depth"].is_default) == (6, False)
    assert (params["n_estimators"].value, params["n_estimators"].is_default) == (100, True)


@pytest.mark.parametrize(
    ("cell", "params"),
    [
        pytest.param("clf.score([[0], [1]], [0, 1])", {"max_depth": 2}, id="only read"),
        pytest.param("max_depth = 2\nclf.fit([[0]], [0])", {"max_depth": 2}, id="a constant says the same"),
        pytest.param(
            "max_depth = 5\nclf.fit([[0]], [0])", {"max_depth": 5, "clf.max_depth": 2}, id="a constant says otherwise"
        ),
        pytest.param("f(clf, scaler)", {"max_depth": 2, "with_mean": False}, id="two that share nothing chosen"),
        pytest.param("f(clf, tree)", {"clf.max_depth": 2, "tree.max_depth": 3}, id="two that share a param"),
        pytest.param("f(models)", {"models.a.max_depth": 2, "models.b.max_depth": 3}, id="two in a dict"),
        pytest.param("f(clf, twin)", {"max_depth": 2}, id="two that agree"),
    ],
)
def test_hyper_parameters_keep_their_names_unless_two_share_one(cell, params):
    clf, tree = DecisionTreeClassifier(max_depth=2).fit([[0], [1]], [0, 1]), DecisionTreeClassifier(max_depth=3)
    namespace = {"clf": clf, "tree": tree, "scaler": StandardScaler(with_mean=False), "models": {"a": clf, "b": tree}}
    namespace["twin"] = DecisionTreeClassifier(max_depth=2)
    assert values(cell, f=lambda *args: None, **namespace) == params


def grow(depth, leaf=1, *, seed=0):
    return DecisionTreeClassifier(max_depth=depth, min_samples_leaf=leaf, random_state=seed).fit([[0], [1]], [0, 1])


def grown_score(depth):
    return grow(depth, leaf=2).score([[0], [1]], [0, 1])


class Runner:
    def __init__(self, config):
        self.config = config

    def fit(self):
        return None


def either(kind):
    if kind == "tree":
        return DecisionTreeClassifier(max_depth=4).fit([[0], [1]], [0, 1])
    return RandomForestClassifier(max_depth=3).fit([[0], [1]], [0, 1])


def shown(title="a picture"):
    return title


NEVER_KEPT = [
    pytest.param("cv(Tree(max_depth=3), X)", {"max_depth": 3}, id="only an argument"),
    pytest.param("cv(Forest(3), X)", {"n_estimators": 3}, id="given by its place"),
    pytest.param("depth = 3\ncv(Tree(max_depth=depth), X)", {"depth": 3, "max_depth": 3}, id="by a name of the cell"),
    pytest.param("cv(Tree(max_depth=n), X)", {"n": 5, "max_depth": 5}, id="by a name of another cell"),
    pytest.param("cv(Tree(max_depth=len(X)), X)", {}, id="by what only execution knows"),
    pytest.param("Tree(max_depth=3).fit(X, Y).score(X, Y)", {"max_depth": 3}, id="fitted and scored in one line"),
    pytest.param(
        "for m in [Tree(max_depth=3), Forest(n_estimators=2)]:\n    m.fit(X, Y)",
        {"DecisionTreeClassifier.max_depth": 3, "n_estimators": 2},
        id="several in one loop",
    ),
    pytest.param(
        "for m in [Tree(max_depth=3), Forest(max_depth=2)]:\n    m.fit(X, Y)",
        {"DecisionTreeClassifier.max_depth": 3, "m.max_depth": 2},
        id="several in one loop that differ",
    ),
    pytest.param(
        "m = Tree(max_depth=1)\nm = Tree(max_depth=2)",
        {"DecisionTreeClassifier.max_depth": 1, "m.max_depth": 2},
        id="one name twice",
    ),
    pytest.param("m = sk.DecisionTreeClassifier(max_depth=1)\nm = None", {"m": None, "max_depth": 1}, id="of a module"),
]
BRANCHES = [
    pytest.param("if n > 9:\n    cv(Tree(max_depth=3), X)", {"n": 5}, id="perhaps never made"),
    pytest.param("m = Tree(max_depth=1) if n > 9 else Tree(max_depth=2)", {"n": 5, "max_depth": 2}, id="one of two"),
    pytest.param("m = either('tree')", {"kind": "tree", "max_depth": 4}, id="one of two in a function"),
    pytest.param("try:\n    m = Tree(max_depth=1)\nexcept E:\n    m = Tree(max_depth=2)", {"max_depth": 1}, id="tried"),
]
LOOPS = [
    pytest.param("for d in [1, 2, 3]:\n    m = Tree(max_depth=d)", {"max_depth": [1, 2, 3]}, id="over a list"),
    pytest.param("for d in range(1, 4):\n    m = Tree(max_depth=d)", {"max_depth": [1, 2, 3]}, id="over a range"),
    pytest.param(
        "ds = [1, 2]\nfor d in ds:\n    m = Tree(max_depth=d)", {"ds": [1, 2], "max_depth": [1, 2]}, id="over a name"
    ),
    pytest.param("for d in depths:\n    m = Tree(max_depth=d)", {"max_depth": [4, 5]}, id="over another cell's list"),
    pytest.param(
        "for d, s in [(1, 7), (2, 8)]:\n    m = Tree(max_depth=d, random_state=s)",
        {"max_depth": [1, 2], "random_state": [7, 8]},
        id="over pairs",
    ),
    pytest.param("for i, d in enumerate([1, 2]):\n    m = Tree(max_depth=d)", {"max_depth": [1, 2]}, id="counted"),
    pytest.param("for d in [1, 2]:\n    m = Tree(max_depth=d + 1)", {}, id="reckoned from it"),
    pytest.param(
        "for d in map(int, '12'):\n    m = Tree(max_depth=d, min_samples_leaf=2)",
        {"min_samples_leaf": 2},
        id="over what only execution knows",
    ),
    pytest.param(
        "for d in [1, 2]:\n    m = pipe(scale(), Tree(max_depth=d))",
        {
            "decisiontreeclassifier": "DecisionTreeClassifier",
            "standardscaler": "StandardScaler",
            "decisiontreeclassifier__max_depth": [1, 2],
        },
        id="in a pipeline",
    ),
    pytest.param("accs = [cv(Tree(max_depth=d), X) for d in (1, 2)]", {"max_depth": [1, 2]}, id="in a comprehension"),
    pytest.param(
        "ms = {d: Tree(max_depth=d) for d in (1, 2)}", {"ms.1.max_depth": 1, "ms.2.max_depth": 2}, id="all of them kept"
    ),
    pytest.param(
        "for p in [{'max_depth': 1}, {'max_depth': 2}]:\n    m = Tree(**p, random_state=0)",
        {"random_state": 0},
        id="over settings",
    ),
    pytest.param(
        "p = {'max_depth': 1}\ncv(Tree(**p), X)", {"p.max_depth": 1, "max_depth": 1}, id="settings without a loop"
    ),
    pytest.param("for d in [1, 2]:\n    pass\nm = Tree(max_depth=d)", {"max_depth": 2}, id="behind the loop"),
]
CALLS = [
    pytest.param("m = grow(3)", {"depth": 3, "max_depth": 3, "random_state": 0}, id="what it returns is kept"),
    pytest.param(
        "acc = grown_score(3)",
        {"depth": 3, "max_depth": 3, "min_samples_leaf": 2, "random_state": 0},
        id="nothing is kept",
    ),
    pytest.param(
        "d = 3\nacc = grown_score(d)",
        {"d": 3, "max_depth": 3, "min_samples_leaf": 2, "random_state": 0},
        id="a name keeps its name",
    ),
    pytest.param(
        "accs = [grown_score(d) for d in (1, 2)]",
        {"depth": [1, 2], "max_depth": [1, 2], "min_samples_leaf": 2, "random_state": 0},
        id="in a loop",
    ),
    pytest.param(
        "def mine(a):\n    return Tree(max_depth=a).fit(X, Y).score(X, Y)\nmine(3)",
        {"a": 3, "max_depth": 3},
        id="of this cell",
    ),
    pytest.param(
        "def mine(a):\n    return Tree(max_depth=a, random_state=1).fit(X, Y)\nms = list(map(mine, [1, 2]))",
        {"ms.0.max_depth": 1, "ms.1.max_depth": 2, "random_state": 1},
        id="handed over",
    ),
    pytest.param("shown('b')", {}, id="a function that trains nothing"),
    pytest.param("m = Runner(Config(lr=0.5)).fit()", {"lr": 0.5}, id="a record without a name"),
    pytest.param(
        "c = Config(lr=0.5)\nm = Runner(c).fit()",
        {"c.layers": [64, 32], "c.lr": 0.5, "c.nested.depth": 3},
        id="a record with a name",
    ),
    pytest.param("net.fit(X, Y, epochs=3, batch_size=n, verbose=0)", {"epochs": 3, "n": 5}, id="given to fit"),
]


@pytest.mark.parametrize(("cell", "params"), [*NEVER_KEPT, *BRANCHES, *LOOPS, *CALLS])
def test_what_estimators_and_training_functions_were_given_is_known_without_them(cell, params):
    names = {
        "Tree": DecisionTreeClassifier,
        "Forest": RandomForestClassifier,
        "sk": sklearn.tree,
        "cv": lambda *_: 0.5,
        "pipe": make_pipeline,
        "scale": StandardScaler,
        "grow": grow,
        "grown_score": grown_score,
        "shown": shown,
        "either": either,
        "Runner": Runner,
        "Config": Config,
        "net": SimpleNamespace(fit=lambda *_, **__: None),
        "depths": [4, 5],
        "n": 5,
        "X": [[0], [1]],
        "Y": [0, 1],
    }
    assert values(cell, **names) == params


def test_what_a_training_function_was_left_at_is_a_default():
    params = {param.name: param for param in found("grow(3)", grow=grow)}
    assert [(params[name].value, params[name].is_default) for name in ("depth", "leaf", "seed")] == [
        (3, False),
        (1, True),
        (0, True),
    ]


def test_a_function_that_calls_itself_ends():
    cell = "def deep(n):\n    return Tree(max_depth=n).fit([[0], [1]], [0, 1]) if n < 2 else deep(n - 1)\nm = deep(5)"
    assert values(cell, Tree=DecisionTreeClassifier)["max_depth"] == 1


def test_a_snapshot_keeps_no_object_of_the_user():
    class Frame(dict):
        pass

    frame, config, array = Frame(a=np.zeros(9)), Config(), np.zeros(1000)
    alive = [weakref.ref(frame), weakref.ref(config), weakref.ref(array)]
    snapshot = take_snapshot(analyse("f(frame, config, array)"), {"frame": frame, "config": config, "array": array})
    del frame, config, array
    gc.collect()
    assert [ref() for ref in alive] == [None, None, None]
    assert snapshot.values == {"config": {"lr": 0.1, "layers": [64, 32], "nested.depth": 3}}
    assert set(snapshot.ids) == {"frame", "config", "array"}


class Hostile(float):
    def __eq__(self, other):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError

    def __float__(self):
        raise RuntimeError

    __hash__ = None


class Proxy:
    def __getattribute__(self, name):
        raise RuntimeError(name)


class BadDict(dict):
    def items(self):
        raise RuntimeError

    def __len__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: Hostile(1.5), id="a float that raises"),
        pytest.param(Proxy, id="an object that raises at every touch"),
        pytest.param(lambda: BadDict(a=1), id="a dict that raises"),
        pytest.param(lambda: {"a": Proxy()}, id="such an object in a dict"),
        pytest.param(lambda: [Proxy()], id="such an object in a list"),
        pytest.param(lambda: 10**5000, id="an integer that cannot be printed"),
        pytest.param(lambda: {"": 1, "a\n": 2}, id="keys that are no names"),
    ],
)
def test_strange_objects_break_nothing(make):
    params = values("y = f(strange)\nlr = 0.1\nother = strange", f=lambda _: None, strange=make())
    assert params["lr"] == 0.1
    assert set(params) <= {"lr", "strange", "strange.", "other"}
