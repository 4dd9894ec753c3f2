"""Content-addressed files: named by their SHA-256, kept once, verified on read."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from trackbook.errors import DiskFull, StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.store.location import Location

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20


def blob_path(location: Location, digest: str) -> Path:
    """Where a blob's file is, if it is not inside the store's file. Refuses anything but a digest."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is no SHA-256 in hex.")
    return location.blobs / digest[:2] / digest


def put_blob(location: Location, content: bytes | IO[bytes], *, durable_above: int) -> tuple[str, int]:
    """Keep content under its hash; the same content again costs nothing but reading it.

    durable_above: bytes from which the file is synced at once; smaller ones
    are copied into the store's file by the next merge, which syncs them.
    Returns the digest and the size in bytes. Raises DiskFull.
    """
    try:
        if isinstance(content, bytes):
            digest = hashlib.sha256(content).hexdigest()
            if refresh_blob(location, digest):
                return digest, len(content)
        return _write(location, content, durable_above)
    except OSError as error:
        if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}:
            raise DiskFull(location.blobs) from error
        raise


def refresh_blob(location: Location, digest: str) -> bool:
    """Make an old blob young again: garbage collection spares it until it is named. False if it is not there."""
    try:
        os.utime(blob_path(location, digest))
    except FileNotFoundError:
        return False
    except OSError:  # somebody else's file; it is there
        return True
    return True


def _write(location: Location, content: bytes | IO[bytes], durable_above: int) -> tuple[str, int]:
    location.blobs.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=location.blobs, prefix=".new-", delete=False) as file:
        try:
            for chunk in _chunks(content):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            if size > durable_above:
                os.fsync(file.fileno())
            target = blob_path(location, digest.hexdigest())
            target.parent.mkdir(exist_ok=True)
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return digest.hexdigest(), size


def _chunks(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(_CHUNK):
        yield chunk


def _umask() -> int:
    """Read the umask without a moment in which another thread could see it changed, where Linux tells."""
    with contextlib.suppress(OSError, StopIteration, ValueError), Path("/proc/self/status").open() as status:
        return int(next(line for line in status if line.startswith("Umask:")).split()[1], 8)
    return 0o022


def read_blob_file(location: Location, digest: str) -> bytes:
    """Read a blob from the folder; raises FileNotFoundError, and StoreDamaged when it is not what its name says."""
    path = blob_path(location, digest)
    content = path.read_bytes()
    verify_blob(path, digest, content)
    return content


def drop_blob_file(location: Location, digest: str) -> None:
    """Remove a blob's file, its content being inside the store's file."""
    with contextlib.suppress(OSError, ValueError):
        blob_path(location, digest).unlink(missing_ok=True)


def verify_blob(place: Path, digest: str, content: bytes) -> None:
    """Raise StoreDamaged unless the content has this SHA-256."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise StoreDamaged(place, f"the content of blob {digest[:12]}… has another hash")


def blob_files(location: Location) -> Iterator[Path]:
    """Every blob that lies in the folder."""
    for path in location.blobs.glob("??/*"):
        if _DIGEST.fullmatch(path.name):
            yield path


def copy_blob_files(location: Location, target: Location) -> None:
    """Copy the folder's blobs to another store's folder, for a snapshot."""
    for path in blob_files(location):
        place = blob_path(target, path.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
