"""LightGBM: boosters as its own text, the scikit-learn estimators round them by skops.

Source: MLflow 3.17, lightgbm/__init__.py.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from trackbook.models import pickles, skops_files
from trackbook.models.errors import BadPackage, CannotPack
from trackbook.models.flavors.protocol import Look, Packed
from trackbook.models.paths import inside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackbook.models.flavors.protocol import Flavor, Predict, Settings, Wish

_BOOSTER = "lightgbm.basic.Booster"
_FORMATS = {"skops": "model.skops", "cloudpickle": "model.pkl", "pickle": "model.pkl"}


class LightgbmFlavor:
    """Boosters and their estimators."""

    name = "lightgbm"
    libraries: tuple[str, ...] = ("lightgbm",)

    def claims(self, model: object) -> bool:
        """A booster or one of the estimators."""
        lightgbm = import_module("lightgbm")
        return isinstance(model, (lightgbm.Booster, lightgbm.LGBMModel))

    def is_fitted(self, model: Any) -> bool | None:  # noqa: ANN401 - a booster or an estimator
        """An estimator knows; a booster has trees."""
        return bool(model.num_trees()) if _class_of(model) == _BOOSTER else bool(model.__sklearn_is_fitted__())

    def save(self, model: Any, folder: Path, wish: Wish) -> Packed:  # noqa: ANN401 - as above
        """Write model.lgb for a booster, model.skops for an estimator, model.pkl when a pickle was asked for."""
        settings = {"code": None, "lgb_version": import_module("lightgbm").__version__, "model_class": _class_of(model)}
        if _class_of(model) == _BOOSTER:
            if wish.serialization_format not in {None, "text"}:
                raise CannotPack(model, f"a booster has no format {wish.serialization_format!r}", "It is text.")
            file, also = "model.lgb", tuple[str, ...]()
            model.save_model(folder / file)
        else:
            kind = wish.serialization_format or "skops"
            if kind not in _FORMATS:
                raise CannotPack(model, f"LightGBM has no format {kind!r}", f"There are {', '.join(_FORMATS)}.")
            file, also = _FORMATS[kind], ("scikit-learn", *({kind} - {"pickle"}))
            trusted = None
            if kind == "skops":
                trusted = skops_files.write(model, folder / file)
            else:
                pickles.write(model, folder / file, kind)
            settings |= {"serialization_format": kind, "skops_trusted_types": trusted}
        generic = {"data": file, "loader_module": "mlflow.lightgbm"}
        return Packed({**settings, "data": file}, generic, ("lightgbm", *also))

    def look(self, folder: Path, settings: Settings) -> Look:
        """A booster's text is data; the rest as in scikit-learn."""
        file = inside(folder, settings.get("data"), "MLmodel")
        if _is_booster(settings):
            return Look(("text",))
        kind = str(settings.get("serialization_format") or "cloudpickle")
        return skops_files.look(folder, file) if kind == "skops" else Look((kind,), pickles.DANGER)

    def load(self, folder: Path, settings: Settings, *, trust: bool) -> object:
        """Let LightGBM read its text; skops with our own list of types; a pickle only where trusted."""
        file = inside(folder, settings.get("data"), "MLmodel")
        if not _is_booster(settings):
            if settings.get("serialization_format") == "skops":
                return skops_files.read(folder, file, trust=trust)
            return pickles.read(folder, file, trust=trust)
        lightgbm = import_module("lightgbm")
        try:
            return lightgbm.Booster(model_file=file)
        except lightgbm.basic.LightGBMError as error:
            raise BadPackage(folder, file.name, f"cannot be read by LightGBM: {str(error)[:200]}") from error

    def predictor(self, model: Any, settings: Settings) -> Predict:  # noqa: ANN401, ARG002 - the protocol's
        """Its own predict."""

        def predict(data: Any, params: Mapping[str, Any] | None) -> Any:  # noqa: ANN401, ARG001 - as above
            return model.predict(data)

        return predict


def _class_of(model: object) -> str:
    kind = type(model)
    return f"{kind.__module__}.{kind.__qualname__}"


def _is_booster(settings: Settings) -> bool:
    return str(settings.get("model_class", _BOOSTER)) == _BOOSTER


FLAVOR: Flavor = LightgbmFlavor()
