"""Loading, exporting: whole, verified, or a sentence that names the file."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import trackbook as tb
from trackbook.errors import BadInput, StoreDamaged
from trackbook.models import SignatureMismatch


def blob_of(home, path):
    with home.asking() as db:
        return db.execute("SELECT blob FROM _tb.model_files WHERE path = $1", [path]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM _tb.blobs WHERE digest = $1", "MLmodel of the model is missing"),
        ("UPDATE _tb.blobs SET content = 'x' WHERE digest = $1", "MLmodel of the model was altered"),
    ],
)
def test_a_file_that_is_missing_or_altered_is_named_and_nothing_is_loaded(home, log, tmp_path, sql, said):
    tb.register("churn", log())
    blob = blob_of(home, "MLmodel")
    with home.deciding() as db:
        db.execute(sql, [blob])
    for ask in (lambda: tb.load_model("models:/churn/1"), lambda: tb.export_model("models:/churn/1", tmp_path / "out")):
        with pytest.raises(StoreDamaged, match=said):
            ask()
    assert not (tmp_path / "out").exists(), "half a package"
    assert [path.name for path in tmp_path.glob(".out*")] == []


def test_an_exported_version_says_which_it_is_and_holds_the_head_of_the_trail(log, tmp_path):
    run = log()
    tb.register("churn", run)
    head = tb.audit().iloc[-1]["hash"]
    tb.register("churn", run)
    folder = tb.export_model("models:/churn/2", tmp_path / "deep" / "churn")
    facts = json.loads((folder / "registration.json").read_text())
    assert (facts["model"], facts["version"], facts["run_id"], facts["audit_head"]) == ("churn", 2, run.run_id, head)
    with pytest.raises(BadInput, match="a package goes to a new folder"):
        tb.export_model("models:/churn/1", folder)


@pytest.mark.frameworks
@pytest.mark.filterwarnings("ignore")
def test_mlflow_loads_an_exported_version_and_predicts_the_same(log, tmp_path):
    import mlflow.pyfunc
    import numpy as np

    tb.register("churn", log(strength=2.0))
    tb.promote("churn", 1)
    ours = tb.load_model("models:/churn/Production")
    theirs = mlflow.pyfunc.load_model(str(tb.export_model("models:/churn/Production", tmp_path / "churn")))
    rows = np.linspace(-1, 4, 50).reshape(-1, 1)
    np.testing.assert_array_equal(theirs.predict(rows), ours.predict(rows))


def test_each_way_to_name_a_version_loads_that_one(three, capsys):
    tb.promote("churn", 2)
    tb.set_alias("churn", "champion", 1)
    for uri, strength in (
        ("models:/churn/Production", 2.0),
        ("models:/churn@champion", 1.0),
        ("models:/churn/latest", 3.0),
        ("models:/churn@latest", 3.0),
        ("models:/churn/1", 1.0),
    ):
        assert strength == tb.load_model(uri).C
    assert capsys.readouterr().err.splitlines() == [
        "models:/churn/Production is version 2.",
        "models:/churn@champion is version 1.",
        "models:/churn/latest is version 3.",
        "models:/churn@latest is version 3.",
    ]


def test_a_model_of_any_framework_predicts_on_columns_that_fit_and_names_those_that_do_not(log, home, capsys):
    frame = pd.DataFrame({"age": [20.0, 30.0, 50.0, 60.0], "income": [1.0, 2.0, 3.0, 4.0]})
    model = LogisticRegression().fit(frame, [0, 0, 1, 1])
    tb.register("churn", log(model=model, example=frame[:2]))
    loaded = tb.load_model("models:/churn/latest", flavor="python_function")
    assert capsys.readouterr().err == "models:/churn/latest is version 1.\n"
    shuffled = frame[["income", "age"]].assign(extra="x").astype({"age": "float32"})
    assert loaded.predict(shuffled).tolist() == model.predict(frame).tolist()
    assert isinstance(loaded.model, LogisticRegression)
    with pytest.raises(SignatureMismatch) as caught:
        loaded.predict(frame.rename(columns={"age": "years"}).astype({"income": str}))
    assert caught.value.problems == (
        "column 'age' is missing",
        "column 'income' is string where double is asked for",
    )
    with pytest.raises(BadInput, match="python_function"):
        tb.load_model("models:/churn/1", flavor="sklearn")
