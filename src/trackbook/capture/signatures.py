"""What a class can be given when it makes an object, and what it takes when it is given nothing."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from trackbook.capture.strangers import MISSING, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_known: WeakKeyDictionary[type, Mapping[str, object]] = WeakKeyDictionary()


def init_params(kind: type) -> Mapping[str, object]:
    """List the parameters in order with their defaults, MISSING without one.

    Where a signature ends in `**kwargs`, the base class tells the rest (XGBoost).
    """
    known = ask(_known.get, kind, otherwise=None)
    if known is not None:
        return known
    found: dict[str, object] = {}
    for base in inspect.getmro(kind):
        if "__init__" not in vars(base) or base is object:
            continue
        signature = ask(inspect.signature, vars(base)["__init__"], otherwise=None)
        if signature is None:
            break
        parameters = list(signature.parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind in _NAMED:
                empty = parameter.default is inspect.Parameter.empty
                found.setdefault(parameter.name, MISSING if empty else parameter.default)
        if not any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters):
            break
    ask(_known.__setitem__, kind, found, otherwise=None)
    return found


def default_params(kind: type) -> Mapping[str, object]:
    """List the parameters that have a default."""
    return {name: default for name, default in init_params(kind).items() if default is not MISSING}
