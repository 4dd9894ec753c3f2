"""XGBoost: evaluation metrics an iteration, the booster's settings, and where early stopping found the best."""

# ruff: noqa: ANN401
# What XGBoost hands over has no types worth checking.

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trackbook.tracking.callbacks.quiet import Hooks, build, import_framework, quietly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xgboost.callback import TrainingCallback

    from trackbook.meaning import Better

_BETTER: dict[str, Better] = {"aucpr": "higher", "pre": "higher", "ams": "higher", "mphe": "lower", "quantile": "lower"}
"""Metrics of XGBoost's own whose name does not tell; the parameter after @ left out."""

_ALIASES = frozenset({"eta", "alpha", "lambda", "min_split_loss"})
"""A booster's configuration says these twice."""


def xgboost(*, prefix: str = "") -> TrainingCallback:
    """Log an XGBoost training to the active run.

        xgb.train(params, dtrain, 100, evals=[(dvalid, "valid")], callbacks=[tb.callbacks.xgboost()])
        XGBClassifier(callbacks=[tb.callbacks.xgboost()]).fit(X, y, eval_set=[(X_valid, y_valid)])

    Metrics are named after the evaluation set and XGBoost's metric, with a dot: valid.logloss,
    validation_0.auc; one point an iteration, step = iteration (0-based). `xgb.cv` gives train.rmse and
    train.rmse_std. With early stopping also best_iteration, best_score and stopped_iteration.
    Params: the booster's configuration (objective, learning_rate, max_depth, …), defaults marked as such.
    A second training in the same run goes on where the first ended. Asked to stop (`trackbook stop`), it ends
    after its iteration, unless it is distributed.

    prefix: put before every name, such as "fold_1.". Raises MissingPackage.
    """
    return build(_XGBoostCallback, prefix)


class _XGBoostCallback(Hooks):
    framework = "xgboost"
    always = frozenset({"booster", "learning_rate", "max_depth", "objective"})
    _iteration: int | None = None

    @classmethod
    def base(cls) -> type:
        base: type = import_framework("xgboost", "xgboost").callback.TrainingCallback
        return base

    def before_training(self, model: Any) -> Any:
        self._iteration = None
        self._training_begins()
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Any]]) -> bool:
        self._iteration_ended(model, epoch, evals_log)
        return self._should_stop()  # True ends the training

    def after_training(self, model: Any) -> Any:
        self._training_ended(model)
        return model

    @quietly
    def _training_begins(self) -> None:
        # Among several workers one that stopped alone would leave the others waiting for ever.
        self._begin(can_stop=import_framework("xgboost", "xgboost").collective.get_world_size() == 1)

    @quietly
    def _iteration_ended(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Any]]) -> None:
        first, self._iteration = self._iteration is None, epoch
        if self._run is None:
            return
        self._log_metrics(_newest(evals_log), epoch)
        # After the first iteration the booster has settled what was left to it.
        if first:
            for data, scores in evals_log.items():
                for metric in scores:
                    if (kind := metric.split("@")[0].rstrip("-")) in _BETTER:
                        self._define(f"{data}.{metric}", _BETTER[kind])
            self._log_params(_settings(_booster(model)), _settings(_untouched_booster()))

    @quietly
    def _training_ended(self, model: Any) -> None:
        attributes = _booster(model).attributes()
        if "best_iteration" in attributes:
            self._log_results({
                "best_iteration": int(attributes["best_iteration"]),
                "best_score": float(attributes["best_score"]),
                "stopped_iteration": self._iteration,
            })  # fmt: skip


def _newest(evals_log: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for data, scores in evals_log.items():
        for metric, values in scores.items():
            value, name = values[-1], f"{data}.{metric}"
            if isinstance(value, tuple):
                metrics[name], metrics[f"{name}_std"] = value
            else:
                metrics[name] = value
    return metrics


def _booster(model: Any) -> Any:
    folds = getattr(model, "cvfolds", None)
    return folds[0].bst if folds else model


def _untouched_booster() -> Any:
    import numpy as np  # noqa: PLC0415
    import xgboost as xgb  # noqa: PLC0415

    nothing = xgb.DMatrix(np.zeros((1, 1)))
    booster = xgb.Booster({"nthread": 1, "verbosity": 0}, [nothing])
    booster.predict(nothing)  # only now it has a configuration
    return booster


def _settings(booster: Any) -> dict[str, object]:
    """Read what matters to a model from a booster's configuration, whose shape depends on the kind of booster."""
    learner = json.loads(booster.save_config())["learner"]
    trees = learner["gradient_booster"]
    trees = {**trees.get("gbtree", {}), **trees}
    places = [
        trees.get("dart_train_param", {}),
        trees.get("gblinear_train_param", {}),
        trees.get("tree_train_param", {}),
        {"tree_method": trees.get("gbtree_train_param", {}).get("tree_method")},
        {"num_parallel_tree": trees.get("gbtree_model_param", {}).get("num_parallel_tree")},
        *(part for name, part in learner["objective"].items() if name != "name"),
        {name: learner["learner_train_param"].get(name) for name in ("booster", "objective", "multi_strategy")},
        {name: learner["generic_param"].get(name) for name in ("seed", "device")},
    ]
    found = {name: value for place in places if isinstance(place, dict) for name, value in place.items()}
    if (classes := learner["learner_model_param"].get("num_class", "0")) != "0":
        found["num_class"] = classes
    return {name: _number(value) for name, value in found.items() if name not in _ALIASES and value not in {None, ""}}


def _number(text: object) -> object:
    """Read a number that was written in single precision: 0.200000003 is 0.2."""
    import numpy as np  # noqa: PLC0415

    if not isinstance(text, str):
        return text
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(str(np.float32(text)))
    except ValueError:
        return text
