"""Decisions about registered models from the side bar: shown first, made upon what was shown, told, taken back."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import trackbook as tb
from trackbook.versioning.asking import verify_audit

X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = np.array([0, 0, 1, 1])


def fit(name="fit", accuracy=0.9):
    with tb.start_run(name, experiment="churn") as run:
        tb.log_model(LogisticRegression().fit(X, Y), input_example=X[:2])
        tb.log_metric("accuracy", accuracy)
    return run


@pytest.fixture
def churn(place):
    """Three versions, the second in Production."""
    for at in range(3):
        tb.register("churn", fit(f"fit-{at}", 0.9 + at / 100))
    tb.promote("churn", 2, reason="the best so far")


@pytest.fixture
def decide(server, store, churn):
    def decide(deed="promote", version=3, *, stage="Production", reason="beats 2 on the holdout", expect=200, **more):
        body = {"store": store, "deed": deed, "model": "churn", "version": version, "stage": stage} | more
        answer = server.ask("POST", "models/decide", body | {"reason": reason})
        assert answer.status == expect, answer
        return answer.body

    return decide


@pytest.fixture
def preview(server, store, churn):
    def preview(deed="promote", version=3, *, stage="Production", expect=200, **more):
        body = {"store": store, "deed": deed, "model": "churn", "version": version, "stage": stage} | more
        answer = server.ask("POST", "models/preview", body)
        assert answer.status == expect, answer
        return answer.body

    return preview


def stages():
    frame = tb.versions("churn")
    return dict(sorted(zip(frame["version"], frame["stage"], strict=True)))


def test_models_are_listed_with_their_versions_newest_first(server, store, churn):
    tb.set_alias("churn", "champion", 2)
    (model,) = server.get("models", store=store)["models"]
    assert model["name"] == "churn"
    assert [(each["version"], each["stage"], each["aliases"]) for each in model["versions"]] == [
        (3, "None", []),
        (2, "Production", ["champion"]),
        (1, "None", []),
    ]
    assert model["versions"][0]["runName"] == "fit-2"
    assert model["more"] == 0


def test_old_versions_are_left_off_the_list_unless_they_are_in_use(server, store, churn):
    run = fit()
    for _ in range(22):
        tb.register("churn", run)
    tb.set_alias("churn", "first", 1)
    (model,) = server.get("models", store=store)["models"]
    listed = [each["version"] for each in model["versions"]]
    assert listed == [*range(25, 5, -1), 2, 1]
    assert model["more"] == 3
    page = server.get("models/versions", store=store, model="churn", offset=22, limit=10)
    assert (page["total"], [each["version"] for each in page["versions"]]) == (25, [3, 2, 1])


def test_a_promotion_is_shown_before_it_is_made_and_changes_nothing(preview):
    shown = preview()
    assert shown["changes"] == [
        {"what": "Production", "before": "version 2", "after": "version 3"},
        {"what": "version 3", "before": "None", "after": "Production"},
        {"what": "version 2", "before": "Production", "after": "Archived"},
    ]
    assert stages() == {1: "None", 2: "Production", 3: "None"}


def test_a_promotion_is_in_the_store_and_in_the_audit_trail_with_its_reason(preview, decide):
    done = decide(seen=preview()["seen"])
    assert done["text"] == "Promoted version 3 of churn to Production."
    assert stages() == {1: "None", 2: "Archived", 3: "Production"}
    entry = tb.audit("churn").iloc[-1]
    assert (entry["action"], entry["reason"], entry["place"]) == ("promote", "beats 2 on the holdout", "side bar")
    assert entry["actor"] == tb.audit("churn").iloc[0]["actor"]  # the user whose server it is
    assert verify_audit() == []


def test_undo_brings_back_what_was(server, store, decide):
    done = decide()
    undone = server.post("undo", store=store, undo=done["undo"])
    assert undone["text"].startswith("Undone: Promoted version 3")
    assert stages() == {1: "None", 2: "Production", 3: "None"}
    assert tb.audit("churn").iloc[-1]["place"] == "side bar"
    assert server.ask("POST", "undo", {"store": store, "undo": done["undo"]}).status == 404  # once


def test_what_somebody_decided_meanwhile_is_shown_beside_what_was_seen(preview, decide):
    seen = preview()["seen"]
    tb.promote("churn", 1, reason="somebody else")
    refused = decide(seen=seen, expect=409)
    assert refused["was"]["changes"][0] == {"what": "Production", "before": "version 2", "after": "version 3"}
    assert refused["is"]["changes"][0] == {"what": "Production", "before": "version 1", "after": "version 3"}
    assert stages()[1] == "Production"
    decide(seen=refused["is"]["seen"])
    assert stages()[3] == "Production"


def test_the_very_decision_that_somebody_made_already_is_said_to_be_made(preview, decide):
    seen = preview()["seen"]
    tb.promote("churn", 3)
    refused = decide(seen=seen, expect=409)
    assert refused["message"] == "Version 3 is in Production already."
    assert refused["is"]["changes"] == []


def test_an_undo_that_would_undo_somebody_elses_decision_is_refused(server, store, decide):
    done = decide()
    tb.promote("churn", 1, reason="somebody else")
    answer = server.ask("POST", "undo", {"store": store, "undo": done["undo"]})
    assert answer.status == 409
    assert stages()[1] == "Production"


@pytest.mark.parametrize(
    ("deed", "given", "after"),
    [
        ("archive", {"version": 2, "stage": ""}, {1: "None", 2: "Archived", 3: "None"}),
        ("alias", {"version": 1, "alias": "champion", "stage": ""}, {1: "None", 2: "Production", 3: "None"}),
    ],
)
def test_the_other_decisions_are_made_and_taken_back(server, store, preview, decide, deed, given, after):
    before = stages(), tb.versions("churn")["aliases"].tolist()
    done = decide(deed, seen=preview(deed, **given)["seen"], **given)
    assert stages() == after
    assert (stages(), tb.versions("churn")["aliases"].tolist()) != before
    server.post("undo", store=store, undo=done["undo"])
    assert (stages(), tb.versions("churn")["aliases"].tolist()) == before


def test_a_stage_and_an_alias_roll_back(server, store, preview, decide):
    tb.promote("churn", 3)
    tb.set_alias("churn", "champion", 1)
    tb.set_alias("churn", "champion", 3)
    decide("rollback", 3, seen=preview("rollback", 3)["seen"])
    assert stages() == {1: "None", 2: "Production", 3: "Archived"}
    given = {"version": 0, "stage": "", "alias": "champion"}
    decide("rollback", seen=preview("rollback", **given)["seen"], **given)
    assert tb.versions("churn", alias="champion")["version"].tolist() == [1]


def test_what_cannot_be_decided_says_why(preview):
    assert "is in Production already" in preview(version=2, expect=400)["message"]
    assert preview(version=9, expect=400)["message"]
    assert preview(stage="Prodction", expect=400)["message"].endswith("Did you mean Production?")
    assert preview("explode", expect=400)["message"].startswith("There is no decision")
    assert preview(expect=404, model="chrun")["message"].endswith("Did you mean 'churn'?")


def test_gates_are_shown_before_and_refuse_until_they_are_overridden(place, preview, decide):
    (place / "trackbook.toml").write_text('[registry.gates.Production]\nnot_worse = "accuracy"\nsignature = true\n')
    tb.promote("churn", 3, override=True, reason="to have the best there")
    shown = {each["name"]: each for each in preview(version=1)["gates"]}
    assert shown["signature"]["passed"]
    assert not shown["not_worse"]["passed"]
    assert "0.9 < 0.92 of version 3" in shown["not_worse"]["sentence"]
    assert "0.9 < 0.92" in decide(version=1, expect=400)["message"]
    assert "takes a reason" in decide(version=1, override=True, reason=" ", expect=400)["message"]
    decide(version=1, override=True, reason="the regulator asked")
    assert stages()[1] == "Production"
    assert "override" in tb.audit("churn")["action"].tolist()


class Bomb:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (self.mark, "w"))


def test_somebody_elses_pickle_is_not_opened_by_a_gate_that_tries_the_model(place, preview, tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKBOOK_SIGNING_KEY", str(tmp_path / "somebody-elses.pem"))
    (place / "trackbook.toml").write_text("[registry.gates.Production]\nloads = true\n")
    mark = tmp_path / "bang"
    with tb.start_run("bomb"):
        tb.log_model(Harmful(str(mark)), flavor="python_function", input_example=X[:2])
    version = tb.register("churn").version
    (gate,) = preview(version=version)["gates"]
    assert not gate["passed"]
    assert not mark.exists()


class Harmful:
    def __init__(self, mark):
        self.bomb = Bomb(mark)

    def predict(self, data):
        return [0] * len(data)


def test_two_stores_do_not_hear_of_each_others_decisions(server, store, churn, decide, tmp_path_factory):
    from trackbook.tracking.start import use_store

    other = server.root / f"other-{tmp_path_factory.mktemp('x').name}"
    other.mkdir()
    use_store(other / "trackbook.duckdb")
    tb.register("churn", fit("elsewhere"))
    decide()  # in the first store, by name, while this process's is the second
    assert stages() == {1: "None"}
