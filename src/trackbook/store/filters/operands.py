"""Reads the operands of a filter: names, literals, functions of a name, and times with an interval."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from trackbook.store.filters.terms import (
    ATTRIBUTES,
    FUNCTIONS,
    NO_FINITE_NUMBERS,
    SUMMARIES,
    TABLES,
    Call,
    Constant,
    Fault,
    Kind,
    Operand,
    Reference,
    Shifted,
    read_moment,
)

if TYPE_CHECKING:
    from trackbook.store.filters.tokens import Cursor

_INTERVAL = re.compile(r"\s*([0-9]{1,12})\s*([a-z]+?)s?\s*", re.IGNORECASE)
_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_678_400,
    "year": 31_622_400,
}
# A thousand years either way stays within what both databases can count.
_LONGEST_INTERVAL = 1000 * _SECONDS["year"]
_MOST_DECIMALS = 12
_QUOTE_IT = "A name that is not one plain word is back-quoted: metrics.`val/loss`."


def read_operand(tokens: Cursor) -> Operand:
    """Read one operand and the interval behind it; raise Fault where it stops making sense."""
    start = tokens.position()
    operand = _single(tokens)
    if tokens.type() not in {"DASH", "PLUS"}:
        return operand
    if tokens.type(1) != "INTERVAL":
        raise Fault(tokens.position(), f"A filter does not calculate. {_QUOTE_IT}")
    sign = tokens.take().text
    if isinstance(operand, Constant) and isinstance(operand.value, str):
        operand = Constant(read_moment(operand.value, start), start, operand.shown)
    if isinstance(operand, (Call, Shifted)) or operand.kind != Kind.TIME:
        raise Fault(start, f"An interval moves a time, and {operand.shown} is {operand.kind}.")
    interval = _interval(tokens)
    return Shifted(operand, sign, interval, start, tokens.shown(start))


def _single(tokens: Cursor) -> Operand:
    start, kind, typed = tokens.position(), tokens.type(), tokens.peek()
    if kind == "STRING":
        return Constant(tokens.take().text, start, typed)
    if kind in {"NUMBER", "DASH", "PLUS"} or (kind == "DOT" and tokens.type(1) == "NUMBER"):
        return _number(tokens)
    if kind in {"TRUE", "FALSE"}:
        tokens.take()
        return Constant(kind == "TRUE", start, typed)
    if kind == "NULL":
        raise Fault(start, "Nothing equals NULL; write IS NULL or IS NOT NULL.")
    if kind == "INTERVAL":
        raise Fault(start, "An interval stands behind a time: now() - INTERVAL '7 days'.")
    if tokens.word() and tokens.type(1) == "L_PAREN":
        return _call(tokens)
    if kind == "IDENTIFIER" or (tokens.word() and (kind == "VAR" or tokens.word() in {*ATTRIBUTES, *TABLES})):
        return read_reference(tokens)
    raise Fault(start, f"{ascii(typed)[1:-1]} is not part of the filter language." if kind else "A value is missing.")


def _number(tokens: Cursor) -> Constant:
    start, sign = tokens.position(), 1
    if tokens.type() in {"DASH", "PLUS"}:
        sign = -1 if tokens.take().text == "-" else 1
    at = tokens.position()
    if tokens.type() == "DOT":
        tokens.take()
    if tokens.type() != "NUMBER":
        raise Fault(start, "A sign stands before a number only.")
    tokens.take()
    typed = tokens.text[at : tokens.tokens[tokens.at - 1].end + 1]
    try:
        return Constant(sign * float(typed), start, tokens.shown(start))
    except ValueError:
        raise Fault(at, f"{typed!a} is not a number.") from None


@dataclass(frozen=True, slots=True)
class _Part:
    """One name of a dotted reference."""

    text: str
    position: int
    quoted: bool


def read_reference(tokens: Cursor) -> Reference:
    """Read a metric, param, tag or attribute; raise Fault at the part that names nothing."""
    start = tokens.position()
    parts = [_part(tokens)]
    while tokens.type() == "DOT":
        tokens.take()
        parts.append(_part(tokens))
    shown, table = tokens.shown(start), parts[0].text.lower()
    if parts[0].quoted or table not in TABLES:
        if len(parts) > 1:
            raise Fault(start, _no_table(parts[0].text))
        return _attribute(parts[0], shown)
    if len(parts) == 1:
        raise Fault(start, f"Say which of the {table} is meant: {table}.NAME.")
    if table in {"attributes", "runs"}:
        if parts[2:]:
            raise Fault(parts[2].position, f"{parts[1].text} is an attribute and has no parts.")
        return _attribute(parts[1], shown)
    names, summary, whole = [part.text for part in parts[1:]], "last", ""
    if table == "metrics" and names[1:] and not parts[-1].quoted and names[-1].lower() in SUMMARIES:
        whole = "" if any(part.quoted for part in parts) else ".".join(names)
        summary = names.pop().lower()
    return Reference(table, ".".join(names), start, shown, summary, whole)


def _part(tokens: Cursor) -> _Part:
    start, quoted = tokens.position(), tokens.type() == "IDENTIFIER"
    if not quoted and not tokens.word():
        raise Fault(start, f"A name is missing. {_QUOTE_IT}")
    text = tokens.take().text
    if not text:
        raise Fault(start, "This name is empty.")
    return _Part(text, start, quoted)


def _no_table(name: str) -> str:
    if name.lower() in ATTRIBUTES:
        return f"{name} is an attribute and has no parts."
    near = get_close_matches(name.lower(), TABLES, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(TABLES)}."
    return f"{name!a} is not known here. {hint}"


def _attribute(part: _Part, shown: str) -> Reference:
    name = part.text.lower()
    if name in ATTRIBUTES:
        return Reference("runs", name, part.position, shown)
    near = get_close_matches(name, [*ATTRIBUTES, *TABLES], n=1)
    hint = f"Did you mean {near[0]}?" if near else "A metric is written metrics.NAME, a param params.NAME."
    if name in NO_FINITE_NUMBERS:
        hint = f"In single quotes it is a number: metrics.loss = '{name}'."
    elif part.quoted and not near:
        hint = "Text stands in single quotes: name = 'first try'."
    raise Fault(part.position, f"A run has no attribute {part.text!a}. {hint}")


def _call(tokens: Cursor) -> Operand:
    start, name, typed = tokens.position(), tokens.word(), tokens.peek()
    if name == "now":
        tokens.at += 2
        _close(tokens, name)
        return Constant(datetime.now(UTC).replace(tzinfo=None), start, "now()")
    if name not in FUNCTIONS:
        raise Fault(start, f"There is no function {typed} here. There are {', '.join(FUNCTIONS)} and now.")
    tokens.at += 2
    inside = tokens.position()
    if not (tokens.type() == "IDENTIFIER" or tokens.word()) or tokens.type(1) == "L_PAREN":
        raise Fault(inside, f"{name} takes a metric, param, tag or attribute.")
    argument = read_reference(tokens)
    takes = FUNCTIONS[name][0]
    if argument.kind not in {takes, Kind.PARAM} and (takes, argument.kind) != (Kind.TEXT, Kind.RUN_ID):
        raise Fault(inside, f"{name} takes {takes}, and {argument.shown} is {argument.kind}.")
    decimals = _decimals(tokens) if name == "round" and tokens.type() == "COMMA" else 0
    _close(tokens, name)
    return Call(name, argument, start, tokens.shown(start), decimals)


def _decimals(tokens: Cursor) -> int:
    tokens.take()
    typed = tokens.peek()
    if not re.fullmatch("[0-9]{1,2}", typed) or int(typed) > _MOST_DECIMALS:
        raise Fault(tokens.position(), f"round takes 0 to {_MOST_DECIMALS} decimals.")
    tokens.take()
    return int(typed)


def _close(tokens: Cursor, function: str) -> None:
    if tokens.type() != "R_PAREN":
        raise Fault(tokens.position(), f"The closing ) of {function} belongs here.")
    tokens.take()


def _interval(tokens: Cursor) -> str:
    tokens.take()
    start, kind = tokens.position(), tokens.type()
    text = tokens.take().text if kind in {"STRING", "NUMBER"} else ""
    if kind == "NUMBER" and tokens.word():
        text = f"{text} {tokens.take().text}"
    match = _INTERVAL.fullmatch(text)
    unit = match[2].lower() if match else ""
    if not match or unit not in _SECONDS:
        raise Fault(start, "An interval is a number and a unit: INTERVAL '7 days'.")
    if int(match[1]) * _SECONDS[unit] > _LONGEST_INTERVAL:
        raise Fault(start, "An interval is a thousand years at most.")
    return f"{int(match[1])} {unit}"
