"""A decision is taken back by another one, and never together with somebody else's."""

from __future__ import annotations

import pytest

import trackbook as tb
from trackbook.errors import BadInput
from trackbook.store.registry.errors import DecidedSince, GatesFailed, NothingToRollBack
from trackbook.store.registry.reading import audit_entries
from trackbook.tracking.start import current_store
from trackbook.versioning.undoing import take_back


def undo_last():
    with current_store().asking() as db:
        entry = audit_entries(db)[-1]
    take_back(entry, reason="a mistake")


def test_a_promotion_is_taken_back_with_the_archiving_that_it_brought(three, stages):
    tb.promote("churn", 1)
    tb.promote("churn", 2, "Staging")
    tb.promote("churn", 2)
    undo_last()
    assert stages() == {1: "Production", 2: "Staging", 3: "None"}
    assert tb.audit("churn").iloc[-1]["reason"] == "a mistake"


def test_after_an_undone_promotion_a_rollback_goes_where_it_would_have_gone_before(three):
    for version in (1, 2, 3):
        tb.promote("churn", version)
    undo_last()
    assert tb.rollback("churn").version == 1


def test_a_rollback_is_taken_back_and_can_be_made_again(three, stages):
    for version in (1, 2):
        tb.promote("churn", version)
    tb.rollback("churn")
    undo_last()
    assert stages() == {1: "Archived", 2: "Production", 3: "None"}
    assert tb.rollback("churn").version == 1


def test_a_version_that_was_archived_or_deleted_by_mistake_comes_back(three, stages):
    tb.promote("churn", 1, "Staging")
    tb.archive("churn", 1)
    undo_last()
    assert stages()[1] == "Staging"
    tb.delete_version("churn", 2)
    undo_last()
    assert stages()[2] == "None"
    tb.delete_version("churn", 2)
    tb.restore_version("churn", 2)
    undo_last()
    assert 2 not in stages()


def test_an_alias_points_where_it_did(three):
    tb.set_alias("churn", "champion", 1)
    tb.set_alias("churn", "champion", 2)
    undo_last()
    assert tb.get_version("models:/churn@champion").version == 1
    tb.delete_alias("churn", "champion")
    undo_last()
    assert tb.get_version("models:/churn@champion").version == 1
    tb.set_alias("churn", "rival", 3)
    undo_last()
    assert tb.get_version("models:/churn/3").aliases == ()


def test_an_alias_that_was_rolled_back_goes_forward_again(three):
    tb.set_alias("churn", "champion", 1)
    tb.set_alias("churn", "champion", 2)
    tb.rollback("churn", "@champion")
    undo_last()
    assert tb.get_version("models:/churn@champion").version == 2
    tb.rollback("churn", "@champion")
    with pytest.raises(NothingToRollBack):
        tb.rollback("churn", "@champion")


def test_what_was_written_and_tagged_is_as_before(three):
    tb.describe("churn", "first", 1)
    tb.describe("churn", "second", 1)
    undo_last()
    assert tb.get_version("models:/churn/1").description == "first"
    tb.describe("churn", "who leaves")
    undo_last()
    assert tb.registered_models().iloc[0]["description"] == ""
    tb.tag_model("churn", {"team": "ads"}, 1)
    tb.tag_model("churn", {"team": None}, 1)
    undo_last()
    assert tb.get_version("models:/churn/1").tags == {"team": "ads"}


def test_nobody_else_s_decision_is_undone_along(three, stages):
    tb.promote("churn", 1)
    with current_store().asking() as db:
        entry = audit_entries(db)[-1]
    tb.archive("churn", 1)
    with pytest.raises(DecidedSince, match="somebody has decided about it since"):
        take_back(entry, reason="a mistake")
    assert stages()[1] == "Archived"


def test_a_registration_is_taken_back_unless_somebody_uses_it(three, stages):
    undo_last()
    assert stages() == {1: "None", 2: "None"}
    tb.restore_version("churn", 3)
    with current_store().asking() as db:
        (entry,) = [each for each in audit_entries(db) if each.after == "3 None" and each.action == "register"]
    tb.promote("churn", 3)
    with pytest.raises(DecidedSince):
        take_back(entry, reason="late")
    tb.archive("churn", 3)
    tb.set_alias("churn", "champion", 3)
    with pytest.raises(DecidedSince):
        take_back(entry, reason="late")
    assert stages()[3] == "Archived"


def test_a_renaming_is_taken_back_unless_the_old_name_is_somebody_elses(three, log):
    tb.rename_model("churn", "leaving")
    with current_store().asking() as db:
        entry = audit_entries(db)[-1]
    tb.register("churn", log())
    with pytest.raises(DecidedSince):
        take_back(entry, reason="late")
    assert tb.registered_models()["model"].tolist() == ["churn", "leaving"]


def test_only_who_approved_withdraws_it_and_then_it_counts_no_more(three, rules, monkeypatch):
    rules("[registry.gates.Production]\napproval = true\n")
    monkeypatch.setattr("trackbook.versioning.deciding.user_name", lambda: "ana")
    tb.approve("churn", 1, reason="looked at it")
    with current_store().asking() as db:
        entry = audit_entries(db)[-1]
    monkeypatch.setattr("trackbook.versioning.deciding.user_name", lambda: "bob")
    with pytest.raises(BadInput, match="the approval of ana"):
        take_back(entry, reason="not mine")
    monkeypatch.setattr("trackbook.versioning.deciding.user_name", lambda: "ana")
    take_back(entry, reason="I was wrong")
    with pytest.raises(GatesFailed, match="approval of one other person, and has 0"):
        tb.promote("churn", 1)
