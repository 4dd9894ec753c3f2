"""Pickles: written where the user said so, read where the user trusts who wrote them."""

from __future__ import annotations

import pickle
import sys
from importlib import import_module
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from trackbook.models.carried_code import own_builtins
from trackbook.models.errors import BadPackage, CannotPack, NeedsExtra, UntrustedModel
from trackbook.models.requirements import own_modules

if TYPE_CHECKING:
    from pathlib import Path

DANGER = "it is a pickle, and unpickling runs whatever code its maker put in"

_PROTOCOL = 5
"""The same for every Python that we know, so that equal models give equal bytes."""


def write(model: object, file: Path, kind: str) -> None:
    """Pickle a model; kind is cloudpickle or pickle. Raises CannotPack.

    cloudpickle also keeps what a notebook or a file of the user's own defined, so that the package stands alone.
    """
    try:
        content = pickle.dumps(model, _PROTOCOL) if kind == "pickle" else _with_own_modules(model)
    except NeedsExtra:
        raise
    except Exception as error:  # anything can be in a model, and its own __reduce__ may raise anything
        raise CannotPack(
            model,
            f"{kind} says {str(error)[:200]!r}",
            "Take out what holds a file, a lock, a connection or a generator.",
        ) from error
    file.write_bytes(content)


def read(folder: Path, file: Path, *, trust: bool) -> Any:  # noqa: ANN401 - whatever was pickled
    """Unpickle a file of a trusted package; raise UntrustedModel otherwise."""
    if not trust:
        raise UntrustedModel(folder, DANGER, None)
    with file.open("rb") as content:
        try:
            return load(content)
        except (pickle.UnpicklingError, EOFError) as error:
            raise BadPackage(folder, file.name, f"is no pickle: {error}") from error
        except AttributeError as error:
            raise BadPackage(folder, file.name, f"needs what is not here: {error}") from error


class Unpickler(pickle.Unpickler):
    """Reads functions that travel by value so that they go on importing from their own package."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - whatever has this name
        """Look a global up; cloudpickle's makers of functions give them everybody's builtins."""
        found, own = super().find_class(module, name), own_builtins()
        if own is None or not module.startswith("cloudpickle.") or name not in {"_make_function", "_function_setstate"}:
            return found

        def made(code: CodeType, variables: dict[str, Any], *rest: Any) -> FunctionType:  # noqa: ANN401 - as cloudpickle has it
            variables["__builtins__"] = own
            return FunctionType(code, variables, *rest)

        def filled(function: FunctionType, state: object) -> None:
            found(function, state)
            function.__globals__["__builtins__"] = own

        return made if name == "_make_function" else filled


def load(content: Any, **options: Any) -> Any:  # noqa: ANN401 - a file; whatever it holds
    """Unpickle as the standard library's `load`, in a package's own room. Only where the caller trusts it."""
    return Unpickler(content, **options).load()


def _with_own_modules(model: object) -> bytes:
    cloudpickle = _cloudpickle()
    known = cloudpickle.list_registry_pickle_by_value()
    fresh = [sys.modules[name] for name in own_modules(model) if name in sys.modules and name not in known]
    for module in fresh:
        cloudpickle.register_pickle_by_value(module)
    try:
        content: bytes = cloudpickle.dumps(model, protocol=_PROTOCOL)
    finally:
        for module in fresh:
            cloudpickle.unregister_pickle_by_value(module)
    return content


def _cloudpickle() -> Any:  # noqa: ANN401 - the module
    try:
        return import_module("cloudpickle")
    except ImportError as error:
        raise NeedsExtra("cloudpickle", "Packing a python_function") from error
