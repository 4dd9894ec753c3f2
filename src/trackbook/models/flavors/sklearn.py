"""scikit-learn: skops by default; pickles only where the user said so.

Source: MLflow 3.17, sklearn/__init__.py.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from trackbook.models import pickles, skops_files
from trackbook.models.errors import CannotPack
from trackbook.models.flavors.protocol import Look, Packed
from trackbook.models.paths import inside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackbook.models.flavors.protocol import Flavor, Predict, Settings, Wish

_PICKLES = ("cloudpickle", "pickle")


class SklearnFlavor:
    """Estimators, pipelines and searches of scikit-learn, and of libraries that build on it."""

    name = "sklearn"
    libraries: tuple[str, ...] = ("sklearn",)

    def claims(self, model: object) -> bool:
        """Anything that is a BaseEstimator, but not the class itself."""
        from sklearn.base import BaseEstimator  # noqa: PLC0415 - loaded already where a model could be one

        return isinstance(model, BaseEstimator)

    def is_fitted(self, model: object) -> bool | None:
        """As scikit-learn itself finds out."""
        from sklearn.exceptions import NotFittedError  # noqa: PLC0415 - as above
        from sklearn.utils.validation import check_is_fitted  # noqa: PLC0415 - as above

        try:
            check_is_fitted(model)
        except NotFittedError:
            return False
        except Exception:  # noqa: BLE001 - an estimator of a stranger may raise anything here
            return None
        return True

    def save(self, model: Any, folder: Path, wish: Wish) -> Packed:  # noqa: ANN401 - any estimator
        """Write model.skops, or model.pkl when a pickle was asked for by name."""
        kind = wish.serialization_format or "skops"
        if kind not in ("skops", *_PICKLES):
            raise CannotPack(model, f"scikit-learn has no format {kind!r}", "There are skops, cloudpickle and pickle.")
        file = "model.skops" if kind == "skops" else "model.pkl"
        trusted, look = None, None
        if kind == "skops":
            trusted = skops_files.write(model, folder / file)
            look = skops_files.look_of(trusted)
        else:
            pickles.write(model, folder / file, kind)
        settings = {
            "code": None,
            "pickled_model": file,
            "serialization_format": kind,
            "sklearn_version": version("scikit-learn"),
            # For MLflow alone, which would refuse the file otherwise; we never read it back.
            "skops_trusted_types": trusted,
        }
        generic = {"loader_module": "mlflow.sklearn", "model_path": file, "predict_fn": "predict"}
        return Packed(settings, generic, ("scikit-learn", *({kind} - {"pickle"})), look)

    def look(self, folder: Path, settings: Settings) -> Look:
        """A pickle runs code; a skops file does when it has types that are not on our list."""
        kind = str(settings.get("serialization_format") or "pickle")
        file = inside(folder, settings.get("pickled_model"), "MLmodel")
        return skops_files.look(folder, file) if kind == "skops" else Look((kind,), pickles.DANGER)

    def load(self, folder: Path, settings: Settings, *, trust: bool) -> object:
        """Load with our own list of types; with all types, or by unpickling, only where trusted."""
        file = inside(folder, settings.get("pickled_model"), "MLmodel")
        if settings.get("serialization_format") == "skops":
            return skops_files.read(folder, file, trust=trust)
        return pickles.read(folder, file, trust=trust)

    def predictor(self, model: Any, settings: Settings) -> Predict:  # noqa: ANN401, ARG002 - the protocol's
        """The estimator's own predict."""

        def predict(data: Any, params: Mapping[str, Any] | None) -> Any:  # noqa: ANN401, ARG001 - as above
            return model.predict(data)

        return predict


FLAVOR: Flavor = SklearnFlavor()
