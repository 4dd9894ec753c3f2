"""Cuts the text of a filter into tokens and walks over them; knows where each stands in the text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from trackbook.store.filters.terms import Fault

if TYPE_CHECKING:
    from sqlglot import Token
    from sqlglot.dialects.dialect import Dialect

LONGEST_FILTER = 10_000
_WORD = re.compile(r"[^\W\d]\w*")
_CANNOT_BE = re.compile(r"[\x00\ud800-\udfff]")
_CLOSED = re.compile(r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^'"`]""", re.DOTALL)


@cache
def dialect() -> Dialect:
    """Make the dialect in which a back-quote and a double quote both enclose a name."""
    # sqlglot takes 0.1 s to import, and most sessions never filter.
    from sqlglot.dialects.dialect import Dialect  # noqa: PLC0415
    from sqlglot.tokens import Tokenizer as SqlTokenizer  # noqa: PLC0415

    class FilterDialect(Dialect):
        class Tokenizer(SqlTokenizer):
            IDENTIFIERS = ['"', "`"]  # noqa: RUF012 - sqlglot's own form
            COMMANDS = set()  # noqa: RUF012 - else SHOW at the beginning swallows the rest

    return FilterDialect()


class Cursor:
    """The tokens of one filter and how far they are read."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.tokens = _tokenize(text)

    def type(self, ahead: int = 0) -> str:
        """Name the type of a token to come, in sqlglot's words; empty at the end."""
        index = self.at + ahead
        return str(self.tokens[index].token_type.name) if index < len(self.tokens) else ""

    def position(self) -> int:
        """Tell where the next token starts; at the end, the length of the text."""
        return self.tokens[self.at].start if self.at < len(self.tokens) else len(self.text)

    def peek(self) -> str:
        """Return the next token's text as it was typed; empty at the end."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return self.text[token.start : token.end + 1] if token else ""

    def take(self) -> Token:
        """Step over the next token and return it."""
        self.at += 1
        return self.tokens[self.at - 1]

    def word(self) -> str:
        """Return the next token in lower case when it is a word without quotes, else nothing."""
        text = self.peek()
        return text.lower() if _WORD.fullmatch(text) else ""

    def shown(self, start: int) -> str:
        """Quote the text from a position to the last token taken, for an error of one line."""
        shown = self.text[start : self.tokens[self.at - 1].end + 1]
        return shown if len(shown) <= 60 else shown[:57] + "…"  # noqa: PLR2004 - fits a terminal


def _tokenize(text: str) -> list[Token]:
    if len(text) > LONGEST_FILTER:
        raise Fault(LONGEST_FILTER, f"A filter has at most {LONGEST_FILTER} characters.")
    if found := _CANNOT_BE.search(text):
        raise Fault(found.start(), "This character cannot be part of any text (NUL or half a character).")
    from sqlglot.errors import TokenError  # noqa: PLC0415 - slow to import

    try:
        tokens = list(dialect().tokenize(text))
    except (TokenError, RecursionError):
        position = _open_quote(text)
        reason = "This quote is never closed." if position < len(text) else "This text cannot be read."
        raise Fault(position, reason) from None
    _refuse_what_was_skipped(text, tokens)
    return tokens


def _refuse_what_was_skipped(text: str, tokens: list[Token]) -> None:
    """Raise Fault at a comment: the tokenizer skips them, so between tokens there is more than blanks."""
    end = 0
    for start, next_end in [*((token.start, token.end + 1) for token in tokens), (len(text), len(text))]:
        gap = text[end:start]
        if gap.strip():
            position = end + len(gap) - len(gap.lstrip())
            raise Fault(position, "A filter has no comments.")
        end = next_end


def _open_quote(text: str) -> int:
    end = 0
    while found := _CLOSED.match(text, end):
        end = found.end()
    return min(end, len(text))
