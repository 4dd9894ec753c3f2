"""Load packages: nothing that travels with one runs unless this very call or the package's signer is trusted."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.errors import MissingPackage
from trackbook.models.carried_code import carried
from trackbook.models.errors import UntrustedModel
from trackbook.models.flavors import native_flavor
from trackbook.models.mlmodel import PYTHON_FUNCTION, MLmodel, read_mlmodel
from trackbook.models.paths import inside, walk
from trackbook.models.signing import is_trusted, signer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from trackbook.models.flavors.protocol import Predict
    from trackbook.models.signature import Signature


@dataclass(frozen=True, slots=True)
class PythonFunction:
    """A loaded model that predicts as MLflow's `pyfunc.load_model` would."""

    model: object
    """The native model."""

    signature: Signature | None = field(repr=False)
    _predict: Predict = field(repr=False)
    _as_given: bool = field(repr=False)
    """Whether it takes lists and dicts as they are, as its example was, not as a frame."""

    def predict(self, data: object, params: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - the model's
        """Predict, after fitting the data to the signature; raise SignatureMismatch when it does not fit."""
        if self.signature is not None:
            from trackbook.models.fitting import to_signature  # noqa: PLC0415 - pandas, only where it predicts

            fitted = to_signature(self.signature, data)
            data = data if self._as_given else fitted
        return self._predict(data, params)


def load_package(folder: Path, *, trust: bool = False) -> object:
    """Load the native model of a package.

    trust: run what travels with the package (pickles, its own code), for this call. Without it, that happens only
    when the package is sealed by a key that is trusted here.
    Raises UntrustedModel with the way out, and BadPackage naming the file that is wrong.
    """
    return _load(folder, trust=trust)[0]


def load_python_function(folder: Path, *, trust: bool = False) -> PythonFunction:
    """Load a package as something that predicts, whatever its framework; the rules are those of `load_package`."""
    model, predict, description = _load(folder, trust=trust)
    return PythonFunction(model, description.signature, predict, description.example.get("type") == "json_object")


def _load(folder: Path, *, trust: bool) -> tuple[object, Predict, MLmodel]:
    for _ in walk(folder):  # refuses links and devices anywhere in the folder, before anything is opened
        pass
    description = read_mlmodel(folder)
    flavor, settings = native_flavor(folder, description)
    may_run = trust or _may_run(folder, flavor.look(folder, settings).danger)
    try:
        with _code_of(folder, description, settings) if may_run else nullcontext():
            model = flavor.load(folder, settings, trust=may_run)
    except ModuleNotFoundError as error:
        missing = str(error.name or "a package").partition(".")[0]
        raise MissingPackage(missing, f"Loading the model package {folder.name}") from error
    return model, flavor.predictor(model, settings), description


def _may_run(folder: Path, danger: str) -> bool:
    """Whether the package's code may run by its signer; raise UntrustedModel when it would have to and may not."""
    if not danger:
        return False
    signed_by = signer(folder)
    if signed_by is not None and is_trusted(signed_by):
        return True
    raise UntrustedModel(folder, danger, signed_by)


def _code_of(folder: Path, description: MLmodel, settings: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Have the package's own code found while it is loaded, and later by itself. Only called where it may run."""
    for entry in (description.flavors.get(PYTHON_FUNCTION, {}), settings):
        if entry.get("code"):
            return carried(inside(folder, entry["code"], "MLmodel").absolute())
    return nullcontext()
