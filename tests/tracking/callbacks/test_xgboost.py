import pickle
import sys
import warnings

import numpy as np
import pytest

import trackbook as tb

pytestmark = pytest.mark.frameworks

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(80, 3))
Y = (X[:, 0] + RANDOM.normal(scale=0.5, size=80) > 0).astype(int)
PARAMS = {"objective": "binary:logistic", "eta": 0.2, "max_depth": 2, "eval_metric": ["logloss", "auc"], "nthread": 1}


@pytest.fixture(scope="module")
def xgb():
    return pytest.importorskip("xgboost")


@pytest.fixture
def train(xgb):
    train, valid = xgb.DMatrix(X[:60], Y[:60]), xgb.DMatrix(X[60:], Y[60:])

    def run(*callbacks, rounds=5, params=PARAMS, **options):
        found = {}
        evals = [(train, "train"), (valid, "valid")]
        booster = xgb.train(
            params, train, rounds, evals=evals, evals_result=found, verbose_eval=False, callbacks=callbacks, **options
        )
        return booster, found

    return run


def test_each_metric_has_one_point_an_iteration_as_evals_result_has_it(train, points, steps):
    with tb.start_run():
        _, found = train(tb.callbacks.xgboost())
    for data in ("train", "valid"):
        for metric in ("logloss", "auc"):
            assert points(f"{data}.{metric}") == pytest.approx(found[data][metric])
            assert steps(f"{data}.{metric}") == [0, 1, 2, 3, 4]


def test_metrics_can_be_asked_for_in_a_filter_without_quotes(train):
    with tb.start_run():
        train(tb.callbacks.xgboost())
    assert len(tb.runs("metrics.valid.logloss.min < 100 AND params.max_depth = 2")) == 1


def test_params_are_the_boosters_and_defaults_are_told_apart(train):
    with tb.start_run():
        train(tb.callbacks.xgboost())
    run = tb.get_run("last")
    expected = {"objective": "binary:logistic", "learning_rate": 0.2, "max_depth": 2, "booster": "gbtree"}
    assert expected.items() <= run.params.items()
    assert "subsample" not in run.params
    assert run.defaults["subsample"] == 1
    assert {"eta", "nthread"}.isdisjoint({**run.params, **run.defaults})


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"booster": "gblinear", "objective": "reg:squarederror"}, {"booster": "gblinear"}),
        ({"booster": "dart", "rate_drop": 0.5}, {"booster": "dart", "rate_drop": 0.5, "max_depth": 6}),
        ({"objective": "multi:softprob", "num_class": 2}, {"num_class": 2}),
        ({"objective": "binary:logistic", "scale_pos_weight": 3}, {"scale_pos_weight": 3}),
        ({"num_parallel_tree": 2, "subsample": 0.7}, {"num_parallel_tree": 2, "subsample": 0.7}),
    ],
    ids=["linear", "dart", "several classes", "weighted", "forest"],
)
def test_params_of_each_kind_of_booster(train, params, expected):
    with tb.start_run():
        train(tb.callbacks.xgboost(), rounds=2, params={**params, "nthread": 1})
    assert expected.items() <= tb.get_run("last").params.items()


def test_early_stopping_leaves_the_best_iteration(train, points):
    with tb.start_run():
        booster, found = train(tb.callbacks.xgboost(), rounds=60, early_stopping_rounds=2)
    assert points("best_iteration") == [booster.best_iteration]
    assert points("best_score") == pytest.approx([booster.best_score])
    assert points("stopped_iteration") == [len(found["valid"]["auc"]) - 1]


def test_the_scikit_learn_estimator_logs_the_same(xgb, points):
    clf = xgb.XGBClassifier(n_estimators=4, max_depth=2, n_jobs=1, callbacks=[tb.callbacks.xgboost()])
    with tb.start_run():
        clf.fit(X[:60], Y[:60], eval_set=[(X[60:], Y[60:])], verbose=False)
    assert points("validation_0.logloss") == pytest.approx(clf.evals_result()["validation_0"]["logloss"])
    assert tb.get_run("last").params["max_depth"] == 2


def test_a_fitted_estimator_can_be_pickled_and_cloned_with_its_callback(xgb, points):
    from sklearn.base import clone

    clf = xgb.XGBClassifier(n_estimators=2, n_jobs=1, callbacks=[tb.callbacks.xgboost(prefix="mine.")])
    with tb.start_run():
        clf.fit(X, Y, eval_set=[(X, Y)], verbose=False)
        again = pickle.loads(pickle.dumps(clf))
        clone(again).fit(X, Y, eval_set=[(X, Y)], verbose=False)
    assert (again.predict(X) == clf.predict(X)).all()
    assert len(points("mine.validation_0.logloss")) == 4


def test_cross_validation_logs_mean_and_deviation(xgb, points):
    with tb.start_run():
        frame = xgb.cv(PARAMS, xgb.DMatrix(X, Y), 3, nfold=3, seed=0, callbacks=[tb.callbacks.xgboost()])
    assert points("test.logloss") == pytest.approx(frame["test-logloss-mean"].tolist(), abs=1e-4)
    assert points("test.logloss_std") == pytest.approx(frame["test-logloss-std"].tolist(), abs=1e-4)
    assert tb.get_run("last").params["learning_rate"] == 0.2


def test_the_best_of_a_metric_whose_name_does_not_tell_is_known(train, points):
    with tb.start_run():
        train(tb.callbacks.xgboost(), params={**PARAMS, "eval_metric": "aucpr"})
    assert "metrics.valid.aucpr" in tb.runs()
    assert len(tb.runs(f"metrics.valid.aucpr.best = {max(points('valid.aucpr'))!r}")) == 1


def test_a_second_training_in_one_run_goes_on_where_the_first_ended(train, points, steps):
    callback = tb.callbacks.xgboost()
    with tb.start_run():
        _, first = train(callback, rounds=3)
        _, second = train(callback, rounds=2)
    assert points("valid.logloss") == pytest.approx(first["valid"]["logloss"] + second["valid"]["logloss"])
    assert steps("valid.logloss") == [0, 1, 2, 3, 4]


def test_without_a_run_there_is_one_warning_and_the_same_training(train, nothing_was_kept):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        booster, found = train(tb.callbacks.xgboost())
    plain, plainly_found = train()
    assert booster.save_raw("json") == plain.save_raw("json")
    assert found == plainly_found
    ours = [str(warning.message) for warning in caught if warning.category is tb.TrackbookWarning]
    assert len(ours) == 1
    assert "trackbook.callbacks.xgboost() needs a run" in ours[0]
    nothing_was_kept()


def test_logging_changes_nothing_in_the_model(train):
    with tb.start_run():
        booster, _ = train(tb.callbacks.xgboost())
    plain, _ = train()
    assert booster.save_raw("json") == plain.save_raw("json")


def test_a_store_that_fails_does_not_stop_the_training(train, broken_store):
    with tb.start_run(), pytest.warns(UserWarning, match="the disk went away"), broken_store():
        booster, _ = train(tb.callbacks.xgboost())
    assert booster.num_boosted_rounds() == 5


def test_odd_metrics_do_not_stop_the_training(train, points):
    def odd(predictions, data):
        return [("nothing", float("nan")), ("endless", float("inf"))]

    with tb.start_run():
        train(tb.callbacks.xgboost(), custom_metric=odd)
    assert np.isnan(points("valid.nothing")).all()
    assert points("valid.endless") == [float("inf")] * 5


def test_training_without_an_evaluation_set_still_leaves_its_params(xgb):
    with tb.start_run():
        xgb.train(PARAMS, xgb.DMatrix(X, Y), 2, callbacks=[tb.callbacks.xgboost()])
    assert tb.get_run("last").params["max_depth"] == 2


def test_without_xgboost_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(ImportError, match=r"trackbook\.callbacks\.xgboost\(\) needs xgboost: pip install xgboost\."):
        tb.callbacks.xgboost()
