"""Keras models with several inputs, several outputs, or texts; on whichever backend the tests run.

KERAS_BACKEND=tensorflow pytest tests/models/test_keras.py, where TensorFlow is installed, tries that one.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from trackbook.models import load_package, load_python_function, write_package

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]

os.environ.setdefault("KERAS_BACKEND", "torch")

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def there_and_back(folder, model, example):
    write_package(folder, model, input_example=example)
    return load_package(folder), load_python_function(folder)


def test_a_model_with_several_outputs_gives_each_by_its_name(tmp_path, keras):
    entry = keras.layers.Input((4,))
    heads = {"a": keras.layers.Dense(1, name="a")(entry), "b": keras.layers.Dense(2, name="b")(entry)}
    model = keras.Model(entry, heads)
    _, generic = there_and_back(tmp_path / "model", model, X)
    assert [field.name for field in generic.signature.outputs] == ["a", "b"]
    found = generic.predict(X)
    for name, expected in model.predict(X, verbose=0).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-6)


def test_a_model_with_several_inputs_takes_each_by_its_name(tmp_path, keras):
    one, other = keras.layers.Input((4,), name="one"), keras.layers.Input((2,), name="other")
    model = keras.Model({"one": one, "other": other}, keras.layers.Dense(1)(keras.layers.concatenate([one, other])))
    given = {"one": X, "other": X[:, :2]}
    native, generic = there_and_back(tmp_path / "model", model, given)
    np.testing.assert_allclose(generic.predict(given), native.predict(given, verbose=0), rtol=1e-6)


def test_a_model_of_texts_takes_an_array_of_them(tmp_path, keras):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("only TensorFlow has texts")
    words = keras.layers.TextVectorization()
    words.adapt(["ein Haus", "zwei Häuser"])
    model = keras.Sequential(
        [keras.layers.Input((1,), dtype="string"), words, keras.layers.Embedding(10, 3), keras.layers.Flatten()]
    )
    texts = np.array([["ein Haus"], ["zwei Häuser"]], dtype=object)
    _, generic = there_and_back(tmp_path / "model", model, texts)
    tensor = keras.ops.convert_to_tensor(texts.tolist(), dtype="string")
    np.testing.assert_array_equal(generic.predict(texts), model.predict(tensor, verbose=0))
