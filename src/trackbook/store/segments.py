"""Metric points on their way to the store: fixed-width records in memory-mapped files.

A record is 32 bytes, little-endian: series key (u32), step (i64), seconds since
the epoch (f64), value (f64), CRC-32 of the 28 bytes before it. What is in the
map survives the death of the process, because the pages belong to the kernel.
The CRC alone says how far a segment is filled: a record half written fails it,
and 28 zero bytes have a CRC that is not zero.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
from functools import cache
from typing import IO, TYPE_CHECKING, Protocol
from zlib import crc32

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

RECORD = 32
SEALED = 28
SEGMENT_RECORDS = 131_072
SEGMENT_BYTES = RECORD * SEGMENT_RECORDS
_PART_BYTES = RECORD * 2048

pack_point = struct.Struct("<Iqdd").pack
unpack_point = struct.Struct("<Iqdd").unpack
seal_point = struct.Struct(f"<{SEALED}sI").pack_into


def segment_path(folder: Path, number: int) -> Path:
    """Name the file of one segment."""
    return folder / f"points-{number:06d}"


def segment_numbers(folder: Path) -> list[int]:
    """List the segments that are there, in order."""
    return sorted(int(name[7:]) for name in os.listdir(folder) if name.startswith("points-") and name[7:].isdigit())


class Segment(Protocol):
    """Where one process puts its records, one after another."""

    def put(self, offset: int, record: bytes) -> None:
        """Write one record and its CRC at a byte of the file."""

    def sync(self) -> None:
        """Bring everything to the disk."""

    def close(self) -> None:
        """Let go of the file."""


class MappedSegment:
    """A segment in shared memory: a write is a copy of 32 bytes."""

    def __init__(self, path: Path) -> None:
        """Allocate and map the file; raises OSError(ENOSPC) when the disk is full.

        Allocation comes before mapping: touching a sparse map on a full disk
        would kill the process with SIGBUS.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o644)
        try:
            _allocate(descriptor, path)
            self.map = mmap.mmap(descriptor, SEGMENT_BYTES)
        finally:
            os.close(descriptor)

    def put(self, offset: int, record: bytes) -> None:
        """Copy one record and its CRC into place."""
        seal_point(self.map, offset, record, crc32(record))

    def sync(self) -> None:
        """Bring the pages to the disk."""
        self.map.flush()

    def close(self) -> None:
        """Unmap, so that memory stays flat."""
        self.map.close()


class PlainSegment:
    """A segment for network file systems, where mapped memory is not coherent."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o644)

    def put(self, offset: int, record: bytes) -> None:
        """Write one record and its CRC; raises OSError(ENOSPC) when the disk is full."""
        whole = record + crc32(record).to_bytes(4, "little")
        if os.pwrite(self._file, whole, offset) < RECORD:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def sync(self) -> None:
        """Bring the file to the server."""
        os.fsync(self._file)

    def close(self) -> None:
        """Sync once more and let go."""
        os.fsync(self._file)
        os.close(self._file)


def _allocate(descriptor: int, path: Path) -> None:
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, SEGMENT_BYTES)
        else:  # macOS and Windows: real zeros instead of a sparse file
            os.write(descriptor, bytes(SEGMENT_BYTES))
    except OSError:
        path.unlink(missing_ok=True)
        raise


def read_records(path: Path, start: int, *, complete: bool) -> tuple[NDArray[np.void], int, int]:
    """Read the records from number `start` on.

    complete: nobody writes to this segment any more, so a bad record is damage
    and is stepped over; otherwise it may be half written and ends the reading.
    Returns the good records (fields key, step, at, value), the number of the
    record to start at next time, and how many damaged ones were left out.
    """
    with path.open("rb") as file:
        file.seek(start * RECORD)
        raw = file.read() if complete else _read_begun(file)
    records, taken, damaged = unseal(raw, complete=complete)
    return records, start + taken, damaged


def unseal(raw: bytes, *, complete: bool) -> tuple[NDArray[np.void], int, int]:
    """Take the good records out of a stretch of a segment that begins at a record.

    Returns them, how many records of the stretch are dealt with, and how many of those were damaged.
    """
    import numpy as np  # noqa: PLC0415 - keeps `import trackbook` cheap

    count = len(raw) // RECORD
    table = np.frombuffer(raw, dtype=np.uint8)[: count * RECORD].reshape(count, RECORD)
    table = table[: _written(table)]
    good = _checksums(table[:, :SEALED]) == table[:, SEALED:].copy().view("<u4").ravel()
    if not complete:
        bad = np.flatnonzero(~good)
        table, good = (table[: bad[0]], good[: bad[0]]) if len(bad) else (table, good)
    records = np.ascontiguousarray(table[good]).view(_dtype()).ravel()
    return records, len(table), int(len(table) - len(records))


def all_sealed(raw: bytes) -> bool:
    """Tell whether every record of a short stretch is good, quicker than `unseal` does for a hundred of them."""
    return all(crc32(sealed) == seal for sealed, seal in _iter_seals(raw[: len(raw) // RECORD * RECORD]))


def as_records(raw: bytes) -> NDArray[np.void]:
    """Read a stretch of good records."""
    import numpy as np  # noqa: PLC0415

    return np.frombuffer(raw, dtype=_dtype(), count=len(raw) // RECORD)


_iter_seals = struct.Struct(f"<{SEALED}sI").iter_unpack


def _read_begun(file: IO[bytes]) -> bytes:
    """Read a segment that is being written as far as it is: most of it is still zeros, and a merge is often small."""
    parts = []
    while part := file.read(_PART_BYTES):
        parts.append(part)
        if not any(part[-RECORD:]):
            break
    return b"".join(parts)


def _written(table: NDArray[np.uint8]) -> int:
    """Count the records up to the last that is not all zeros."""
    import numpy as np  # noqa: PLC0415

    # The CRC field of a written record is zero once in four thousand million; its key field is never zero.
    used = np.flatnonzero(table[:, :4].any(axis=1) | table[:, SEALED:].any(axis=1))
    return int(used[-1]) + 1 if len(used) else 0


@cache
def _dtype() -> np.dtype[np.void]:
    import numpy as np  # noqa: PLC0415

    return np.dtype(
        {
            "names": ["key", "step", "at", "value"],
            "formats": ["<u4", "<i8", "<f8", "<f8"],
            "offsets": [0, 4, 12, 20],
            "itemsize": RECORD,
        }
    )


@cache
def _crc_tables() -> NDArray[np.uint32]:
    """Contribution of each byte value at each place of a record; shape (28, 256).

    CRC-32 is affine over GF(2): the CRC of a record is the XOR of what each of
    its bytes adds and the CRC of 28 zeros. Checked against zlib in the tests.
    """
    import numpy as np  # noqa: PLC0415

    zeros = bytes(SEALED)
    base = crc32(zeros)
    return np.array(
        [
            [crc32(zeros[:place] + bytes([value]) + zeros[place + 1 :]) ^ base for value in range(256)]
            for place in range(SEALED)
        ],
        dtype=np.uint32,
    )


def _checksums(table: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """CRC-32 of every row of an array of shape (n, 28), without a Python loop over rows."""
    import numpy as np  # noqa: PLC0415

    total = np.full(len(table), crc32(bytes(SEALED)), dtype=np.uint32)
    for place, contribution in enumerate(_crc_tables()):
        total ^= contribution[table[:, place]]
    return total
