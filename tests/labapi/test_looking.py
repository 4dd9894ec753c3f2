"""What the side bar sees of a store, asked over HTTP from a real server."""

from __future__ import annotations

import pytest

import trackbook as tb
from trackbook.ids import new_id


def test_the_newest_runs_come_first_in_pages(server, store, log):
    names = [log(f"run-{at}", loss=at).name for at in range(5)]
    page = server.get("runs", store=store, limit=2, offset=1)
    assert [run["name"] for run in page["runs"]] == [names[3], names[2]]
    assert (page["total"], page["all"], page["offset"]) == (5, 5, 1)


def test_a_filter_narrows_the_list_and_says_of_how_many(server, store, log):
    log("good", accuracy=0.9)
    log("poor", accuracy=0.5)
    page = server.get("runs", store=store, filter="metrics.accuracy > 0.8")
    assert [run["name"] for run in page["runs"]] == ["good"]
    assert (page["total"], page["all"]) == (1, 2)


def test_a_run_shows_the_metric_that_its_card_shows_first(server, store, log):
    run = log(loss=0.25, accuracy=0.9)
    line = server.get(f"runs/{run.run_id}", store=store)
    assert line["metric"]["name"] == "loss"
    assert line["metric"]["cell"]["t"] == "0.250"
    preferred = server.get(f"runs/{run.run_id}", store=store, metric="accuracy")
    assert preferred["metric"]["name"] == "accuracy"


def test_what_a_list_of_scores_left_is_shown_by_its_mean(server, store):
    with tb.start_run("folds") as run:
        for value in (0.8, 0.9):
            tb.log_metric("f1", value)
        tb.log_metrics({"f1.mean": 0.85, "f1.std": 0.05})
    assert server.get(f"runs/{run.run_id}", store=store)["metric"]["name"] == "f1.mean"


def test_the_course_of_a_metric_is_at_most_sixteen_values(server, store):
    with tb.start_run("long") as run:
        for step in range(1000):
            tb.log_metric("loss", 1 / (step + 1))
    course = server.get(f"runs/{run.run_id}", store=store)["course"]
    assert len(course) == 16
    assert course == sorted(course, reverse=True)


def test_experiments_are_counted(server, store, log):
    log("a", experiment="one")
    log("b", experiment="two")
    log("c", experiment="two")
    found = {each["name"]: each["runs"] for each in server.get("experiments", store=store)["experiments"]}
    assert found == {"one": 1, "two": 2}
    assert {run["name"] for run in server.get("runs", store=store, experiment="two")["runs"]} == {"b", "c"}


def test_the_store_of_a_notebook_is_the_one_beside_it(server, place, log):
    log()
    found = server.get("stores", notebook=f"{place.name}/study.ipynb")
    assert found["current"]["path"] == f"{place.name}/trackbook.duckdb"
    assert found["current"]["exists"]
    assert found["current"]["path"] in [each["path"] for each in found["known"]]


def test_a_store_that_is_not_there_yet_is_empty_and_is_not_made(server, place):
    page = server.get("runs", store=f"{place.name}/other.duckdb")
    assert page["runs"] == []
    assert not (place / "other.duckdb").exists()


def test_a_run_that_is_not_there_is_a_404_with_a_sentence(server, store, log):
    log()
    answer = server.ask("GET", f"runs/{new_id()}", store=store)
    assert answer.status == 404
    assert answer.body["message"].startswith("There is no run")


@pytest.mark.parametrize("query", [{"limit": "many"}, {"offset": "-1"}, {"limit": "9" * 40}])
def test_a_page_that_is_no_number_is_a_400(server, store, query):
    assert server.ask("GET", "runs", store=store, **query).status == 400


def test_the_fault_of_a_filter_says_where_it_is(server, store, log):
    log()
    answer = server.ask("GET", "runs", store=store, filter="metrics.loss >> 1")
    assert answer.status == 400
    assert answer.body["position"] == 14


def test_code_is_given_as_it_was_executed(server, store, log):
    run = log()
    assert server.get(f"runs/{run.run_id}/code", store=store)["code"] == ""


def test_a_hostile_name_comes_back_as_the_text_that_it_is(server, store):
    hostile = '<img src=x onerror="alert(1)">'
    with tb.start_run(hostile, experiment=hostile) as run:
        tb.log_metric(hostile, 1.0)
    answer = server.raw("GET", f"runs/{run.run_id}?store={store}", headers={"Authorization": f"token {server.token}"})
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert server.get(f"runs/{run.run_id}", store=store)["name"] == hostile
