"""A cell that drew random numbers which nobody had seeded, and none that was seeded."""

import subprocess
import sys
import timeit

import numpy as np
import pytest

from trackbook.capture.cell import analyse
from trackbook.capture.generators import drawn_unseeded, unseeded_generators
from trackbook.capture.snapshot import take_snapshot

torch = pytest.importorskip("torch")

SETUP = """
import numpy as np, torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
X, y = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
"""
TRAINING = "torch.nn.Linear(3, 1)(torch.ones(2, 3)).sum().backward()"
ALONE = """
from trackbook.capture.cell import analyse
from trackbook.capture.generators import drawn_unseeded, unseeded_generators
before = unseeded_generators()
exec({code!r})
print(drawn_unseeded(before, analyse({code!r}), []))
"""


@pytest.fixture
def unseeded(monkeypatch):
    """Generators as they are when a kernel starts, whatever other tests seeded."""
    fresh = np.random.MT19937()
    bits, seed = np.random.get_bit_generator(), torch.initial_seed()
    np.random.set_bit_generator(fresh)
    torch.seed()
    yield
    np.random.set_bit_generator(bits)
    torch.manual_seed(seed)


def drawn(cell, earlier=""):
    namespace = {}
    exec(SETUP + earlier, namespace)
    facts = analyse(cell)
    before = take_snapshot(facts, namespace)
    exec(cell, namespace)
    return drawn_unseeded(before.generators, facts, [namespace["clf"]] if "clf" in namespace else [])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("clf = RandomForestClassifier(5).fit(X, y)", {"numpy": "RandomForestClassifier"}),
        ("clf = make_pipeline(StandardScaler(), RandomForestClassifier(5)).fit(X, y)", {"numpy": "RandomForestClassifier"}),
        ("clf = GridSearchCV(RandomForestClassifier(), {'n_estimators': [3]}, cv=2).fit(X, y)", {"numpy": "RandomForestClassifier"}),
        ("split = train_test_split(X, y)", {"numpy": ""}),
        ("split = train_test_split(X, y)\nclf = RandomForestClassifier(5, random_state=0).fit(X, y)", {"numpy": ""}),
        (TRAINING, {"torch": ""}),
        (f"noise = np.random.rand(3)\n{TRAINING}", {"numpy": "", "torch": ""}),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("unseeded")
def test_what_was_drawn_without_a_seed_is_told(cell, expected):
    assert drawn(cell) == expected


@pytest.mark.parametrize(
    ("cell", "earlier"),
    [
        pytest.param("clf = RandomForestClassifier(5, random_state=0).fit(X, y)", "", id="random_state"),
        pytest.param("np.random.seed(0)\nclf = RandomForestClassifier(5).fit(X, y)", "", id="seeded here"),
        pytest.param("clf = RandomForestClassifier(5).fit(X, y)", "np.random.seed(0)", id="seeded earlier"),
        pytest.param("noise = np.random.default_rng(0).normal(size=3)", "", id="a generator of one's own"),
        pytest.param("clf = LogisticRegression().fit(X, y)", "", id="nothing drawn"),
        pytest.param("clf = SVC().fit(X, y)", "", id="a seed drawn in vain"),
        pytest.param(f"torch.manual_seed(1)\n{TRAINING}", "", id="torch seeded"),
        pytest.param(TRAINING, "torch.manual_seed(2**31)", id="torch seeded earlier"),
        pytest.param(
            "batches = list(torch.utils.data.DataLoader(X, 5))", "", id="a number for the workers of a loader"
        ),
        pytest.param(
            "def start(seed):\n    np.random.seed(seed), torch.manual_seed(seed)\nstart(7)\nx = np.random.rand()\n"
            + TRAINING,
            "",
            id="by a function of the user's",
        ),
    ],
)
@pytest.mark.usefixtures("unseeded")
def test_a_seeded_cell_is_no_alarm(cell, earlier):
    assert drawn(cell, earlier) == {}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy as np; np.random.rand(3)", {"numpy": ""}),
        ("import numpy as np; np.random.default_rng(0)", {}),
        ("import numpy as np; np.random.seed(0); np.random.rand(3)", {}),
        ("import random; random.random()", {}),
    ],
)
def test_a_cell_that_imports_numpy_itself(code, expected):
    done = subprocess.run([sys.executable, "-c", ALONE.format(code=code)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{expected}\n"


@pytest.mark.usefixtures("unseeded")
def test_looking_takes_no_number_and_no_time():
    assert set(unseeded_generators()) == {"numpy", "torch"}
    assert unseeded_generators() == unseeded_generators()
    assert min(timeit.repeat(unseeded_generators, number=20, repeat=5)) / 20 < 1e-4
