"""What a user's estimator prints while we ask it stays out of the cell; everybody else prints as ever."""

from __future__ import annotations

import sys
import threading

import pytest

from trackbook.magics.silence import silent_strangers

TALKATIVE = """
from sklearn.linear_model import LogisticRegression
import sys
class Talkative(LogisticRegression):
    def get_params(self, deep=True):
        print('telling')
        print('telling', file=sys.stderr)
        return super().get_params(deep)
    def fit(self, X, y):
        print('fitting')
        return super().fit(X, y)
X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
"""


def test_an_estimator_that_prints_when_it_is_asked_prints_nothing_into_a_tracked_cell(notebook):
    notebook.cell(TALKATIVE)
    notebook.cell("%config Trackbook.keep_models = False")
    bare = notebook.cell("clf = Talkative(C=0.5).fit(X, y)")  # scikit-learn asks, too, and it may
    assert bare.text("stderr") == "telling\n"
    done = notebook.cell("%%track talks\nclf = Talkative(C=0.5).fit(X, y)")
    assert (done.text(), done.text("stderr")) == (bare.text(), bare.text("stderr"))
    assert 0.5 in notebook.run("talks", "params").values()
    assert notebook.cell("n = clf.get_params()").text() == "telling\n"


PACKED = """
from sklearn.linear_model import LogisticRegression
class Packed(LogisticRegression):
    def __getstate__(self):
        print('packing')
        return super().__getstate__()
    def __setstate__(self, state):
        print('unpacking')
        super().__setstate__(state)
"""


@pytest.mark.parametrize(("name", "option"), [("small", ""), ("asked", "--model clf")])
def test_a_model_that_prints_when_it_is_packed_prints_nothing_into_any_cell(notebook, name, option):
    (notebook.folder / "talker.py").write_text(PACKED)
    notebook.cell(f"{TALKATIVE}from talker import Packed")
    notebook.cell("%config Trackbook.keep_models = True")
    done = notebook.cell(f"%%track {name} {option}\nclf = Packed(C=0.5).fit(X, y)")
    behind = notebook.cell("from trackbook.versioning.background import wait_for_packing\nwait_for_packing()")
    assert done.text() + behind.text() == ""
    kept = "SELECT m.name FROM models AS m JOIN runs AS r ON r.run_id = m.run_id WHERE r.name = $1"
    assert notebook.value(f"tb.sql({kept!r}, [{name!r}])['name'].tolist()") == ["clf"]


def test_only_the_thread_that_asks_is_silent_and_the_streams_come_back(capsys):
    before = sys.stdout, sys.stderr
    with silent_strangers():
        print("mine")
        with silent_strangers():
            print("mine", file=sys.stderr)
        print("mine")
        other = threading.Thread(target=print, args=("another's",))
        other.start()
        other.join()
    assert (sys.stdout, sys.stderr) == before
    print("again")
    assert capsys.readouterr() == ("another's\nagain\n", "")
