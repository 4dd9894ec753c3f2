"""Ask objects that may do anything: a user's value must not be able to break or slow the recording."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from typing import Final, TypeVar

T = TypeVar("T")
LONGEST_TEXT = 250
_LARGEST_INT_BITS = 1024


class Missing(Enum):
    """The absence of a value where None would be one."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def ask(question: Callable[[], T], otherwise: T) -> T:
    """Return the answer, or the other value when a stranger's code raises."""
    try:
        return question()
    except Exception:  # noqa: BLE001 - a stranger's __getattr__, __eq__ or __repr__ may raise anything
        return otherwise


def library(value: object) -> str:
    """Name the package that a value's type comes from: `numpy`, `torch`, `builtins`."""
    module = ask(lambda: type(value).__module__, "")
    return module.partition(".")[0] if isinstance(module, str) else ""


def loaded_class(module: str, name: str) -> type | None:
    """Find a class of a package that is loaded already; never imports one."""
    found = ask(lambda: getattr(sys.modules.get(module), name, None), None)
    return found if isinstance(found, type) else None


def is_a(value: object, module: str, name: str) -> bool:
    """Tell whether a value is an instance of a class that may not even be loaded."""
    kind = loaded_class(module, name)
    return kind is not None and issubclass(type(value), kind)


def is_array_like(value: object) -> bool:
    """Tell arrays, frames and tensors from plain values, by their type alone."""
    return any(ask(lambda name=name: hasattr(type(value), name), False) for name in ("shape", "dtype", "dtypes"))  # type: ignore[misc]


def plain_scalar(value: object) -> object:
    """Make a bool, int, float or str of a Python or numpy scalar; MISSING for anything else, None included."""
    if is_a(value, "numpy", "generic"):
        value = ask(lambda: value.item(), MISSING)  # type: ignore[attr-defined]
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        exact = ask(lambda: int.__index__(value), None)
        return exact if exact is not None and exact.bit_length() <= _LARGEST_INT_BITS else MISSING
    if isinstance(value, float):
        return ask(lambda: float.__float__(value), MISSING)
    if isinstance(value, str):
        text = ask(lambda: str.__str__(value), "")
        return text if len(text) <= LONGEST_TEXT else MISSING
    return MISSING
