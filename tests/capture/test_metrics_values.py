"""Which values count as numbers, and that strange ones break nothing."""

import ast
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

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


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(0.5, 0.5, id="float"),
        pytest.param(3, 3.0, id="int"),
        pytest.param(np.float32(0.5), 0.5, id="numpy float"),
        pytest.param(np.int64(3), 3.0, id="numpy int"),
        pytest.param(np.array(0.5), 0.5, id="array without axes"),
        pytest.param(np.array([0.5]), 0.5, id="array of one"),
        pytest.param(Decimal("0.5"), 0.5, id="decimal"),
        pytest.param(-math.inf, -math.inf, id="infinity"),
        pytest.param(10**400, None, id="an integer beyond floats"),
        pytest.param(True, None, id="bool"),
        pytest.param(np.bool_(True), None, id="numpy bool"),
        pytest.param("0.5", None, id="text"),
        pytest.param(None, None, id="None"),
        pytest.param(1j, None, id="complex"),
        pytest.param(np.array(True), None, id="array of a bool"),
        pytest.param(np.datetime64("2024-01-01"), None, id="date"),
        pytest.param(np.zeros((2, 2)), None, id="matrix"),
    ],
)
@pytest.mark.parametrize("cell", ["make()", "out = make()", "acc"], ids=["displayed", "named", "from elsewhere"])
def test_what_counts_as_a_number(cell, value, expected):
    metrics = values(cell, make=lambda: value, acc=value)
    assert list(metrics.values()) == ([] if expected is None else [expected])


def test_nan_is_a_value():
    assert math.isnan(values("acc = f()", f=lambda: math.nan)["acc"])


def test_a_tensor_counts_and_does_not_warn(recwarn):
    torch = pytest.importorskip("torch")
    loss = torch.tensor(0.5, requires_grad=True) * 1
    assert values("loss", loss=loss) == {"loss": 0.5}
    assert values("out = f()", f=lambda: loss) == {"out": 0.5}
    assert values("f()", f=lambda: torch.tensor([0.25, 0.75])) == {"f.mean": 0.5, "f.std": 0.25}
    assert values("out = f()", f=lambda: torch.tensor(True)) == {}
    assert len(recwarn) == 0


class History:
    def __init__(self, **series):
        self.history = series
        self.model = object()


class Proxy:
    def __getattribute__(self, name):
        raise RuntimeError(name)


class BadFloat(float):
    def __float__(self):
        raise RuntimeError

    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None


class BadArray(np.ndarray):
    @property
    def shape(self):
        raise RuntimeError

    def tolist(self):
        raise RuntimeError


class BadSeries(pd.Series):
    def tolist(self):
        raise RuntimeError

    def __len__(self):
        raise RuntimeError


class BadDict(dict):
    def items(self):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError


def endless():
    while True:
        yield 0.5


@pytest.mark.parametrize(
    "make",
    [
        Proxy,
        endless,
        lambda: BadFloat(0.5),
        lambda: np.zeros(3).view(BadArray),
        lambda: BadSeries([0.5], index=["a"]),
        lambda: BadDict(a=1),
        lambda: {"a": Proxy(), "b\n": 0.5, "": 0.5},
        lambda: [Proxy()],
        lambda: History(loss=[Proxy()], acc=Proxy()),
    ],
    ids=["proxy", "endless", "float", "array", "series", "dict", "entries", "list", "history"],
)
@pytest.mark.parametrize("cell", ["make()", "out = make()", "out", "out, out", "scores = cross_val(make)"])
def test_strange_objects_break_nothing(cell, make):
    metrics = found(f"acc = f()\n{cell}", f=lambda: 0.5, make=make, out=make(), cross_val=lambda make: make())
    assert "acc" in [metric.name for metric in metrics]
