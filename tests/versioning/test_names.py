"""Names that models, aliases and tags may have, and what is given in their place."""

from __future__ import annotations

import numpy as np
import pytest

import trackbook as tb
from trackbook.errors import BadInput, BadName, TrackbookError
from trackbook.store.registry.errors import RegisteredModelNotFound, VersionNotFound


@pytest.mark.parametrize(
    "name", ["../../etc", "<img src=x onerror=alert(1)>", "None", "a, b", "a@b", "@x", "team/churn"]
)
def test_any_name_that_can_be_read_back_is_one(log, name):
    version = tb.register(name, log(), alias="champion")
    tb.promote(name, 1)
    tb.describe(name, "d", 1)
    assert tb.load_model(version.uri).C == 1.0
    assert tb.get_version(f"models:/{name}@champion").stage == "Production"
    assert tb.get_version(f"models:/{name}/production").description == "d"
    assert tb.audit(name)["action"].tolist() == ["register", "alias", "promote", "describe"]
    assert tb.registry_at("2999-01-01")["model"].tolist() == [name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("churn/3", "ends like a version"),
        ("/churn", "begins or ends with a slash"),
        ("churn/", "begins or ends with a slash"),
        ("churn ", "begins or ends with a space"),
        ("", "is empty"),
        (None, "a name is a string"),
        ("a\x00b", "control character"),
    ],
)
def test_a_name_that_could_not_be_read_back_is_none(three, name, said):
    for give in (
        lambda: tb.register(name),
        lambda: tb.rename_model("churn", name),
        lambda: tb.copy_version("models:/churn/1", name),
    ):
        with pytest.raises(BadName, match=said):
            give()


@pytest.mark.parametrize("wrong", [None, 3, ["churn"], "x\ud800", "y" * 300, ""])
def test_what_is_no_name_gets_a_sentence_from_every_verb(three, wrong):
    before = len(tb.audit())
    for ask in (
        lambda: tb.promote(wrong, 1),
        lambda: tb.archive(wrong, 1),
        lambda: tb.rollback(wrong),
        lambda: tb.set_alias(wrong, "champion", 1),
        lambda: tb.delete_alias("churn", wrong),
        lambda: tb.describe(wrong, "text"),
        lambda: tb.tag_model(wrong, {"team": "ads"}),
        lambda: tb.delete_version(wrong, 1),
        lambda: tb.approve(wrong, 1, reason="seen"),
        lambda: tb.versions(wrong if wrong is not None else 0),
        lambda: tb.audit(wrong or 3),
    ):
        with pytest.raises(TrackbookError):
            ask()
    assert len(tb.audit()) == before


def test_a_number_out_of_a_frame_is_a_version_s_number(three, stages):
    tb.promote("churn", tb.versions("churn").iloc[0]["version"])
    tb.set_alias("churn", "champion", np.int32(2))
    assert stages()[3] == "Production"
    for wrong in (1.0, True, None, -1, "1.5"):
        with pytest.raises(BadInput, match="is a number from 1"):
            tb.archive("churn", wrong)


@pytest.mark.parametrize("number", [10**12, 10**50])
def test_a_number_beyond_all_versions_is_not_there(three, number):
    for ask in (lambda: tb.promote("churn", number), lambda: tb.load_model(f"models:/churn/{number}")):
        with pytest.raises(LookupError, match=r"It has: 3, 2, 1\."):
            ask()


def test_of_many_versions_a_sentence_names_the_newest(log):
    run = log()
    for _ in range(7):
        tb.register("churn", run)
    with pytest.raises(LookupError, match=r"It has: 7, 6, 5, 4, 3, …\."):
        tb.promote("churn", 9)


def test_tags_are_kept_as_text_that_any_database_holds_and_only_changes_are_in_the_trail(three):
    tb.tag_model("churn", {"team": "ads\ud800\x00", "size": 3}, 1)
    assert tb.get_version("models:/churn/1").tags == {"team": "ads?␀", "size": "3"}
    before = len(tb.audit())
    tb.tag_model("churn", {"size": 3, "absent": None}, 1)
    assert len(tb.audit()) == before
    with pytest.raises(BadName, match="has a ="):
        tb.tag_model("churn", {"a=b": "c"})
    with pytest.raises(BadInput, match="it takes a dict"):
        tb.tag_model("churn", ["team"])


def test_a_copy_knows_where_it_came_from_also_after_a_rename(three):
    tb.copy_version("models:/churn/2", "live")
    tb.register("churn/eu")
    tb.copy_version("models:/churn/eu/1", "live")
    tb.rename_model("churn", "leaving")
    assert [tb.get_version(f"models:/live/{number}").copied_from for number in (1, 2)] == ["leaving/2", "churn/eu/1"]


def test_odd_things_are_sentences_and_an_alias_may_be_written_as_it_is_shown(three, tmp_path):
    with pytest.raises(BadInput, match="takes a reason"):
        tb.promote("churn", 1, override=True, reason=None)
    with pytest.raises(VersionNotFound, match="no version 99999"):
        tb.load_model("models:/churn/" + "9" * 5000)
    with pytest.raises(BadInput, match=r"<Version churn 1 None> is none; its \.version is"):
        tb.promote("churn", tb.get_version("models:/churn/1"))
    with pytest.raises(BadInput, match="3 is none"):
        tb.export_model("models:/churn/1", 3)
    tb.set_alias("churn", "@champion", 1)
    assert tb.get_version("models:/churn@champion").aliases == ("champion",)
    tb.delete_alias("churn", "@champion")
    assert tb.register("churn", alias="@newest").aliases == ("newest",)
    for alias, said in (("@latest", "is reserved"), ("@", "is empty"), ("@@x", "cannot stand")):
        with pytest.raises(BadName, match=said):
            tb.set_alias("churn", alias, 1)


def test_a_model_that_was_renamed_is_told_by_its_new_name(three):
    tb.rename_model("churn", "leaving")
    tb.rename_model("leaving", "attrition")
    with pytest.raises(RegisteredModelNotFound, match="it was renamed and is now 'attrition'"):
        tb.load_model("models:/churn/1")
