"""Analyse a cell's source, without executing it: what it assigns, reads, calls and displays."""

from __future__ import annotations

import ast
from types import MappingProxyType

from trackbook.capture.calls import call_of
from trackbook.capture.facts import CellFacts, LastExpression
from trackbook.capture.loops import Rounds, rounds_of
from trackbook.capture.metric_names import Naming, naming, text_of
from trackbook.capture.origins import origin_of
from trackbook.capture.printed import prints_in
from trackbook.capture.source import parse
from trackbook.capture.walk import CellWalk

_NOTHING = CellFacts()


def analyse(source: str) -> CellFacts:
    """Take down the facts of a cell, raw or transformed by IPython; no facts when it cannot be parsed. Never raises."""
    tree = parse(source)
    if tree is None:
        return _NOTHING
    walk, rounds = CellWalk(), Rounds()
    try:
        walk.walk(tree.body)
        rounds = rounds_of(tree.body)
        last = _last_expression(tree, walk)
        prints = tuple(prints_in(tree.body, rounds.last))
    except RecursionError:
        # A generated expression thousands of terms deep; what was seen before it still holds.
        last, prints = None, ()
    return CellFacts(
        bound=MappingProxyType(walk.bound),
        reads=tuple(walk.reads),
        calls=tuple(walk.calls),
        last=last,
        prints=prints,
        edits=tuple(walk.edits),
        filled=frozenset(walk.filled),
        of_last_round=frozenset(rounds.last),
        gathered=frozenset(rounds.gathered),
        parameters=MappingProxyType(walk.parameters),
    )


def _last_expression(tree: ast.Module, walk: CellWalk) -> LastExpression | None:
    statement = tree.body[-1] if tree.body else None
    if not isinstance(statement, ast.Expr):
        return None
    node = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
    named = naming(node)
    made = origin_of(node, walk.bound)
    call = call_of(node) if isinstance(node, ast.Call) else None
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else []
    elements = [naming(part) if origin_of(part, walk.bound).is_result else Naming("") for part in parts]
    return LastExpression(
        source=text_of(node),
        name=named.full,
        split=named.split,
        call=call.dotted if call else "",
        receiver=call.receiver if call else "",
        args=call.args if call else (),
        elements=tuple(element.full for element in elements),
        origin=made.origin,
        operands=made.operands,
        bare=isinstance(node, ast.Name),
    )
