"""Whatever a user gives: one whole sentence with a way out, and nothing of the run is lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import trackbook as tb
from trackbook.errors import BadInput, BadName, BadValue, TrackbookError
from trackbook.tracking.fluent import find_current_run


class Hostile:
    """Raises wherever it can."""

    def __float__(self):
        raise RuntimeError("no number")

    def items(self):
        raise RuntimeError("no items")


ODD = [
    None, 0, -1, 3.5, True, float("nan"), "", " ", "x", "a" * 300, "a\0b", "\ud800", b"x", object, Hostile(),
    [1], [("a", 1)], {}, {1: 2}, {"": 1}, {"a": {"b": {}}}, {1, 2}, np.zeros((2, 2)), np.zeros((2, 2, 2)),
    pd.DataFrame({"a": [1]}), pd.DataFrame(),
]  # fmt: skip
FRAME = pd.DataFrame({"a": [1]})
VERBS = {
    "log_metric, name": lambda odd: tb.log_metric(odd, 1.0),
    "log_metric, value": lambda odd: tb.log_metric("q", odd),
    "log_metric, step": lambda odd: tb.log_metric("q", 1.0, step=odd),
    "log_metrics": tb.log_metrics,
    "log_metrics, step": lambda odd: tb.log_metrics({"q": 1.0}, step=odd),
    "log_param, name": lambda odd: tb.log_param(odd, 1),
    "log_param, value": lambda odd: tb.log_param("p", odd),
    "log_params": tb.log_params,
    "set_tag, name": lambda odd: tb.set_tag(odd, 1),
    "set_tag, value": lambda odd: tb.set_tag("t", odd),
    "set_tags": tb.set_tags,
    "log_artifact": tb.log_artifact,
    "log_artifact, place": lambda odd: tb.log_artifact(__file__, odd),
    "log_text": lambda odd: tb.log_text(odd, "a.txt"),
    "log_text, path": lambda odd: tb.log_text("a", odd),
    "log_dict": lambda odd: tb.log_dict(odd, "a.json"),
    "log_dict, path": lambda odd: tb.log_dict({}, odd),
    "log_table": lambda odd: tb.log_table(odd, "a.csv"),
    "log_table as parquet": lambda odd: tb.log_table(odd, "a.parquet"),
    "log_table, path": lambda odd: tb.log_table(FRAME, odd),
    "log_figure": lambda odd: tb.log_figure(odd, "a.png"),
    "log_figure, path": lambda odd: tb.log_figure(object(), odd),
    "log_dataset": lambda odd: tb.log_dataset(odd, "d"),
    "log_dataset, stored": lambda odd: tb.log_dataset(odd, "d", store=True),
    "log_dataset, name": lambda odd: tb.log_dataset(FRAME, odd),
    "log_predictions, truth": lambda odd: tb.log_predictions(odd, [1]),
    "log_predictions, guess": lambda odd: tb.log_predictions([1], odd),
    "log_predictions, key": lambda odd: tb.log_predictions([1], [1], key=odd),
    "log_predictions, name": lambda odd: tb.log_predictions([1], [1], name=odd),
    "define_metric": lambda odd: tb.define_metric(odd, better="lower"),
    "define_metric, better": lambda odd: tb.define_metric("m", better=odd),
    "runs": tb.runs,
    "runs, order_by": lambda odd: tb.runs(order_by=odd),
    "runs, limit": lambda odd: tb.runs(limit=odd),
    "runs, stores": lambda odd: tb.runs(stores=odd),
    "runs, one store": lambda odd: tb.runs(stores=[odd]),
    "get_run": tb.get_run,
    "metrics": lambda odd: tb.metrics(odd, "acc"),
    "metrics, several": lambda odd: tb.metrics([odd], "acc"),
    "metrics, name": lambda odd: tb.metrics("last", odd),
    "history": lambda odd: tb.get_run("last").history(odd),
    "read_artifact": lambda odd: tb.get_run("last").read_artifact(odd),
    "read_output": lambda odd: tb.get_run("last").read_output(odd),
    "sql": tb.sql,
    "sql, parameters": lambda odd: tb.sql("SELECT $1", odd),
    "diff": lambda odd: tb.diff("last", odd),
    "rename": lambda odd: find_current_run().rename(odd),
}


def refusal(verb, odd):
    """Return what is said of it; empty when it was taken. Any error that is not ours passes."""
    try:
        verb(odd)
    except TrackbookError as error:
        return str(error)
    return ""


def is_whole(text):
    """A sentence; the fault in a filter is shown below it, and DuckDB's own words are quoted as they are."""
    return text.endswith((".", "?", "^")) or text.startswith("The query cannot be answered: ")


@pytest.mark.filterwarnings("ignore::trackbook.TrackbookWarning")
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_keeps_what_it_is_given_or_says_what_it_takes(home, tmp_path, monkeypatch, verb):
    monkeypatch.chdir(tmp_path)
    with tb.start_run("base") as run:
        tb.log_metric("acc", 0.5)
        said = [sentence for odd in ODD if (sentence := refusal(VERBS[verb], odd))]
        tb.log_metric("acc", 0.75)
    assert [text for text in said if not is_whole(text)] == []
    kept = tb.get_run(run.run_id)
    assert kept.status == "FINISHED"
    assert kept.history("acc")["value"].tolist() == [0.5, 0.75]
    with home.asking() as db:
        assert db.execute("SELECT event, reason FROM _tb.rejected").fetchall() == []


@pytest.mark.parametrize("what", ["name", "experiment", "run_id", "tags", "store"])
def test_a_run_that_cannot_begin_as_asked_leaves_none_behind(home, what):
    for odd in ODD:
        said = refusal(lambda odd: tb.start_run(**{what: odd}).end(), odd)
        assert not said or is_whole(said)
        assert find_current_run() is None
    runs = tb.runs()
    assert set(runs["status"]) <= {"FINISHED"}
    assert set(runs["experiment"]).isdisjoint({"", "0", " "})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tb.log_params([1]), BadValue, "What log_params was given is a list, and it takes a dict of names"),
        (lambda: tb.set_tags(None), BadValue, "What set_tags was given is a NoneType"),
        (lambda: tb.start_run(experiment=""), BadName, "The experiment name '' is empty; give it at least one letter"),
        (lambda: tb.start_run(tags=["a"]), BadValue, r"What start_run\(tags=…\) was given is a list"),
        (lambda: tb.start_run(run_id="nonsense"), TrackbookError, "There is no run 'nonsense' in this store"),
        (lambda: tb.runs(limit=-1), BadInput, "limit is how many runs at most, 0 or more, not -1"),
        (lambda: tb.runs(order_by=3), BadValue, "order_by is a int|order_by is an int"),
        (lambda: tb.runs(stores=["nowhere"]), BadInput, "There is no store at '.*nowhere'"),
        (lambda: tb.sql(" ; "), BadInput, "There is no query to answer"),
        (lambda: tb.log_predictions({1, 2}, [1, 2]), BadValue, "y_true is a set, and one value a row is needed"),
        (lambda: tb.log_table({"a": 1}, "t.csv"), BadValue, "a table is a DataFrame or a dict of columns of one length"),
        (lambda: tb.define_metric("loss", better=["lower"]), BadInput, 'better is "lower" or "higher", not a list'),
    ],
)  # fmt: skip
def test_the_sentence_names_what_is_wrong_and_what_is_meant(home, call, error, words):
    with tb.start_run("base"), pytest.raises(error, match=words):
        call()


def test_a_figure_in_a_format_nobody_knows_is_a_sentence(home):
    from matplotlib.figure import Figure
    from PIL import Image

    with tb.start_run("base"):
        for figure in (Figure(), Image.new("RGB", (2, 2))):
            with pytest.raises(BadInput, match=r"The figure cannot be kept as \.xyz \(.*\); \.png works\."):
                tb.log_figure(figure, "plot.xyz")
            tb.log_figure(figure, "plot.png")


def test_a_run_below_one_that_has_ended_stands_alone(home):
    with tb.start_run("parent") as parent:
        pass
    tb.start_run("alone").end()
    with tb.start_run("outer") as outer:
        inner = tb.start_run("inner")
        outer.end()
        tb.log_metric("loss", 1.0)  # means the inner one, which goes on
        inner.end()
    runs = tb.runs().set_index("name")
    assert not isinstance(runs.loc["alone", "parent_run_id"], str)
    assert runs.loc["inner", "parent_run_id"] == outer.run_id
    assert runs["status"].tolist() == ["FINISHED"] * 4
    assert runs["metrics.loss"].dropna().to_dict() == {"inner": 1.0}
    assert parent.status == "FINISHED"


def test_what_is_logged_after_the_end_is_kept_too(home):
    with tb.start_run("base") as run:
        run.log_metric("loss", 1.0)
    run.log_metric("loss", 0.5)
    run.log_params({"late": True})
    kept = tb.get_run("base")
    assert (kept.status, kept.params) == ("FINISHED", {"late": True})
    assert kept.history("loss")["value"].tolist() == [1.0, 0.5]
