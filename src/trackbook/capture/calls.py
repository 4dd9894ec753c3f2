"""Read single calls and definitions: what is called on what, which names are free."""

from __future__ import annotations

import ast
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from trackbook.capture.constants import LONGEST_LIST, constant
from trackbook.capture.facts import ANY, Call, Named, Varying
from trackbook.capture.metric_names import function_of
from trackbook.capture.strangers import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MOST_PARTS = 300
NOTHING_KNOWN: Mapping[str, object] = MappingProxyType({})


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """Go through a tree in the order of its text (`ast.walk` goes level by level)."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(list(ast.iter_child_nodes(part))))


def call_of(
    node: ast.Call, known: Mapping[str, object] = NOTHING_KNOWN, within: str = "", *, sure: bool = True
) -> Call:
    """Take down one call with what its arguments are and the names that they read.

    known: constants of the cell, and Varying for what the loops around the call change.
    within: the function that makes the call. sure: False when a branch decides whether it happens.
    """
    function, owner = function_of(node)
    values = [*node.args, *(word.value for word in node.keywords)]
    return Call(
        function,
        dotted(owner) if owner is not None else "",
        names_read(values),
        given=_given(node, known),
        within=within,
        sure=sure,
    )


def names_read(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """List the names that some expressions read, each once, in order."""
    names = [part.id for node in nodes for part in parts_of(node) if isinstance(part, ast.Name)]
    return tuple(dict.fromkeys(names))


def _given(node: ast.Call, known: Mapping[str, object]) -> Mapping[str, object]:
    given: dict[str, object] = {}
    for position, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            break
        given[str(position)] = _argument(argument, known)
    for word in node.keywords:
        if word.arg is not None:
            given[word.arg] = _argument(word.value, known)
        elif _changes(word.value, known):
            given[ANY] = Varying()
        elif isinstance(word.value, ast.Name) and isinstance(settings := known.get(word.value.id), dict):
            given |= {name: Named("", value) for name, value in settings.items()}
    return {name: value for name, value in given.items() if value is not MISSING}


def _argument(node: ast.expr, known: Mapping[str, object]) -> object:
    if isinstance(node, ast.Name):
        held = known.get(node.id, MISSING)
        return held if isinstance(held, Varying) else Named(node.id, held)
    if type(node) is ast.Constant:
        return constant(node, known)
    if any(True for _ in islice(ast.walk(node), _MOST_PARTS, None)):
        return MISSING  # a table typed into the cell
    return Varying() if _changes(node, known) else constant(node, known)


def _changes(node: ast.expr, known: Mapping[str, object]) -> bool:
    varying = {name for name, held in known.items() if isinstance(held, Varying)}
    return bool(varying) and not varying.isdisjoint(names_read([node]))


def loop_targets(target: ast.expr, over: ast.expr, known: Mapping[str, object]) -> dict[str, Varying]:
    """Tell what the targets of a loop take one after the other, where that is written down."""
    if isinstance(target, ast.Name):
        return {target.id: _going_through(over, known)}
    if not isinstance(target, (ast.Tuple, ast.List)):
        return {}
    columns: list[ast.expr] = []
    if isinstance(over, (ast.List, ast.Tuple)) and all(isinstance(row, (ast.List, ast.Tuple)) for row in over.elts):
        rows = [row.elts for row in over.elts if isinstance(row, (ast.List, ast.Tuple))]
        if all(len(row) == len(target.elts) for row in rows):
            columns = [ast.List([row[at] for row in rows]) for at in range(len(target.elts))]
    elif isinstance(over, ast.Call) and function_of(over)[0] == "zip":
        columns = over.args
    elif isinstance(over, ast.Call) and function_of(over)[0] == "enumerate":
        columns = [ast.Name("range"), *over.args[:1]]
    if len(columns) != len(target.elts):
        columns = [ast.Name("?")] * len(target.elts)
    found: dict[str, Varying] = {}
    for part, column in zip(target.elts, columns, strict=True):
        found |= loop_targets(part, column, known)
    return found


def _going_through(over: ast.expr, known: Mapping[str, object]) -> Varying:
    if isinstance(over, ast.Name) and over.id not in known:
        return Varying(source=over.id)
    if isinstance(over, ast.Call) and over.args:
        function = function_of(over)[0]
        if function == "tqdm":
            return _going_through(over.args[0], known)
        bounds = [bound for argument in over.args if type(bound := constant(argument, known)) is int]
        if function in ("range", "trange") and len(bounds) == len(over.args) and 0 not in bounds[2:]:
            steps = range(*bounds[:3])
            return Varying(tuple(steps) if len(steps) <= LONGEST_LIST else ())
    values = constant(over, known)
    return Varying(tuple(values) if isinstance(values, list) else ())


def dotted(node: ast.AST) -> str:
    """Write down a chain: `pipe.named_steps[].fit()`; `?` for what is no chain."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{dotted(node.value)}.{node.attr}"
        case ast.Call():
            return f"{dotted(node.func)}()"
        case ast.Subscript():
            return f"{dotted(node.value)}[]"
        case ast.Await():
            return dotted(node.value)
    return "?"
