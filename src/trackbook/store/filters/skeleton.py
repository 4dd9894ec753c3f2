"""Replaces the operands of a filter by their numbers, so that only its structure is left for sqlglot to parse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.filters.operands import read_operand
from trackbook.store.filters.terms import Fault, Operand

if TYPE_CHECKING:
    from sqlglot import Token

    from trackbook.store.filters.tokens import Cursor

_NEGATABLE = {"IN", "LIKE", "ILIKE", "BETWEEN"}
_SIGNS = {"EQ", "NEQ", "LT", "LTE", "GT", "GTE", "LIKE", "ILIKE", "BETWEEN"}
_AFTER_VALUE = {"AND", "OR", "IN", "IS", *_SIGNS}
_STRUCTURE = {"L_PAREN", "R_PAREN", "COMMA", "NOT", *_AFTER_VALUE}
_VALUES = {"STRING", "NUMBER", "TRUE", "FALSE", "NULL", "IDENTIFIER"}
# sqlglot spends some twenty frames a level, and the caller may stand deep in the stack himself.
_DEEPEST = 20
_QUOTE_IT = " A name with such a sign is back-quoted: metrics.`val/loss`."


class Skeleton:
    """The tokens for sqlglot, in parentheses, and what each number stands for.

    A token's column is its index here. The outer parentheses give sqlglot
    something to point at when the end comes too early.
    """

    def __init__(self, cursor: Cursor) -> None:
        self.tokens: list[Token] = []
        self.positions: list[int] = []
        self.operands: dict[int, Operand] = {}
        self._cursor = cursor
        self._opened: list[tuple[int, int, bool]] = []  # position, negations before it, whether a list
        self._negations = 0
        self._has_value = False
        self._add("L_PAREN", 0)
        while cursor.type():
            self._step(cursor.type())
        if not self._has_value:
            raise Fault(len(cursor.text), "A value is missing at the end.")
        if self._opened:
            raise Fault(self._opened[-1][0], "This parenthesis is never closed.")
        self._add("R_PAREN", len(cursor.text))

    def _step(self, kind: str) -> None:
        in_list = bool(self._opened) and self._opened[-1][2]
        if kind not in _STRUCTURE:
            self._operand(kind)
        elif kind == "L_PAREN":
            self._open()
        elif kind == "R_PAREN":
            self._close()
        elif kind == "NOT":
            self._negate()
        elif not self._has_value:
            raise Fault(self._cursor.position(), f"Before {self._cursor.peek()} a value is missing.")
        elif in_list != (kind == "COMMA"):
            expected = "A list has values and commas only." if in_list else "A comma stands in the list of IN only."
            raise Fault(self._cursor.position(), expected)
        elif kind == "IS":
            self._is_null()
        else:
            self._keep()
            self._has_value = False
            if kind == "IN" and self._cursor.type() != "L_PAREN":
                raise Fault(self._cursor.position(), "IN is followed by a list: IN ('adam', 'sgd').")

    def _operand(self, kind: str) -> None:
        start, typed = self._cursor.position(), self._cursor.peek()
        if self._has_value and (kind in _VALUES or self._cursor.word()):
            raise Fault(start, f"Before {ascii(typed)[1:-1]} a comparison, AND or OR is missing.")
        if self._has_value:
            # `metrics.val/loss`: the sign stands between two words of one name.
            around = self._cursor.text[max(start - 1, 0)] + self._cursor.text[start + len(typed) :][:1]
            hint = _QUOTE_IT if around.isalnum() and around[1:] else ""
            raise Fault(start, f"{ascii(typed)[1:-1]} is not part of the filter language.{hint}")
        operand = read_operand(self._cursor)
        self.operands[len(self.tokens)] = operand
        self._add("IDENTIFIER", start)
        self._has_value, self._negations = True, 0

    def _open(self) -> None:
        start = self._cursor.position()
        if self._has_value:
            raise Fault(start, "Before this parenthesis a comparison, AND or OR is missing.")
        self._opened.append((start, self._negations, self.tokens[-1].token_type.name == "IN"))
        self._negations = 0
        self._check_depth(start)
        self._keep()

    def _close(self) -> None:
        if not self._opened:
            raise Fault(self._cursor.position(), "This parenthesis closes nothing.")
        if not self._has_value:
            raise Fault(self._cursor.position(), "Before this parenthesis a value is missing.")
        self._opened.pop()
        self._keep()

    def _negate(self) -> None:
        start = self._cursor.position()
        if self._has_value and self._cursor.type(1) not in _NEGATABLE:
            raise Fault(start, "NOT stands before a condition, or in NOT IN, NOT LIKE, NOT ILIKE and NOT BETWEEN.")
        if self.tokens[-1].token_type.name in _SIGNS:
            raise Fault(start, "Here a value is missing; NOT stands before a whole condition.")
        if not self._has_value:
            self._negations += 1
            self._check_depth(start)
        self._keep()

    def _is_null(self) -> None:
        self._keep()
        if self._cursor.type() == "NOT":
            self._keep()
        if self._cursor.type() != "NULL":
            raise Fault(self._cursor.position(), "IS is followed by NULL or NOT NULL.")
        self._keep()

    def _check_depth(self, position: int) -> None:
        depth = len(self._opened) + sum(negations for _, negations, _ in self._opened) + self._negations
        if depth > _DEEPEST:
            raise Fault(position, f"This is nested too deeply; {_DEEPEST} levels are the most.")

    def _keep(self) -> None:
        token = self._cursor.take()
        self._add(token.token_type.name, token.start)

    def _add(self, kind: str, position: int) -> None:
        from sqlglot import Token, TokenType  # noqa: PLC0415 - slow to import

        index = len(self.tokens)
        self.tokens.append(Token(TokenType[kind], str(index), 1, index, position, position))
        self.positions.append(position)
