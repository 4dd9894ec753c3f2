"""What was where at any moment is told by the trail alone, and agrees with the rows."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trackbook as tb
from trackbook.errors import BadInput
from trackbook.store.registry.assignments import read_assignments, write_assignments
from trackbook.store.registry.errors import NothingToRollBack, RegistryRefusal, VersionNotFound


def now():
    time.sleep(0.002)  # the next decision has a later time
    return datetime.now(UTC)


def production_at(moment):
    frame = tb.registry_at(moment)
    return frame[frame["stage"] == "Production"]["version"].tolist()


def test_what_was_in_production_at_any_moment_is_one_question(three):
    before = now()
    tb.promote("churn", 1)
    first = now()
    tb.promote("churn", 2)
    second = now()
    tb.rollback("churn")
    assert [production_at(moment) for moment in (before, first, second, now())] == [[], [1], [2], [1]]


def test_aliases_deletions_and_renames_are_remembered_too(three):
    tb.set_alias("churn", "champion", 3)
    early = now()
    tb.delete_alias("churn", "champion")
    tb.delete_version("churn", 3)
    tb.rename_model("churn", "leaving")
    then, today = tb.registry_at(early), tb.registry_at(now())
    assert then["model"].unique().tolist() == ["churn"]
    assert then.loc[then["version"] == 3, "aliases"].tolist() == [["champion"]]
    assert today["model"].unique().tolist() == ["leaving"]
    assert today["version"].tolist() == [2, 1]


def test_a_day_is_its_beginning_and_nonsense_is_told_how_to_write_one(three):
    assert tb.registry_at("2020-03-01").empty
    assert len(tb.registry_at("2999-01-01")) == 3
    with pytest.raises(BadInput, match="2026-03-01"):
        tb.registry_at("last march")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.integers(1, 10**6), st.text(st.characters(exclude_characters=",\x00"), min_size=1)))
def test_assignments_are_read_as_they_were_written(held):
    assert read_assignments(write_assignments(held)) == held


STEPS = {
    "promote": lambda version: tb.promote("churn", version),
    "stage": lambda version: tb.promote("churn", version, "Staging"),
    "share": lambda version: tb.promote("churn", version, archive_existing=False),
    "archive": lambda version: tb.archive("churn", version),
    "delete": lambda version: tb.delete_version("churn", version),
    "restore": lambda version: tb.restore_version("churn", version),
    "rollback": lambda _: tb.rollback("churn"),
    "alias": lambda version: tb.set_alias("churn", "champion", version),
    "unalias": lambda _: tb.delete_alias("churn", "champion"),
    "back": lambda _: tb.rollback("churn", "@champion"),
    "rename": lambda _: (tb.rename_model("churn", "leaving"), tb.rename_model("leaving", "churn")),
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(1, 3)), max_size=12))
def test_the_trail_and_the_rows_never_disagree(three, stages, steps):
    for step, version in steps:
        with contextlib.suppress(RegistryRefusal, VersionNotFound, NothingToRollBack):
            STEPS[step](version)
    frame, rows = tb.registry_at(datetime.now(UTC)), tb.versions("churn")
    assert dict(zip(frame["version"], frame["stage"], strict=True)) == stages()
    assert dict(zip(frame["version"], frame["aliases"], strict=True)) == dict(
        zip(rows["version"], rows["aliases"], strict=True)
    )


def test_the_chain_of_decisions_holds_and_a_changed_entry_is_found(three, home):
    from trackbook.versioning.asking import verify_audit

    tb.promote("churn", 1)
    tb.promote("churn", 2)
    assert verify_audit() == []
    with home.deciding() as db:
        db.execute("UPDATE _tb.audit SET reason = 'quarterly plan' WHERE seq = 4")
    assert verify_audit() == [4]


def test_each_entry_says_who_where_and_why(three):
    import getpass

    tb.promote("churn", 1, reason="beats 2 on the holdout")
    entry = tb.audit("churn").iloc[-1]
    assert (entry["actor"], entry["reason"], entry["subject"]) == (
        getpass.getuser(),
        "beats 2 on the holdout",
        "model churn",
    )
    assert abs((datetime.now(UTC).replace(tzinfo=None) - entry["occurred_at"]).total_seconds()) < 60
