"""Finding models and versions."""

from __future__ import annotations

import pytest

import trackbook as tb
from trackbook.errors import BadFilter, BadInput


@pytest.fixture
def several(log):
    tb.register("churn", log(metrics={"accuracy": 0.9}))
    tb.register("churn", log(metrics={"accuracy": 0.8}))
    tb.register("fraud", log(metrics={"accuracy": 0.7}))
    tb.promote("churn", 2)
    tb.set_alias("fraud", "champion", 1)
    tb.tag_model("churn", {"team": "ads"}, 1)
    tb.describe("fraud", "cards <img src=x onerror=alert(1)>")


def found(**asked):
    frame = tb.versions(**asked)
    return list(zip(frame["model"], frame["version"], strict=True))


def test_versions_are_found_by_stage_alias_tag_metric_and_text(several):
    assert found() == [("churn", 2), ("churn", 1), ("fraud", 1)]
    assert found(model="churn") == [("churn", 2), ("churn", 1)]
    assert found(stage="production") == [("churn", 2)]
    assert found(alias="champion") == [("fraud", 1)]
    assert found(tags={"team": "ads"}) == [("churn", 1)]
    assert found(filter="metrics.accuracy > 0.75") == [("churn", 2), ("churn", 1)]
    assert found(text="FRAUD") == [("fraud", 1)]
    assert found(stage="Staging") == []
    with pytest.raises(BadFilter):
        tb.versions(filter="metrics.accuracy >")


def test_what_matches_nothing_has_the_same_columns_all_the_same(several):
    everything = {"alias": "champion", "tags": {"team": "ads"}, "text": "x", "unused_for": "90d"}
    empty = tb.versions(stage="Staging", **everything)
    assert empty.empty
    assert empty.columns.tolist() == tb.versions().columns.tolist()
    assert found(alias="@champion") == [("fraud", 1)]
    assert found(text="ADS") == [("churn", 1)]


def test_the_metrics_and_the_run_stand_beside_each_version(several):
    frame = tb.versions("churn")
    assert frame["metrics.accuracy"].tolist() == [0.8, 0.9]
    assert frame["run"].tolist() == ["fit", "fit"]
    assert frame["flavors"].tolist() == [["sklearn", "python_function"]] * 2


def test_models_are_listed_with_who_is_where(several):
    frame = tb.registered_models()
    assert frame["model"].tolist() == ["churn", "fraud"]
    assert frame["stages"].tolist() == [{"None": [1], "Production": [2]}, {"None": [1]}]
    assert frame["aliases"].tolist() == [{}, {"champion": 1}]
    for text, model in (("CARDS", "fraud"), ("champion", "fraud"), ("production", "churn")):
        assert tb.registered_models(text)["model"].tolist() == [model]
    assert tb.registered_models("none").empty


def test_unused_versions_are_found_and_a_load_makes_one_used(several, home):
    home.merge()
    with home.deciding() as db:
        db.execute("UPDATE _tb.versions SET created_at = created_at - INTERVAL 100 DAY")
    assert found(unused_for="90d") == [("churn", 1), ("fraud", 1)]
    tb.load_model("models:/churn/1")
    assert found(unused_for="90d") == [("fraud", 1)]
    assert found(unused_for="101d") == []
    with pytest.raises(BadInput, match="write 12h"):
        tb.versions(unused_for="a while")


def test_an_empty_store_has_no_models_and_says_so_with_the_same_columns(home):
    assert tb.registered_models().empty
    assert tb.versions().empty
    assert {"model", "version", "stage", "aliases", "last_loaded_at"} <= set(tb.versions().columns)


def test_the_public_views_tell_the_same_in_sql(several):
    frame = tb.sql("SELECT model, version, stage FROM versions ORDER BY model, version")
    assert frame.to_numpy().tolist() == [["churn", 1, "None"], ["churn", 2, "Production"], ["fraud", 1, "None"]]
    assert tb.sql("SELECT count(*) AS n FROM audit WHERE action = 'promote'")["n"].item() == 1
    assert tb.sql("SELECT alias FROM aliases")["alias"].tolist() == ["champion"]
    tags = "SELECT model, version, name, value FROM model_tags"
    tb.tag_model("fraud", {"owner": "risk"})
    assert tb.sql(f"{tags} WHERE version = 1").to_numpy().tolist() == [["churn", 1, "team", "ads"]]
    assert tb.sql(f"{tags} WHERE version IS NULL")["value"].tolist() == ["risk"]
    tb.delete_version("churn", 1)
    assert tb.sql(tags)["model"].tolist() == ["fraud"]
