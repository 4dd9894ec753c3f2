"""Promoting, archiving, rolling back."""

from __future__ import annotations

import pytest

import trackbook as tb
from trackbook.errors import BadInput
from trackbook.store.registry.errors import (
    MoveNotAllowed,
    NothingToRollBack,
    RegisteredModelNotFound,
    StageGivenUp,
    UnknownStage,
    VersionInUse,
    VersionNotFound,
)


def test_whoever_holds_the_stage_is_archived_in_the_same_decision(three, stages):
    tb.promote("churn", 1, reason="first")
    tb.promote("churn", 2, reason="better")
    assert stages() == {1: "Archived", 2: "Production", 3: "None"}
    last = tb.audit("churn").iloc[-1]
    assert (last["action"], last["before"], last["after"], last["reason"]) == (
        "promote", "1 Production, 2 None", "1 Archived, 2 Production", "better",
    )  # fmt: skip


def test_two_versions_share_a_stage_when_they_are_meant_to(three, stages):
    tb.promote("churn", 1)
    tb.promote("churn", 2, archive_existing=False)
    assert stages() == {1: "Production", 2: "Production", 3: "None"}
    assert tb.load_model("models:/churn/Production").C == 2.0


def test_of_two_in_a_stage_one_is_left_when_it_is_promoted_alone_and_both_come_back(three, stages):
    tb.promote("churn", 1)
    tb.promote("churn", 2, archive_existing=False)
    tb.promote("churn", 2)
    assert stages() == {1: "Archived", 2: "Production", 3: "None"}
    last = tb.audit("churn").iloc[-1]
    assert (last["action"], last["before"], last["after"]) == ("promote", "1 Production", "1 Archived")
    assert tb.rollback("churn").version == 2
    assert stages() == {1: "Production", 2: "Production", 3: "None"}
    assert tb.rollback("churn").version == 1
    assert stages() == {1: "Production", 2: "Archived", 3: "None"}


def test_a_stage_that_the_project_gave_up_lets_its_versions_go(three, rules, stages):
    rules('[registry]\nstages = ["None", "Canary", "Production", "Archived"]\n')
    tb.promote("churn", 1, "Canary")
    tb.promote("churn", 2, "Canary")
    tb.rollback("churn", "Canary")
    rules("")
    assert tb.versions("churn", stage="Canary")["version"].tolist() == [1]
    with pytest.raises(StageGivenUp):
        tb.rollback("churn", "Canary")
    with pytest.raises(VersionInUse, match="in Canary"):
        tb.delete_version("churn", 1)
    tb.promote("churn", 1)
    assert tb.registry_at("2999-01-01")["stage"].tolist() == ["None", "Archived", "Production"]


def test_promoting_to_where_it_is_changes_nothing_and_says_nothing(three):
    tb.promote("churn", 1)
    before = len(tb.audit())
    tb.promote("churn", 1, "production")
    assert len(tb.audit()) == before


def test_rolling_back_twice_goes_two_back_and_a_third_time_says_that_there_is_nothing(three, stages):
    for version in (1, 2, 3):
        tb.promote("churn", version)
    assert tb.rollback("churn", reason="complaints").version == 2
    assert stages() == {1: "Archived", 2: "Production", 3: "Archived"}
    assert tb.rollback("churn").version == 1
    with pytest.raises(NothingToRollBack, match="Production of 'churn'"):
        tb.rollback("churn")
    assert tb.audit("churn")["action"].tolist()[-2:] == ["rollback Production"] * 2


def test_after_a_rollback_a_promotion_starts_from_there(three):
    for version in (1, 2):
        tb.promote("churn", version)
    tb.rollback("churn")
    tb.promote("churn", 3)
    assert tb.rollback("churn").version == 1


def test_a_stage_that_was_emptied_gets_back_who_was_there(three):
    tb.promote("churn", 2)
    tb.archive("churn", 2)
    assert tb.rollback("churn").version == 2


def test_an_alias_is_rolled_back_too(three):
    tb.set_alias("churn", "champion", 1)
    tb.set_alias("churn", "champion", 3)
    assert tb.rollback("churn", "@champion").aliases == ("champion",)
    assert tb.load_model("models:/churn@champion").C == 1.0
    with pytest.raises(NothingToRollBack):
        tb.rollback("churn", "@champion")


def test_the_way_back_survives_a_rename(three):
    tb.promote("churn", 1)
    tb.promote("churn", 2)
    tb.rename_model("churn", "leaving")
    assert tb.rollback("leaving").version == 1


def test_a_deleted_version_is_not_rolled_back_to_and_the_way_out_is_named(three, stages):
    tb.promote("churn", 1)
    tb.promote("churn", 2)
    tb.delete_version("churn", 1)
    with pytest.raises(VersionNotFound, match=r"tb.restore_version\('churn', 1\)"):
        tb.rollback("churn")
    assert stages()[2] == "Production"


def test_only_the_moves_that_the_project_allows_are_made(three, rules, stages):
    rules('[registry]\nstages = ["None", "Canary", "Production", "Archived"]\n[registry.moves]\nNone = ["Canary"]\n')
    with pytest.raises(MoveNotAllowed, match="may go to Canary"):
        tb.promote("churn", 1)
    tb.promote("churn", 1, "canary")
    tb.promote("churn", 1)
    assert stages()[1] == "Production"
    with pytest.raises(UnknownStage, match="There is: None, Canary"):
        tb.promote("churn", 2, "Staging")


def test_a_version_in_use_cannot_be_deleted(three, stages):
    tb.promote("churn", 1)
    tb.set_alias("churn", "champion", 2)
    with pytest.raises(VersionInUse, match="archive it first"):
        tb.delete_version("churn", 1)
    with pytest.raises(VersionInUse, match="@champion"):
        tb.delete_version("churn", 2)
    tb.delete_alias("churn", "champion")
    tb.delete_version("churn", 2)
    assert stages() == {1: "Production", 3: "None"}


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda: tb.promote("chum", 1), RegisteredModelNotFound, "Did you mean 'churn'"),
        (lambda: tb.promote("churn", 9), VersionNotFound, "It has: 3, 2, 1"),
        (lambda: tb.promote("churn", "one"), BadInput, "is a number"),
        (lambda: tb.promote("churn", 1, "Prodution"), UnknownStage, "Did you mean Production"),
        (lambda: tb.promote("churn", 1, "prod"), UnknownStage, "Did you mean Production"),
        (
            lambda: tb.promote("churn", 1, None),
            UnknownStage,
            "name in quotes, and None is not. There is: None, Staging",
        ),
        (lambda: tb.rollback("churn", None), UnknownStage, "name in quotes"),
        (lambda: tb.promote("churn", 1, reason="y" * 100_001), BadInput, "A reason has at most 100,000 characters"),
        (lambda: tb.promote("churn", 1, override=True), BadInput, "takes a reason"),
        (lambda: tb.archive("churn", 0), VersionNotFound, "no version 0"),
        (lambda: tb.delete_alias("churn", "champion"), VersionNotFound, "no alias"),
        (lambda: tb.load_model("models:/churn/Production"), VersionNotFound, "no version in Production"),
        (lambda: tb.load_model("models:/churn@champion"), VersionNotFound, "no alias @champion"),
        (lambda: tb.rollback("churn", "Prod"), UnknownStage, "no stage 'Prod'"),
        (lambda: tb.describe("churn", 3), BadInput, "is a text"),
        (lambda: tb.describe("churn", "é" * 100_001), BadInput, "100,000 characters, and this one has 100,001; log"),
        (lambda: tb.tag_model("churn", {"a": "b", "long": "y" * 100_001}), BadInput, "A tag has at most"),
        (lambda: tb.register("churn", description="y" * 100_001), BadInput, "A description has at most"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(three, ask, error, said):
    before = len(tb.audit())
    with pytest.raises(error, match=said):
        ask()
    assert len(tb.audit()) == before


def test_a_deleted_version_is_told_how_to_come_back(three):
    tb.delete_version("churn", 2)
    with pytest.raises(VersionNotFound, match="was deleted"):
        tb.promote("churn", 2)


def test_a_stage_that_the_project_gave_up_is_loaded_and_left_but_not_entered_again(three, rules, stages):
    rules('[registry]\nstages = ["None", "Canary", "Production", "Archived"]\n')
    tb.promote("churn", 1, "Canary")
    tb.promote("churn", 2, "Canary")
    rules('[registry]\nstages = ["None", "Production", "Archived"]\n')
    assert tb.get_version("models:/churn/canary").version == 2
    assert tb.load_model("models:/churn/Canary").C == 2.0
    with pytest.raises(StageGivenUp, match=r"no stage 'Canary' any more.*version 2.*tb.archive\('churn', 2\)"):
        tb.rollback("churn", "canary")
    with pytest.raises(UnknownStage):
        tb.promote("churn", 3, "Canary")
    assert stages() == {1: "Archived", 2: "Canary", 3: "None"}
    tb.promote("churn", 2)
    with pytest.raises(UnknownStage):
        tb.get_version("models:/churn/Canary")
