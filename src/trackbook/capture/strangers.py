"""Ask objects that may do anything: a user's value must not be able to break or slow the recording."""

from __future__ import annotations

import math
import sys
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
LONGEST_TEXT = 250
_LARGEST_INT_BITS = 1024


class Missing(Enum):
    """The absence of a value where None would be one."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def ask(question: Callable[..., T], *args: object, otherwise: T) -> T:
    """Return the answer, or the other value when a stranger's code raises."""
    try:
        return question(*args)
    except Exception:  # noqa: BLE001 - a stranger's __getattr__, __eq__ or __repr__ may raise anything
        return otherwise


def library(value: object) -> str:
    """Name the package that a value's type comes from: `numpy`, `torch`, `builtins`."""
    module = ask(lambda: type(value).__module__, otherwise="")
    return module.partition(".")[0] if isinstance(module, str) else ""


def loaded_class(module: str, name: str) -> type | None:
    """Find a class of a package that is loaded already; never imports one."""
    found = ask(getattr, sys.modules.get(module), name, None, otherwise=None)
    return found if isinstance(found, type) else None


def is_a(value: object, module: str, name: str) -> bool:
    """Tell whether a value is an instance of a class that may not even be loaded."""
    kind = loaded_class(module, name)
    return kind is not None and issubclass(type(value), kind)


def is_array_like(value: object) -> bool:
    """Tell arrays, frames and tensors from plain values, by their type alone."""
    return ask(lambda: any(hasattr(type(value), name) for name in ("shape", "dtype", "dtypes")), otherwise=False)


def plain_scalar(value: object) -> object:
    """Make a bool, int, float or str of a Python or numpy scalar; MISSING for anything else, None included."""
    if is_a(value, "numpy", "generic"):
        value = _item(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        exact = ask(int.__index__, value, otherwise=None)
        return exact if exact is not None and exact.bit_length() <= _LARGEST_INT_BITS else MISSING
    if isinstance(value, float):
        return ask(float.__float__, value, otherwise=math.nan)
    if isinstance(value, str):
        return str.__str__(value) if str.__len__(value) <= LONGEST_TEXT else MISSING
    return MISSING


def _item(value: Any) -> object:  # noqa: ANN401 - a numpy scalar
    return ask(value.item, otherwise=None)
