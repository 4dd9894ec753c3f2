"""Frames and series of pandas as the fingerprint reads them: every dtype, and the index counts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.capture.arrays import numpy_column, object_column
from trackbook.capture.fingerprint import NS_PER_BYTE, Column, Table
from trackbook.capture.tables import arrow_column, short_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.capture.encoding import Bytes, Encoder

_WEIGHED_COLUMNS = 2000
_NS_PER_NULLABLE = 20 * NS_PER_BYTE


def pandas_table(value: Any, pandas: Any) -> Table:  # noqa: ANN401 - pandas may not be imported here
    """See a DataFrame or Series as its columns and, after them, the levels of its index."""
    frame = isinstance(value, pandas.DataFrame)
    labels = list(value.columns) if frame else [value.name]
    dtypes = list(value.dtypes) if frame else [value.dtype]
    levels = value.index.nlevels
    level_types = value.index.dtypes if levels > 1 else [value.index.dtype]
    types = _type_names([*dtypes, *level_types])

    def column(position: int) -> Column:
        if position >= len(labels):
            return _index_column(value.index, position - len(labels), pandas)
        return _array_column((value.iloc[:, position] if frame else value).array, pandas)

    return Table(
        kind="pandas",
        rows=len(value),
        width=len(labels) + levels,
        column=cache(column),
        names=(*labels, *value.index.names, *(value.columns.names if frame else ())),
        types=(f"{'DataFrame' if frame else 'Series'}, {levels} levels", *types),
        shown_rows=len(value),
        shown_columns=len(labels) if frame else None,
        schema=short_schema(labels, types, len(labels)),
        size=_size(value, len(labels)),
    )


def _type_names(dtypes: list[Any]) -> list[str]:
    known = {id(dtype): str(dtype) for dtype in {id(dtype): dtype for dtype in dtypes}.values()}
    return [known[id(dtype)] for dtype in dtypes]


def _size(value: Any, width: int) -> int | None:  # noqa: ANN401
    """Weigh the columns and not the index, whose weighing would make a range index write itself out."""
    if width > _WEIGHED_COLUMNS:
        return None
    return int(np.sum(value.memory_usage(index=False)))


def _index_column(index: Any, level: int, pandas: Any) -> Column:  # noqa: ANN401
    if isinstance(index, pandas.RangeIndex):
        # Asking for its values would keep eight bytes a row alive for as long as the index lives.
        return Column(lambda start, stop, encoder: encoder.array(_range_piece(index, start, stop)), 8 * NS_PER_BYTE)
    if isinstance(index, pandas.MultiIndex):
        # Level tables may hold unused values in any order, so pieces are written out.
        def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
            piece = index[start:stop].get_level_values(level).array
            return _array_column(piece, pandas).read(0, len(piece), encoder)

        return Column(read, _array_column(index.levels[level].array, pandas).ns_per_row + 20)
    return _array_column(index.array, pandas)


def _range_piece(index: Any, start: int, stop: int) -> np.ndarray[Any, Any]:  # noqa: ANN401 - a RangeIndex
    first = index.start + start * index.step
    return np.arange(first, first + (stop - start) * index.step, index.step, dtype=np.int64)


def _array_column(array: Any, pandas: Any) -> Column:  # noqa: ANN401 - an ExtensionArray
    dtype = array.dtype
    if isinstance(dtype, np.dtype) or isinstance(array, pandas.arrays.NumpyExtensionArray):
        column = numpy_column(array.to_numpy())
    elif isinstance(dtype, (pandas.DatetimeTZDtype, pandas.PeriodDtype)):
        column = numpy_column(np.asarray(array.view("i8")))
    elif isinstance(dtype, pandas.CategoricalDtype):
        column = _categorical_column(array, pandas)
    elif isinstance(dtype, pandas.ArrowDtype):
        column = arrow_column(array.__arrow_array__())
    elif isinstance(dtype, pandas.SparseDtype):
        column = Column(lambda start, stop, encoder: encoder.array(np.asarray(array[start:stop])), _NS_PER_NULLABLE)
    elif dtype.kind in "iufb":
        column = _nullable_column(array)
    else:
        column = object_column(lambda start, stop: np.asarray(array[start:stop], dtype=object).tolist(), len(array))
    return column


def _categorical_column(array: Any, pandas: Any) -> Column:  # noqa: ANN401
    codes = numpy_column(array.codes)
    categories = array.categories

    def lead(encoder: Encoder) -> Iterable[Bytes]:
        shown = categories[: encoder.longest]
        yield encoder.cell((bool(array.ordered), len(categories), str(categories.dtype)))
        yield from _index_column(shown, 0, pandas).read(0, len(shown), encoder)

    # The width of the codes follows from the number of categories, so it is content.
    return Column(codes.read, codes.ns_per_row + 4, lead)


def _nullable_column(array: Any) -> Column:  # noqa: ANN401 - a masked array of pandas
    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        piece = array[start:stop]
        yield from encoder.array(np.asarray(piece.isna()))
        # What lies under the mask is anything.
        yield from encoder.array(piece.to_numpy(dtype=array.dtype.numpy_dtype, na_value=0))

    return Column(read, _NS_PER_NULLABLE)
