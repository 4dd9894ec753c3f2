"""How a name, a message or a param's value is written on one line."""

from __future__ import annotations

import math
import re
import reprlib

from trackbook.values import plain, to_json

LONGEST = 40
"""Characters of a value or a name on a card; the rest is in the hover."""

LONGEST_HOVER = 500
_SHORT_FLOAT = 10
_BITS_OF_A_LONG_INT = 200
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_BREAKS = re.compile(r"[\s\u2028\u2029\x1c-\x1f\x85]+")
# Control characters, lone surrogates, and the marks that turn the reading direction of what follows.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


class _Repr(reprlib.Repr):
    """A repr whose cost does not grow with the value, and which leaves short strings as they are."""

    def repr_str(self, x: str, level: int) -> str:
        return repr(x) if level < self.maxlevel else super().repr_str(x, level)

    def repr_float(self, x: float, level: int) -> str:  # noqa: ARG002 - reprlib calls repr_<type> with both
        return _float(x)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 - as above
        return _int(x)


_REPR = _Repr()
_REPR.maxlevel, _REPR.maxlist, _REPR.maxtuple, _REPR.maxdict = 3, 8, 8, 8


def one_line(text: str) -> str:
    """Make one printable line of any text: no line breaks, no colours, no control characters."""
    return _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", _ANSI.sub("", text))).strip()


def cut(text: str, most: int = LONGEST) -> str:
    """Shorten a line to `most` characters, the last of them `…`."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def literal(value: object, most: int = LONGEST) -> str:
    """Write a param's value as its user would: numbers as typed, strings without quotes, cut to `most`.

    Floats that come from arithmetic (0.30000000000000004) are shortened to six digits.
    """
    if isinstance(value, str):
        text = one_line(value[: 20 * most])
        return cut(text, most) if text else repr(cut(value, most))
    if isinstance(value, float):
        text = _float(value)
        return text if len(text) <= _SHORT_FLOAT else _exponent(f"{value:.6g}")
    known = plain(value)
    text = known if isinstance(known, str) else _REPR.repr(known)  # of a stranger, plain gives the repr
    return cut(one_line(text), most)


def full_literal(value: object) -> str:
    """Write a param's value with its quotes and all its digits, for the hover and to tell look-alikes apart."""
    if isinstance(value, str):
        return cut(one_line(repr(value[:LONGEST_HOVER])), LONGEST_HOVER)
    if isinstance(value, float):
        return _float(value)
    return literal(value, LONGEST_HOVER)


def same_value(one: object, other: object) -> bool:
    """Tell whether two params are equal: NaN equals NaN, 1 equals 1.0, but True is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    try:
        return bool(one == other) or to_json(one) == to_json(other)
    except Exception:  # noqa: BLE001 - a stranger's == may raise anything
        return False


def _float(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
    return _exponent(repr(value))


def _exponent(text: str) -> str:
    """1e-05 is typed 1e-5."""
    mantissa, e, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if e else text


def _int(value: int) -> str:
    # Python refuses to write an int of more than 4300 digits.
    bits = value.bit_length()
    return str(value) if bits <= _BITS_OF_A_LONG_INT else f"integer of {bits} bits"
