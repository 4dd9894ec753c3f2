"""What the side bar does with runs: each deed is in the audit trail, and has its way back."""

from __future__ import annotations

import pytest

import trackbook as tb


@pytest.fixture
def change(server, store):
    def change(deed, *runs, expect=200, **more):
        body = {"store": store, "ids": [run.run_id for run in runs], "deed": deed} | more
        answer = server.ask("POST", "runs/change", body)
        assert answer.status == expect, answer
        return answer.body

    return change


@pytest.fixture
def line(server, store):
    return lambda run: server.get(f"runs/{run.run_id}", store=store)


@pytest.fixture
def undo(server, store):
    return lambda done: server.post("undo", store=store, undo=done["undo"])


def test_a_star_is_put_on_and_taken_back(change, line, undo, log):
    one, two = log("one"), log("two")
    change("star", one)
    done = change("star", one, two)
    assert line(one)["star"]
    assert line(two)["star"]
    undo(done)
    assert line(one)["star"]  # it had its star before
    assert not line(two)["star"]
    entry = tb.audit().iloc[-1]
    assert (entry["action"], entry["place"]) == ("star", "side bar")


@pytest.mark.parametrize(
    ("deed", "text", "read"),
    [
        ("note", "looks good", lambda line, run: line(run)["note"]),
        ("rename", "baseline", lambda line, run: line(run)["name"]),
        ("tag", "team=ads", lambda line, run: tb.get_run(run.run_id).tags.get("team")),
    ],
)
def test_words_about_a_run_are_written_and_taken_back(change, line, undo, log, deed, text, read):
    run = log()
    before = read(line, run)
    done = change(deed, run, text=text)
    assert read(line, run) == text.removeprefix("team=")
    undo(done)
    assert read(line, run) == before


def test_undo_does_not_take_away_what_somebody_wrote_since(server, store, change, line, log):
    run = log()
    done = change("note", run, text="mine")
    change("note", run, text="theirs")
    answer = server.ask("POST", "undo", {"store": store, "undo": done["undo"]})
    assert answer.status == 409
    assert line(run)["note"] == "theirs"


def test_runs_are_deleted_listed_among_the_deleted_and_restored(server, store, change, undo, log):
    one, two = log("one"), log("two")
    done = change("delete", one, text="a typo")
    assert [run["name"] for run in server.get("runs", store=store)["runs"]] == ["two"]
    (gone,) = server.get("runs", store=store, deleted=1)["runs"]
    assert (gone["name"], gone["deleted"]) == ("one", True)
    assert tb.audit().iloc[-1]["reason"] == "a typo"
    undo(done)
    assert server.get("runs", store=store)["total"] == 2
    change("delete", one, two)
    change("restore", one, two)
    assert server.get("runs", store=store)["total"] == 2


def test_a_model_is_registered_from_its_run_and_unregistered(server, store, change, undo, place):
    from sklearn.linear_model import LogisticRegression

    with tb.start_run("fit") as run:
        tb.log_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), input_example=[[0.0]])
    done = change("register", run, text="churn")
    assert done["text"] == "Registered churn 1."
    assert server.get("models", store=store)["models"][0]["versions"][0]["runId"] == run.run_id
    undo(done)
    assert server.get("models", store=store)["models"][0]["versions"] == []
    assert tb.audit("churn").iloc[0]["place"] == "side bar"


@pytest.mark.parametrize(
    ("deed", "more", "status"),
    [
        ("explode", {}, 400),
        ("tag", {"text": "no equals"}, 400),
        ("tag", {"text": "=nameless"}, 400),
        ("rename", {"text": ""}, 400),
        ("knob", {"knob": "lr", "value": 1}, 404),
        ("knob", {"knob": "lr", "value": [1]}, 400),
        ("stop", {}, 404),
        ("register", {"text": "churn"}, 404),
        ("register", {"text": ""}, 400),
    ],
)
def test_what_cannot_be_done_is_a_sentence(change, log, deed, more, status):
    told = change(deed, log(), expect=status, **more)
    assert told["message"].endswith((".", "list"))


def test_ids_that_are_none_are_refused(server, store, log):
    log()
    for ids, status in (([], 400), ("x", 400), (["'; DROP TABLE runs"], 404), ([1], 404)):
        body = {"store": store, "ids": ids, "deed": "star"}
        assert server.ask("POST", "runs/change", body).status == status, ids
