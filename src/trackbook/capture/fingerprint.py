"""Hash tabular data block by block within a time budget, without copying it.

Whether all is hashed or a sample follows from the data's shape and types and a fixed
estimate of the work, not from a stopwatch, so that the same data in the same place is
judged alike again; a stopwatch only ends what takes more than twice the budget.
A sample does not depend on the budget: two sampled digests of equal data are equal.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.capture.encoding import Encoder, OutOfTimeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackbook.capture.encoding import Bytes

NS_PER_BYTE = 1.0
"""Assumed cost of reading and hashing; a processor with SHA instructions needs about 0.65."""

_BLOCK_NS = 1_000_000
_NS_PER_COLUMN = 25_000
_SAMPLED_COLUMNS = 128
_SAMPLED_READS = 512
_SAMPLED_NS = 1_000_000
_MOST_SPOTS, _FEWEST_SPOTS = 32, 4
_LONGEST_SPOT = 16_384
_LONGEST_CELL = 64
_NAMED_COLUMNS = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of any library, read in pieces."""

    read: Callable[[int, int, Encoder], Iterable[Bytes]]
    """Bytes of rows start to stop."""

    ns_per_row: float
    """Assumed cost of reading and hashing one row, nanoseconds; a function of the dtype only."""

    lead: Callable[[Encoder], Iterable[Bytes]] | None = None
    """What counts beside the rows, such as a categorical's categories."""


@dataclass(frozen=True, slots=True)
class Table:
    """Data of any library as the fingerprint sees it: columns that are made when they are asked for."""

    kind: str
    """pandas, polars, numpy, torch, arrow or scipy."""

    rows: int
    """Rows as the columns count them; for arrays the number of elements."""

    width: int
    """Number of columns, index levels included; 1 for arrays."""

    column: Callable[[int], Column]
    names: tuple[object, ...] = ()
    """Names that are part of the content, in order."""

    types: tuple[str, ...] = ()
    """Dtypes and shapes that are part of the content, in order."""

    shown_rows: int | None = None
    shown_columns: int | None = None
    schema: tuple[tuple[str, str], ...] = field(default=())
    size: int | None = None


def estimated_seconds(table: Table, enough: float) -> float:
    """Tell what hashing all of a table should take; stops counting beyond `enough` seconds."""
    total = table.width * _NS_PER_COLUMN / 1e9
    position = 0
    while total <= enough and position < table.width:
        total += table.rows * table.column(position).ns_per_row / 1e9
        position += 1
    return total


def fingerprint(table: Table, budget_seconds: float) -> tuple[str, bool]:
    """Return the hex SHA-256 of a table and whether it covers a sample only."""
    started = time.perf_counter()
    if estimated_seconds(table, budget_seconds) <= budget_seconds:
        encoder = Encoder(deadline=started + 2 * budget_seconds)
        try:
            return _hash_all(table, encoder), encoder.opaque
        except OutOfTimeError:
            pass  # long texts and deep cells cost more than their type tells
    return _hash_sample(table), True


def _hash_all(table: Table, encoder: Encoder) -> str:
    digest = _begin(table, encoder, "all")
    columns = [table.column(position) for position in range(table.width)]
    for column in columns:
        for part in column.lead(encoder) if column.lead else ():
            digest.update(part)
    step = _rows_per_block([column.ns_per_row for column in columns])
    for start in range(0, table.rows, step):
        for column in columns:
            for part in column.read(start, min(start + step, table.rows), encoder):
                digest.update(part)
            encoder.look_at_clock()
    return digest.hexdigest()


def _rows_per_block(costs: list[float]) -> int:
    """Return how many rows go together: few enough for the processor's cache and to see the deadline in time.

    Wide tables take at least 512 rows together, since each read of a column has a price of its own.
    """
    if not costs:
        return 1
    return max(1, int(_BLOCK_NS / sum(costs)), min(512, int(_BLOCK_NS / max(costs))))


def _hash_sample(table: Table) -> str:
    encoder = Encoder(longest=_LONGEST_CELL)
    digest = _begin(table, encoder, "sample")
    positions = _spread(table.width, 1, min(table.width, _SAMPLED_COLUMNS))
    spots = min(_MOST_SPOTS, max(_FEWEST_SPOTS, _SAMPLED_READS // max(1, len(positions))))
    for position in positions:
        column = table.column(position)
        for part in column.lead(encoder) if column.lead else ():
            digest.update(part)
        affordable = _SAMPLED_NS / (len(positions) * spots * column.ns_per_row)
        length = min(table.rows, _LONGEST_SPOT, max(1, int(affordable)))
        for start in _spread(table.rows, length, spots):
            for part in column.read(start, start + length, encoder):
                digest.update(part)
    return digest.hexdigest()


def _begin(table: Table, encoder: Encoder, scope: str) -> hashlib._Hash:
    digest = hashlib.sha256()
    digest.update(encoder.cell((scope, table.kind, table.rows, table.width, len(table.names), len(table.types))))
    limit = None if scope == "all" else _NAMED_COLUMNS
    for facts in (table.names[:limit], table.types[:limit]):
        for part in encoder.objects(facts):
            digest.update(part)
    return digest


def _spread(total: int, length: int, spots: int) -> list[int]:
    """Return where `spots` pieces of `length` begin so that head and tail are in and the rest lies evenly."""
    last = total - length
    if last < 0 or spots <= 0 or not total:
        return []
    if spots == 1:
        return [0]
    return sorted({last * spot // (spots - 1) for spot in range(spots)})
