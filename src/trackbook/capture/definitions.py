"""Read definitions of functions and classes: which names are free in them, which bound, and what they take."""

from __future__ import annotations

import ast
from itertools import zip_longest
from typing import TYPE_CHECKING

from trackbook.capture.calls import parts_of
from trackbook.capture.constants import constant
from trackbook.capture.strangers import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def free_names(node: ast.AST) -> list[str]:
    """List the names that a function or class takes from outside itself, in order.

    Inner scopes count as one with the outer: a name that any of them binds is taken as bound.
    """
    reads = {part.id: None for part in parts_of(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    bound = names_bound(node)
    return [name for name in reads if name not in bound]


def names_bound(node: ast.AST) -> set[str]:
    """Collect the names that a function or class has for itself, those of its inner scopes included."""
    bound: set[str] = set()
    from_outside: set[str] = set()
    for part in parts_of(node):
        match part:
            case ast.Name(ctx=ast.Store() | ast.Del(), id=name) | ast.arg(arg=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.alias():
                bound.add((part.asname or part.name).partition(".")[0])
            case ast.Global():
                from_outside.update(part.names)
    return bound - from_outside


def calls_in(node: ast.AST, *, sure: bool = True) -> Iterator[tuple[ast.Call, bool]]:
    """Go through the calls in a definition, each with whether it happens for sure once the body runs."""
    if isinstance(node, ast.Call):
        yield node, sure
    for _, part in ast.iter_fields(node):
        inner = sure
        for child in part if isinstance(part, list) else [part]:
            if isinstance(child, ast.AST):
                yield from calls_in(child, sure=inner and not _decides(node, part))
                # What stands behind `if ...: return` may never be reached.
                inner = inner and not (
                    isinstance(child, ast.If) and any(isinstance(each, _LEAVING) for each in ast.walk(child))
                )


def _decides(node: ast.AST, part: object) -> bool:
    """Tell whether a node decides if one of its parts is executed."""
    if isinstance(node, (ast.If, ast.IfExp)):
        return part is not node.test
    return isinstance(node, (ast.ExceptHandler, ast.match_case))


def parameters_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, object]:
    """List a function's parameters in order with their constant defaults; MISSING without one."""
    arguments = node.args
    places = [*arguments.posonlyargs, *arguments.args]
    found: dict[str, object] = {}
    for argument, default in reversed(list(zip_longest(reversed(places), reversed(arguments.defaults)))):
        found[argument.arg] = MISSING if default is None else constant(default, {})
    for argument, word in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found[argument.arg] = MISSING if word is None else constant(word, {})
    return found
