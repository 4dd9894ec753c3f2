import copy
import os
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest

import trackbook as tb

pytestmark = pytest.mark.frameworks

os.environ["KERAS_BACKEND"] = "torch"


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


@pytest.fixture
def model(keras):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    return model


X = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def fit(model, *callbacks, epochs=3, **options):
    return model.fit(
        X, Y, validation_split=0.25, batch_size=8, epochs=epochs, verbose=0, callbacks=list(callbacks), **options
    )


def test_each_metric_has_one_point_an_epoch_as_the_history_has_it(model, points, steps):
    with tb.start_run():
        history = fit(model, tb.callbacks.keras()).history
    assert sorted(history) == ["loss", "mae", "val_loss", "val_mae"]
    for name, values in history.items():
        assert points(name) == pytest.approx(values)
        assert steps(name) == [0, 1, 2]


def test_params_say_how_it_was_trained(model):
    with tb.start_run():
        fit(model, tb.callbacks.keras())
    run = tb.get_run("last")
    expected = {"optimizer": "adam", "learning_rate": 0.01, "loss": "mse", "epochs": 3, "steps": 3, "count_params": 21}
    assert expected.items() <= run.params.items()
    assert "beta_1" not in run.params
    assert run.defaults["beta_1"] == 0.9


def test_a_learning_rate_left_at_its_default_is_still_a_param(model, keras):
    model.compile(optimizer="sgd", loss=keras.losses.MeanSquaredError())
    with tb.start_run():
        fit(model, tb.callbacks.keras(), epochs=1)
    params = tb.get_run("last").params
    assert (params["optimizer"], params["learning_rate"]) == ("sgd", 0.01)
    assert params["loss"] == "mean_squared_error"


def test_a_schedule_shows_in_params_and_as_a_curve(model, keras, points):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.5)
    model.compile(optimizer=keras.optimizers.SGD(schedule), loss="mse")
    with tb.start_run():
        fit(model, tb.callbacks.keras())
    params = tb.get_run("last").params
    assert params["learning_rate.schedule"] == "ExponentialDecay"
    assert params["learning_rate.initial_learning_rate"] == 0.1
    assert points("learning_rate") == pytest.approx([0.05, 0.025, 0.0125])


def test_batches_are_logged_on_request(model, points, steps):
    with tb.start_run():
        fit(model, tb.callbacks.keras(every_n_batches=2))
    assert steps("batch_loss") == [1, 3, 5, 7]
    assert len(points("batch_mae")) == 4
    assert steps("loss") == [0, 1, 2]


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "all"])
def test_a_wrong_number_of_batches_is_said_at_once(wrong):
    with pytest.raises(tb.TrackbookError, match="every_n_batches is a whole number from 1"):
        tb.callbacks.keras(every_n_batches=wrong)


def test_a_second_fit_in_one_run_goes_on_where_the_first_ended(model, points, steps):
    with tb.start_run():
        first = fit(model, tb.callbacks.keras(every_n_batches=3)).history["val_loss"]
        second = fit(model, tb.callbacks.keras(every_n_batches=3), epochs=2).history["val_loss"]
    assert points("val_loss") == pytest.approx(first + second)
    assert steps("val_loss") == [0, 1, 2, 3, 4]
    assert steps("batch_loss") == [2, 5, 8, 11, 14]


def test_a_resumed_fit_keeps_its_own_epochs(model, steps):
    with tb.start_run():
        fit(model, tb.callbacks.keras(), epochs=2)
        fit(model, tb.callbacks.keras(), epochs=4, initial_epoch=2)
    assert steps("loss") == [0, 1, 2, 3]


def test_a_prefix_keeps_two_trainings_apart(model, points):
    with tb.start_run():
        first = fit(model, tb.callbacks.keras(prefix="fold_1."), epochs=2).history["loss"]
        second = fit(model, tb.callbacks.keras(prefix="fold_2."), epochs=1).history["loss"]
    assert points("fold_1.loss") == pytest.approx(first)
    assert points("fold_2.loss") == pytest.approx(second)
    assert tb.get_run("last").params["fold_2.epochs"] == 1


def test_early_stopping_leaves_its_epoch(model, keras, points):
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=0, min_delta=1e9, start_from_epoch=1)
    with tb.start_run():
        history = fit(model, stop, tb.callbacks.keras(), epochs=9)
    assert points("stopped_epoch") == [history.epoch[-1]]


def test_without_a_run_there_is_one_warning_and_the_same_training(model, keras, nothing_was_kept):
    weights = [w.copy() for w in model.get_weights()]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        keras.utils.set_random_seed(1)
        with_ours = fit(model, tb.callbacks.keras(every_n_batches=1)).history
    model.set_weights(weights)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    keras.utils.set_random_seed(1)
    assert with_ours == fit(model).history
    ours = [str(warning.message) for warning in caught if warning.category.__name__ == "TrackbookWarning"]
    assert len(ours) == 1
    assert "trackbook.callbacks.keras() needs a run" in ours[0]
    nothing_was_kept()


def test_a_store_that_fails_does_not_stop_the_training(model, broken_store):
    with tb.start_run(), pytest.warns(UserWarning, match="the disk went away"), broken_store():
        history = fit(model, tb.callbacks.keras(every_n_batches=1))
    assert history.epoch == [0, 1, 2]


def test_a_failing_store_does_not_stop_the_training_where_warnings_are_errors(model, broken_store):
    with tb.start_run(), broken_store(), warnings.catch_warnings():
        warnings.simplefilter("error", tb.TrackbookWarning)
        history = fit(model, tb.callbacks.keras())
    assert history.epoch == [0, 1, 2]


def test_odd_values_of_other_callbacks_do_not_stop_it(model, keras, points):
    class Odd(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["confusion"] = np.eye(2)
            logs["bad\nname"] = 1.0

    with tb.start_run(), pytest.warns(UserWarning, match="confusion"):
        fit(model, Odd(), tb.callbacks.keras())
    assert len(points("loss")) == 3


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["copied", "pickled"]
)
def test_a_callback_survives_being(again, model, points):
    callback = tb.callbacks.keras(every_n_batches=2)
    with tb.start_run():
        fit(model, callback, epochs=1)
        fit(model, again(callback), epochs=1)
    assert len(points("loss")) == 2


def test_without_keras_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ImportError, match=r"trackbook\.callbacks\.keras\(\) needs keras: pip install keras\."):
        tb.callbacks.keras()


def test_looking_at_the_callbacks_imports_no_framework():
    look = "import sys, trackbook as tb; tb.callbacks.keras; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.split()
    assert {"keras", "lightgbm", "lightning", "transformers", "torch", "xgboost"}.isdisjoint(loaded)
