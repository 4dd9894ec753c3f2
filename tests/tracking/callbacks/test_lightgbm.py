import copy
import pickle
import sys
import warnings

import numpy as np
import pytest

import trackbook as tb

pytestmark = pytest.mark.frameworks

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(120, 3))
Y = X[:, 0] + RANDOM.normal(scale=0.5, size=120)
PARAMS = {"objective": "regression", "metric": ["l2", "l1"], "learning_rate": 0.2, "num_leaves": 4, "verbosity": -1}
PARAMS |= {"num_threads": 1, "min_data_in_leaf": 5, "seed": 0}


@pytest.fixture(scope="module")
def lgb():
    return pytest.importorskip("lightgbm")


@pytest.fixture
def train(lgb):
    def run(*callbacks, rounds=5, params=PARAMS, **options):
        data = lgb.Dataset(X[:80], Y[:80])
        valid = lgb.Dataset(X[80:], Y[80:], reference=data)
        found = {}
        callbacks = [*callbacks, lgb.record_evaluation(found)]
        return lgb.train(params, data, rounds, valid_sets=[valid], callbacks=callbacks, **options), found

    return run


def test_each_metric_has_one_point_an_iteration_as_lightgbm_recorded_it(train, points, steps):
    with tb.start_run():
        _, found = train(tb.callbacks.lightgbm())
    for metric in ("l2", "l1"):
        assert points(f"valid_0.{metric}") == pytest.approx(found["valid_0"][metric])
        assert steps(f"valid_0.{metric}") == [0, 1, 2, 3, 4]


def test_metrics_can_be_asked_for_in_a_filter_without_quotes(train):
    with tb.start_run():
        train(tb.callbacks.lightgbm())
    assert len(tb.runs("metrics.valid_0.l2.min < 100 AND params.num_leaves = 4")) == 1


def test_params_are_those_of_the_training(train):
    with tb.start_run():
        train(tb.callbacks.lightgbm())
    params = tb.get_run("last").params
    expected = {"objective": "regression", "learning_rate": 0.2, "num_leaves": 4, "num_boost_round": 5, "seed": 0}
    assert expected.items() <= params.items()
    assert {"verbosity", "num_threads"}.isdisjoint(params)


@pytest.mark.filterwarnings("ignore:.*eval_set")
def test_the_scikit_learn_estimator_logs_the_same(lgb, points):
    clf = lgb.LGBMClassifier(n_estimators=3, num_leaves=5, n_jobs=1, verbosity=-1)
    with tb.start_run():
        clf.fit(X[:80], Y[:80] > 0, eval_set=[(X[80:], Y[80:] > 0)], callbacks=[tb.callbacks.lightgbm()])
    run = tb.get_run("last")
    assert points("valid_0.binary_logloss") == pytest.approx(clf.evals_result_["valid_0"]["binary_logloss"])
    assert {"num_leaves": 5, "objective": "binary", "learning_rate": 0.1}.items() <= run.params.items()
    assert run.defaults["reg_alpha"] == 0


def test_cross_validation_logs_mean_and_deviation(lgb, points):
    with tb.start_run():
        found = lgb.cv(
            PARAMS, lgb.Dataset(X, Y), 3, nfold=3, stratified=False, seed=0, callbacks=[tb.callbacks.lightgbm()]
        )
    assert points("valid.l2") == pytest.approx(found["valid l2-mean"])
    assert points("valid.l2_std") == pytest.approx(found["valid l2-stdv"])


@pytest.mark.parametrize(("higher", "best"), [(True, max), (False, min)], ids=["higher", "lower"])
def test_the_best_of_a_custom_metric_is_what_its_author_said(train, points, higher, best):
    def mine(predictions, data):
        return "mine", float(np.mean(predictions[:3])), higher

    with tb.start_run():
        train(tb.callbacks.lightgbm(), feval=mine)
    assert len(set(points("valid_0.mine"))) > 1
    assert len(tb.runs(f"metrics.valid_0.mine.best = {best(points('valid_0.mine'))!r}")) == 1


def test_with_early_stopping_every_iteration_is_there(train, lgb, points):
    with tb.start_run():
        _, found = train(tb.callbacks.lightgbm(), lgb.early_stopping(2, verbose=False), rounds=80)
    assert len(found["valid_0"]["l2"]) < 80
    assert points("valid_0.l2") == pytest.approx(found["valid_0"]["l2"])


def test_a_second_training_in_one_run_goes_on_where_the_first_ended(train, points, steps):
    callback = tb.callbacks.lightgbm()
    with tb.start_run():
        _, first = train(callback, rounds=3)
        _, second = train(callback, rounds=2)
    assert points("valid_0.l2") == pytest.approx(first["valid_0"]["l2"] + second["valid_0"]["l2"])
    assert steps("valid_0.l2") == [0, 1, 2, 3, 4]


def test_training_on_from_a_model_keeps_its_iterations(train, steps):
    with tb.start_run():
        booster, _ = train(tb.callbacks.lightgbm(), rounds=3)
        train(tb.callbacks.lightgbm(), rounds=2, init_model=booster)
    assert steps("valid_0.l2") == [0, 1, 2, 3, 4]


def test_without_a_run_there_is_one_warning_and_the_same_training(train, nothing_was_kept):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        booster, found = train(tb.callbacks.lightgbm())
    plain, plainly_found = train()
    assert booster.model_to_string() == plain.model_to_string()
    assert found == plainly_found
    ours = [str(warning.message) for warning in caught if warning.category is tb.TrackbookWarning]
    assert len(ours) == 1
    assert "trackbook.callbacks.lightgbm() needs a run" in ours[0]
    nothing_was_kept()


def test_a_store_that_fails_does_not_stop_the_training(train, broken_store):
    with tb.start_run(), pytest.warns(UserWarning, match="the disk went away"), broken_store():
        booster, _ = train(tb.callbacks.lightgbm())
    assert booster.num_trees() == 5


def test_an_objective_and_a_metric_of_ones_own_are_no_trouble(train, points):
    def squares(predictions, data):
        return predictions - data.get_label(), np.ones(len(predictions))

    def odd(predictions, data):
        return [("nothing", float("nan"), True), ("bad\nname", 1.0, False)]

    with tb.start_run(), pytest.warns(UserWarning, match="control character"):
        booster, _ = train(tb.callbacks.lightgbm(), params={**PARAMS, "objective": squares}, feval=odd)
    assert booster.num_trees() == 5
    assert np.isnan(points("valid_0.nothing")).all()
    assert len(points("valid_0.l2")) == 5


def test_training_without_an_evaluation_set_still_leaves_its_params(lgb):
    with tb.start_run():
        lgb.train(PARAMS, lgb.Dataset(X, Y), 2, callbacks=[tb.callbacks.lightgbm()])
    assert tb.get_run("last").params["num_leaves"] == 4


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))], ids=["copied", "pickled"]
)
def test_a_callback_survives_being(again, train, points):
    callback = tb.callbacks.lightgbm()
    with tb.start_run():
        train(callback, rounds=2)
        train(again(callback), rounds=2)
    assert len(points("valid_0.l2")) == 4


def test_without_lightgbm_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(ImportError, match=r"trackbook\.callbacks\.lightgbm\(\) needs lightgbm: pip install lightgbm\."):
        tb.callbacks.lightgbm()
