"""The trail tells of one model what was decided about that one, whatever it was called."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

import trackbook as tb
from trackbook.store.registry.errors import RegisteredModelNotFound


def actions(model):
    return tb.audit(model)["action"].tolist()


def test_a_renamed_model_takes_its_past_along_and_the_next_of_that_name_has_its_own(log):
    run = log()
    tb.register("churn", run)
    tb.promote("churn", 1)
    tb.rename_model("churn", "leaving")
    tb.register("churn", run, alias="champion")
    assert actions("leaving") == ["register", "promote", "rename"]
    assert actions("churn") == ["register", "alias"]
    tb.rename_model("churn", "second")
    tb.rename_model("leaving", "churn")
    tb.archive("churn", 1)
    assert actions("churn") == ["register", "promote", "rename", "rename", "archive"]
    assert tb.rollback("churn").version == 1
    assert tb.registry_at("2999-01-01")[["model", "stage"]].to_numpy().tolist() == [
        ["churn", "Production"],
        ["second", "None"],
    ]


def test_models_whose_names_begin_alike_are_kept_apart(log):
    run = log()
    for name in ("churn", "churn/eu", "churn@eu", "churn 2"):
        tb.register(name, run)
        tb.set_alias(name, "champion", 1)
        tb.describe(name, "text", 1)
    for name in ("churn", "churn/eu", "churn@eu", "churn 2"):
        trail = tb.audit(name)
        assert trail["action"].tolist() == ["register", "alias", "describe"]
        assert trail["subject"].tolist() == [f"model {name}", f"model {name}@champion", f"model {name}/1"]


def test_a_model_that_is_not_there_has_no_trail(three):
    with pytest.raises(RegisteredModelNotFound, match="Did you mean 'churn'"):
        tb.audit("chum")


def test_a_moment_of_pandas_is_one_in_local_time_and_a_missing_one_is_none(three):
    assert len(tb.registry_at(pd.Timestamp("2999-01-01"))) == 3
    assert len(tb.registry_at(datetime(2999, 1, 1, tzinfo=UTC))) == 3
    assert len(tb.registry_at(date(2999, 1, 1))) == 3
    for wrong in (pd.NaT, "0001-01-01", None, "soon"):
        with pytest.raises(ValueError, match="is no moment"):
            tb.registry_at(wrong)


def test_a_clock_that_was_set_back_does_not_tear_a_past_apart(three, monkeypatch):
    tb.set_alias("churn", "champion", 1)
    between = datetime.now(UTC) - timedelta(hours=1)
    with monkeypatch.context() as clock:
        clock.setattr("trackbook.store.audit.time.time", lambda: between.timestamp() - 1)
        tb.rename_model("churn", "leaving")
        tb.promote("leaving", 1)
    then = tb.registry_at(between)
    assert then["model"].unique().tolist() == ["leaving"]
    assert then.loc[then["version"] == 1, ["stage", "aliases"]].to_numpy().tolist() == [["Production", ["champion"]]]


def test_a_trail_with_a_removed_entry_is_still_read(three, home):
    tb.rename_model("churn", "leaving")
    tb.set_alias("leaving", "champion", 1)
    with home.deciding() as db:
        db.execute("DELETE FROM _tb.audit WHERE action IN ('register', 'rename')")
    assert tb.registry_at("2999-01-01").empty
    assert actions("leaving") == ["alias"]


def test_runs_that_are_renamed_to_a_model_s_name_are_not_taken_for_it(three, home):
    from trackbook.store import rename_run
    from trackbook.versioning.history import entries_about

    rename_run(home, "last", "churn", actor="me")
    rename_run(home, "last", "leaving", actor="me")
    assert actions("churn") == ["register"] * 3
    with home.asking() as db:
        from trackbook.store.registry.reading import audit_entries

        assert len(entries_about(audit_entries(db), "churn")) == 3


def test_a_description_given_at_registration_is_in_the_trail_too(log):
    tb.register("churn", log(), description="with **November**")
    tb.copy_version("models:/churn/1", "live")
    for model in ("churn", "live"):
        last = tb.audit(model).iloc[-1]
        assert (last["action"], last["subject"], last["after"]) == ("describe", f"model {model}/1", "with **November**")
