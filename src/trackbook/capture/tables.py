"""Frames of polars and pyarrow as the fingerprint reads them."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from trackbook.capture.arrays import object_column
from trackbook.capture.fingerprint import NS_PER_BYTE, Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackbook.capture.encoding import Bytes, Encoder

_SHOWN_COLUMNS = 1000
_NS_PER_VALUE = 8 * NS_PER_BYTE + 4


def short_schema(names: Iterable[object], types: Iterable[object], width: int) -> tuple[tuple[str, str], ...]:
    """Pair names and dtypes for the record; of very wide tables the first thousand and a count of the rest."""
    pairs = tuple(zip(map(_shown, names), map(str, types), strict=False))
    if width <= _SHOWN_COLUMNS:
        return pairs
    return (*pairs[:_SHOWN_COLUMNS], ("…", f"{width - _SHOWN_COLUMNS:,} more columns"))


def _shown(name: object) -> str:
    return name if type(name) is str else str(name)


def _table_of(
    kind: tuple[str, str], names: list[str], types: list[str], extent: tuple[int, int], column: Callable[[int], Column]
) -> Table:
    """Put together a table without row labels; `extent` is (rows, bytes)."""
    rows, size = extent
    return Table(
        kind=kind[0],
        rows=rows,
        width=len(names),
        column=cache(column),
        names=tuple(names),
        types=(kind[1], *types),
        shown_rows=rows,
        shown_columns=len(names),
        schema=short_schema(names, types, len(names)),
        size=size,
    )


def polars_table(value: Any, polars: Any) -> Table:  # noqa: ANN401 - polars may not be imported here
    """See a polars DataFrame or Series."""
    series = isinstance(value, polars.Series)
    frame = value.to_frame() if series else value
    types = [str(dtype) for dtype in frame.dtypes]

    def column(position: int) -> Column:
        return _polars_column(frame.to_series(position), polars)

    kind = ("polars", "Series" if series else "DataFrame")
    return _table_of(kind, frame.columns, types, (frame.height, frame.estimated_size()), column)


def _polars_column(series: Any, polars: Any) -> Column:  # noqa: ANN401
    dtype = series.dtype
    fixed = dtype.is_numeric() and not dtype.is_decimal()
    if not (fixed or dtype.is_temporal() or dtype == polars.Boolean):
        return object_column(lambda start, stop: _polars_cells(series, start, stop, polars), len(series))

    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        piece = series.slice(start, stop - start).to_physical()
        yield from encoder.array(piece.is_null().to_numpy())
        yield from encoder.array(piece.fill_null(value=False if dtype == polars.Boolean else 0).to_numpy())

    return Column(read, _NS_PER_VALUE)


def _polars_cells(series: Any, start: int, stop: int, polars: Any) -> list[object]:  # noqa: ANN401
    piece = series.slice(start, stop - start)
    if isinstance(piece.dtype, (polars.Categorical, polars.Enum)):
        piece = piece.cast(polars.String)  # the codes depend on what the process saw before
    return list(piece.to_list())


def arrow_table(value: Any) -> Table:  # noqa: ANN401 - pyarrow may not be imported here
    """See a pyarrow Table or RecordBatch; how it is chunked does not count."""
    types = [str(field.type) for field in value.schema]

    def column(position: int) -> Column:
        return arrow_column(value.column(position))

    return _table_of(("arrow", "Table"), value.schema.names, types, (value.num_rows, value.nbytes), column)


def arrow_column(values: Any) -> Column:  # noqa: ANN401
    """Read a pyarrow array or chunked array, in pieces, its nulls apart from its values."""
    arrow = sys.modules["pyarrow"]
    integers = _integers_behind(values.type, arrow)
    if integers is None:
        return object_column(lambda start, stop: list(values.slice(start, stop - start).to_pylist()), len(values))

    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        piece = values.slice(start, stop - start)
        piece = piece if piece.type == integers else piece.cast(integers)
        yield from encoder.array(piece.is_null().to_numpy(zero_copy_only=False))
        filled = piece.fill_null(False if arrow.types.is_boolean(integers) else 0)
        yield from encoder.array(filled.to_numpy(zero_copy_only=False))

    return Column(read, _NS_PER_VALUE)


def _integers_behind(kind: Any, arrow: Any) -> Any:  # noqa: ANN401
    """Return the numeric type whose numbers a column is read as; None when it has to be read as objects."""
    types = arrow.types
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind):
        return kind
    if types.is_date32(kind) or types.is_time32(kind):
        return arrow.int32()
    if types.is_date64(kind) or types.is_time64(kind) or types.is_timestamp(kind) or types.is_duration(kind):
        return arrow.int64()
    return None
