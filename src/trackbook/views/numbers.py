"""How numbers, changes, durations, times and sizes are set in type.

Spaces inside a number and between a number and its unit do not break a line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

THIN = "\u202f"
"""Narrow no-break space: groups thousands, joins a number and its unit."""

MINUS = "\u2212"
UNCHANGED = "="
TIMES = "\u00d7"

_GROUPED_FROM = 10_000  # 2048 and 1997 read better in one piece
_PLAIN_BELOW = 1e15
_PLAIN_FROM = 1e-4
_MOST_EXTRA_DECIMALS = 4  # a smaller change is set in scientific form instead
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_A_MONTH_OF_DAYS = 30
_KILO = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """A value beside what it was before, with just enough digits to tell them apart."""

    value: str
    delta: str
    """Signed; empty when nothing changed or either side is not finite."""

    direction: int
    """1 up, -1 down, 0 unchanged or not comparable."""


def number(value: float, digits: int = 3) -> str:
    """Set a number with `digits` significant digits; whole numbers whole, extremes in scientific form."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else _signed(value, "infinity")
    size = abs(value)
    if size >= _PLAIN_BELOW or 0 < size < _PLAIN_FROM:
        return _signed(value, _scientific(size, digits))
    if size == int(size):
        return _signed(value, _grouped(f"{int(size)}"))
    return _signed(value, _grouped(_trimmed(f"{size:.{_decimals(size, digits)}f}")))


def change(now: float, before: float) -> Change:
    """Set a value and how far it is from what it was before, in digits that suit each other."""
    delta = now - before
    if not math.isfinite(delta) or delta == 0:
        return Change(number(now), "", 0)
    direction = 1 if delta > 0 else -1
    first = _decimals(abs(delta), 1)
    decimals = max(_decimals(abs(now), 3), first) if now else 0
    extremes = not now or max(abs(now), abs(delta)) >= _PLAIN_BELOW or abs(now) < _PLAIN_FROM
    if extremes or first > _decimals(abs(now), 3) + _MOST_EXTRA_DECIMALS or (_whole(now) and _whole(before)):
        return Change(number(now), _plus(delta) + number(delta), direction)
    few = min(decimals, max(first, _decimals(abs(delta), 3)))
    value, by = fixed(now, decimals), fixed(delta, few)
    while few == decimals > 0 and value.endswith("0") and by.endswith("0"):
        value, by, few, decimals = value[:-1].rstrip("."), by[:-1].rstrip("."), few - 1, decimals - 1
    return Change(value, _plus(delta) + by, direction)


def fixed(value: float, decimals: int) -> str:
    """Set a finite number with this many decimals, for columns and pairs that must line up."""
    return _signed(value, _grouped(f"{abs(value):.{decimals}f}"))


def duration(seconds: float) -> str:
    """Say how long: `850 ms`, `12.4 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`; empty when unknown."""
    if not math.isfinite(seconds) or seconds < 0:
        return ""
    if seconds < 0.9995:  # noqa: PLR2004 - what would round to 1000 ms
        return f"{seconds * 1000:.0f}{THIN}ms" if seconds >= 0.001 else f"<{THIN}1{THIN}ms"  # noqa: PLR2004
    if seconds < 59.95:  # noqa: PLR2004 - what would round to 60.0 s
        return f"{_trimmed(f'{seconds:.1f}')}{THIN}s"
    whole = round(seconds)
    for size, name, smaller, smaller_name in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min")):
        if whole >= size:
            return _two(whole // size, name, whole % size // smaller, smaller_name)
    return _two(whole // _MINUTE, "min", whole % _MINUTE, "s")


def ago(then: float, now: float, zone: tzinfo | None = None) -> str:
    """Say how long ago: `3 min ago`; after a month the date. Both in seconds since the epoch."""
    passed = now - then
    if passed < _MINUTE:
        return "just now"
    if passed >= _A_MONTH_OF_DAYS * _DAY:
        return clock(then, zone)[:10]
    size, name = next((size, name) for size, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")) if passed >= size)
    return f"{int(passed // size)}{THIN}{name} ago"


def clock(then: float, zone: tzinfo | None = None) -> str:
    """Give the time as `2026-11-23 14:02`, which stays true in a saved notebook. No zone is the local one."""
    return _moment(then, zone).strftime("%Y-%m-%d %H:%M")


def exact_time(then: float, zone: tzinfo | None = None) -> str:
    """Give the time to the second and with its zone, for the hover."""
    return _moment(then, zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def byte_size(size: float) -> str:
    """Say how large: `812 B`, `34 kB`, `1.2 MB`; a thousand at a time."""
    amount, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    while amount >= _KILO - 0.5 and len(units) > 1:
        amount, units = amount / _KILO, units[1:]
    short = amount < 9.95 and units[0] != "B"  # noqa: PLR2004 - what would round to 10.0
    return f"{_trimmed(f'{amount:.1f}') if short else _grouped(f'{amount:.0f}')}{THIN}{units[0]}"


def count(amount: int, noun: str) -> str:
    """Count things: `1 figure`, `2 figures`."""
    return f"{number(amount)} {noun}{'' if amount == 1 else 's'}"


def _moment(then: float, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(then, tz=UTC).astimezone(zone)


def _two(large: int, name: str, small: int, smaller: str) -> str:
    rest = f" {small}{THIN}{smaller}" if small else ""
    return f"{large}{THIN}{name}{rest}"


def _decimals(size: float, digits: int) -> int:
    """How many decimals show `digits` significant digits of a positive number; 0 of zero."""
    return max(0, digits - 1 - math.floor(math.log10(size))) if size else 0


def _scientific(size: float, digits: int) -> str:
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    return f"{_trimmed(mantissa)}e{int(exponent)}"


def _grouped(text: str) -> str:
    whole, point, rest = text.partition(".")
    return (f"{int(whole):,}".replace(",", THIN) if int(whole) >= _GROUPED_FROM else whole) + point + rest


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(value: float, text: str) -> str:
    return (MINUS if value < 0 else "") + text


def _plus(value: float) -> str:
    return "+" if value > 0 else ""


def _whole(value: float) -> bool:
    return value == int(value)
