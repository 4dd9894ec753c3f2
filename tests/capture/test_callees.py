"""What the functions and classes do that a cell uses and earlier cells wrote."""

import json

import pytest
from sklearn.tree import DecisionTreeClassifier

from trackbook.capture.callees import is_own, with_callees
from trackbook.capture.cell import analyse

EARLIER = """
DEPTH = 2
def fit(model):
    return model.fit([[0], [1]], [0, 1])
def train_later():
    return fit(Tree(max_depth=DEPTH))
def check(model):
    return model.score([[0], [1]], [0, 1])
def plot(model):
    return str(model)
def again(n):
    return again(n - 1) if n else plot(n)
class Trainer:
    def __init__(self):
        self.model = Tree()
    def run(self):
        return self._step()
    def _step(self):
        self.model.fit([[0], [1]], [0, 1])
    def report(self):
        return check(self.model)
    @staticmethod
    def refit(model):
        model.fit([[0], [1]], [0, 1])
class Child(Trainer):
    pass
trainer = Child()
"""


@pytest.mark.parametrize(
    ("cell", "trains", "scores"),
    [
        pytest.param("m = fit(tree)", True, False, id="a function that fits"),
        pytest.param("m = train_later()", True, False, id="a function of a function"),
        pytest.param("check(tree)", False, True, id="a function that scores"),
        pytest.param("plot(tree)", False, False, id="a function that does neither"),
        pytest.param("again(3)", False, False, id="a function that calls itself"),
        pytest.param("t = Trainer()", False, False, id="an object is made"),
        pytest.param("t = Trainer()\nt.run()", True, False, id="its method fits"),
        pytest.param("Trainer().run()", True, False, id="in one line"),
        pytest.param("trainer.run()", True, False, id="a method that it inherits"),
        pytest.param("trainer.report()", False, True, id="a method that scores"),
        pytest.param("Trainer.refit(tree)", True, False, id="a static method"),
        pytest.param("json.dumps({})", False, False, id="a library's"),
        pytest.param("tree.fit(X, y)", True, False, id="in the cell itself"),
        pytest.param("loss.backward()", True, False, id="a step of torch"),
        pytest.param("cross_val_score(tree, X, y)", True, True, id="cross-validation"),
        pytest.param("x = 1", False, False, id="nothing"),
    ],
)
def test_a_cell_fits_or_scores_also_through_what_it_calls(cell, trains, scores):
    namespace = {"Tree": DecisionTreeClassifier, "tree": DecisionTreeClassifier(), "json": json}
    exec(EARLIER, namespace)
    facts = with_callees(analyse(cell), namespace)
    assert (facts.trains, facts.scores) == (trains, scores)


def test_a_method_reads_what_it_needs():
    namespace = {"Tree": DecisionTreeClassifier}
    exec(EARLIER + "class Deep:\n    def run(self):\n        return DEPTH\ndeep = Deep()", namespace)
    assert with_callees(analyse("deep.run()"), namespace).reads == ("deep", "DEPTH")


def test_the_users_functions_are_told_from_a_librarys():
    assert is_own(test_a_method_reads_what_it_needs)
    assert not is_own(json.dumps)
    assert not is_own(DecisionTreeClassifier.fit)
    assert not is_own(with_callees)
    assert not is_own(len)


def test_objects_that_raise_at_every_touch_break_nothing():
    class Proxy:
        def __getattribute__(self, name):
            raise RuntimeError(name)

    facts = analyse("strange.run()\nstrange(1)\nother = strange\nother.fit()")
    assert with_callees(facts, {"strange": Proxy()}).trains
