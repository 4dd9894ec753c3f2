"""Parses a filter into terms: sqlglot finds the structure, and only what we know by name is taken over.

sqlglot sees neither names nor literals, only their numbers, so nothing that
the user typed can mean anything to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.filters.skeleton import Skeleton
from trackbook.store.filters.terms import (
    Comparison,
    Constant,
    Fault,
    Flag,
    Group,
    Missing,
    Negation,
    OneOf,
    Operand,
    Term,
)
from trackbook.store.filters.tokens import Cursor, dialect

if TYPE_CHECKING:
    from typing import Any

_SIGNS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "Like": "LIKE", "ILike": "ILIKE"}
# Newer sqlglot keeps NOT LIKE inside the node. Anything else we do not know must not pass unseen.
_KNOWN_PARTS = {"this", "expression", "expressions", "low", "high", "negate", "quoted"}


def parse_filter(text: str) -> Term:
    """Parse a filter that is not blank; raise Fault at its first mistake."""
    try:
        skeleton = Skeleton(Cursor(text))
        return _TermReader(skeleton).term(_tree(skeleton, text))
    except RecursionError:
        raise Fault(0, "This is nested too deeply.") from None


def _tree(skeleton: Skeleton, text: str) -> Any:  # noqa: ANN401 - sqlglot's classes move between versions
    from sqlglot.errors import ErrorLevel, ParseError  # noqa: PLC0415 - slow to import

    try:
        trees = dialect().parser(error_level=ErrorLevel.IMMEDIATE).parse(skeleton.tokens, text)
    except ParseError as error:
        at = skeleton.positions[error.errors[0]["col"]] if error.errors else 0
        raise Fault(at, "This is not expected here.") from None
    return trees[0]


class _TermReader:
    """Turns sqlglot's tree into our terms."""

    def __init__(self, skeleton: Skeleton) -> None:
        self.operands, self.positions = skeleton.operands, skeleton.positions
        self.kinds = [token.token_type.name for token in skeleton.tokens]

    def term(self, node: Any) -> Term:  # noqa: ANN401
        """Read a condition."""
        name = self._name(node)
        if name == "Paren":
            return self.term(node.this)
        if name in {"And", "Or"}:
            return Group(name.upper(), tuple(self.term(child) for child in _chain(node)))
        if name == "Not":
            return Negation(self.term(node.this))
        if name == "Column":
            return Flag(self.operand(node))
        return self._predicate(name, node)

    def _predicate(self, name: str, node: Any) -> Term:  # noqa: ANN401
        if name not in {"In", "Between", "Is", *_SIGNS}:
            raise Fault(self._start(node), "This is not part of the filter language.")
        self._refuse_chain(node.this)
        left = self.operand(node.this)
        if name == "In":
            return OneOf(left, tuple(self._listed(child) for child in node.expressions))
        if name == "Between":
            low, high = self.operand(node.args["low"]), self.operand(node.args["high"])
            return Group("AND", (Comparison(left, ">=", low), Comparison(left, "<=", high)))
        if name == "Is":
            return Missing(left)
        comparison = Comparison(left, _SIGNS[name], self.operand(node.expression))
        return Negation(comparison) if node.args.get("negate") else comparison

    def operand(self, node: Any) -> Operand:  # noqa: ANN401
        """Read one side of a comparison."""
        while self._name(node) == "Paren":
            node = node.this
        if self._name(node) != "Column":
            raise Fault(
                self._start(node), "Here stands a condition, and a value is needed; join conditions with AND, OR."
            )
        return self.operands[int(node.this.this)]

    def _listed(self, node: Any) -> Constant:  # noqa: ANN401
        operand = self.operand(node)
        if not isinstance(operand, Constant):
            raise Fault(operand.position, "A list holds numbers, text, TRUE and FALSE only.")
        return operand

    def _refuse_chain(self, node: Any) -> None:  # noqa: ANN401
        """Raise Fault at the second sign of `1 < metrics.acc < 2`."""
        if self._name(node) in {"Column", "Paren"}:
            return
        after = 1 + max(int(found.name) for found in node.walk() if type(found).__name__ == "Identifier")
        while self.kinds[after] in {"R_PAREN", "IS", "NOT", "NULL"}:
            after += 1
        raise Fault(self.positions[after], "Compare two things at a time, and join comparisons with AND or OR.")

    def _name(self, node: Any) -> str:  # noqa: ANN401
        if {part for part, value in node.args.items() if value} - _KNOWN_PARTS:
            raise Fault(self._start(node), "This is not part of the filter language.")
        return type(node).__name__

    def _start(self, node: Any) -> int:  # noqa: ANN401
        numbers = [int(found.name) for found in node.walk() if type(found).__name__ == "Identifier"]
        return self.positions[min(numbers)] if numbers else 0


def _chain(node: Any) -> list[Any]:  # noqa: ANN401
    """List the terms of `a AND b AND c`, which sqlglot nests to the left, without going deep."""
    kind, terms = type(node), []
    while type(node) is kind:
        terms.append(node.expression)
        node = node.this
    return [node, *reversed(terms)]
