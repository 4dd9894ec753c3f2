"""Checkpoints that a process may be killed in.

A checkpoint brings what DuckDB's log holds into its file. It writes new blocks beside the old ones, and turns to
them by a header written last - but it writes the blocks of its own metadata in place (so do 1.4.0 and 2.0.1; the
block at 12288 each time). SIGKILL cuts a write short between two pages (on ext4 two of three kills in a write of
256 KiB do), and a block of which half is new fails its checksum: "Corrupt database file", for ever. So header and
metadata are copied to a file beside the spools first; whoever finds the old header over a torn block puts them back,
and the log, which is cut only after the new header, still has all that was committed.

DuckDB's own checkpoints, at closing and beyond so many bytes of log, are turned off: these here are the only ones.
"""

from __future__ import annotations

import contextlib
import os
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from zlib import compress, crc32, decompress

from trackbook.store.descriptors import look_into

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

ONLY_OURS = "PRAGMA disable_checkpoint_on_shutdown"
"""For every DuckDB that we make; the threshold is among the settings of database.py."""

_HEAD_BYTES = 3 * 4096
"""Main header and two database headers, the newer of which counts; then the blocks."""

_BLOCK_SIZE = struct.Struct("<Q")
_BLOCK_SIZE_AT = 4096 + 40
"""In both database headers, after checksum, iteration, metadata, free list and count of blocks."""

_MAGIC = b"TBundo\x01\x00"
_PREFIX = struct.Struct("<8sIIQQ")  # magic, CRC-32 of what follows, number of blocks, bytes of a block, of all packed
_CHECKSUM_FACTOR, _CHECKSUM_START = 0xBF58476D1CE4E5B9, 5381
"""DuckDB's checksum, kept in a block's first word: all others times the factor, XORed with each other and the start."""


def undo_path(file: Path) -> Path:
    """Name the copy of what a checkpoint may tear; it stays, and is good for the header that it holds only."""
    return file.with_name(f"{file.name}.d") / "undo"


def log_bytes(file: Path) -> int:
    """Return the size of DuckDB's log beside its file: what a checkpoint has to do."""
    try:
        return file.with_name(f"{file.name}.wal").stat().st_size
    except OSError:
        return 0


def checkpoint(db: DuckDBPyConnection, file: Path) -> None:
    """Bring all that is committed into the file. Raises OSError when no copy can be kept, and duckdb.Error."""
    if undo_path(file).parent.is_dir():  # one that is only being made needs no undo
        _keep(db, file)
    db.execute("CHECKPOINT")


def settle(db: DuckDBPyConnection, file: Path) -> None:
    """Checkpoint before the file is closed, so that it alone holds everything; the log has it all if that fails."""
    import duckdb  # noqa: PLC0415

    if log_bytes(file):
        # No room for the copy; or a connection of the user's is in the middle of a transaction.
        with contextlib.suppress(OSError, duckdb.TransactionException):
            checkpoint(db, file)


def mend(file: Path) -> None:
    """Undo a checkpoint that somebody was killed in. Nobody in this process has the file open. Raises OSError."""
    if not is_torn(file):
        return
    with file.open("r+b") as target:
        # Another program may be in the middle of a checkpoint of its own; then DuckDB says who has the file.
        if _lock_as_duckdb_does(target) and (undo := _torn(file, target)):
            for number, content in undo.blocks.items():
                target.seek(_offset(number, len(content)))
                target.write(content)
            target.flush()
            os.fsync(target.fileno())


def is_torn(file: Path) -> bool:
    """Tell whether somebody was killed in a checkpoint that nobody has undone."""
    try:
        with file.open("rb") as source:
            return _torn(file, source) is not None
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class _Undo:
    blocks: dict[int, bytes]
    """By their numbers."""


def _keep(db: DuckDBPyConnection, file: Path) -> None:
    source = look_into(file).fileno()
    head = os.pread(source, _HEAD_BYTES, 0)
    (size,) = _BLOCK_SIZE.unpack_from(head, _BLOCK_SIZE_AT)
    numbers = [int(row[0]) for row in db.execute("SELECT block_id FROM pragma_metadata_info()").fetchall()]
    blocks = [os.pread(source, size, _offset(number, size)) for number in numbers]
    there = {number: block for number, block in zip(numbers, blocks, strict=True) if len(block) == size}
    packed = compress(b"".join([struct.pack(f"<{len(there)}Q", *there), *there.values()]), 1)  # to a tenth, in 1 ms
    prefix = _PREFIX.pack(_MAGIC, crc32(head + packed), len(there), size, len(packed))
    copy = os.open(undo_path(file), os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _write_all(copy, prefix + head + packed)
        os.fsync(copy)  # before DuckDB begins: after a power cut, too, one of the two is whole
    finally:
        os.close(copy)


def _torn(file: Path, source: IO[bytes]) -> _Undo | None:
    """Return what has to be put back, if anything has. source: the file, opened once for its lock."""
    try:
        with undo_path(file).open("rb") as copy:
            undo = _read(copy, of=source.read(_HEAD_BYTES))
    except OSError:  # no copy, or nothing there that could be read as one
        return None
    for number, content in undo.blocks.items() if undo is not None else ():
        source.seek(_offset(number, len(content)))
        if not _is_sound(source.read(len(content))):
            return undo
    return None


def _read(copy: IO[bytes], of: bytes) -> _Undo | None:
    """Read a copy, if it is whole and of this header: any other is of a checkpoint that came to its end."""
    prefix = copy.read(_PREFIX.size)
    if len(prefix) < _PREFIX.size:
        return None
    magic, crc, count, size, length = _PREFIX.unpack(prefix)
    if magic != _MAGIC or copy.read(_HEAD_BYTES) != of:
        return None
    packed = copy.read(length)
    if crc32(of + packed) != crc:
        return None
    body = decompress(packed)
    numbers, begin = struct.unpack_from(f"<{count}Q", body), 8 * count
    return _Undo({number: body[begin + at * size : begin + (at + 1) * size] for at, number in enumerate(numbers)})


def _is_sound(block: bytes) -> bool:
    import numpy as np  # noqa: PLC0415

    words = np.frombuffer(block[: len(block) // 8 * 8], dtype="<u8")
    if not len(words):
        return False
    found = np.bitwise_xor.reduce(words[1:] * np.uint64(_CHECKSUM_FACTOR)) ^ np.uint64(_CHECKSUM_START)
    return bool(found == words[0])


def _lock_as_duckdb_does(file: IO[bytes]) -> bool:
    """Take the lock that DuckDB itself takes, until the file is closed; False when some other process has it."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:  # Windows, where DuckDB opens a file for itself alone, and so this open would have failed
        return True
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _offset(number: int, size: int) -> int:
    return _HEAD_BYTES + number * size


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
