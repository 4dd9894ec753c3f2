"""What a knob's value may be: of the type of its default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadValue
from trackbook.values import plain

if TYPE_CHECKING:
    from trackbook.store.control import KnobValue


def plain_knob(what: str, value: object) -> KnobValue:
    """Make Python's own of numpy's and torch's scalars; raises BadValue for what is no knob."""
    known = plain(value)
    if not isinstance(known, (bool, int, float, str)) or isinstance(known, str) is not isinstance(value, str):
        raise BadValue(what, value, "a knob is a bool, int, float or str")
    return known


def fitting(name: str, value: object, default: object) -> Any:  # noqa: ANN401 - of the default's type
    """Make a value one of the default's type where nothing is lost; raises BadValue otherwise."""
    kind = type(plain_knob(f"The default of knob {name!r}", default))
    known = plain_knob(f"The value of knob {name!r}", value)
    if type(known) is kind:
        return known
    if kind is float and type(known) is int:
        return float(known)
    if kind is int and isinstance(known, float) and known.is_integer():
        return int(known)
    needed = {bool: "True or False", int: "a whole number", float: "a number", str: "text"}[kind]
    raise BadValue(f"The value of knob {name!r}", value, f"this knob needs {needed}")
