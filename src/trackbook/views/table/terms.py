"""What is typed above a column, as a term of the filter language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.views.table.columns import reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.views.table.columns import Column

_SIGN = re.compile(r"(<=|>=|<>|!=|==|=|<|>)\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:[eE][+-]?\d+)?")
_RANGE = re.compile(r"(\S+)\s*(?:\.\.|…|–)\s*(\S+)")
_SPAN = re.compile(r"(\d{1,6})\s*(s|sec|second|min|minute|h|hour|d|day|w|week|month|year)s?", re.IGNORECASE)
_UNITS = {"s": "second", "sec": "second", "min": "minute", "h": "hour", "d": "day", "w": "week"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def typed_term(column: Column, typed: str) -> str:
    """Make a term of what was typed in a column's box; empty for an empty box.

    Numbers: `> 0.9`, `0.8..0.9`, `0.91` (what rounds to it). Text: found anywhere, in any case; `= adam`
    exactly. Times: `2 h` (the last two hours), `2026-11-23`, `> 2026-11-01`. What cannot be meant is written
    as it stands, so that the filter language says what is wrong with it.
    """
    typed = typed.strip()
    if not typed:
        return ""
    name = reference(column.key)
    if column.kind == "when":
        return _time(name, typed)
    sign = _SIGN.fullmatch(typed)
    operator, value = (sign[1].replace("==", "=").replace("<>", "!="), sign[2]) if sign else ("", typed)
    if column.is_number or (column.kind == "param" and _numeric(value)):
        return _number(name, operator, value, rounded=column.kind in {"metric", "took"})
    if operator:
        return f"{name} {operator} {quoted(value)}"
    return f"{name} ILIKE {quoted(f'%{value}%')}"


def _number(name: str, operator: str, value: str, *, rounded: bool) -> str:
    if operator:
        return f"{name} {operator} {value}"
    if (span := _RANGE.fullmatch(value)) and not _NUMBER.fullmatch(value):
        return f"{name} BETWEEN {span[1]} AND {span[2]}"
    number = _NUMBER.fullmatch(value)
    decimals = (number[1] or number[2] or "") if number else ""
    if not rounded or number is None or "e" in value.lower():
        return f"{name} = {value}"
    half = 0.5 * 10.0 ** -len(decimals)
    middle, places = float(value), len(decimals) + 1
    return f"{name} BETWEEN {middle - half:.{places}f} AND {middle + half:.{places}f}"


def _numeric(value: str) -> bool:
    span = _RANGE.fullmatch(value)
    return all(_NUMBER.fullmatch(part) for part in (span.groups() if span else (value,)))


def _time(name: str, typed: str) -> str:
    if span := _SPAN.fullmatch(typed):
        unit = span[2].lower()
        return f"{name} > now() - INTERVAL '{span[1]} {_UNITS.get(unit, unit)}'"
    if sign := _SIGN.fullmatch(typed):
        return f"{name} {sign[1]} {quoted(sign[2].strip())}"
    if _DAY.fullmatch(typed):
        return f"{name} >= {quoted(typed)} AND {name} < {quoted(typed)} + INTERVAL '1 day'"
    return f"{name} >= {quoted(typed)}"


def quoted(text: str) -> str:
    """Write a text as a literal of the filter language."""
    return "'" + text.replace("'", "''") + "'"


def joined(text: str, terms: Mapping[str, str]) -> str:
    """Join a filter and the terms of columns by AND."""
    parts = [text.strip(), *(term for term in terms.values() if term)]
    filled = [part for part in parts if part]
    if len(filled) == 1:
        return filled[0]
    return " AND ".join(f"({part})" if _binds_loosely(part) else part for part in filled)


def _binds_loosely(part: str) -> bool:
    return bool(re.search(r"\bor\b", part, re.IGNORECASE))
