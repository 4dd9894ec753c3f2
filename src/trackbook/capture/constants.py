"""Read the value of an expression that needs no execution: literals, and small arithmetic of them."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

from trackbook.capture.strangers import LONGEST_TEXT, MISSING, plain_scalar

LONGEST_LIST = 16
_MOST_KEYS = 200
_LARGEST_POWER = 64
_NAMED = {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e}
_CASTS: dict[str, Callable[..., object]] = {"int": int, "float": float, "bool": bool, "abs": abs, "round": round}
_BINARY: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[object], object]] = {
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
    if isinstance(node, ast.Constant):
        return None if node.value is None else plain_scalar(node.value)
    if isinstance(node, ast.Name):
        return known.get(node.id, MISSING)
    if isinstance(node, ast.UnaryOp):
        return _reckon(_UNARY[type(node.op)], _scalar(node.operand, known))
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _scalar(node.left, known), _scalar(node.right, known)
        if isinstance(node.op, ast.Pow) and not (isinstance(right, (int, float)) and abs(right) <= _LARGEST_POWER):
            return MISSING
        return _reckon(_BINARY[type(node.op)], left, right)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy", "math"):
        return _NAMED.get(node.attr, MISSING)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CASTS and not node.keywords:
        args = [_scalar(arg, known) for arg in node.args]
        return MISSING if MISSING in args else _cast(node.func.id, args)
    return MISSING


def _reckon(operation: Callable[..., object], *operands: object) -> object:
    if operation is operator.add and all(isinstance(operand, str) for operand in operands):
        joined = "".join(str(operand) for operand in operands)
        return joined if len(joined) <= LONGEST_TEXT else MISSING
    if not all(isinstance(operand, (int, float)) for operand in operands):
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
