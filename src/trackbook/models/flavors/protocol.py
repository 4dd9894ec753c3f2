"""The seam between packages and frameworks: what a flavor can do.

Others register theirs in the entry-point group `trackbook.flavors`; the entry
point's value is an object that fits `Flavor`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.models.signature import Signature

Settings = Mapping[str, Any]
"""A flavor's entry in MLmodel."""

Predict = Callable[[Any, Mapping[str, Any] | None], Any]
"""(data, params) -> predictions."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user said about how to pack."""

    example: object = None
    """Data as the model takes it, a few rows; None when there is none."""

    signature: Signature | None = None
    serialization_format: str | None = None
    """One of the flavor's formats; None takes its safest."""


@dataclass(frozen=True, slots=True)
class Look:
    """What loading a package takes, found without loading it."""

    formats: tuple[str, ...]
    """Names of the formats: skops, ubj, pt2, cloudpickle."""

    danger: str = ""
    """Why loading would run code that travels with the package, as a clause; empty when it would not."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What a flavor wrote."""

    settings: dict[str, Any]
    """Its entry in MLmodel, with MLflow's keys."""

    generic: dict[str, Any]
    """The entry of `python_function`: loader_module, and data or model_path."""

    packages: tuple[str, ...] = field(default=())
    """Distributions that loading needs, beyond those that the model itself imports."""

    look: Look | None = None
    """What loading will take, where saving had to find that out anyway; None where it is to be looked at."""


class Flavor(Protocol):
    """One framework's way into a folder and back."""

    name: str
    """Its key in MLmodel, as MLflow has it."""

    libraries: tuple[str, ...]
    """Top-level modules that a model of this flavor has its class, or a parent of it, from."""

    def claims(self, model: object) -> bool:
        """Say whether this is a model of the framework, which is loaded when this is asked."""
        ...

    def is_fitted(self, model: object) -> bool | None:
        """Say whether it has seen data; None when that cannot be known."""
        ...

    def save(self, model: Any, folder: Path, wish: Wish) -> Packed:  # noqa: ANN401 - the framework's own type
        """Write the model's files, the same bytes for the same model; raise CannotPack with a way out."""
        ...

    def look(self, folder: Path, settings: Settings) -> Look:
        """Say what loading would take, reading as little as possible."""
        ...

    def load(self, folder: Path, settings: Settings, *, trust: bool) -> object:
        """Load the native model. Without trust nothing in the package may run."""
        ...

    def predictor(self, model: Any, settings: Settings) -> Predict:  # noqa: ANN401 - the framework's own type
        """Return how MLflow's python_function would predict with it."""
        ...
