"""Versions: numbered from 1, each with its lineage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

import trackbook as tb
from trackbook.errors import BadInput, BadName, RunNotFound, StoreDamaged
from trackbook.store.registry.errors import ModelNotFound, RegisteredModelNotFound


def test_versions_are_numbered_from_one(log):
    first = tb.register("churn", log())
    second = tb.register("churn", log(strength=2.0))
    assert (first.version, second.version, second.stage) == (1, 2, "None")
    assert tb.load_model("models:/churn/2").C == 2.0


def test_a_model_is_registered_from_a_run_its_id_its_name_its_uri_or_as_the_last(log):
    run = log("november")
    for meant in (run, tb.get_run(run.run_id), run.run_id, "november", "last", f"runs:/{run.run_id}/model"):
        assert tb.register("churn", meant).run_id == run.run_id


def test_a_version_knows_the_run_behind_it(log):
    version = tb.register("churn", log(metrics={"accuracy": 0.9}), description="with **November**", alias="champion")
    assert version.run().metrics == {"accuracy": 0.9}
    assert version.description == "with **November**"
    assert version.aliases == ("champion",)
    assert version.signature["inputs"]


def test_a_run_tells_of_its_models_and_what_they_became(log):
    run = log()
    assert [(each["name"], each["registered"]) for each in tb.get_run(run.run_id).models] == [("model", None)]
    tb.register("churn", run)
    tb.register("leaving", run)
    assert tb.get_run(run.run_id).models[0]["registered"] == "churn 1, leaving 1"


def test_a_version_follows_the_one_in_the_highest_stage(three):
    tb.promote("churn", 2, "Production")
    tb.promote("churn", 3, "Staging")
    assert tb.register("churn").row.parent_version == 2


def test_the_number_of_a_deleted_version_is_never_given_again(three, stages):
    tb.delete_version("churn", 3)
    assert tb.register("churn").version == 4
    assert stages() == {1: "None", 2: "None", 4: "None"}
    assert tb.restore_version("churn", 3).version == 3


def test_a_version_can_be_copied_to_another_registered_model(three):
    tb.describe("churn", "good", 2)
    tb.promote("churn", 2)
    copy = tb.copy_version("models:/churn/Production", "churn-live")
    assert (copy.model, copy.version, copy.stage, copy.row.copied_from) == ("churn-live", 1, "None", "churn/2")
    assert copy.description == "good"
    assert tb.load_model("models:/churn-live/1").C == 2.0


def test_a_renamed_model_keeps_everything_and_frees_its_name(three):
    tb.set_alias("churn", "champion", 2)
    tb.promote("churn", 1)
    tb.rename_model("churn", "customers/churn")
    assert tb.load_model("models:/customers/churn@champion").C == 2.0
    assert tb.load_model("models:/customers/churn/Production").C == 1.0
    assert tb.register("churn").version == 1


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda: tb.register("churn", "nothing"), RunNotFound, "no run 'nothing'"),
        (lambda: tb.register("", "last"), BadName, "is empty"),
        (lambda: tb.register("churn", object()), BadInput, "log it first"),
        (lambda: tb.register("churn", "models:/churn/1"), BadInput, "registered already"),
        (lambda: tb.register("churn", alias="latest"), BadName, "reserved"),
        (lambda: tb.register("churn", alias="a/b"), BadName, "cannot stand in"),
        (lambda: tb.copy_version("runs:/x/model", "a"), BadInput, "no version of a registered model"),
        (lambda: tb.load_model("models:/chum/1"), RegisteredModelNotFound, "Did you mean 'churn'"),
        (lambda: tb.rename_model("churn", "churn-2"), BadName, "is taken"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(three, ask, error, said):
    tb.register("churn-2")
    before = len(tb.audit())
    with pytest.raises(error, match=said):
        ask()
    assert len(tb.audit()) == before


def test_a_run_without_a_model_is_told_how_to_log_one(home):
    with tb.start_run("bare"):
        pass
    with pytest.raises(ModelNotFound, match="log_model"):
        tb.register("churn", "bare")


def test_a_model_whose_file_is_gone_is_not_registered_and_the_file_is_named(home, log):
    run = log()
    home.merge()
    with home.deciding() as db:
        db.execute("DELETE FROM _tb.blobs WHERE digest = (SELECT blob FROM _tb.model_files WHERE path = 'MLmodel')")
    with pytest.raises(StoreDamaged, match="MLmodel of the model is missing"):
        tb.register("churn", run)
    assert tb.registered_models().empty


def test_the_same_model_again_is_not_written_again(home, log):
    rows = np.random.default_rng(0).random((100_000, 20))
    model = KNeighborsClassifier(algorithm="brute").fit(rows, np.arange(len(rows)) % 2)

    def blobs():
        return {file: file.stat().st_ino for file in home.location.blobs.rglob("*") if file.is_file()}

    first = tb.register("big", log(model=model, example=rows[:2]))
    before = blobs()
    assert first.package.size > 16_000_000
    second = tb.register("big", log(model=model, example=rows[:2]))
    assert blobs() == before
    assert (second.version, second.package.size) == (2, first.package.size)


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts what this process writes, as Linux tells")
def test_one_more_version_of_a_large_model_writes_less_than_a_megabyte(home, log):
    rows = np.random.default_rng(0).random((100_000, 20))
    run = log(model=KNeighborsClassifier(algorithm="brute").fit(rows, np.arange(len(rows)) % 2), example=rows[:2])
    tb.register("big", run)

    def written():
        return int(Path("/proc/self/io").read_text().split("wchar: ")[1].split()[0])

    before = written()
    tb.register("big", run)
    assert written() - before < 1_000_000


@pytest.mark.parametrize("asks", ["registers", "loads"])
def test_a_cell_that_runs_right_after_another_waits_until_its_model_is_kept(log, monkeypatch, asks):
    from threading import Event

    from sklearn.linear_model import LogisticRegression

    from trackbook.versioning.background import pack_in_background, wait_for_packing

    asked = Event()
    with tb.start_run("cell") as run:
        pass
    model = LogisticRegression(C=7.0).fit([[0.0], [1.0]], [0, 1])
    pack_in_background(lambda: asked.wait(60) and tb.log_model(model, run=run))

    def waiting():
        asked.set()
        wait_for_packing()

    for room in ("registering", "loading"):
        monkeypatch.setattr(f"trackbook.versioning.{room}.wait_for_packing", waiting)
    if asks == "registers":
        assert tb.register("churn").version == 1
    else:
        assert tb.load_model(f"runs:/{run.run_id}").C == 7.0
