"""MLflow loads what we write and predicts the same numbers; we load what MLflow writes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trackbook.models import (
    CannotPack,
    UntrustedModel,
    load_package,
    load_python_function,
    manifest_of,
    read_facts,
    sign,
    write_package,
)

mlflow = pytest.importorskip("mlflow")

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(autouse=True)
def backend(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")


def test_mlflow_predicts_the_same_from_a_forest_of_ours(tmp_path, iris, forest):
    agree(tmp_path, forest, iris[0])


def test_mlflow_predicts_the_same_from_every_kind_of_sklearn_model(tmp_path, iris):
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    frame = iris[0].assign(colour=pd.Series(["red", "blue"] * 75, dtype=object))
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), list(iris[0].columns)),
            ("words", OneHotEncoder(sparse_output=False), ["colour"]),
        ]
    )
    agree(tmp_path, make_pipeline(columns, HistGradientBoostingClassifier(max_iter=5)).fit(frame, iris[1]), frame)


def test_mlflow_predicts_the_same_from_arrays_and_sparse_matrices(tmp_path, iris):
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = iris[0].to_numpy()
    agree(tmp_path / "dense", LogisticRegression(max_iter=500).fit(rows, iris[1]), rows)
    agree(tmp_path / "sparse", LogisticRegression(max_iter=500).fit(csr_matrix(rows), iris[1]), csr_matrix(rows))


@pytest.mark.parametrize("kind", ["classifier", "regressor", "booster"])
def test_mlflow_predicts_the_same_from_xgboost(tmp_path, iris, kind):
    import xgboost

    rows, labels = iris
    if kind == "booster":
        model = xgboost.train({"max_depth": 2}, xgboost.DMatrix(rows, labels), num_boost_round=5)
    else:
        estimator = xgboost.XGBClassifier if kind == "classifier" else xgboost.XGBRegressor
        model = estimator(n_estimators=5, max_depth=2).fit(rows, labels)
    loaded = agree(tmp_path, model, rows)
    assert type(loaded) is type(model)
    assert read_facts(tmp_path / "ours").formats == ("ubj",)


@pytest.mark.parametrize("kind", ["classifier", "booster"])
def test_mlflow_predicts_the_same_from_lightgbm(tmp_path, iris, kind):
    import lightgbm

    rows, labels = iris[0].rename(columns=lambda name: name.replace(" ", "_")), iris[1]
    if kind == "booster":
        model = lightgbm.train({"verbose": -1}, lightgbm.Dataset(rows, labels), num_boost_round=5)
    else:
        model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(rows, labels)
    loaded = agree(tmp_path, model, rows)
    assert type(loaded) is type(model)
    assert not read_facts(tmp_path / "ours").needs_trust


def small_network(torch):
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 3)
    )


def test_mlflow_predicts_the_same_from_a_torch_program(tmp_path, iris):
    import torch

    rows = iris[0].to_numpy(dtype=np.float32)
    model = small_network(torch)
    loaded = agree(tmp_path, model, rows)
    assert read_facts(tmp_path / "ours").formats == ("pt2",)
    assert model.training
    with torch.no_grad():
        expected = model.eval()(torch.from_numpy(rows)).numpy()
        assert np.allclose(loaded(torch.from_numpy(rows)).numpy(), expected, atol=1e-6)


def test_a_torch_program_traced_from_one_row_takes_many(tmp_path, iris):
    import torch

    rows = iris[0].to_numpy(dtype=np.float32)
    write_package(tmp_path / "ours", small_network(torch), input_example=rows[:1])
    assert load_python_function(tmp_path / "ours").predict(rows).shape == (150, 3)


def test_mlflow_predicts_the_same_from_a_torch_pickle(tmp_path, iris):
    import torch

    model = small_network(torch).eval()
    rows = iris[0].astype(np.float32)
    agree(tmp_path, model, rows, trust=True, serialization_format="pickle")
    with pytest.raises(UntrustedModel):
        load_package(tmp_path / "ours")


def test_mlflow_predicts_the_same_from_torchscript(tmp_path, iris):
    import torch

    rows = iris[0].to_numpy(dtype=np.float32)
    scripted = torch.jit.script(small_network(torch).eval())
    agree(tmp_path, scripted, rows, trust=True, serialization_format="pickle")


def test_mlflow_predicts_the_same_from_keras(tmp_path, iris):
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3)])
    model.compile("adam", "mse")
    rows = iris[0].to_numpy(dtype=np.float32)
    agree(tmp_path, model, rows, close=True)
    facts = read_facts(tmp_path / "ours")
    assert (facts.formats, facts.needs_trust) == (("keras",), False)


@pytest.mark.parametrize("kind", ["images", "words", "several tensors"])
def test_torch_programs_of_every_usual_kind_need_no_trust(tmp_path, kind):
    from torch import nn

    class Words(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.read, self.say = nn.Embedding(9, 4), nn.LSTM(4, 5, batch_first=True), nn.Linear(5, 2)

        def forward(self, words):
            batch, length = words.shape
            return self.say(self.read(self.embed(words))[0].reshape(batch * length, 5)).view(batch, length, 2)

    class Several(nn.Module):
        def forward(self, rows):
            return {"twice": rows * 2, "half": (rows / 2).clamp(-1.0, 1.0)}

    model, data = {
        "images": (
            nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            np.ones((3, 1, 8, 8), dtype=np.float32),
        ),
        "words": (Words(), np.ones((3, 6), dtype=np.int64)),
        "several tensors": (Several(), np.ones((3, 2), dtype=np.float32)),
    }[kind]
    assert not write_package(tmp_path / "ours", model, input_example=data).needs_trust
    assert load_python_function(tmp_path / "ours").predict(data) is not None


def test_keras_models_of_every_usual_kind_need_no_trust(tmp_path):
    import keras

    layers, given = keras.layers, keras.Input((5,))
    words = layers.LSTM(4)(layers.Embedding(9, 4)(given))
    dense = layers.Dense(3, activation=keras.activations.gelu, kernel_regularizer="l2")(given)
    found = layers.LayerNormalization()(keras.ops.relu(layers.Concatenate()([words, dense])) + 1.0)
    model = keras.Model(given, found)
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(keras.optimizers.SGD(rate), keras.losses.MeanSquaredError(), metrics=[keras.metrics.AUC(), "mae"])
    assert not write_package(tmp_path / "ours", model, input_example=np.ones((4, 5), dtype=np.float32)).needs_trust
    assert type(load_package(tmp_path / "ours")) is type(model)


def test_a_keras_layer_of_the_notebook_is_refused_with_a_way_out(tmp_path):
    import keras

    class Doubled(keras.layers.Layer):
        def call(self, rows):
            return rows * 2

    model = keras.Sequential([keras.Input((2,)), Doubled()])
    with pytest.raises(CannotPack, match="pass that file in code_paths"):
        write_package(tmp_path / "ours", model)


def test_mlflow_predicts_the_same_from_onnx(tmp_path, iris, forest):
    from skl2onnx import to_onnx

    rows = iris[0].to_numpy(dtype=np.float32)
    write_package(tmp_path / "ours", to_onnx(forest, rows[:1], options={"zipmap": False}), input_example=rows)
    theirs = mlflow.pyfunc.load_model(str(tmp_path / "ours")).predict(rows)
    ours = load_python_function(tmp_path / "ours").predict(rows)
    assert ours.keys() == theirs.keys()
    assert all((ours[name] == theirs[name]).all() for name in ours)
    assert (ours["label"] == forest.predict(rows)).all()


def test_mlflow_runs_a_function_of_ours_without_trackbook(tmp_path, iris):
    factor = 3

    def tripled(data):
        return data.to_numpy() * factor

    agree(tmp_path, tripled, iris[0], trust=True, flavor="python_function")
    assert read_facts(tmp_path / "ours").needs_trust


def test_mlflow_passes_params_to_an_object_of_ours(tmp_path):
    class Above:
        def predict(self, data, params=None):
            return (data["x"] > (params or {"limit": 4})["limit"]).to_numpy()

    from trackbook.models import infer_signature

    frame = pd.DataFrame({"x": [1.0, 5.0, 9.0]})
    signature = infer_signature(frame, np.array([True]), {"limit": 4})
    write_package(tmp_path / "ours", Above(), flavor="python_function", signature=signature)
    theirs = mlflow.pyfunc.load_model(str(tmp_path / "ours"))
    ours = load_python_function(tmp_path / "ours", trust=True)
    for params in (None, {"limit": 6}):
        assert theirs.predict(frame, params=params).tolist() == ours.predict(frame, params).tolist()


def test_mlflow_reads_the_input_example_and_signature(tmp_path, iris, forest):
    write_package(tmp_path / "ours", forest, input_example=iris[0])
    model = mlflow.models.Model.load(str(tmp_path / "ours"))
    pd.testing.assert_frame_equal(
        model.load_input_example(str(tmp_path / "ours")), iris[0][:100].reset_index(drop=True)
    )
    assert model.signature.inputs.input_names() == list(iris[0].columns)
    request = model.get_serving_input(str(tmp_path / "ours"))
    served = mlflow.models.validate_serving_input(str(tmp_path / "ours"), request)
    assert (served == forest.predict(iris[0][:100])).all()


def test_mlflow_hands_texts_to_a_model_that_takes_texts(tmp_path):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = ["good and nice", "bad and ugly", "nice", "ugly"]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0])
    agree(tmp_path / "list", model, texts)
    agree(tmp_path / "series", model, pd.Series(texts, name="text"))


def test_mlflow_hands_records_to_a_function_that_takes_records(tmp_path):
    def lengths(records):
        return np.array([len(record["text"]) + record["more"] for record in records])

    agree(
        tmp_path, lengths, [{"text": "ab", "more": 1}, {"text": "c", "more": 2}], trust=True, flavor="python_function"
    )


# What MLflow writes.


@pytest.mark.parametrize("form", ["skops", "cloudpickle", "pickle"])
def test_we_load_mlflows_sklearn(tmp_path, iris, forest, form):
    trusted = ["sklearn.tree._tree.Tree"] if form == "skops" else None
    mlflow.sklearn.save_model(
        forest,
        str(tmp_path / "theirs"),
        serialization_format=form,
        skops_trusted_types=trusted,
        input_example=iris[0][:3],
        pip_requirements=["scikit-learn"],
    )
    understand(tmp_path, iris[0], pickled=form != "skops")


@pytest.mark.parametrize("kind", ["classifier", "booster"])
def test_we_load_mlflows_xgboost(tmp_path, iris, kind):
    import mlflow.xgboost
    import xgboost

    model = (
        xgboost.XGBClassifier(n_estimators=3).fit(*iris)
        if kind == "classifier"
        else xgboost.train({}, xgboost.DMatrix(*iris), num_boost_round=3)
    )
    mlflow.xgboost.save_model(model, str(tmp_path / "theirs"), input_example=iris[0][:3], pip_requirements=["xgboost"])
    understand(tmp_path, iris[0])


def test_we_load_mlflows_lightgbm(tmp_path, iris):
    import lightgbm
    import mlflow.lightgbm

    model = lightgbm.train({"verbose": -1}, lightgbm.Dataset(iris[0].to_numpy(), iris[1]), num_boost_round=3)
    mlflow.lightgbm.save_model(model, str(tmp_path / "theirs"), pip_requirements=["lightgbm"])
    understand(tmp_path, iris[0].to_numpy())


@pytest.mark.parametrize("form", ["pt2", "pickle"])
def test_we_load_mlflows_pytorch(tmp_path, iris, form):
    import mlflow.pytorch
    import torch

    rows = iris[0].to_numpy(dtype=np.float32)
    mlflow.pytorch.save_model(
        small_network(torch).eval(),
        str(tmp_path / "theirs"),
        input_example=rows[:4],
        serialization_format=form,
        pip_requirements=["torch"],
    )
    understand(tmp_path, rows, pickled=form == "pickle")


def test_we_load_mlflows_keras(tmp_path, iris):
    import keras
    import mlflow.keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    mlflow.keras.save_model(model, str(tmp_path / "theirs"), pip_requirements=["keras"])
    understand(tmp_path, iris[0].to_numpy(dtype=np.float32))


def test_we_load_mlflows_onnx(tmp_path, iris, forest):
    import mlflow.onnx
    from skl2onnx import to_onnx

    rows = iris[0].to_numpy(dtype=np.float32)
    graph = to_onnx(forest, rows[:1], options={"zipmap": False})
    mlflow.onnx.save_model(graph, str(tmp_path / "theirs"), pip_requirements=["onnx"])
    ours = load_python_function(tmp_path / "theirs").predict(rows)
    assert (ours["label"] == forest.predict(rows)).all()


def test_we_load_mlflows_python_model(tmp_path, iris):
    class Doubled(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input * 2

    mlflow.pyfunc.save_model(
        str(tmp_path / "theirs"), python_model=Doubled(), input_example=iris[0][:3], pip_requirements=["mlflow"]
    )
    understand(tmp_path, iris[0], pickled=True)


def test_we_load_mlflows_model_from_code_only_with_trust(tmp_path):
    (tmp_path / "script.py").write_text(
        "import mlflow\n"
        "class Doubled(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, model_input):\n"
        "        return [value * 2 for value in model_input]\n"
        "mlflow.models.set_model(Doubled())\n"
    )
    mlflow.pyfunc.save_model(
        str(tmp_path / "theirs"), python_model=str(tmp_path / "script.py"), pip_requirements=["mlflow"]
    )
    with pytest.raises(UntrustedModel):
        load_package(tmp_path / "theirs")
    assert load_python_function(tmp_path / "theirs", trust=True).predict([1, 2]) == [2, 4]


# How both are compared.


def agree(folder, model, data, *, trust=False, close=False, **wishes):
    """Pack a model, load it by MLflow and by us, and compare the predictions; return our native model."""
    folder.mkdir(exist_ok=True)
    facts = write_package(folder / "ours", model, input_example=data, **wishes)
    assert facts.needs_trust == trust
    theirs = plain(mlflow.pyfunc.load_model(str(folder / "ours")).predict(data))
    ours = plain(load_python_function(folder / "ours", trust=trust).predict(data))
    assert theirs.shape == ours.shape
    assert np.allclose(theirs, ours, atol=1e-6) if close else (theirs == ours).all()
    again = write_package(folder / "again", model, input_example=data, **wishes)
    assert again == facts
    assert {file.path for file in {*manifest_of(folder / "ours")} ^ {*manifest_of(folder / "again")}} <= {"MLmodel"}
    return load_package(folder / "ours", trust=trust)


def understand(folder, data, *, pickled=False):
    """Load what MLflow wrote, with trust only where it is a pickle, and compare the predictions."""
    theirs = plain(mlflow.pyfunc.load_model(str(folder / "theirs")).predict(data))
    assert read_facts(folder / "theirs").needs_trust == pickled
    if pickled:
        with pytest.raises(UntrustedModel):
            load_package(folder / "theirs")
        sign(folder / "theirs")
    ours = plain(load_python_function(folder / "theirs").predict(data))
    assert (theirs == ours).all()


def plain(predicted):
    return np.asarray(predicted.toarray() if hasattr(predicted, "toarray") else predicted)
