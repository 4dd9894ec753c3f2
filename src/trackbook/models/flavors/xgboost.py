"""XGBoost: its own UBJSON, for boosters and for the scikit-learn estimators round them.

Source: MLflow 3.17, xgboost/__init__.py.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from trackbook.models.errors import BadPackage, CannotPack
from trackbook.models.flavors.protocol import Look, Packed
from trackbook.models.paths import inside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackbook.models.flavors.protocol import Flavor, Predict, Settings, Wish

_BOOSTER = "xgboost.core.Booster"
_CLASSES = {
    _BOOSTER,
    *(
        f"xgboost.sklearn.{name}"
        for name in ("XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor", "XGBModel")
    ),
}
"""What a package may ask to be made; MLflow imports any class that one names."""


class XgboostFlavor:
    """Boosters and their estimators."""

    name = "xgboost"
    libraries: tuple[str, ...] = ("xgboost",)

    def claims(self, model: object) -> bool:
        """XGBoost's own classes; a subclass would come back as its parent, so it is left to scikit-learn's flavor."""
        return _class_of(model) in _CLASSES

    def is_fitted(self, model: Any) -> bool | None:  # noqa: ANN401 - a booster or an estimator
        """An estimator knows; a booster has rounds."""
        if _class_of(model) == _BOOSTER:
            return bool(model.num_boosted_rounds())
        return bool(model.__sklearn_is_fitted__())

    def save(self, model: Any, folder: Path, wish: Wish) -> Packed:  # noqa: ANN401 - as above
        """Write model.ubj (or model.json)."""
        kind = wish.serialization_format or "ubj"
        if kind not in {"ubj", "json"}:
            raise CannotPack(model, f"XGBoost has no format {kind!r}", "There are ubj and json.")
        file = f"model.{kind}"
        model.save_model(folder / file)
        settings = {
            "code": None,
            "data": file,
            "model_class": _class_of(model),
            "model_format": kind,
            "xgb_version": import_module("xgboost").__version__,
        }
        also = ("scikit-learn",) if _class_of(model) != _BOOSTER else ()
        return Packed(settings, {"data": file, "loader_module": "mlflow.xgboost"}, also)

    def look(self, folder: Path, settings: Settings) -> Look:
        """Data only."""
        file = inside(folder, settings.get("data"), "MLmodel")
        return Look((str(settings.get("model_format") or file.suffix.lstrip(".")),))

    def load(self, folder: Path, settings: Settings, *, trust: bool) -> object:  # noqa: ARG002 - nothing here runs
        """Make one of XGBoost's own classes and let it read the file."""
        file = inside(folder, settings.get("data"), "MLmodel")
        wanted = str(settings.get("model_class") or _BOOSTER)
        if wanted not in _CLASSES:
            raise BadPackage(folder, "MLmodel", f"asks for the class {wanted!r}, which is none of XGBoost's models")
        module, _, name = wanted.rpartition(".")
        model = getattr(import_module(module), name)()
        try:
            model.load_model(file)
        except Exception as error:  # XGBoostError is only known once it is imported
            raise BadPackage(folder, file.name, f"cannot be read by XGBoost: {str(error)[:200]}") from error
        return model

    def predictor(self, model: Any, settings: Settings) -> Predict:  # noqa: ANN401, ARG002 - the protocol's
        """A booster gets its own matrix; params go to predict."""

        def predict(data: Any, params: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - a frame or an array
            rows = import_module("xgboost").DMatrix(data) if _class_of(model) == _BOOSTER else data
            return model.predict(rows, **(params or {}))

        return predict


def _class_of(model: object) -> str:
    kind = type(model)
    return f"{kind.__module__}.{kind.__qualname__}"


FLAVOR: Flavor = XgboostFlavor()
