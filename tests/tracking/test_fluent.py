"""The verbs of `import trackbook as tb`, as a script uses them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import trackbook as tb
from trackbook.errors import BadInput


def test_a_whole_script_in_the_users_words(home):
    with tb.start_run("baseline", experiment="churn", tags={"team": "ads"}) as run:
        tb.log_param("lr", 0.1)
        tb.log_params({"model": {"depth": 3}})
        tb.set_tag("stage", "draft")
        tb.set_tags({"n": 1})
        for step in range(3):
            tb.log_metrics({"loss": 3.0 - step, "acc": step / 3}, step=step * 10)
        assert tb.find_current_run() is run
    found = tb.get_run("baseline")
    assert (found.experiment, found.status) == ("churn", "FINISHED")
    assert found.params == {"lr": 0.1, "model.depth": 3}
    assert found.metrics == {"acc": pytest.approx(2 / 3), "loss": 1.0}
    assert found.tags == {"team": "ads", "stage": "draft", "n": "1"}
    assert found.history("loss")["step"].tolist() == [0, 10, 20]


def test_end_run_ends_the_innermost(home):
    tb.start_run("outer")
    tb.start_run("inner")
    tb.end_run()
    tb.log_metric("x", 1.0)
    tb.end_run()
    tb.end_run()
    assert tb.get_run("inner").metrics == {}
    assert tb.get_run("outer").metrics == {"x": 1.0}


def test_which_way_is_up_is_lower_or_higher(home):
    with pytest.raises(BadInput, match='"lower" or "higher"'):
        tb.define_metric("loss", better="up")


def test_importing_costs_no_heavy_package():
    code = (
        "import sys, trackbook as tb, trackbook.tracking.fluent\n"
        "print([name for name in ('duckdb', 'pandas', 'numpy', 'torch', 'IPython', 'sqlglot') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
