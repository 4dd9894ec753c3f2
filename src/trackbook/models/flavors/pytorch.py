"""PyTorch: the exported program (pt2) where there is an input example, a pickle only where the user said so.

A program comes back as a graph that computes the same, not as the class it came
from; in exchange it needs neither the class nor trust.

Source: MLflow 3.17, pytorch/__init__.py.
"""

from __future__ import annotations

import pickle
import types
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trackbook.models import pickles, pt2_files
from trackbook.models.errors import BadPackage, CannotPack, NeedsExtra, UntrustedModel
from trackbook.models.flavors.protocol import Look, Packed
from trackbook.models.paths import inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from trackbook.models.flavors.protocol import Flavor, Predict, Settings, Wish

_PT2, _PICKLE = "model.pt2", "model.pth"
_PICKLE_MODULE_INFO = "pickle_module_info.txt"


class PytorchFlavor:
    """Modules of PyTorch and of what builds on it."""

    name = "pytorch"
    libraries: tuple[str, ...] = ("torch",)

    def claims(self, model: object) -> bool:
        """Any nn.Module."""
        return isinstance(model, import_module("torch").nn.Module)

    def is_fitted(self, model: object) -> bool | None:  # noqa: ARG002 - the protocol's
        """Weights are there from the beginning; nobody can say whether they were learnt."""
        return None

    def save(self, model: Any, folder: Path, wish: Wish) -> Packed:  # noqa: ANN401 - any module
        """Write data/model.pt2, or data/model.pth when "pickle" was asked for."""
        kind = wish.serialization_format or "pt2"
        if kind not in {"pt2", "pickle"}:
            raise CannotPack(model, f"PyTorch has no format {kind!r}", "There are pt2 and pickle.")
        data = folder / "data"
        data.mkdir()
        if kind == "pt2":
            _export(model, data / _PT2, wish.example)
        else:
            _pickle(model, data)
        settings = {"code": None, "model_data": "data", "pytorch_version": version("torch")}
        generic = {
            "config": {"device": None},
            "data": "data",
            "loader_module": "mlflow.pytorch",
            "pickle_module_name": "pickle",
        }
        return Packed(settings, generic, ("torch", "cloudpickle") if kind == "pickle" else ("torch",))

    def look(self, folder: Path, settings: Settings) -> Look:
        """A program is read through; anything else is a pickle or TorchScript, which may do what it likes."""
        file = _model_file(folder, settings)
        if file.name == _PT2:
            return Look(("pt2",), pt2_files.danger_in(folder, file))
        return Look(("pickle",), pickles.DANGER)

    def load(self, folder: Path, settings: Settings, *, trust: bool) -> object:
        """Return the program's module, or the module itself from a trusted pickle, ready to predict."""
        danger = self.look(folder, settings).danger
        if danger and not trust:
            raise UntrustedModel(folder, danger, None)
        torch, file = import_module("torch"), _model_file(folder, settings)
        if file.name == _PT2:
            # Its guards are Python that torch would generate and run; the signature says the same about the input.
            return torch.export.load(file).module(**({} if trust else {"check_guards": False}))
        model = torch.load(file, map_location="cpu", weights_only=False, pickle_module=_READING)
        if not callable(model):
            raise BadPackage(folder, file.name, f"holds a {type(model).__name__}, not a model")
        model.eval()
        return model

    def predictor(self, model: Any, settings: Settings) -> Predict:  # noqa: ANN401, ARG002 - the protocol's
        """float32 rows of a frame, or an array as it is, through the module without gradients."""

        def predict(data: Any, params: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - a frame or an array
            torch = import_module("torch")
            rows = data.to_numpy(dtype=np.float32) if isinstance(data, pd.DataFrame) else np.asarray(data)
            with torch.no_grad(), _evaluating(model):
                found = _as_arrays(model(torch.from_numpy(rows.copy(order="K")), **(params or {})))
            as_frame = isinstance(data, pd.DataFrame) and isinstance(found, np.ndarray)
            return pd.DataFrame(found, index=data.index) if as_frame else found

        return predict


def _as_arrays(found: Any) -> Any:  # noqa: ANN401 - tensors in any nesting
    if isinstance(found, dict):
        return {name: _as_arrays(value) for name, value in found.items()}
    if isinstance(found, (list, tuple)):
        return [_as_arrays(value) for value in found]
    return found.cpu().numpy() if hasattr(found, "cpu") else found


def _model_file(folder: Path, settings: Settings) -> Path:
    data = inside(folder, settings.get("model_data"), "MLmodel")
    return data / _PT2 if data.is_dir() and not (data / _PICKLE).exists() else inside(data, _PICKLE, "MLmodel")


def _export(model: Any, file: Path, example: object) -> None:  # noqa: ANN401 - any module
    """Trace the model with the example; every example axis of the batch may have any length afterwards."""
    torch = import_module("torch")
    arrays: list[Any] = list(example) if isinstance(example, tuple) else [example]
    if example is None or not all(isinstance(array, np.ndarray) and array.ndim for array in arrays):
        raise CannotPack(
            model,
            "its program is traced with an input example, which has to be an array or a tensor",
            'Pass input_example=X[:8], or serialization_format="pickle".',
        )
    # A batch of one would be taken for a constant.
    rows = tuple(torch.from_numpy(np.concatenate([array, array]) if len(array) == 1 else array) for array in arrays)
    try:
        with _evaluating(model), torch.no_grad():
            shapes = tuple({0: torch.export.Dim.AUTO} for _ in rows)
            program = torch.export.export(model, rows, dynamic_shapes=shapes)
            torch.export.save(program, file)
    except Exception as error:  # a model's own forward may raise anything under tracing
        raise CannotPack(
            model,
            f"torch.export says {str(error).strip().splitlines()[0][:200]!r}",
            'Make its forward traceable, or pass serialization_format="pickle".',
        ) from error


def _pickle(model: Any, data: Path) -> None:  # noqa: ANN401 - any module
    torch = import_module("torch")
    (data / _PICKLE_MODULE_INFO).write_text("pickle", "utf-8")
    if isinstance(model, torch.jit.ScriptModule):
        torch.jit.save(model, str(data / _PICKLE))
        return
    try:
        cloudpickle = import_module("cloudpickle")
    except ImportError as error:
        raise NeedsExtra("cloudpickle", "Packing a PyTorch model as a pickle") from error
    by_value = types.SimpleNamespace(Pickler=cloudpickle.Pickler, dump=cloudpickle.dump, __name__="pickle")
    try:
        torch.save(model, data / _PICKLE, pickle_module=by_value)
    except (pickle.PicklingError, TypeError, AttributeError, RuntimeError) as error:
        raise CannotPack(
            model, f"it cannot be pickled: {str(error)[:200]}", "Take out what holds a file, a lock or a generator."
        ) from error


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:  # noqa: ANN401 - any module
    """Switch dropout and the like off, and afterwards back on where they were on."""
    training = [part for part in model.modules() if part.training]
    if not training or isinstance(model, import_module("torch").fx.GraphModule):  # a program has no such switch
        yield
        return
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


_READING = types.SimpleNamespace(
    Unpickler=pickles.Unpickler, UnpicklingError=pickle.UnpicklingError, load=pickles.load, __name__="pickle"
)
"""What torch.load asks of a module of pickles."""

FLAVOR: Flavor = PytorchFlavor()
