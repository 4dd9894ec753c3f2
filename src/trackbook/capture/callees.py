"""Look into the functions and methods that a cell uses and earlier cells or the user's own modules define."""

from __future__ import annotations

import dis
import sysconfig
from dataclasses import replace
from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackbook.capture.facts import Call, CellFacts

_MOST_FUNCTIONS = 50
_LONGEST_CODE = 20_000
_Callee = tuple[FunctionType, type | None]
"""A function, and the class that it is a method of."""


def with_callees(facts: CellFacts, namespace: Mapping[str, object]) -> CellFacts:
    """Widen a cell's facts by what the functions do that it uses: `train()` reads `LR` and calls `fit`."""
    reads = dict.fromkeys(facts.reads)
    inside: set[str] = set()
    waiting = [callee for name in facts.reads for callee in _called(namespace.get(name))]
    waiting += [
        callee for call in facts.calls for callee in _methods(_class_behind(call, facts, namespace), call.function)
    ]
    seen: set[CodeType] = set()
    while waiting and len(seen) < _MOST_FUNCTIONS:
        function, owner = waiting.pop(0)
        if function.__code__ in seen:
            continue
        seen.add(function.__code__)
        outer, inner = _names_of(function.__code__)
        inside |= {*outer, *inner}
        if function.__globals__ is namespace:
            reads |= dict.fromkeys(name for name in outer if name in namespace)
        waiting += [callee for name in outer for callee in _called(function.__globals__.get(name))]
        waiting += [callee for name in inner for callee in _methods(owner, name)]
    return replace(facts, reads=tuple(reads), inside=frozenset(inside))


def _called(value: object) -> Iterator[_Callee]:
    """Yield what calling a value runs, when the user wrote it: a function, or a class's `__init__`."""
    if is_class(value):
        yield from _methods(value, "__init__")
    elif type(value) is FunctionType and is_own(value):
        yield value, None


def is_class(value: object) -> TypeGuard[type]:
    """Tell a class without asking the value, as `isinstance` would: it may be a proxy."""
    return issubclass(type(value), type)


def _methods(kind: type | None, name: str) -> Iterator[_Callee]:
    for base in kind.__mro__ if kind is not None else ():
        if name in (held := vars(base)):
            method = (
                getattr(held[name], "__func__", held[name])
                if isinstance(held[name], (classmethod, staticmethod))
                else held[name]
            )
            if type(method) is FunctionType and is_own(method):
                yield method, kind
            return


def _class_behind(call: Call, facts: CellFacts, namespace: Mapping[str, object]) -> type | None:
    """Find the class whose method a call runs: of `t.run()`, of `Trainer(5).run()`."""
    root, _, rest = call.receiver.partition("(")
    name = root.partition(".")[0].partition("[")[0]
    bound = facts.bound.get(name)
    for candidate in (name, bound.call if bound is not None else ""):
        value = namespace.get(candidate)
        if is_class(value):
            return value
    held = namespace.get(name)
    return type(held) if held is not None and root == name and not rest else None


def is_own(function: object) -> bool:
    """Tell the user's functions from a library's, by where their code lies; ours are no user's."""
    if type(function) is not FunctionType:
        return False
    code = function.__code__.co_filename
    return not code.startswith(_library_folders()) and (function.__module__ or "").partition(".")[0] != "trackbook"


@cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return (*{paths[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")}, "<frozen")


def _names_of(code: CodeType) -> tuple[list[str], list[str]]:
    """List the global names that a function reads and the attributes that it touches, inner functions included."""
    outer: dict[str, None] = {}
    inner: dict[str, None] = {}
    waiting = [code]
    while waiting:
        current = waiting.pop()
        if len(current.co_code) > _LONGEST_CODE:
            continue
        for instruction in dis.get_instructions(current):
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                outer[str(instruction.argval)] = None
            elif instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
                inner[str(instruction.argval)] = None
        waiting += [part for part in current.co_consts if isinstance(part, CodeType)]
    return list(outer), list(inner)
