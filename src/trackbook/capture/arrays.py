"""Arrays as the fingerprint reads them: numpy, torch and scipy's compressed sparse matrices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from trackbook.capture.encoding import cost_of
from trackbook.capture.fingerprint import NS_PER_BYTE, Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from trackbook.capture.encoding import Bytes, Encoder

_WIDEST_ROW = 1_000_000
_TASTED_CELLS = 16


def numpy_table(array: np.ndarray[Any, Any]) -> Table:
    """See a numpy array, memory map, matrix or masked array as its elements in C order."""
    masked = isinstance(array, np.ma.MaskedArray)
    kind = "numpy" if not masked else "numpy masked"
    plain = np.asarray(array) if not masked else array
    columns = [numpy_column(plain)] if not masked else [_filled_column(array), _mask_column(array)]
    return _array_table("numpy", (kind, dtype_text(array.dtype)), array.shape, columns, array.nbytes)


def _array_table(kind: str, types: tuple[str, ...], shape: tuple[int, ...], columns: list[Column], size: int) -> Table:
    return Table(
        kind=kind,
        rows=math.prod(shape),
        width=len(columns),
        column=columns.__getitem__,
        types=(*types, str(shape)),
        shown_rows=shape[0] if shape else None,
        shown_columns=shape[1] if len(shape) == 2 else None,  # noqa: PLR2004 - a matrix
        schema=(("values", f"{types[-1]} {shape}"),),
        size=size,
    )


def dtype_text(dtype: np.dtype[Any]) -> str:
    """Name a dtype with everything that is content: fields and units, but neither byte order nor padding."""
    if dtype.names:
        return "{" + ", ".join(f"{name}: {dtype_text(dtype[name])}" for name in dtype.names) + "}"
    if dtype.subdtype:
        return f"{dtype_text(dtype.subdtype[0])}{dtype.subdtype[1]}"
    return dtype.name if dtype.kind != "U" else f"U{dtype.itemsize // 4}"


def numpy_column(array: np.ndarray[Any, Any]) -> Column:
    """Read an array of any shape and layout as one column of elements, in C order."""
    if array.dtype.kind in "OT":
        return object_column(lambda start, stop: flat_piece(array, start, stop).tolist(), array.size)

    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        return encoder.array(flat_piece(array, start, stop))

    return Column(read, max(1, array.dtype.itemsize) * NS_PER_BYTE)


def object_column(cells: Callable[[int, int], Sequence[object]], rows: int) -> Column:
    """Read a column as Python objects; tastes a few of them, since they may be words or books."""
    last = max(0, rows - 1)
    places = sorted({last * place // (_TASTED_CELLS - 1) for place in range(_TASTED_CELLS)}) if rows else []
    tasted = [cells(place, place + 1)[0] for place in places]

    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        return encoder.objects(cells(start, stop))

    return Column(read, cost_of(tasted))


def flat_piece(array: np.ndarray[Any, Any], start: int, stop: int) -> np.ndarray[Any, Any]:
    """Return elements start to stop in C order, copying no more than these and their rows."""
    if array.flags.c_contiguous:
        return array.reshape(-1)[start:stop]
    width = math.prod(array.shape[1:])
    if width > _WIDEST_ROW:
        return array.flat[start:stop]  # 10 ns an element, but the row is not copied
    first, last = start // width, -(-stop // width)
    return array[first:last].reshape(-1)[start - first * width : stop - first * width]


def _filled_column(array: Any) -> Column:  # noqa: ANN401 - a MaskedArray
    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        piece = array.flat[start:stop]
        return encoder.array(np.where(np.ma.getmaskarray(piece), np.zeros(1, array.dtype), piece.data))

    return Column(read, array.dtype.itemsize * NS_PER_BYTE + 10)


def _mask_column(array: Any) -> Column:  # noqa: ANN401 - a MaskedArray
    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        return encoder.array(np.ma.getmaskarray(array.flat[start:stop]))

    return Column(read, 10)


def torch_table(tensor: Any, torch: Any) -> Table | None:  # noqa: ANN401 - torch may not be imported here
    """See a dense tensor as its elements; None for sparse, quantised and meta tensors.

    Tensors on a device are fetched piece by piece, which waits for that device's queue;
    those that are not contiguous there are None, since fetching would copy the whole on the device.
    """
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
        return None
    plain = tensor.detach()
    if plain.is_conj() or plain.is_neg() or (plain.device.type != "cpu" and not plain.is_contiguous()):
        return None
    types = ("tensor", str(tensor.dtype))
    size = tensor.numel() * tensor.element_size()
    column = numpy_column(_as_numpy(plain, torch)) if plain.device.type == "cpu" else _device_column(plain, torch)
    return _array_table("torch", types, tuple(tensor.shape), [column], size)


def _as_numpy(tensor: Any, torch: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401
    try:
        return np.asarray(tensor.numpy())
    except TypeError:  # bfloat16 and the float8 types, which numpy does not have
        same_size = {1: torch.uint8, 2: torch.int16}[tensor.element_size()]
        return np.asarray(tensor.view(same_size).numpy())


def _device_column(tensor: Any, torch: Any) -> Column:  # noqa: ANN401
    flat = tensor.view(-1)

    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        return encoder.array(_as_numpy(flat[start:stop].cpu(), torch))

    return Column(read, 2 * tensor.element_size() * NS_PER_BYTE)


def scipy_table(matrix: Any) -> Table | None:  # noqa: ANN401 - scipy may not be imported here
    """See a CSR or CSC matrix as its entries, in order and without stored zeros; None for other formats."""
    if matrix.format not in {"csr", "csc"} or matrix.ndim != 2:  # noqa: PLR2004 - a matrix
        return None
    lines = matrix.shape[0] if matrix.format == "csr" else matrix.shape[1]

    def read(start: int, stop: int, encoder: Encoder) -> Iterable[Bytes]:
        piece = (matrix[start:stop] if matrix.format == "csr" else matrix[:, start:stop]).copy()
        piece.sum_duplicates()
        piece.eliminate_zeros()
        for part in (piece.indptr.astype(np.int64), piece.indices.astype(np.int64), piece.data):
            yield from encoder.array(part)

    entry = matrix.data.itemsize + 8
    cost = 20 + 4 * entry * NS_PER_BYTE * matrix.nnz / max(1, lines)
    types = (f"{matrix.format} {dtype_text(matrix.dtype)}", str(matrix.shape))
    size = matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes
    schema = (("values", f"{types[0]} {matrix.shape}, {matrix.nnz} stored"),)
    rows, columns = matrix.shape
    return Table("scipy", lines, 1, lambda _: Column(read, cost), (), types, rows, columns, schema, size)
