"""Tell what an expression's value is made of, without executing it: settings, lengths, clocks or real computation."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.capture.facts import Bound, Origin
from trackbook.capture.words import word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ASIDE_CALLS = word_set(
    "len numel nunique count index argmax argmin argsort size dim ndimension nelement getsizeof input getenv cpu_count "
    "device_count id hash ord getpid randint random rand randn uniform normal choice randrange getrandbits "
    "suggest_float suggest_int suggest_categorical suggest_uniform suggest_loguniform manual_seed fileno "
    "tensor array zeros ones empty full arange linspace next islice"
)
_ASIDE_ATTRIBUTES = word_set("shape size nbytes ndim itemsize st_size maxsize")
_CLOCKS = word_set(
    "time time_ns perf_counter perf_counter_ns monotonic monotonic_ns process_time process_time_ns thread_time now "
    "utcnow today timestamp default_timer"
)
_SPANS = frozenset({"total_seconds", "elapsed_time"})
_TRANSPARENT = word_set(
    "float int round abs pow divmod ceil floor sqrt exp log log2 log10 item trunc float32 float64 int32 int64 "
    "square numpy detach cpu clip"
)
_LIBRARIES = ("np", "numpy", "math", "torch")
_GATHERING = frozenset({"min", "max", "sum"})
_CONFIG_READS = frozenset({"get", "pop", "setdefault"})

_FIRST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Made:
    """What a value is made of, and the names from which it is reckoned without a call."""

    origin: Origin
    operands: tuple[str, ...] = ()

    @property
    def is_result(self) -> bool:
        """Whether a displayed number of this making may be a result."""
        return self.origin in (Origin.NAME, Origin.ITEM, Origin.COMPUTED) or (
            self.origin is Origin.ASIDE and bool(self.operands)
        )


_COMPUTED, _ASIDE, _CONSTANT = Made(Origin.COMPUTED), Made(Origin.ASIDE), Made(Origin.CONSTANT)
_SPAN = Made(Origin.SPAN)


def origin_of(node: ast.AST, bound: Mapping[str, Bound]) -> Made:
    """Judge an expression; bound holds what the cell bound before it."""
    match node:
        case ast.Constant():
            return _CONSTANT
        case ast.Name():
            return _of_name(node.id, bound)
        case ast.UnaryOp(operand=inner) | ast.NamedExpr(value=inner) | ast.Await(value=inner):
            return origin_of(inner, bound)
        case ast.BinOp(left=left, op=sign, right=right):
            sides = [origin_of(left, bound), origin_of(right, bound)]
            return _SPAN if isinstance(sign, ast.Sub) and sides[0].origin is Origin.CLOCK else _greatest(sides)
        case ast.IfExp():
            return _greatest(origin_of(side, bound) for side in (node.body, node.orelse))
        case ast.BoolOp():
            return _greatest(origin_of(item, bound) for item in node.values)
        case ast.List() | ast.Tuple() | ast.Set():
            return _greatest(origin_of(item, bound) for item in node.elts[:_FIRST_ITEMS])
        case ast.Attribute() | ast.Subscript():
            return _of_item(node, bound)
        case ast.Call():
            return _of_call(node, bound)
    return _COMPUTED


def _greatest(parts: Iterable[Made]) -> Made:
    seen = list(parts)
    operands = tuple(dict.fromkeys(name for part in seen for name in part.operands))
    return Made(max((part.origin for part in seen), default=Origin.CONSTANT), operands)


def _of_name(name: str, bound: Mapping[str, Bound]) -> Made:
    known = bound.get(name)
    if known is None:
        return Made(Origin.NAME, (name,))
    return Made(known.origin, known.operands)


def _of_item(node: ast.Attribute | ast.Subscript, bound: Mapping[str, Bound]) -> Made:
    inner: ast.expr = node
    while isinstance(inner, (ast.Attribute, ast.Subscript)):
        if isinstance(inner, ast.Attribute) and inner.attr in _ASIDE_ATTRIBUTES:
            return _ASIDE
        inner = inner.value
    if not isinstance(inner, ast.Name):
        made = origin_of(inner, bound)
        return made if made.origin >= Origin.ASIDE else _COMPUTED
    if inner.id in _LIBRARIES:
        return _CONSTANT
    known = bound.get(inner.id)
    if known is not None and known.origin in (Origin.CONSTANT, Origin.ASIDE, Origin.SPAN, Origin.CLOCK):
        return Made(known.origin, known.operands)
    return Made(Origin.ITEM, (inner.id,))


def _of_call(node: ast.Call, bound: Mapping[str, Bound]) -> Made:
    function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if function in _SPANS:
        return _SPAN
    if function in _CLOCKS:
        return Made(Origin.CLOCK)
    if function in _ASIDE_CALLS:
        return _ASIDE
    if function in _CONFIG_READS and isinstance(owner, ast.Name):
        return Made(Origin.ITEM, (owner.id,))
    if function in _TRANSPARENT:
        return _through(node, owner, bound)
    if function in _GATHERING and owner is None and len(node.args) > 1:
        return _greatest(origin_of(arg, bound) for arg in node.args)
    return _COMPUTED


def _through(node: ast.Call, owner: ast.expr | None, bound: Mapping[str, Bound]) -> Made:
    """Look through a cast: `float(x)` and `math.sqrt(x)` are as x is, `loss.item()` as loss is."""
    of_library = isinstance(owner, ast.Name) and owner.id in _LIBRARIES
    parts = node.args if owner is None or of_library else [owner, *node.args]
    return _greatest(origin_of(part, bound) for part in parts) if parts else _COMPUTED
