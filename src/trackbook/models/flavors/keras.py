"""Keras 3, on any backend: its own .keras file, in safe mode unless trusted.

Source: MLflow 3.17, keras/save.py and keras/load.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trackbook.models import keras_files
from trackbook.models.errors import BadPackage, CannotPack, UntrustedModel
from trackbook.models.flavors.protocol import Look, Packed
from trackbook.models.paths import inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.models.flavors.protocol import Flavor, Predict, Settings, Wish

_BACKENDS = {"torch": "torch", "jax": "jax", "tensorflow": "tensorflow"}


class KerasFlavor:
    """keras.Model objects."""

    name = "keras"
    libraries: tuple[str, ...] = ("keras",)

    def claims(self, model: object) -> bool:
        """A keras.Model."""
        return isinstance(model, import_module("keras").Model)

    def is_fitted(self, model: Any) -> bool | None:  # noqa: ANN401 - a keras.Model
        """A model that was not built has no weights; whether weights were learnt nobody can say."""
        return None if model.built else False

    def save(self, model: Any, folder: Path, wish: Wish) -> Packed:  # noqa: ANN401 - a keras.Model
        """Write data/model.keras."""
        keras = import_module("keras")
        if wish.serialization_format not in {None, "keras"}:
            raise CannotPack(model, f"Keras has no format {wish.serialization_format!r}", "It is keras.")
        data = folder / "data"
        data.mkdir()
        (data / "keras_module.txt").write_text("keras", "utf-8")
        keras_files.write(model, data / "model.keras")
        if any(not type(layer).__module__.startswith("keras.") for layer in _layers(model)):
            _try(model, data / "model.keras")
        backend = keras.backend.backend()
        settings = {
            "data": "data",
            "keras_backend": backend,
            "keras_version": keras.__version__,
            "save_exported_model": False,
        }
        packages = ("keras", *filter(None, [_BACKENDS.get(backend)]))
        return Packed(settings, {"loader_module": "mlflow.keras"}, packages)

    def look(self, folder: Path, settings: Settings) -> Look:
        """A file with Keras' own classes only is data; anything else runs code."""
        if settings.get("save_exported_model"):
            return Look(("saved_model",), "it is a TensorFlow program, which can read and write files")
        return Look(("keras",), keras_files.danger_in(folder, _model_file(folder, settings)))

    def load(self, folder: Path, settings: Settings, *, trust: bool) -> object:
        """Load with Keras' safe mode, and without it where trusted."""
        danger = self.look(folder, settings).danger
        if danger and not trust:
            raise UntrustedModel(folder, danger, None)
        if settings.get("save_exported_model"):
            data = inside(folder, settings.get("data"), "MLmodel")
            return import_module("tensorflow").saved_model.load(str(data / "model"))
        file = _model_file(folder, settings)
        try:
            return import_module("keras").saving.load_model(file, safe_mode=not trust)
        except (ValueError, TypeError, KeyError, OSError) as error:
            raise BadPackage(folder, file.name, f"cannot be read by Keras: {str(error)[:200]}") from error

    def predictor(self, model: Any, settings: Settings) -> Predict:  # noqa: ANN401, ARG002 - the protocol's
        """Its own predict, without the progress bar."""

        def predict(data: Any, params: Mapping[str, Any] | None) -> Any:  # noqa: ANN401, ARG001 - as above
            found = _plain(model.predict(_taken(data), verbose=0))
            as_frame = isinstance(data, pd.DataFrame) and isinstance(found, np.ndarray)
            return pd.DataFrame(found, index=data.index) if as_frame else found

        return predict


def _taken(data: Any) -> Any:  # noqa: ANN401 - a frame, an array, or several by name or in their order
    """Return data as Keras takes it: it knows no frames, and texts only as TensorFlow's own."""
    if isinstance(data, Mapping):
        return {name: _taken(value) for name, value in data.items()}
    rows = data.to_numpy() if isinstance(data, pd.DataFrame) else data
    is_text = isinstance(rows, np.ndarray) and rows.dtype.kind in "OSU"
    if is_text and import_module("keras").backend.backend() == "tensorflow":
        return import_module("tensorflow").constant(rows)
    return rows


def _plain(found: Any) -> Any:  # noqa: ANN401 - an array, or several by name or in their order
    """Return what a model predicts as arrays; one with several outputs gives a dict or a list."""
    if isinstance(found, Mapping):
        return {name: _plain(value) for name, value in found.items()}
    return [_plain(value) for value in found] if isinstance(found, (list, tuple)) else np.asarray(found)


def _layers(model: Any) -> Iterator[Any]:  # noqa: ANN401 - a keras.Model or a layer
    yield model
    for layer in getattr(model, "layers", ()):
        yield from _layers(layer)


def _try(model: Any, file: Path) -> None:  # noqa: ANN401 - a keras.Model
    """Raise CannotPack unless Keras finds the user's own classes again by their names."""
    try:
        import_module("keras").saving.load_model(file, compile=False, safe_mode=False)
    except Exception as error:  # the user's own classes may raise anything
        raise CannotPack(
            model,
            "Keras keeps the names of your own classes only, and cannot find them again by these",
            "Put them in a file, under @keras.saving.register_keras_serializable(), and pass that file in code_paths.",
        ) from error


def _model_file(folder: Path, settings: Settings) -> Path:
    data = inside(folder, settings.get("data"), "MLmodel")
    return inside(folder, f"{data.relative_to(folder).as_posix()}/model.keras", "MLmodel")


FLAVOR: Flavor = KerasFlavor()
