"""Read the value of an expression that needs no execution: literals, and small arithmetic of them."""

from __future__ import annotations

import ast
import math
import operator
from typing import TYPE_CHECKING

from trackbook.capture.strangers import LONGEST_TEXT, MISSING, plain_scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_LIST = 16
_MOST_KEYS = 200
_LARGEST_POWER = 64
_NAMED = {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e}
_CASTS: dict[str, Callable[..., object]] = {"int": int, "float": float, "bool": bool, "abs": abs, "round": round}
_BINARY: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[..., object]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}


def constant(node: ast.expr, known: Mapping[str, object]) -> object:
    """Return the value, or MISSING when it is no constant.

    known: constants that the cell assigned before. Lists and tuples have at most 16 scalars; of a
    dict the constant entries are kept, at most 200 with text keys.
    """
    if isinstance(node, (ast.List, ast.Tuple)):
        items = [_scalar(item, known) for item in node.elts[: LONGEST_LIST + 1]]
        return MISSING if len(items) > LONGEST_LIST or any(item is MISSING for item in items) else items
    if isinstance(node, ast.Dict):
        return _entries(list(zip(node.keys, node.values, strict=True)), known)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
        keys: list[ast.expr | None] = [ast.Constant(word.arg) if word.arg else None for word in node.keywords]
        return _entries(list(zip(keys, (word.value for word in node.keywords), strict=True)), known)
    if isinstance(node, ast.Name):
        return known.get(node.id, MISSING)
    return _scalar(node, known)


def _entries(pairs: list[tuple[ast.expr | None, ast.expr]], known: Mapping[str, object]) -> object:
    found: dict[str, object] = {}
    for key, item in pairs[:_MOST_KEYS]:
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            continue
        value = constant(item, known)
        if value is MISSING and isinstance(item, (ast.List, ast.Tuple)):
            value = _entries([(ast.Constant(str(at)), part) for at, part in enumerate(item.elts)], known)
        if value is not MISSING:
            found[key.value] = value
    return found or MISSING


def _scalar(node: ast.expr, known: Mapping[str, object]) -> object:
    found: object = MISSING
    match node:
        case ast.Constant(value=value):
            found = None if value is None else plain_scalar(value)
        case ast.Name(id=name) if not isinstance(known.get(name), (list, dict)):
            found = known.get(name, MISSING)
        case ast.UnaryOp(op=sign, operand=operand):
            found = _reckon(_UNARY[type(sign)], _scalar(operand, known))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            found = _reckon(_BINARY[type(sign)], _scalar(left, known), _scalar(right, known))
        case ast.Attribute(value=ast.Name(id="np" | "numpy" | "math"), attr=name):
            found = _NAMED.get(name, MISSING)
        case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _CASTS:
            args = [_scalar(arg, known) for arg in node.args]
            found = MISSING if MISSING in args else _cast(name, args)
    return found


def _reckon(operation: Callable[..., object], *operands: object) -> object:
    if operation is operator.add and all(isinstance(operand, str) for operand in operands):
        joined = "".join(str(operand) for operand in operands)
        return joined if len(joined) <= LONGEST_TEXT else MISSING
    if not all(isinstance(operand, (int, float)) for operand in operands):
        return MISSING
    if operation is operator.pow and abs(operands[1]) > _LARGEST_POWER:  # type: ignore[arg-type]  # numbers by now
        return MISSING
    return _cast_safely(operation, operands)


def _cast(name: str, args: list[object]) -> object:
    # float("inf") is how people write it; int("12") and bool("x") are not settings anybody types.
    if any(isinstance(arg, str) for arg in args) and name != "float":
        return MISSING
    return _cast_safely(_CASTS[name], args)


def _cast_safely(operation: Callable[..., object], operands: tuple[object, ...] | list[object]) -> object:
    try:
        return plain_scalar(operation(*operands))
    except (ArithmeticError, TypeError, ValueError):
        return MISSING
