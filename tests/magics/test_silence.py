"""What a user's estimator prints while we ask it stays out of the cell; everybody else prints as ever."""

from __future__ import annotations

import sys
import threading

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
