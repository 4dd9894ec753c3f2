"""Lightning: what its loggers get, the module's hyper-parameters, and where early stopping found the best."""

# ruff: noqa: ANN401, ARG002
# The framework decides what a hook is given, and its objects have no types worth checking.

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from trackbook.tracking.callbacks.quiet import Hooks, build, import_framework, quietly

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from lightning.pytorch import Callback


def lightning(*, prefix: str = "") -> Callback:
    """Log a Lightning training to the active run.

        Trainer(max_epochs=10, callbacks=[tb.callbacks.lightning()]).fit(module, loader)

    Metrics are what `self.log` sends to loggers, under Lightning's names (train_loss_step, train_loss_epoch,
    val_loss, …) and at its steps: batches that stepped, 0-based, for epochs too, with epoch beside them. Per-step
    values come every `log_every_n_steps` of the Trainer. With EarlyStopping also stopped_epoch and best_score.
    `trainer.validate` and `trainer.test` log too. Params: the module's and data module's hyper-parameters,
    optimizer, lr, max_epochs, precision, …. A second training in the same run goes on where the first ended.
    Asked to stop (`trackbook stop`), it ends after its batch, unless it is distributed.

    Works with `lightning` and with `pytorch_lightning`, whichever is imported.
    prefix: put before every name, such as "fold_1.". Raises MissingPackage.
    """
    return build(_LightningCallback, prefix)


class _LightningCallback(Hooks):
    """Listens as one more logger while a loop runs.

    Only loggers are told what is new: `trainer.callback_metrics` keeps old values, and lacks what a module
    logs at the end of its epoch when callbacks are called. Without an active run nothing is changed.
    """

    framework = "lightning"
    _listener: Any = None

    @classmethod
    def base(cls) -> type:
        base: type = _package().Callback
        return base

    @quietly
    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        if trainer.is_global_zero:
            # Among several processes one that stopped alone would leave the others waiting for ever.
            self._begin(can_stop=trainer.world_size == 1)
            self._listen(trainer)
            for stopper in _stoppers(trainer):
                if stopper.monitor:
                    self._define(stopper.monitor, "higher" if stopper.mode == "max" else "lower")
            self._log_params(_settings(trainer) | _hyper_parameters(trainer, pl_module))

    @quietly
    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        if self._should_stop():
            trainer.should_stop = True

    @quietly
    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._stop_listening(trainer)
        stopper = trainer.early_stopping_callback
        if stopper is not None:
            self._log_results({"stopped_epoch": stopper.stopped_epoch or None, "best_score": stopper.best_score})

    @quietly
    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        self._evaluation_begins(trainer)

    @quietly
    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        if trainer.state.fn != "fit":
            self._stop_listening(trainer)

    @quietly
    def on_test_start(self, trainer: Any, pl_module: Any) -> None:
        self._evaluation_begins(trainer)

    @quietly
    def on_test_end(self, trainer: Any, pl_module: Any) -> None:
        self._stop_listening(trainer)

    @quietly
    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self._stop_listening(trainer)

    @quietly
    def hear(self, metrics: Mapping[str, Any], step: int | None) -> None:
        """Log what Lightning tells its loggers."""
        self._log_metrics(metrics, step or 0)

    def _evaluation_begins(self, trainer: Any) -> None:
        if trainer.state.fn != "fit" and trainer.is_global_zero:
            self._find()
            self._listen(trainer)

    def _listen(self, trainer: Any) -> None:
        self._stop_listening(trainer)
        if self._run is not None:
            self._listener = _listener_class(_package())(self, trainer.default_root_dir)
            trainer.loggers = [*trainer.loggers, self._listener]

    def _stop_listening(self, trainer: Any) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            trainer.loggers = [logger for logger in trainer.loggers if logger is not listener]


def _package() -> ModuleType:
    """Return the one of Lightning's two packages that the user's Trainer comes from."""
    if "lightning.pytorch" not in sys.modules:
        if "pytorch_lightning" in sys.modules:
            return sys.modules["pytorch_lightning"]
        import_framework("lightning", "lightning")
    return import_module("lightning.pytorch")


@cache
def _listener_class(package: ModuleType) -> type:
    """Make a logger that does nothing but listen; a user's `self.logger.anything()` stays harmless."""
    dummy: Any = package.loggers.logger.DummyLogger

    def begin(self: Any, owner: _LightningCallback, root: str) -> None:
        dummy.__init__(self)
        self._owner, self._root = owner, root

    def log_metrics(self: Any, metrics: Mapping[str, Any], step: int | None = None) -> None:
        self._owner.hear(metrics, step)

    # Where this is the only logger, `trainer.log_dir` must stay what it is without any.
    save_dir = property(lambda self: self._root)
    return type("TrackbookListener", (dummy,), {"__init__": begin, "log_metrics": log_metrics, "save_dir": save_dir})


def _stoppers(trainer: Any) -> list[Any]:
    return [*trainer.early_stopping_callbacks, *trainer.checkpoint_callbacks]


def _settings(trainer: Any) -> dict[str, object]:
    found: dict[str, object] = {
        "max_epochs": trainer.max_epochs,
        "max_steps": trainer.max_steps if trainer.max_steps > 0 else None,
        "precision": trainer.precision,
        "accumulate_grad_batches": trainer.accumulate_grad_batches if trainer.accumulate_grad_batches > 1 else None,
        "gradient_clip_val": trainer.gradient_clip_val,
        "num_devices": trainer.world_size if trainer.world_size > 1 else None,
    }
    for number, optimizer in enumerate(trainer.optimizers):
        suffix = f"_{number}" if number else ""
        found[f"optimizer{suffix}"] = type(optimizer).__name__
        found[f"lr{suffix}"] = optimizer.param_groups[0].get("lr")
    return {name: value for name, value in found.items() if value is not None}


def _hyper_parameters(trainer: Any, module: Any) -> dict[str, object]:
    data = getattr(trainer, "datamodule", None)
    return {**dict(getattr(data, "hparams_initial", {})), **dict(getattr(module, "hparams_initial", {}))}
