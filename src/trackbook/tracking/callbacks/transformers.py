"""Transformers: what the Trainer logs, its arguments that differ from the default, and basics of the model."""

# ruff: noqa: ANN401, ARG002
# The framework decides what a hook is given, and its objects have no types worth checking.

from __future__ import annotations

import dataclasses
import enum
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.tracking.callbacks.quiet import Hooks, build, import_framework, quietly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transformers import TrainerCallback

_ALWAYS = ("learning_rate", "num_train_epochs", "per_device_train_batch_size", "seed")
_NOT_THE_TRAINING = frozenset({
    "accelerator_config", "debug", "deepspeed", "disable_tqdm", "do_eval", "do_predict", "do_train", "fsdp_config",
    "local_rank", "log_level", "log_level_replica", "log_on_each_node", "output_dir", "project", "report_to",
    "resume_from_checkpoint", "run_name",
})  # fmt: skip
_NOT_THE_TRAINING_BEGINS = ("_", "hub_", "push_to_hub", "trackio_", "logging_", "save_", "dataloader_", "ddp_")
_MODEL = (
    "model_type", "num_hidden_layers", "hidden_size", "intermediate_size", "num_attention_heads",
    "num_key_value_heads", "max_position_embeddings", "vocab_size", "num_labels",
)  # fmt: skip


def transformers(*, prefix: str = "") -> TrainerCallback:
    """Log a training with Transformers' Trainer to the active run.

        Trainer(model, args, train_dataset=data, callbacks=[tb.callbacks.transformers()]).train()

    Metrics are the Trainer's own log, step = global step (1-based): loss, learning_rate, grad_norm,
    epoch, eval_loss, …, and at the end train_loss, train_runtime, …; best_metric and best_global_step where it
    looked for the best. How often is up to logging_steps and eval_strategy. `trainer.evaluate()` outside
    a training logs too. Params: TrainingArguments that differ from the default and a few that always count,
    no paths and no tokens; of the model its name, layers, sizes and num_parameters.
    A second training in the same run goes on where the first ended. Asked to stop (`trackbook stop`), it ends
    after its step, unless it is distributed.

    prefix: put before every name, such as "fold_1.". Raises MissingPackage.
    """
    return build(_TransformersCallback, prefix)


class _TransformersCallback(Hooks):
    framework = "transformers"
    counts_from = 1
    _in_training = False

    @classmethod
    def base(cls) -> type:
        base: type = import_framework("transformers", "transformers").TrainerCallback
        return base

    @quietly
    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        self._in_training = True
        # Among several processes one that stopped alone would leave the others waiting for ever.
        self._begin(can_stop=args.world_size == 1)
        self._log_params({**_arguments(args), **_model(kwargs.get("model"))})
        watched = args.metric_for_best_model
        if watched and args.greater_is_better is not None:
            name = watched if watched.startswith("eval_") else f"eval_{watched}"
            self._define(name, "higher" if args.greater_is_better else "lower")

    @quietly
    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        if not self._in_training:
            self._find()
        self._log_metrics(logs or {}, state.global_step)

    @quietly
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._should_stop():
            control.should_training_stop = True

    @quietly
    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._in_training = False
        self._log_results({
            "best_metric": state.best_metric,
            "best_global_step": getattr(state, "best_global_step", None),
        })  # fmt: skip


def _arguments(args: Any) -> dict[str, object]:
    found: dict[str, object] = {}
    for field in dataclasses.fields(args):
        value = getattr(args, field.name)
        if isinstance(value, enum.Enum):
            value = value.value
        if field.name in _ALWAYS or not (value is None or value == _default(field) or _is_aside(field.name, value)):
            found[field.name] = value
    return found


def _default(field: dataclasses.Field[Any]) -> object:
    made = field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default
    return made.value if isinstance(made, enum.Enum) else made


def _is_aside(name: str, value: object) -> bool:
    """Tell housekeeping from training: where to, how often saved, who may see it, paths, objects."""
    return (
        name in _NOT_THE_TRAINING
        or name.startswith(_NOT_THE_TRAINING_BEGINS)
        or name.endswith(("_dir", "_path", "_file", "_token"))
        or not isinstance(value, (bool, int, float, str, list, tuple, dict))
        or (isinstance(value, str) and _is_path(value))
    )


def _is_path(text: str) -> bool:
    return Path(text).is_absolute() or text.startswith((".", "~")) or (os.sep in text and Path(text).exists())


def _model(model: Any) -> dict[str, object]:
    config = getattr(model, "config", None)
    found = {name: getattr(config, name, None) for name in _MODEL}
    name = getattr(config, "_name_or_path", "")
    if isinstance(name, str) and name and not _is_path(name):
        found["model"] = name
    if hasattr(model, "num_parameters"):
        found["num_parameters"] = model.num_parameters()
    return {name: value for name, value in found.items() if value is not None}
