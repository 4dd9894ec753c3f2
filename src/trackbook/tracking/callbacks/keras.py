"""Keras 3, on any backend: metrics an epoch, and every so many batches when asked."""

# ruff: noqa: ANN401, ARG002
# The framework decides what a hook is given, and its objects have no types worth checking.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.tracking.callbacks.quiet import Hooks, build, import_framework, quietly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keras.callbacks import Callback


def keras(*, every_n_batches: int | None = None, prefix: str = "") -> Callback:
    """Log a Keras training to the active run.

        model.fit(X, y, validation_split=0.2, epochs=10, callbacks=[tb.callbacks.keras()])

    Metrics are Keras' own, one point an epoch, step = epoch (0-based): loss, accuracy, val_loss, …; also
    learning_rate where a schedule or a callback changes it, and stopped_epoch when the training was stopped.
    Asked to stop (`trackbook stop`), it ends after its epoch, with every_n_batches after its batch.
    Params: optimizer with its settings (learning_rate, …), loss, epochs, steps, count_params.
    A second `fit` in the same run goes on where the first ended.

    every_n_batches: also log batch_loss, batch_accuracy, … (running means of the epoch, as Keras shows
    them) at every so many batches, step = batch since the training began (0-based).
    prefix: put before every name, such as "fold_1.". Raises MissingPackage, BadInput.
    """
    if every_n_batches is None:
        return build(_KerasCallback, prefix)
    if not isinstance(every_n_batches, int) or every_n_batches < 1:
        raise BadInput(f"every_n_batches is a whole number from 1, or None for epochs only; not {every_n_batches!r}.")
    return build(_KerasBatchCallback, prefix, every_n_batches)


class _KerasCallback(Hooks):
    framework = "keras"
    always = frozenset({"learning_rate"})
    model: Any
    params: dict[str, Any] | None
    _epoch = -1
    _has_schedule = False

    @classmethod
    def base(cls) -> type:
        base: type = import_framework("keras", "keras").callbacks.Callback
        return base

    @quietly
    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch = -1
        self._begin()
        known = self.params or {}
        settings, defaults = _optimizer_settings(self.model.optimizer)
        self._has_schedule = "learning_rate.schedule" in settings
        params = {name: known[name] for name in ("epochs", "steps", "batch_size") if known.get(name) is not None}
        if self.model.loss is not None:
            params["loss"] = _called(self.model.loss)
        self._log_params({**params, **settings}, defaults)
        if self.model.built:
            self._log_params({"count_params": self.model.count_params()})

    @quietly
    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch = epoch
        metrics = dict(logs or {})
        if self._has_schedule:
            metrics.setdefault("learning_rate", float(self.model.optimizer.learning_rate))
        self._log_metrics(metrics, epoch)
        if self._should_stop():
            self.model.stop_training = True

    @quietly
    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        if self.model.stop_training:
            self._log_results({"stopped_epoch": self._epoch})


class _KerasBatchCallback(_KerasCallback):
    """A class of its own: with this hook Keras fetches the metrics from the device at every batch."""

    def __init__(self, prefix: str, every_n_batches: int) -> None:
        super().__init__(prefix, every_n_batches)
        self._every, self._batches = every_n_batches, 0

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._batches = 0
        super().on_train_begin(logs)

    @quietly
    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._batches += 1
        if self._batches % self._every == 0:
            metrics = {f"batch_{name}": value for name, value in (logs or {}).items()}
            self._log_metrics(metrics, self._batches - 1, "batch")
        if self._should_stop():
            self.model.stop_training = True


def _optimizer_settings(optimizer: Any) -> tuple[dict[str, object], dict[str, object]]:
    """Return an optimizer's settings and the defaults of its kind, flat; unset ones left out."""
    if optimizer is None:
        return {}, {}
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # mixed precision wraps the user's
    settings = _flat(optimizer.get_config())
    try:
        defaults = _flat(type(optimizer)().get_config())
    except Exception:  # noqa: BLE001 - an optimizer round another one, or a user's, may need arguments
        defaults = {}
    return {"optimizer": type(optimizer).__name__.lower(), **settings}, defaults


def _flat(config: dict[str, Any]) -> dict[str, object]:
    flat = {name: value for name, value in config.items() if value is not None and name != "name"}
    rate = flat.get("learning_rate")
    if isinstance(rate, dict):
        schedule = {"schedule": rate.get("class_name"), **rate.get("config", {})}
        del flat["learning_rate"]
        flat |= {f"learning_rate.{name}": value for name, value in schedule.items() if name != "name"}
    elif isinstance(rate, float):
        # Kept in single precision on the device: 0.01 would read 0.009999999776482582.
        flat["learning_rate"] = float(f"{rate:.7g}")
    return flat


def _called(loss: Any) -> object:
    if isinstance(loss, dict):
        return {name: _called(one) for name, one in loss.items()}
    if isinstance(loss, (list, tuple)):
        return [_called(one) for one in loss]
    if loss is None or isinstance(loss, str):
        return loss
    return getattr(loss, "name", None) or getattr(loss, "__name__", None) or type(loss).__name__
