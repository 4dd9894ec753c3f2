"""LightGBM: evaluation metrics an iteration, which way they are better, and the training's params."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.tracking.callbacks.quiet import Hooks, build, import_framework, quietly

if TYPE_CHECKING:
    from collections.abc import Callable

    from lightgbm.callback import CallbackEnv

_NOT_THE_MODEL = frozenset({"verbosity", "verbose", "num_threads", "n_jobs", "silent"})


def lightgbm(*, prefix: str = "") -> Callable[[CallbackEnv], None]:
    """Log a LightGBM training to the active run.

        lgb.train(params, train, 100, valid_sets=[valid], callbacks=[tb.callbacks.lightgbm()])
        LGBMClassifier().fit(X, y, eval_set=[(X_valid, y_valid)], callbacks=[tb.callbacks.lightgbm()])

    Metrics are named after the evaluation set and LightGBM's metric, with a dot: valid_0.l2, training.auc;
    one point an iteration, step = iteration (0-based; with init_model it counts on). `lgb.cv` gives
    valid.l2 and valid.l2_std. Which way each is better is kept as LightGBM says it, for custom metrics too.
    Params: those of the training and num_boost_round.
    A second training in the same run goes on where the first ended. Asked to stop (`trackbook stop`), it ends
    after its iteration, unless it is distributed.

    LightGBM does not tell callbacks when early stopping ends a training; `metrics.valid_0.l2.best` is
    the best value. prefix: put before every name, such as "fold_1.". Raises MissingPackage.
    """
    return build(_LightGBMCallback, prefix)  # type: ignore[no-any-return]  # LightGBM's type of a callback


class _LightGBMCallback(Hooks):
    framework = "lightgbm"
    always = frozenset({"learning_rate", "num_leaves", "objective"})
    before_iteration = False
    _is_new = True

    def __init__(self, prefix: str = "") -> None:
        super().__init__(prefix)
        # After LightGBM's own recording (20), before early stopping (30), which raises.
        self.order = 25

    @classmethod
    def base(cls) -> type:
        import_framework("lightgbm", "lightgbm")
        return _Callable

    def __call__(self, env: CallbackEnv) -> None:
        self._iteration_ended(env)
        if self._should_stop():
            # LightGBM's own way to end a training; the model keeps all its trees.
            raise import_framework("lightgbm", "lightgbm").callback.EarlyStopException(
                env.iteration, env.evaluation_result_list or []
            )

    @quietly
    def _iteration_ended(self, env: CallbackEnv) -> None:
        if env.iteration == env.begin_iteration:
            # Among several machines one that stopped alone would leave the others waiting for ever.
            self._begin(can_stop=int(env.params.get("num_machines", 1)) == 1)
        if self._run is None:
            return
        is_first = env.iteration == env.begin_iteration
        metrics: dict[str, float] = {}
        for name, value, deviation, is_higher_better in map(_parts, env.evaluation_result_list or []):
            metrics[name] = value
            if deviation is not None:
                metrics[f"{name}_std"] = deviation
            if is_first:
                self._define(name, "higher" if is_higher_better else "lower")
        self._log_metrics(metrics, env.iteration)
        if is_first:
            rounds = env.end_iteration - env.begin_iteration
            self._log_params({"num_boost_round": rounds, **_settings(env.params)}, _defaults())


class _Callable:
    """LightGBM's callbacks are functions: there is no class to inherit from."""


def _parts(result: tuple[Any, ...]) -> tuple[str, float, float | None, bool]:
    """Take a result apart: name, value, its deviation over the folds of lgb.cv, whether higher is better."""
    data, metric, value, is_higher_better, *deviation = result
    if data == "cv_agg":  # before LightGBM 4.6, with "valid l2" as the metric
        data, _, metric = metric.partition(" ")
    return f"{data}.{metric}", value, deviation[0] if deviation else None, is_higher_better


def _settings(params: dict[str, Any]) -> dict[str, object]:
    named = {name: getattr(value, "__name__", value) if callable(value) else value for name, value in params.items()}
    return {name: value for name, value in named.items() if value is not None and name not in _NOT_THE_MODEL}


def _defaults() -> dict[str, object]:
    import lightgbm as lgb  # noqa: PLC0415

    defaults = lgb.LGBMRegressor().get_params() if hasattr(lgb, "LGBMRegressor") else {}
    return _settings(defaults)
