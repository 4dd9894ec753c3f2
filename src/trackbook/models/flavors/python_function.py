"""python_function: any callable, and any object with `predict`, by cloudpickle.

The package carries its own small loader (`trackbook_python_function.py`, in
`code/`), so MLflow serves it where trackbook is not installed. We never import
that copy: ours is the same text.

Source: MLflow 3.17, pyfunc/__init__.py (`loader_module`, `_load_pyfunc`).
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from trackbook.models import pickles
from trackbook.models.carried import trackbook_python_function
from trackbook.models.errors import BadPackage, CannotPack, UntrustedModel
from trackbook.models.flavors.protocol import Look, Packed
from trackbook.models.paths import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.models.flavors.protocol import Flavor, Predict, Settings, Wish

_call: Callable[[Any, Any, dict[str, Any] | None], Any] = trackbook_python_function.call
_LOADER = "trackbook_python_function"
_FILE = "python_model.pkl"


class PythonFunctionFlavor:
    """What no framework's flavor keeps."""

    name = "python_function"
    libraries: tuple[str, ...] = ()

    def claims(self, model: object) -> bool:  # noqa: ARG002 - the protocol's
        """Nothing by itself: almost everything is callable."""
        return False

    def is_fitted(self, model: object) -> bool | None:  # noqa: ARG002 - the protocol's
        """A function may or may not have learnt something."""
        return None

    def save(self, model: Any, folder: Path, wish: Wish) -> Packed:  # noqa: ANN401 - anything
        """Write python_model.pkl and the loader that MLflow finds beside it."""
        if wish.serialization_format not in (None, "cloudpickle"):
            raise CannotPack(
                model, f"python_function has no format {wish.serialization_format!r}", "It is cloudpickle."
            )
        if not callable(model) and not callable(getattr(model, "predict", None)):
            raise CannotPack(
                model, "it is not callable and has no predict method", "Wrap it in a function that predicts."
            )
        pickles.write(model, folder / _FILE, "cloudpickle")
        code = folder / "code"
        code.mkdir(exist_ok=True)
        (code / f"{_LOADER}.py").write_bytes(Path(trackbook_python_function.__file__).read_bytes())
        generic = {
            "cloudpickle_version": version("cloudpickle"),
            "code": "code",
            "data": _FILE,
            "loader_module": _LOADER,
        }
        return Packed({}, generic, ("cloudpickle",))

    def look(self, folder: Path, settings: Settings) -> Look:
        """It always runs code, ours or MLflow's format alike."""
        self._check(folder, settings)
        if self._is_ours(settings) or "python_model" in settings:
            return Look(("cloudpickle",), pickles.DANGER)
        loader = str(settings.get("loader_module"))
        return Look((loader,), f"it is loaded by running the module {loader!r} that it names")

    def load(self, folder: Path, settings: Settings, *, trust: bool) -> object:
        """Return the object itself where it is ours, MLflow's python model otherwise."""
        self._check(folder, settings)
        if self._is_ours(settings):
            return pickles.read(folder, inside(folder, settings.get("data"), "MLmodel"), trust=trust)
        if not trust:
            raise UntrustedModel(folder, self.look(folder, settings).danger, None)
        loaded = _run_loader(folder, settings)
        return getattr(loaded, "python_model", loaded)

    def predictor(self, model: Any, settings: Settings) -> Predict:  # noqa: ANN401, ARG002 - the protocol's
        """Call it as the carried loader does."""

        def predict(data: Any, params: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - anything
            return _call(model, data, dict(params) if params else None)

        return predict

    def _is_ours(self, settings: Settings) -> bool:
        return settings.get("loader_module") == _LOADER

    def _check(self, folder: Path, settings: Settings) -> None:
        """Raise BadPackage for every path of the settings that leads out of the package."""
        for key in ("data", "code", "python_model", "model_path"):
            if settings.get(key) is not None:
                inside(folder, settings[key], "MLmodel")
        if settings.get("model_code_path") is not None:
            # MLflow writes where the script was, and looks for its name in the package.
            inside(folder, PurePath(str(settings["model_code_path"])).name, "MLmodel")
        artifacts = settings.get("artifacts") or {}
        if not isinstance(artifacts, dict) or not all(isinstance(one, dict) for one in artifacts.values()):
            raise BadPackage(folder, "MLmodel", "has artifacts that are no mapping")
        for one in artifacts.values():
            inside(folder, one.get("path"), "MLmodel")


def _run_loader(folder: Path, settings: Settings) -> Any:  # noqa: ANN401 - whatever the loader returns
    """Load as MLflow does, by the module that the package names. Only called where trusted."""
    name = str(settings.get("loader_module"))
    data = inside(folder, settings["data"], "MLmodel") if settings.get("data") else folder
    load = getattr(import_module(name), "_load_pyfunc", None) if name else None
    if load is None:
        raise BadPackage(folder, "MLmodel", f"names the loader {name!r}, which loads no models")
    config = settings.get("config")
    return load(str(data), config) if config else load(str(data))


FLAVOR: Flavor = PythonFunctionFlavor()
