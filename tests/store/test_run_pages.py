"""What a long table asks the store: the order of a filter, pages of it, its columns, groups and courses."""

from __future__ import annotations

import contextlib
import math

import pytest

from trackbook.errors import BadFilter
from trackbook.store import delete_run, runs_frame
from trackbook.store.run_columns import ask_columns, ask_names
from trackbook.store.run_groups import ask_groups
from trackbook.store.run_pages import ask_ids, ask_numbers, ask_order, ask_runs
from trackbook.store.sparks import ask_sparks
from trackbook.tracking.start import start_run
from trackbook.views.table.columns import varying
from trackbook.views.table.rows import compact


@pytest.fixture
def runs(home):
    made = {}
    for name, lr, acc, team in (("a", 0.1, 0.8, "ads"), ("b", 0.01, 0.9, "ads"), ("c", "auto", 0.7, None)):
        with contextlib.suppress(ValueError), start_run(name, experiment="churn") as run:
            run.log_params({"lr": lr, "same": 1})
            for step in range(100):
                run.log_metric("loss", math.nan if name == "b" and step == 50 else 1 / (step + 1), step=step)
            run.log_metric("acc", acc)
            run.log_metric("void", math.nan)
            if team:
                run.set_tags({"team": team})
            if name == "c":
                raise ValueError("no rows")
        made[name] = run.run_id
    return made


def names_of(db, numbers):
    return [run.attributes["name"] for run in ask_runs(db, list(numbers), [])]


def test_the_order_is_newest_first_and_as_asked_for(home, runs):
    with home.asking() as db:
        assert names_of(db, ask_order(db).numbers) == ["c", "b", "a"]
        assert names_of(db, ask_order(db, "", ["metrics.acc DESC"]).numbers) == ["b", "a", "c"]
        assert names_of(db, ask_order(db, "params.lr < 0.05").numbers) == ["b"]
        assert ask_order(db, "params.lr < 0.05").total == 3
        with pytest.raises(BadFilter):
            ask_order(db, "nonsense")


def test_a_page_has_what_its_columns_need_in_the_order_given(home, runs):
    with home.asking() as db:
        numbers = ask_numbers(db, list(runs.values()))
        page = ask_runs(db, [numbers[runs["b"]], 999, numbers[runs["c"]]], ["params.lr", "metrics.loss", "tags.team"])
        assert [run.run_id for run in page] == [runs["b"], runs["c"]]
        assert page[0].params == {"lr": 0.01}
        assert page[0].counts == {"loss": 100}
        assert page[0].tags == {"team": "ads"}
        assert page[1].params == {"lr": "auto"}
        assert page[1].attributes["status"] == "FAILED"
        assert page[1].attributes["duration"] >= 0
        assert ask_ids(db, [numbers[runs["c"]], numbers[runs["a"]]]) == [runs["c"], runs["a"]]


def test_the_columns_that_vary_are_those_of_a_whole_frame(home, runs):
    with home.asking() as db:
        for text in ("", "metrics.acc > 0.75", "name = 'a'", "name = 'nobody'"):
            whole = [str(key) for key in compact(runs_frame(db, text, defaults=False)).columns if key != "run_id"]
            count, facts = ask_columns(db, text)
            chosen = varying(count, facts)
            fails = any(fact.key == "status" and fact.says for fact in facts)
            assert chosen == [key for key in whole if key != "status" or fails], text


def test_thousands_of_names_are_searched_and_never_all_shown(home):
    with start_run("wide") as run:
        run.log_metrics({f"layer{number}/norm": float(number) for number in range(5000)})
    with home.asking() as db:
        count, facts = ask_columns(db)
        assert len(varying(count, facts)) < 25
        assert ask_names(db, "LAYER4321", 10) == (1, ["metrics.layer4321/norm"])
        found, first = ask_names(db, "norm", 10)
        assert (found, len(first)) == (5000, 10)


@pytest.mark.parametrize(
    ("group", "labels"),
    [
        ("tags.team", [None, "ads", "ads"]),
        ("params.lr", ["auto", "0.01", "0.1"]),
        ("experiment", ["churn"] * 3),
        ("cell", [None] * 3),
    ],
)
def test_runs_are_grouped_by_what_they_have(home, runs, group, labels):
    with home.asking() as db:
        assert list(ask_order(db, group=group).labels) == labels


def test_a_group_has_best_mean_and_deviation_without_nan(home, runs):
    columns = ["metrics.acc", "metrics.void", "params.lr", "params.same", "tags.team"]
    with home.asking() as db:
        groups = ask_groups(db, "", "tags.team", ["ads", None], columns)
    ads = groups["ads"].metrics["acc"]
    assert (ads.count, ads.low, ads.high) == (2, 0.8, 0.9)
    assert ads.mean == pytest.approx(0.85)
    assert ads.deviation == pytest.approx(0.0707, abs=1e-4)
    assert "void" not in groups["ads"].metrics
    assert groups["ads"].numbers["params.lr"] == (0.01, 0.1)
    assert groups[None].texts["params.lr"] == ["auto"]
    assert groups[None].metrics["acc"].deviation is None
    assert groups["ads"].name == "b"


def test_a_course_has_few_points_and_nan_is_a_gap(home, runs):
    with home.asking() as db:
        found = ask_sparks(db, list(runs.values()), ["loss", "acc"])
    assert set(found) == {(run_id, "loss") for run_id in runs.values()}
    course = found[runs["a"], "loss"]
    assert len(course) == 40
    assert course[0] > course[1] > course[-1]
    assert [place for place, value in enumerate(found[runs["b"], "loss"]) if value is None] == [20]
    assert None not in course


def test_deleted_runs_are_a_table_of_their_own(home, runs):
    delete_run(home, runs["a"], actor="me")
    with home.asking() as db:
        assert names_of(db, ask_order(db).numbers) == ["c", "b"]
        deleted = ask_order(db, deleted=True)
        assert (names_of(db, deleted.numbers), deleted.total) == (["a"], 1)
