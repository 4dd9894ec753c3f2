"""What a version needs before it enters a stage, in plain words."""

from __future__ import annotations

import pytest
from sklearn.linear_model import LogisticRegression

import trackbook as tb
from trackbook.errors import BadInput
from trackbook.store.registry.errors import GatesFailed

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]


def gate(rules, text):
    rules(f"[registry.gates.Production]\n{text}\n")


def test_all_gates_are_tried_and_each_fault_says_how_to_meet_it(log, rules, stages):
    gate(rules, "signature = true\ndescription = true")
    tb.register("churn", log(example=None))
    with pytest.raises(GatesFailed) as caught:
        tb.promote("churn", 1)
    assert "input_example" in str(caught.value)
    assert "tb.describe('churn'" in str(caught.value)
    assert stages() == {1: "None"}
    tb.register("churn", log())
    tb.describe("churn", "with November's data", 2)
    tb.promote("churn", 2)
    assert stages() == {1: "None", 2: "Production"}


def test_other_stages_have_their_own_gates(log, rules, stages):
    gate(rules, "description = true")
    tb.register("churn", log())
    tb.promote("churn", 1, "Staging")
    assert stages() == {1: "Staging"}


def test_a_gate_is_overridden_with_a_reason_that_the_trail_keeps(log, rules):
    gate(rules, "description = true")
    tb.register("churn", log())
    tb.promote("churn", 1, override=True, reason="the old one is down")
    trail = tb.audit("churn")
    assert trail["action"].tolist() == ["register", "override", "promote"]
    assert "no description" in trail.iloc[1]["before"]
    assert trail.iloc[1]["reason"] == "the old one is down"


def scored(log, accuracy, data, name="fit"):
    import numpy as np

    with tb.start_run(name) as run:
        tb.log_model(LogisticRegression().fit(X, Y), input_example=X[:2])
        tb.log_dataset(np.full(3, data), "test")
        tb.log_metric("accuracy", accuracy)
    return run


def test_a_worse_version_stays_out_and_an_equal_one_goes_in(log, rules, stages):
    gate(rules, 'not_worse = "accuracy"')
    tb.register("churn", scored(log, 0.9, data=1))
    tb.promote("churn", 1)
    tb.register("churn", scored(log, 0.89, data=1))
    with pytest.raises(GatesFailed, match=r"0\.89 < 0\.9 of version 1"):
        tb.promote("churn", 2)
    tb.register("churn", scored(log, 0.9, data=1))
    tb.promote("churn", 3)
    assert stages() == {1: "Archived", 2: "None", 3: "Production"}


def test_numbers_from_other_data_are_not_compared(log, rules):
    gate(rules, 'not_worse = "accuracy"')
    tb.register("churn", scored(log, 0.9, data=1))
    tb.promote("churn", 1)
    tb.register("churn", scored(log, 0.99, data=2))
    with pytest.raises(GatesFailed, match="other data"):
        tb.promote("churn", 2)


def test_a_tolerance_and_the_way_a_metric_is_better_are_respected(log, rules):
    gate(rules, 'not_worse = { metric = "loss", tolerance = 0.1 }')
    tb.register("churn", log(metrics={"loss": 0.5}))
    tb.promote("churn", 1)
    tb.register("churn", log(metrics={"loss": 0.7}))
    with pytest.raises(GatesFailed, match=r"0\.7 > 0\.5"):
        tb.promote("churn", 2)
    tb.register("churn", log(metrics={"loss": 0.55}))
    tb.promote("churn", 3)
    tb.register("churn", log(metrics={"loss": float("nan")}))
    with pytest.raises(GatesFailed, match="nan"):
        tb.promote("churn", 4)


def test_a_package_is_tried_in_a_fresh_process(log, rules):
    gate(rules, "loads = true")
    tb.register("churn", log())
    tb.promote("churn", 1)
    tb.register("churn", log(example=None))
    with pytest.raises(GatesFailed, match="no input example"):
        tb.promote("churn", 2)


def test_the_approval_of_somebody_else_is_asked_for(log, rules, monkeypatch, stages):
    gate(rules, "approval = 1")
    tb.register("churn", log())
    with pytest.raises(GatesFailed, match="one other person"):
        tb.promote("churn", 1)
    tb.approve("churn", 1, reason="looks good to me")
    with pytest.raises(GatesFailed, match="and has 0"):
        tb.promote("churn", 1)
    with monkeypatch.context() as somebody:
        somebody.setattr("trackbook.versioning.deciding.user_name", lambda: "ana")
        with pytest.raises(BadInput, match="takes a reason"):
            tb.approve("churn", 1, reason=" ")
        tb.approve("churn", 1, reason="checked the holdout")
    tb.promote("churn", 1)
    assert stages() == {1: "Production"}


def test_code_that_was_not_committed_stays_out(log, rules, tmp_path, monkeypatch):
    gate(rules, "clean_git = true")
    tb.register("churn", log())
    with pytest.raises(GatesFailed, match="was not in a git repository"):
        tb.promote("churn", 1)


@pytest.mark.parametrize(
    "text",
    [
        'approval = "two"',
        "description = -1",
        'loads = "x"',
        "not_worse = 3",
        "not_worse = { metric = 'a', tolerance = nan }",
    ],
)
def test_a_gate_that_is_asked_nonsense_says_what_it_takes(log, rules, text):
    gate(rules, text)
    tb.register("churn", log(metrics={"a": 1.0}))
    with pytest.raises(BadInput, match="takes"):
        tb.promote("churn", 1)


def test_a_gate_that_does_not_exist_is_told_those_that_do(log, rules):
    gate(rules, "signatures = true")
    tb.register("churn", log())
    with pytest.raises(BadInput, match="There is: approval, clean_git"):
        tb.promote("churn", 1)


def test_a_project_s_own_gate_that_breaks_is_not_a_pass(log, rules, monkeypatch):
    from trackbook.versioning.gates import passing

    def broken(facts, asked):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(passing, "known_gate", lambda name: broken)
    gate(rules, "ours = true")
    tb.register("churn", log())
    with pytest.raises(GatesFailed, match="The gate ours failed itself: ZeroDivisionError"):
        tb.promote("churn", 1)


def test_an_approval_counts_for_the_one_version_of_the_one_model_that_it_was_given_for(log, rules, monkeypatch):
    gate(rules, "approval = 1")
    run = log()
    for _ in range(10):
        tb.register("churn", run)
    with monkeypatch.context() as somebody:
        somebody.setattr("trackbook.versioning.deciding.user_name", lambda: "ana")
        tb.approve("churn", 10, reason="checked the holdout")
    with pytest.raises(GatesFailed, match="and has 0"):
        tb.promote("churn", 1)
    tb.rename_model("churn", "leaving")
    for _ in range(10):
        tb.register("churn", run)
    with pytest.raises(GatesFailed, match="and has 0"):
        tb.promote("churn", 10)
    assert tb.promote("leaving", 10).stage == "Production"


def test_a_version_that_is_there_already_is_asked_nothing(log, rules):
    tb.register("churn", log())
    tb.promote("churn", 1)
    gate(rules, "description = true")
    before = len(tb.audit())
    assert tb.promote("churn", 1).stage == "Production"
    assert tb.promote("churn", 1, override=True, reason="again").stage == "Production"
    assert len(tb.audit()) == before


@pytest.mark.parametrize("meanwhile", ["somebody else is promoted", "another model takes the name"])
def test_what_changes_while_gates_are_tried_is_tried_again(log, rules, monkeypatch, stages, meanwhile):
    from trackbook.versioning.gates import passing

    tried = []

    def has_description(facts, asked):
        tried.append((facts.version.row.model_id, [holder.version for holder in facts.holders]))
        if len(tried) == 1 and meanwhile == "somebody else is promoted":
            rules("")
            tb.promote("churn", 2)
        elif len(tried) == 1:
            tb.rename_model("churn", "leaving")
            tb.register("churn", other)
        return None if facts.version.description else "It has no description."

    for _ in range(2):
        tb.register("churn", log())
    other = log()
    monkeypatch.setattr(passing, "known_gate", lambda name: has_description)
    gate(rules, "ours = true")
    tb.describe("churn", "with November's data", 1)
    if meanwhile == "somebody else is promoted":
        tb.promote("churn", 1)
        assert [holders for _, holders in tried] == [[], [2]]
        assert stages() == {1: "Production", 2: "Archived"}
    else:
        with pytest.raises(GatesFailed, match="no description"):
            tb.promote("churn", 1)
        assert len({model for model, _ in tried}) == 2
        assert stages() == {1: "None"}


def test_models_trained_on_the_same_rows_and_scored_on_others_are_not_compared(log, rules):
    import numpy as np

    gate(rules, 'not_worse = "accuracy"')
    for accuracy, rows in ((0.9, 1), (0.99, 2), (0.95, 1)):
        with tb.start_run("fit") as run:
            tb.log_model(LogisticRegression().fit(X, Y), input_example=X[:2])
            tb.log_dataset(np.zeros(9), "train")
            tb.log_dataset(np.full(3, rows), "test")
            tb.log_metric("accuracy", accuracy)
        tb.register("churn", run)
    tb.promote("churn", 1)
    with pytest.raises(GatesFailed, match="other data"):
        tb.promote("churn", 2)
    assert tb.promote("churn", 3).stage == "Production"


def test_whoever_replaces_a_version_without_a_number_is_not_worse(log, rules):
    tb.register("churn", log(metrics={"accuracy": float("nan")}))
    tb.promote("churn", 1)
    gate(rules, 'not_worse = "accuracy"')
    tb.register("churn", log(metrics={"accuracy": 0.5}))
    assert tb.promote("churn", 2).stage == "Production"


def test_what_lies_beside_the_notebook_is_no_part_of_the_package(log, rules, tmp_path, monkeypatch):
    gate(rules, "loads = true")
    tb.register("churn", log())
    monkeypatch.chdir(tmp_path)
    for module in ("numpy.py", "trackbook.py", "sklearn.py"):
        (tmp_path / module).write_text("raise SystemExit('the folder of the notebook was looked into')\n")
    assert tb.promote("churn", 1).stage == "Production"


def test_a_package_that_takes_trust_stays_out_unless_its_signer_has_it(log, rules, monkeypatch, tmp_path):
    gate(rules, "loads = true")
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    monkeypatch.setattr("trackbook.versioning.packing.sign", not_signed)

    def double(rows):
        return [2 * row[0] for row in rows]

    tb.register("double", log(model=double, example=X[:2], flavor="python_function"))
    with pytest.raises(GatesFailed, match="UntrustedModel"):
        tb.promote("double", 1)


def not_signed(folder):
    raise OSError("no key")


def test_a_deleted_run_still_tells_how_good_its_version_is(log, rules, home):
    from trackbook.store import delete_run

    gate(rules, 'not_worse = "accuracy"')
    best = log(metrics={"accuracy": 0.9})
    tb.register("churn", best)
    tb.promote("churn", 1)
    delete_run(home, best.run_id, actor="me")
    assert tb.versions("churn")["metrics.accuracy"].tolist() == [0.9]
    tb.register("churn", log(metrics={"accuracy": 0.8}))
    with pytest.raises(GatesFailed, match=r"0\.8 < 0\.9 of version 1"):
        tb.promote("churn", 2)
