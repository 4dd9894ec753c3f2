"""What a decision would change is said before it is made."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from trackbook.store.registry.reading import AuditEntry, VersionRow
from trackbook.versioning.history import play
from trackbook.versioning.rules import Rules
from trackbook.views.registry.facts import ModelFacts
from trackbook.views.registry.plan import DEEDS, Changed, Deed, plan

NOON = datetime(2026, 11, 25, 12)  # noqa: DTZ001 - UTC without its name, as the store has it


def row(version, stage="None", *, deleted=False):
    return VersionRow("churn", version, stage, "m", "r", "", NOON, "ana", None, "", None, deleted, "")


def entry(seq, action, before, after, subject="model churn"):
    return AuditEntry(seq, NOON, "ana", action, subject, before, after, "", "", "")


TRAIL = [
    entry(1, "register", "", "1 None"),
    entry(2, "register", "", "2 None"),
    entry(3, "register", "", "3 None"),
    entry(4, "promote", "1 None", "1 Production"),
    entry(5, "promote", "1 Production, 2 None", "1 Archived, 2 Production"),
    entry(6, "alias", "", "1", "model churn@champion"),
    entry(7, "alias", "1", "2", "model churn@champion"),
]


def churn(rows=None, rules=None, aliases=None):
    return ModelFacts(
        name="churn",
        description="",
        tags={},
        rows=rows or [row(3), row(2, "Production"), row(1, "Archived")],
        aliases={"champion": 2} if aliases is None else aliases,
        trail=TRAIL,
        rules=rules or Rules(),
    )


def planned(what, version=3, slot="", model=None, history=None):
    return plan(Deed(what, "churn", version, slot), model or churn(), history or play(TRAIL)["churn"])


def test_a_promotion_says_what_the_stage_points_at_and_who_leaves_it():
    found = planned("promote", slot="Production")
    assert found.changes == (
        Changed("Production", "version 2", "version 3"),
        Changed("version 3", "None", "Production"),
        Changed("version 2", "Production", "Archived"),
    )
    assert (found.verb, found.refusal, found.call) == ("Promote", "", "tb.promote('churn', 3)")
    assert planned("promote", slot="Staging").call == "tb.promote('churn', 3, 'Staging')"


def test_two_may_share_a_stage():
    found = plan(Deed("promote", "churn", 3, "Production", archive_existing=False), churn())
    assert found.changes[0] == Changed("Production", "version 2", "versions 3, 2")
    assert "archive_existing=False" in found.call


def test_gates_of_the_stage_are_named_and_those_switched_off_are_not():
    rules = Rules(gates={"Production": {"signature": True, "loads": False}})
    assert planned("promote", slot="Production", model=churn(rules=rules)).gates == ("signature",)
    assert planned("promote", slot="Staging", model=churn(rules=rules)).gates == ()


@pytest.mark.parametrize(
    ("what", "version", "slot", "said"),
    [
        ("promote", 2, "Production", "in Production already"),
        ("promote", 3, "Prodution", "Did you mean Production"),
        ("archive", 1, "", "archived already"),
        ("delete", 2, "", "archive it first"),
        ("restore", 1, "", "is not deleted"),
        ("alias", 2, "champion", "already"),
        ("unalias", 2, "rival", "no alias @rival"),
        ("rollback", 3, "Staging", "nothing to roll back to"),
    ],
)
def test_what_cannot_be_done_says_why(what, version, slot, said):
    assert said in planned(what, version, slot).refusal


def test_a_move_that_the_project_does_not_allow_names_those_that_it_does():
    rules = Rules(moves={"None": ("Staging",)})
    assert "it may go to Staging" in planned("promote", slot="Production", model=churn(rules=rules)).refusal


def test_a_rollback_offers_what_can_be_rolled_back_and_says_where_to():
    found = planned("rollback")
    assert (found.deed.slot, found.choices) == ("Production", ("Production", "@champion"))
    assert found.changes[0] == Changed("Production", "version 2", "version 1")
    assert planned("rollback", slot="@champion").changes == (Changed("@champion", "version 2", "version 1"),)


def test_a_rollback_to_a_deleted_version_says_to_restore_it():
    model = churn([row(3), row(2, "Production"), row(1, "Archived", deleted=True)])
    assert (
        planned("rollback", model=model).refusal == "Version 1, which was there before, is deleted. Restore it first."
    )


def test_an_alias_in_the_way_of_a_deletion_is_named():
    model = churn([row(3), row(2, "Archived")])
    assert "@champion points at it" in planned("delete", 2, model=model).refusal


def test_deleting_restoring_and_naming_say_before_and_after():
    assert planned("delete", 3).changes == (Changed("version 3", "None", "deleted"),)
    model = churn([row(3, deleted=True), row(2, "Production")])
    assert planned("restore", 3, model=model).changes == (Changed("version 3", "deleted", "None"),)
    assert "restore it first" in planned("promote", 3, "Production", model=model).refusal
    assert planned("alias", 3, "champion").changes == (Changed("@champion", "version 2", "version 3"),)
    assert planned("alias", 3, "rival").changes == (Changed("@rival", "nobody", "version 3"),)
    assert planned("unalias", 2, "champion").changes == (Changed("@champion", "version 2", "nobody"),)
    assert planned("archive", 2).changes == (
        Changed("Production", "version 2", "nobody"),
        Changed("version 2", "Production", "Archived"),
    )


def test_every_decision_of_the_browser_has_a_plan():
    done_by_hand = {
        "promote",
        "archive",
        "restore",
        "delete",
        "rollback",
        "alias",
        "unalias",
        "approve",
        "copy",
        "rename",
    }
    assert done_by_hand == DEEDS


def test_who_leads_and_since_when():
    model = churn()
    assert model.leader() == 2
    assert churn([row(2), row(1, "Archived")]).leader() is None
    assert model.in_stage_since(2) == NOON
    assert model.in_stage_since(9) is None


def test_an_alias_that_was_rolled_back_moved_nobody():
    later = NOON + timedelta(hours=1)
    back = AuditEntry(8, later, "ana", "rollback", "model churn@champion", "2", "1", "", "", "")
    model = ModelFacts("churn", "", {}, [row(2, "Production")], {}, [*TRAIL, back], Rules())
    assert model.in_stage_since(1) == NOON
