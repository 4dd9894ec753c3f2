"""Turn values into bytes for a hash: equal values give equal bytes, in whatever memory they lie.

NaN is one value here, whatever its payload, and byte order is memory layout;
0.0 and -0.0 stay two values, and so do None, NaN and pandas' NA in object columns.
"""

from __future__ import annotations

import enum
import math
import struct
import time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Bytes = bytes | memoryview
_NS_PER_OBJECT, _NS_PER_TEXT, _NS_PER_BYTE = 300.0, 100.0, 1.0
_SIGNIFICAND_ENDS = 53
_DEEPEST = 20
_LOOK_AT_CLOCK_EVERY = 512
# Their repr is exact, short and the same in every process.
_TOLD_BY_REPR = {
    *(f"datetime.{name}" for name in ("date", "datetime", "time", "timedelta", "timezone")),
    *("decimal.Decimal", "fractions.Fraction", "uuid.UUID", "builtins.range", "builtins.slice"),
    *("pathlib.PosixPath", "pathlib.WindowsPath", "zoneinfo.ZoneInfo"),
    *(f"pandas.{name}" for name in ("Timestamp", "Timedelta", "Period", "Interval", "NAType", "NaTType")),
}


class OutOfTimeError(Exception):
    """The deadline passed while something was read; caught by whoever set the deadline."""


class Encoder:
    """Encodes one data set; knows its deadline and whether it met something it could not look into."""

    def __init__(self, deadline: float | None = None, longest: int | None = None) -> None:
        self.deadline = deadline
        """On time.perf_counter's clock; None is no deadline."""

        self.longest = longest
        """Items taken from a container in a cell, and 64 times as many characters of a text; None is all."""

        self.opaque = False
        """True once a cell held an object of a class that only its author could compare."""

        self._seen = 0

    def look_at_clock(self) -> None:
        """Raise OutOfTimeError when the deadline has passed."""
        if self.deadline is not None and time.perf_counter() > self.deadline:
            raise OutOfTimeError

    def array(self, values: np.ndarray[Any, Any]) -> Iterator[Bytes]:
        """Encode a numpy array of any dtype in C order; copies only what is not contiguous or has NaN."""
        kind = values.dtype.kind
        if kind in "OT":
            yield from self.objects(values.ravel().tolist())
        elif values.dtype.names:
            for name in values.dtype.names:  # padding between fields holds anything
                yield from self.array(values[name])
        elif values.size and values.dtype.itemsize:
            for part in _float_parts(values) if kind in "fc" else (values,):
                little = part.astype(part.dtype.newbyteorder("<"), order="C", copy=False)
                yield np.ascontiguousarray(little).reshape(-1).view(np.uint8).data

    def objects(self, cells: Sequence[object]) -> Iterator[Bytes]:
        """Encode Python objects, texts fast; whatever they are, no code of theirs is called."""
        if set(map(type, cells)) == {str}:
            texts: list[Any] = list(cells)
            lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        else:
            texts = [cell for cell in cells if isinstance(cell, str)]
            sizes = (str.__len__(cell) if isinstance(cell, str) else -1 for cell in cells)
            lengths = np.fromiter(sizes, np.int64, len(cells))
        yield lengths.tobytes()
        yield "".join(self._shortened(texts)).encode("utf-8", "surrogatepass")
        if len(texts) < len(cells):
            for other in cells:
                if not isinstance(other, str):
                    yield self.cell(other)

    def _shortened(self, texts: Iterable[Any]) -> Iterable[str]:
        if self.longest is None:
            return texts
        end = self.longest * 32
        return (text if len(text) <= 2 * end else text[:end] + text[-end:] for text in texts)

    def cell(self, value: object, depth: int = 0) -> bytes:
        """Encode one object, with a tag for its type and its length ahead, so that no two read alike."""
        self._seen += 1
        if self._seen % _LOOK_AT_CLOCK_EVERY == 0:
            self.look_at_clock()
        tag, payload = self._tagged(value, depth)
        return b"%s%d:%s" % (tag, len(payload), payload)

    def _tagged(self, value: Any, depth: int) -> tuple[bytes, bytes]:  # noqa: ANN401 - one line a type
        if value is None:
            return b"N", b""
        if isinstance(value, enum.Enum):
            return b"E", f"{type(value).__qualname__}.{value.name}".encode()
        if isinstance(value, np.generic):
            return b"g", str(value.dtype).encode() + b"".join(self.array(np.asarray(value).reshape(1)))
        if isinstance(value, int):
            return b"B" if isinstance(value, bool) else b"I", b"%x" % value
        if isinstance(value, float):
            return b"F", struct.pack("<d", math.nan if math.isnan(value) else value)
        if isinstance(value, (str, bytes, bytearray)):
            raw = (
                "".join(self._shortened([value])).encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            )
            return b"s" if isinstance(value, str) else b"y", b"%d:%s" % (len(value), bytes(raw))
        if isinstance(value, np.ndarray):
            return b"a", f"{value.dtype}{value.shape}".encode() + b"".join(self.array(value.flat[: self.longest]))
        if depth < _DEEPEST and type(value) in {list, tuple, dict, set, frozenset}:
            return type(value).__name__.encode(), self._container(value, depth)
        return self._stranger(value)

    def _container(self, value: Any, depth: int) -> bytes:  # noqa: ANN401 - one of the five built-in containers
        if isinstance(value, (list, tuple)):
            parts = [self.cell(item, depth + 1) for item in value[: self.longest]]
        elif self.longest is not None and len(value) > self.longest:
            parts = []  # without an order there is no beginning to take
        elif isinstance(value, dict):
            # Equal dicts may differ in order.
            parts = sorted(self.cell(key, depth + 1) + self.cell(item, depth + 1) for key, item in value.items())
        else:
            parts = sorted(self.cell(item, depth + 1) for item in value)
        return b"%d:%s" % (len(value), b"".join(parts))

    def _stranger(self, value: object) -> tuple[bytes, bytes]:
        kind = type(value)
        name = f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"
        if name in _TOLD_BY_REPR:
            return b"r", f"{name} {value!r}".encode("utf-8", "surrogatepass")
        # A repr of a stranger may hold an address, take a minute or raise.
        self.opaque = True
        return b"?", name.encode("utf-8", "surrogatepass")


def cost_of(cells: Sequence[object]) -> float:
    """Estimate from a few cells what one costs to encode, nanoseconds; the same cells cost the same everywhere."""
    return sum(map(_cell_cost, cells)) / max(1, len(cells)) if cells else _NS_PER_OBJECT


def _cell_cost(cell: object) -> float:
    if isinstance(cell, (str, bytes, bytearray)):
        return _NS_PER_TEXT + 2 * _NS_PER_BYTE * len(cell)
    if isinstance(cell, np.ndarray):
        return 10 * _NS_PER_OBJECT + _NS_PER_BYTE * cell.nbytes
    inside = len(cell) if isinstance(cell, (list, tuple, dict, set, frozenset)) else 0
    return _NS_PER_OBJECT * (1 + 2 * inside)


def _float_parts(values: np.ndarray[Any, Any]) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the same numbers with one kind of NaN and no undefined bytes.

    A long double has padding that holds anything, so it goes as its nearest double and the rest.
    """
    if values.dtype.kind == "c":
        yield from _float_parts(values.real)
        yield from _float_parts(values.imag)
    elif np.finfo(values.dtype).nmant >= _SIGNIFICAND_ENDS:
        with np.errstate(all="ignore"):
            near = values.astype(np.float64)
            rest = np.where(np.isfinite(near), values - near, 0).astype(np.float64)
        yield from _float_parts(near)
        yield from _float_parts(rest)
    elif np.isnan(values).any():
        yield np.where(np.isnan(values), values.dtype.type("nan"), values)
    else:
        yield values
