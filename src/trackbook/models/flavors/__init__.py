"""Which flavor a model or a package has, found without importing a framework that is not loaded."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from trackbook.models.errors import BadPackage, UnknownFlavor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackbook.models.flavors.protocol import Flavor, Look
    from trackbook.models.mlmodel import MLmodel

__all__ = ["GROUP", "flavor_named", "flavor_of", "is_fitted", "known_flavors", "native_flavor", "reading_of"]

GROUP = "trackbook.flavors"
"""Entry points of other people's flavors."""

_OURS = ("xgboost", "lightgbm", "keras", "pytorch", "onnx", "sklearn", "python_function")
"""Asked in this order: XGBoost's and LightGBM's estimators are scikit-learn's too."""


@cache
def known_flavors() -> Mapping[str, Flavor]:
    """Return all flavors by name: other people's first, so that they can take a model that ours would."""
    theirs = {point.name: point.load() for point in entry_points(group=GROUP)}
    ours = {name: import_module(f"{__name__}.{name}").FLAVOR for name in _OURS if name not in theirs}
    return {**theirs, **ours}


def flavor_named(name: str) -> Flavor:
    """Return the flavor of this name; raise UnknownFlavor with the names there are."""
    try:
        return known_flavors()[name]
    except KeyError:
        raise UnknownFlavor(name, list(known_flavors())) from None


def flavor_of(model: object, *, explicit: bool = False) -> str | None:
    """Return the name of the flavor that keeps this object; None when none knows it.

    explicit: whether the user asked for this very object to be kept, so that any callable and any object with
    `predict` counts as python_function.
    """
    libraries = {parent.__module__.partition(".")[0] for parent in type(model).__mro__}
    for name, flavor in known_flavors().items():
        if libraries.intersection(flavor.libraries) and flavor.claims(model):
            return name
    if explicit and not isinstance(model, type) and (callable(model) or callable(getattr(model, "predict", None))):
        return "python_function"
    return None


def is_fitted(model: object) -> bool | None:
    """Say whether a model has seen data; None when that cannot be known."""
    name = flavor_of(model)
    return None if name is None else flavor_named(name).is_fitted(model)


def native_flavor(folder: Path, description: MLmodel) -> tuple[Flavor, Mapping[str, Any]]:
    """Return the flavor that loads a package as it was packed, with its settings there.

    Raises BadPackage when the package has none that we know.
    """
    for name, settings in description.flavors.items():
        if name != "python_function" and name in known_flavors():
            return known_flavors()[name], settings
    generic = description.flavors.get("python_function")
    if generic is None:
        raise BadPackage(folder, "MLmodel", f"has no flavor that we know (it has {', '.join(description.flavors)})")
    return known_flavors()["python_function"], generic


def reading_of(folder: Path, description: MLmodel) -> Look:
    """Say what loading a package takes."""
    flavor, settings = native_flavor(folder, description)
    return flavor.look(folder, settings)
