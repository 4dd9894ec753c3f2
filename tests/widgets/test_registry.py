"""The registry browser without a browser: what it answers to the browser's words, and what Python reads and sets."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import trackbook as tb
from trackbook.store.registry.errors import RegisteredModelNotFound, VersionNotFound

X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = np.array([0, 0, 1, 1])
MARK = "<img src=x onerror=alert(1)>"


def fit(name="fit", accuracy=0.9, **params):
    with tb.start_run(name, experiment="churn") as run:
        tb.log_model(LogisticRegression().fit(X, Y), input_example=X[:2])
        tb.log_params(params)
        tb.log_metric("accuracy", accuracy)
    return run


@pytest.fixture
def churn(home):
    """Three versions, the second in Production."""
    for at in range(3):
        tb.register("churn", fit(f"fit-{at}", 0.9 + at / 100, depth=at + 2))
    tb.promote("churn", 2, reason="the best so far")


@pytest.fixture
def browser(churn):
    browser = tb.registry()
    yield browser
    browser.close()


@pytest.fixture
def ask(browser):
    """Say something as the browser does; returns what Python told, which must be JSON."""
    told = []
    browser.send = lambda content, buffers=None: told.append(json.loads(json.dumps(content, allow_nan=False)))

    def said(word, **facts):
        del told[:]
        browser.answers.receive(browser, {"ask": word, **facts}, [])
        return told

    return said


def of(told, tell):
    """The newest of a kind: the panel's own watch may have said the like just before."""
    return next((each for each in reversed(told) if each["tell"] == tell), None)


def until(question):
    deadline = time.monotonic() + 60
    while not question():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def tried(told):
    """What all gates said, once that is told."""
    until(lambda: (now := of(told, "gates")) is not None and "trying" not in now)
    return of(told, "gates")["results"]


def deed(what="promote", version=3, slot="Production", **more):
    return {"what": what, "model": "churn", "version": version, "slot": slot, "turn": 1, **more}


def stages():
    frame = tb.versions("churn")
    return dict(zip(frame["version"], frame["stage"], strict=True))


def test_the_version_in_use_is_shown_before_anybody_asks(browser):
    first = browser.first
    assert [line["name"] for line in first["models"]["lines"]] == ["churn"]
    assert [line["version"] for line in first["model"]["versions"]] == [3, 2, 1]
    assert (first["version"]["version"], first["version"]["stage"]) == (2, "Production")
    assert (browser.model, browser.version) == ("churn", 2)
    assert first["version"]["since"] == pytest.approx(time.time(), abs=120)


def test_a_promotion_says_what_it_changes_is_made_and_is_undone(ask):
    plan = of(ask("plan", **deed()), "plan")
    assert plan["changes"] == [
        ["Production", "version 2", "version 3"],
        ["version 3", "None", "Production"],
        ["version 2", "Production", "Archived"],
    ]
    assert (plan["call"], plan["refusal"]) == ("tb.promote('churn', 3)", "")
    told = ask("do", **deed(reason="better on the holdout"))
    assert of(told, "closed")
    assert of(told, "show")["model"]["versions"][0]["stage"] == "Production"
    assert of(told, "notice") == {
        "tell": "notice", "text": "Promoted version 3 of churn to Production.", "tone": "done", "undo": True,
    }  # fmt: skip
    assert stages() == {3: "Production", 2: "Archived", 1: "None"}
    assert tb.audit("churn").iloc[-1]["reason"] == "better on the holdout"
    ask("undo")
    assert stages() == {3: "None", 2: "Production", 1: "None"}


def test_what_cannot_be_done_is_said_in_the_dialog_and_changes_nothing(ask):
    assert "in Production already" in of(ask("plan", **deed(version=2)), "plan")["refusal"]
    before = len(tb.audit())
    told = ask("do", **deed("delete", version=2))
    assert "archive it first" in of(told, "refused")["text"]
    told = ask("do", **deed(slot="Prodution"))
    assert "Did you mean Production" in of(told, "refused")["text"]
    assert len(tb.audit()) == before


def test_a_gate_is_tried_in_the_plan_and_overridden_with_a_reason(browser, ask, home):
    home.location.file.with_name("trackbook.toml").write_text("[registry.gates.Production]\ndescription = true\n")
    told = ask("plan", **deed())
    assert of(told, "plan")["gates"] == ["description"]
    (result,) = tried(told)
    assert result["gate"] == "description"
    assert "tb.describe" in result["fault"]
    told = ask("do", **deed(reason="urgent"))
    until(lambda: of(told, "refused"))
    assert of(told, "refused")["gates"]
    assert stages()[3] == "None"
    told = ask("do", **deed(reason="urgent", override=True))
    until(lambda: of(told, "notice"))
    assert stages()[3] == "Production"
    assert "override" in tb.audit("churn")["action"].tolist()


def test_gates_are_tried_without_a_decision(ask, home):
    home.location.file.with_name("trackbook.toml").write_text("[registry.gates.Staging]\nsignature = true\n")
    told = ask("gates", model="churn", version=1, slot="Staging")
    assert tried(told) == [{"gate": "signature", "fault": ""}]
    last = of(told, "gates")
    assert (last["version"], last["stage"], last["turn"]) == (1, "Staging", 0)
    assert stages()[1] == "None"


def test_the_result_of_a_gate_is_told_while_the_next_is_tried(ask, home):
    home.location.file.with_name("trackbook.toml").write_text(
        "[registry.gates.Staging]\nsignature = true\ndescription = true\n"
    )
    told = ask("gates", model="churn", version=1, slot="Staging")
    results = tried(told)
    assert [each["gate"] for each in results] == ["signature", "description"]
    waits = [each for each in told if each["tell"] == "gates" and "trying" in each]
    assert [(each["trying"], each["place"], each["count"], each["results"]) for each in waits] == [
        ("signature", 1, 2, []),
        ("description", 2, 2, results[:1]),
    ]


def test_faulty_rules_are_one_sentence(ask, home):
    home.location.file.with_name("trackbook.toml").write_text("[registry\n")
    assert "is no TOML" in of(ask("plan", **deed()), "refused")["text"]
    assert "is no TOML" in of(ask("do", **deed()), "refused")["text"]


def test_a_dialog_never_waits_for_what_broke(ask, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("trackbook.widgets.registry.answers.decide", broken)
    told = ask("do", **deed())
    assert "the history says" in of(told, "refused")["text"]
    assert "ZeroDivisionError" in of(told, "notice")["text"]


def test_metrics_are_set_beside_those_of_the_version_in_use(ask):
    told = of(ask("choose", model="churn", version=3), "show")
    metrics = next(group for group in told["version"]["groups"] if group["title"] == "metrics")
    (accuracy,) = metrics["facts"]
    assert (accuracy["cell"]["t"], accuracy["cell"]["c"]) == ("0.92", "good")
    assert accuracy["cell"]["d"] == "+0.01 better than v2"


def test_rolling_back_an_alias_and_deleting_are_planned_and_done(ask):
    ask("do", **deed())
    plan = of(ask("plan", **deed("rollback", slot="")), "plan")
    assert (plan["slot"], plan["choices"]) == ("Production", ["Production"])
    assert plan["changes"][0] == ["Production", "version 3", "version 2"]
    ask("do", **deed("rollback"))
    assert stages()[2] == "Production"
    ask("do", **deed("alias", version=1, slot="@champion"))
    assert tb.get_version("models:/churn@champion").version == 1
    assert "@champion points at it" in of(ask("plan", **deed("delete", version=1)), "plan")["refusal"]
    ask("do", **deed("unalias", version=1, slot="champion"))
    told = ask("do", **deed("delete", version=1))
    assert next(line for line in of(told, "show")["model"]["versions"] if line["version"] == 1)["deleted"]
    ask("do", **deed("restore", version=1))
    assert stages()[1] == "None"


def test_a_plan_follows_what_somebody_else_decided_meanwhile(browser, ask):
    ask("plan", **deed())
    told = ask("search", text="")
    tb.promote("churn", 1)
    until(lambda: of(told, "plan"))
    assert of(told, "plan")["changes"][0] == ["Production", "version 1", "version 3"]


def test_another_notebook_s_decision_is_shown_within_two_seconds(browser, ask):
    told = ask("search", text="")
    tb.promote("churn", 1, reason="from elsewhere")
    began = time.monotonic()
    until(lambda: any(each["tell"] == "show" and each.get("version") for each in told))
    assert time.monotonic() - began < 20  # two seconds, and a machine that is busy with other tests
    assert of([each for each in told if each.get("version")], "show")["version"]["stage"] == "Archived"


def test_two_versions_are_set_side_by_side(ask):
    told = of(ask("tab", tab="compare", other=1), "compared")
    rows = {(row["what"], row["name"]): (row["a"], row["b"]) for row in told["rows"]}
    assert (told["a"], told["b"]) == (1, 2)
    assert rows["params", "depth"][0]["t"] == "2"
    assert rows["metrics", "accuracy"][1]["d"] == "better"
    assert rows["stage", "stage"][1]["t"] == "Production"


def test_the_lineage_goes_from_the_data_to_the_versions_that_follow(ask, browser):
    run = tb.get_version("models:/churn/2").run()
    with tb.start_run("scoring") as scoring:
        browser.store.event("facts", run_id=scoring.run_id, evaluates=run.run_id)
    tb.register("churn", run)
    told = of(ask("choose", model="churn", version=2), "show")
    steps = [(step["kind"], step["text"]) for step in told["version"]["lineage"]]
    assert ("scored by", "scoring") in steps
    assert ("followed by", "version 4 (None)") in steps
    assert [kind for kind, _ in steps if kind in {"run", "package", "version"}] == ["run", "package", "version"]


def test_the_history_tells_who_did_what_and_why(ask):
    entries = of(ask("tab", tab="history"), "history")["entries"]
    assert entries[0]["words"] == "promoted version 2 None → Production"
    assert entries[0]["reason"] == "the best so far"
    assert entries[-1]["words"] == "registered version 1"


def test_a_model_that_was_renamed_keeps_its_history_and_its_way_back(ask, browser):
    tb.promote("churn", 3)
    tb.rename_model("churn", "leaving")
    ask("choose", model="leaving")
    entries = of(ask("tab", tab="history"), "history")["entries"]
    assert entries[0]["words"] == "renamed it from churn to leaving"
    assert entries[-1]["words"] == "registered version 1"
    plan = of(ask("plan", what="rollback", model="leaving", version=3, slot="", turn=1), "plan")
    assert plan["changes"][0] == ["Production", "version 3", "version 2"]


def test_a_description_and_a_tag_are_written_and_taken_back(ask):
    ask("describe", model="churn", version=3, text="# November", reason="")
    assert tb.get_version("models:/churn/3").description == "# November"
    ask("tag", model="churn", version=3, text="team=ads")
    assert tb.get_version("models:/churn/3").tags == {"team": "ads"}
    ask("tag", model="churn", version=3, text="-team")
    assert tb.get_version("models:/churn/3").tags == {}
    for _ in range(3):
        ask("undo")
    assert tb.get_version("models:/churn/3").description == ""
    assert "nothing to undo" in of(ask("undo"), "notice")["text"]


def test_models_are_searched_and_chosen(ask, browser):
    tb.register("fraud", fit("other"), description="who cheats")
    told = ask("search", text="CHEATS ")[-1]
    assert told["models"]["sentence"] == "No model has “CHEATS” in its name, description, tags, aliases or stages."
    tb.describe("fraud", "who cheats")
    told = ask("search", text="CHEATS ")[-1]
    assert [line["name"] for line in told["models"]["lines"]] == ["fraud"]
    assert [line["name"] for line in ask("search", text="production")[-1]["models"]["lines"]] == ["churn"]
    told = of(ask("choose", model="fraud"), "show")
    assert told["version"]["version"] == 1
    assert (browser.model, browser.version) == ("fraud", 1)
    assert "Did you mean 'fraud'" in of(ask("choose", model="fruad"), "notice")["text"]


def test_a_dialog_goes_when_another_model_is_shown(ask, browser):
    tb.register("fraud", fit("other"))
    told = ask("plan", **deed())
    browser.model = "fraud"
    assert of(told, "closed") == {"tell": "closed", "turn": 1}
    assert (browser.model, browser.version) == ("fraud", 1)


def test_what_is_decided_about_another_model_turns_to_it(ask, browser):
    tb.register("fraud", fit("other"))
    told = ask("do", **(deed(version=1) | {"model": "fraud"}))
    assert of(told, "notice")["text"] == "Promoted version 1 of fraud to Production."
    assert browser.model == "fraud"


def test_python_chooses_what_is_shown(browser):
    browser.version = 1
    assert browser.shown.version.version.version == 1
    with pytest.raises(VersionNotFound):
        browser.version = 9
    assert browser.version == 1
    with pytest.raises(RegisteredModelNotFound, match="Did you mean 'churn'"):
        browser.model = "chum"


def test_an_unknown_model_is_told_the_nearest(churn):
    with pytest.raises(RegisteredModelNotFound, match="Did you mean 'churn'"):
        tb.registry("chrun")


def test_an_empty_registry_says_what_to_do(home):
    browser = tb.registry()
    assert "tb.register" in browser.first["models"]["sentence"]
    assert browser.first["model"] is None
    browser.close()


def test_words_that_no_browser_of_ours_says_are_harmless(ask, browser):
    for content in (
        "hello",
        {"ask": "drop"},
        {"ask": "do"},
        {"ask": "choose", "model": 3},
        {"ask": "plan", "what": "x"},
    ):
        browser.answers.receive(browser, content, [])
    assert stages() == {3: "None", 2: "Production", 1: "None"}


def test_a_version_whose_run_was_deleted_is_still_shown(churn):
    from trackbook.store import delete_run

    delete_run(tb.get_version("models:/churn/2").store, "fit-1", actor="me")
    browser = tb.registry("churn")
    origin = next(group for group in browser.first["version"]["groups"] if group["title"] == "origin")
    assert any("(deleted)" in fact["cell"].get("t", "") for fact in origin["facts"])
    browser.close()


def test_the_twin_shows_who_is_where_and_escapes_what_was_typed(home):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    tb.register(MARK, fit(), alias="champion")
    InteractiveShell.instance()
    browser = tb.registry()
    try:
        with capture_output() as shown:
            browser._ipython_display_()
        picture = shown.outputs[0].data
        assert "&lt;img" in picture["text/html"]
        assert MARK not in picture["text/html"]
        assert "@champion 1" in picture["text/plain"]
    finally:
        browser.close()
        InteractiveShell.clear_instance()


def test_a_click_is_in_the_trail_as_the_panels_and_not_as_the_cell_that_ran_last(ask, monkeypatch, tmp_path):
    from trackbook.tracking.place import enter_cell

    enter_cell("[12]")
    try:
        ask("do", **deed(reason="better"))
        ask("describe", model="churn", version=3, text="# November")
        ask("tag", model="churn", version=3, text="team=ads")
        ask("undo")
        assert [place.endswith("[registry panel]") for place in tb.audit("churn")["place"].tail(4)] == [True] * 4
        tb.promote("churn", 1)
        assert tb.audit("churn").iloc[-1]["place"].endswith("[12]")
    finally:
        enter_cell("")


def test_a_version_is_approved_and_the_approval_withdrawn(ask):
    plan = of(ask("plan", **deed("approve", slot="")), "plan")
    assert (plan["slot"], plan["choices"]) == ("Production", ["Production", "Staging"])
    assert plan["changes"] == [["approved for Production by", "nobody", "you"]]
    assert "takes a reason" in of(ask("do", **deed("approve")), "refused")["text"]
    ask("do", **deed("approve", reason="looked at the holdout"))
    assert tb.audit("churn").iloc[-1][["action", "after", "reason"]].tolist() == [
        "approve", "Production", "looked at the holdout",
    ]  # fmt: skip
    assert of(ask("plan", **deed("approve")), "plan")["changes"][0][2].endswith(", and you")
    ask("undo")
    assert tb.audit("churn").iloc[-1]["action"] == "withdraw"
    assert of(ask("plan", **deed("approve")), "plan")["changes"][0][1] == "nobody"
    ask("tab", tab="history", other=0)
    told = of(ask("tab", tab="history", other=0), "history")
    assert told["entries"][0]["words"] == "withdrew the approval of version 3 for Production"


def test_a_model_is_renamed_in_place_and_called_as_before_again(browser, ask):
    assert of(ask("plan", **deed("rename", slot="")), "plan")["changes"] == []
    plan = of(ask("plan", **deed("rename", slot="leaving")), "plan")
    assert plan["changes"] == [["name", "churn", "leaving"], ["URI", "models:/churn/…", "models:/leaving/…"]]
    assert "ends like a version" in of(ask("plan", **deed("rename", slot="a/3")), "plan")["refusal"]
    told = ask("do", **deed("rename", slot="leaving", reason="clearer"))
    assert of(told, "show")["model"]["name"] == browser.model == "leaving"
    assert of(told, "notice")["text"] == "Renamed churn to leaving."
    ask("undo")
    assert (browser.model, tb.registered_models()["model"].tolist()) == ("churn", ["churn"])


def test_a_panel_stays_with_the_model_that_somebody_else_renames(browser, ask):
    tb.register("another", fit())
    ask("choose", model="churn", version=1)
    told = ask("search", text="")
    tb.rename_model("churn", "zz-leaving")
    until(lambda: browser.model == "zz-leaving")
    assert (browser.version, of(told, "show")["model"]["name"]) == (1, "zz-leaving")


def test_a_version_is_copied_to_another_model_and_taken_away_again(browser, ask):
    plan = of(ask("plan", **deed("copy", slot="churn-eu")), "plan")
    assert plan["changes"] == [["next version of churn-eu", "nothing yet", "a copy of version 3"]]
    assert plan["call"] == "tb.copy_version('models:/churn/3', 'churn-eu')"
    told = ask("do", **deed("copy", slot="churn-eu", reason="for Europe"))
    assert of(told, "show")["version"]["model"] == "churn-eu"
    assert tb.get_version("models:/churn-eu/1").copied_from == "churn/3"
    assert tb.audit("churn-eu").iloc[-1]["reason"] == "for Europe"
    ask("undo")
    assert len(tb.versions("churn-eu")) == 0
