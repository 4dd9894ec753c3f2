"""What differs between two runs."""

import contextlib
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import trackbook as tb
from trackbook.errors import BadInput, RunNotFound
from trackbook.tracking.diff import compare, same_value, text_diff
from trackbook.tracking.past import PastRun
from trackbook.tracking.start import use_store

STARTED = datetime(2026, 11, 23, 8, tzinfo=UTC)
ENVIRONMENT = {"python": "3.11.7", "implementation": "CPython", "platform": "Linux", "packages": {"numpy": "2.0"}}


def past(name="a", **facts):
    """A run as the store would give it, without a store."""
    empty = {
        "experiment": "e", "status": "FINISHED", "ended_by": "cell", "started_at": STARTED,
        "ended_at": STARTED + timedelta(seconds=3), "notebook": "n.ipynb", "cell_id": "c", "attempt": 1, "code": "",
        "error": "", "traceback": "", "note": "", "parent_run_id": None, "evaluates_run_id": None, "git_commit": "",
        "git_branch": "", "git_edits": 0, "git_patch": "", "params": {}, "defaults": {}, "metrics": {}, "tags": {},
        "outputs": [], "datasets": [], "artifacts": [], "models": [], "environment": {},
    }  # fmt: skip
    return PastRun(store=None, run_id=f"id-of-{name}", name=name, **{**empty, **facts})


def dataset(name, digest="d1", role="", rows=10, columns=2, sampled=False):
    return {
        "name": name, "role": role, "kind": "pandas", "digest": digest, "sampled": sampled, "row_count": rows,
        "column_count": columns,
    }  # fmt: skip


def changes(pairs):
    return [(change.name, change.a, change.b, change.only_in) for change in pairs]


def test_equal_runs_differ_in_nothing():
    facts = {
        "params": {"lr": 0.1},
        "metrics": {"acc": 0.9, "nan": math.nan},
        "code": "x = 1",
        "environment": ENVIRONMENT,
    }
    found = compare(past("a", **facts), past("b", **facts))
    assert found.is_same
    assert found.differing == ()
    assert "nothing differs" in repr(found)


def test_only_params_that_differ_are_listed_and_missing_ones_say_where_they_are():
    found = compare(past(params={"lr": 0.1, "same": 1, "old": None}), past(params={"lr": 0.2, "same": 1, "new": "x"}))
    assert changes(found.params) == [("lr", 0.1, 0.2, ""), ("new", None, "x", "b"), ("old", None, None, "a")]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        pytest.param(1, 1.0, True, id="an int and a float"),
        pytest.param(True, 1, False, id="True is not 1"),
        pytest.param("1", 1, False, id="text is no number"),
        pytest.param("NaN", math.nan, False, id="text that spells NaN"),
        pytest.param(math.nan, math.nan, True, id="NaN"),
        pytest.param([1, math.nan], [1, math.nan], True, id="NaN in a list"),
        pytest.param({"a": 1}, {"a": 2}, False, id="dicts"),
        pytest.param(None, "None", False, id="None"),
    ],
)
def test_values_are_compared_as_their_user_means_them(a, b, same):
    assert same_value(a, b) is same
    assert same_value(b, a) is same


def test_defaults_are_compared_too_but_come_last_and_are_marked():
    found = compare(
        past(defaults={"depth": 3, "tol": 1}, params={"z": 1}), past(defaults={"depth": 6, "tol": 1}, params={"z": 2})
    )
    assert [(change.name, change.is_default) for change in found.params] == [("z", False), ("depth", True)]


def test_a_param_set_by_hand_to_its_default_is_no_difference():
    assert compare(past(params={"depth": 3}), past(defaults={"depth": 3})).params == ()


def test_a_param_set_in_one_run_and_left_alone_in_the_other_is_no_mere_default():
    (change,) = compare(past(params={"depth": 9}), past(defaults={"depth": 3})).params
    assert (change.a, change.b, change.is_default) == (9, 3, False)


@pytest.mark.parametrize(
    ("name", "better", "a", "b", "verdict"),
    [
        pytest.param("acc", {}, 0.8, 0.9, "better", id="higher accuracy"),
        pytest.param("loss", {}, 0.8, 0.9, "worse", id="higher loss"),
        pytest.param("acc", {"acc": "lower"}, 0.8, 0.9, "worse", id="what the user defined wins"),
        pytest.param("frobs", {"frobs": "higher"}, 0.8, 0.9, "better", id="an unknown name that was defined"),
        pytest.param("frobs", {}, 0.8, 0.9, "", id="an unknown name"),
        pytest.param("acc", {}, 0.9, 0.9, "", id="equal"),
        pytest.param("acc", {}, math.nan, 0.9, "", id="NaN"),
        pytest.param("acc", {}, 0.9, math.inf, "better", id="infinity"),
    ],
)
def test_a_metric_knows_whether_it_got_better(name, better, a, b, verdict):
    (metric,) = compare(past(metrics={name: a}), past(metrics={name: b}), better).metrics
    assert metric.verdict == verdict


def test_metrics_have_deltas_and_may_be_missing():
    found = compare(past(metrics={"acc": 0.5, "old": 1.0}), past(metrics={"acc": 0.75, "new": 2.0}))
    assert {metric.name: metric.delta for metric in found.metrics} == {"acc": 0.25, "old": None, "new": None}
    assert found.differing == ("metrics",)


def test_code_is_a_unified_diff():
    found = compare(past("a", code="x = 1\ny = 2"), past("b", code="x = 1\ny = 3"))
    assert found.code.splitlines()[:2] == ["--- a", "+++ b"]
    assert "-y = 2\n+y = 3" in found.code


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param("x = 1", "x = 1\n", id="only the last line's end"),
        pytest.param("x\n" * 6000, "y\n" * 6000, id="too long to compare line by line"),
    ],
)
def test_texts_that_differ_are_never_said_to_be_equal(a, b):
    assert text_diff(a, b, "a", "b").startswith("They differ")


def test_data_is_matched_by_role_or_name():
    a = [dataset("X_train", "d1"), dataset("df", "d2", role="test"), dataset("gone")]
    b = [dataset("X_train", "d1"), dataset("frame", "d3", role="test", rows=12), dataset("came", "d9")]
    found = {data.name: data for data in compare(past(datasets=a), past(datasets=b)).data}
    assert found["X_train"].is_same
    assert not found["test"].is_same
    assert (found["test"].a.rows, found["test"].b.rows) == (10, 12)
    assert (found["gone"].b, found["came"].a) == (None, None)


def test_a_renamed_data_set_is_the_same_data():
    (data,) = compare(past(datasets=[dataset("train")]), past(datasets=[dataset("X")])).data
    assert data.is_same
    assert "same" in repr(compare(past(datasets=[dataset("train")]), past(datasets=[dataset("X")])))


def test_the_repository_is_compared_with_its_uncommitted_changes():
    a = past(git_commit="1" * 40, git_branch="main", git_patch="+old")
    b = past(git_commit="2" * 40, git_branch="main", git_patch="+new", git_edits=1)
    found = compare(a, b)
    assert [change.name for change in found.git] == ["commit", "edits"]
    assert "-+old\n++new" in found.patch


def test_packages_change_come_and_go():
    other = {**ENVIRONMENT, "python": "3.13.0", "packages": {"numpy": "2.1", "scipy": "1.14"}}
    found = compare(past(environment=ENVIRONMENT), past(environment=other))
    assert changes(found.environment) == [("python", "3.11.7", "3.13.0", "")]
    assert changes(found.packages) == [("numpy", "2.0", "2.1", ""), ("scipy", None, "1.14", "b")]


def test_a_run_without_a_known_environment_is_not_said_to_differ_in_it():
    found = compare(past(environment=ENVIRONMENT), past())
    assert (found.environment, found.packages) == ((), ())


def test_everything_shown_is_escaped():
    evil = "<script>alert(1)</script>\x1b[2J\u202e"
    a = past(evil, params={evil: evil}, tags={evil: evil}, code=evil, error=evil, metrics={evil: 1.0},
             datasets=[dataset(evil, role=evil)])  # fmt: skip
    b = past("b", status="FAILED", git_commit=evil, git_patch=evil, datasets=[dataset("x", evil)])
    found = compare(a, b)
    page = found._repr_html_()
    assert "<script" not in page
    for text in (page, repr(found)):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_look_alikes_are_told_apart():
    assert "'1' → 1" in repr(compare(past(params={"n": "1"}), past(params={"n": 1})))
    assert "0.10000001 → 0.1" in repr(compare(past(params={"lr": 0.10000001}), past(params={"lr": 0.1})))


def test_many_defaults_are_counted_instead_of_listed():
    found = compare(past(defaults={f"d{n:02}": 1 for n in range(30)}), past())
    assert "and 22 more" in repr(found)
    assert "and 22 more" in found._repr_html_()
    assert (found.to_frame()["what"] == "default").sum() == 30


def test_a_frame_has_a_row_for_each_thing():
    a = past("a", params={"lr": 0.1}, metrics={"acc": 0.5}, code="x", tags={"t": "1"}, datasets=[dataset("d")])
    b = past("b", params={"lr": 0.2}, metrics={"acc": 0.6}, code="y", datasets=[dataset("d")])
    frame = compare(a, b).to_frame()
    assert frame["what"].tolist() == ["param", "metric", "tag", "data", "code", "run", "run"]
    metric = frame[frame["what"] == "metric"].iloc[0]
    assert metric["delta"] == pytest.approx(0.1)
    assert metric["verdict"] == "better"
    assert frame["delta"].dtype == np.float64


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.delenv("TRACKBOOK_RUN_ID", raising=False)
    monkeypatch.chdir(tmp_path)
    return use_store(tmp_path / "trackbook.duckdb")


@pytest.fixture
def two_runs(store):
    with tb.start_run("first") as first:
        tb.log_params({"lr": 0.1, "net": {"depth": 2}})
        tb.log_metrics({"frobs": 1.0, "acc": 0.5})
        tb.log_dataset(pd.DataFrame({"a": [1, 2]}), "train")
        tb.define_metric("frobs", better="lower")
    with contextlib.suppress(ValueError), tb.start_run("second") as second:
        tb.log_params({"lr": 0.1, "net": {"depth": 3}})
        tb.log_metrics({"frobs": 2.0})
        tb.log_dataset(pd.DataFrame({"a": [1, 3]}), "train")
        raise ValueError("no")
    return first, second


def test_runs_are_named_as_for_get_run(two_runs):
    first, second = two_runs
    for a, b in [("first", "last"), (first.run_id, second.run_id), (first, second), (tb.get_run("first"), "second")]:
        found = tb.diff(a, b)
        assert (found.a.name, found.b.name) == ("first", "second")
    assert found.differing == ("params", "metrics", "data", "status")
    assert changes(found.params) == [("net.depth", 2, 3, "")]


def test_what_the_user_said_about_a_metric_counts(two_runs):
    found = {metric.name: metric.verdict for metric in tb.diff("first", "second").metrics}
    assert found["frobs"] == "worse"


def test_a_run_that_is_not_there_is_an_error(two_runs):
    with pytest.raises(RunNotFound):
        tb.diff("first", "third")
    with pytest.raises(BadInput, match="A run to compare is an int"):
        tb.diff("first", 3)
