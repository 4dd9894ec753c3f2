"""Models and their versions from the command line."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import trackbook as tb


@pytest.fixture
def churn(store):
    for strength in (1.0, 2.0):
        with tb.start_run("fit"):
            model = LogisticRegression(C=strength).fit(np.array([[0.0], [1.0], [2.0], [3.0]]), [0, 0, 1, 1])
            tb.log_model(model, input_example=np.array([[0.5]]))
            tb.log_metric("accuracy", 0.8 + strength / 100)


def test_a_day_with_a_model_is_lived_from_the_command_line(churn, call):
    assert "has a version 1" in call("register", "churn", "fit").err
    assert "has a version 2" in call("register", "churn", "last", "--description", "better").err
    assert "registered as churn 1, churn 2" in call("show", "last").out
    assert "is in Production" in call("promote", "churn", 1, "--reason", "first").err
    assert "is in Production" in call("promote", "churn", 2).err
    assert "version 1 again" in call("rollback", "churn", "--reason", "complaints").err
    assert "is version 2" in call("alias", "churn", "@challenger", 2).err
    assert "is archived" in call("archive", "churn", 1).err
    assert "Archived" not in call("models").out, "of many versions that would be a long list"
    assert call("models", "--format", "json").json()[0]["stages"] == {"Archived": [1, 2]}
    shown = call("versions", "churn")
    assert "@challenger" in shown.out
    assert "0.82" in shown.out
    assert call("registry-at", "2999-01-01", "--format", "csv").csv()["stage"].tolist() == ["Archived", "Archived"]
    actions = [entry["action"] for entry in call("audit", "churn", "--format", "json").json()]
    assert actions == [
        "register",
        "register",
        "describe",
        "promote",
        "promote",
        "rollback Production",
        "alias",
        "archive",
    ]
    assert "no @challenger" in call("alias", "churn", "challenger", "--delete").err
    assert set(tb.audit("churn")["place"]) == {"command line"}
    tb.promote("churn", 1)
    assert tb.audit("churn")["place"].iloc[-1] != "command line"


def test_the_chain_is_verified_and_its_head_printed(churn, call, store):
    call("register", "churn")
    call("promote", "churn", 1)
    head = call("audit", "--head").out.strip()
    assert head == tb.audit()["hash"].iloc[-1]
    assert call("audit", "--verify").code == 0
    with store.deciding() as db:
        db.execute("UPDATE _tb.audit SET actor = 'nobody' WHERE seq = 1")
    broken = call("audit", "--verify")
    assert broken.code == 1
    assert "entry 1 was changed" in broken.err


def test_what_cannot_be_done_is_a_sentence_and_exit_code_one(churn, call):
    call("register", "churn")
    for words in (("promote", "chum", 1), ("promote", "churn", 7), ("rollback", "churn")):
        answer = call(*words)
        assert (answer.code, answer.out) == (1, ""), words
        assert answer.err.startswith("Error: "), words
    for words in (("alias", "churn", "champion"), ("archive", "churn", "x"), ("promote", "churn", 0)):
        assert call(*words).code == 2, words


def test_gates_are_named_when_they_fail_and_overridden_with_a_reason(churn, call, store):
    store.location.file.with_name("trackbook.toml").write_text("[registry.gates.Production]\ndescription = true\n")
    call("register", "churn")
    assert "has no description" in call("promote", "churn", 1).err
    assert call("promote", "churn", 1, "--override").code == 1
    assert call("promote", "churn", 1, "--override", "--reason", "urgent").code == 0


def test_a_deleted_run_that_a_version_was_made_of_stays_and_garbage_collection_says_so(churn, call, store):
    from trackbook.store import delete_run

    call("register", "churn", "last")
    delete_run(store, "last", actor="me")
    said = call("store", "gc", "--deleted-before", "2999-01-01", "--yes").err
    assert "stays: churn 1 was made of it" in said
    assert "nothing to remove" in said
    assert call("versions", "churn", "--format", "json").json()[0]["run"] == "fit"


def test_an_empty_store_has_no_models(store, call):
    with tb.start_run("bare"):
        pass
    assert "No model is registered" in call("models").err
