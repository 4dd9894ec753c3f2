"""The one way in which we open the store's file, and what its errors mean."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trackbook.errors import DiskFull, NotAStore, StoreHeld, StoreReadOnly, TrackbookError
from trackbook.store.checkpoints import ONLY_OURS, mend, settle
from trackbook.store.descriptors import is_open_here, let_go

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

SETTINGS = {
    "enable_external_access": "false",  # a mailed file's views could read other files
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "checkpoint_threshold": "1TB",  # never by itself: see checkpoints.py
    "threads": "1",  # a merge is many small statements: more threads cost time and memory
    "storage_compatibility_version": "v1.2.0",  # so that DuckDB 1.4 can read what 2.x wrote
}
"""Every open of a process has to be the same: DuckDB refuses a second one that differs."""

_MAGIC = b"DUCK"
_HOLDER = re.compile(r"Conflicting lock is held in (.+?) \(PID (\d+)\)")


@contextmanager
def opened(path: Path, *, read_only: bool = False) -> Iterator[DuckDBPyConnection]:
    """Open the file, give a connection, close it. The caller holds the store's lock.

    Raises NotAStore, StoreHeld, StoreReadOnly or DiskFull for DuckDB's own errors.
    """
    import duckdb  # noqa: PLC0415 - 85 ms that a process which only logs never pays

    look_at(path)
    try:
        db = duckdb.connect(str(path), read_only=read_only, config=dict(SETTINGS))
    except duckdb.Error as error:
        raise explain(error, path) from error
    try:
        db.execute(ONLY_OURS)
        yield db
        if not read_only:
            bring_in(db, path)
    finally:
        db.close()
        let_go(path)


def bring_in(db: DuckDBPyConnection, path: Path) -> None:
    """Bring all that is committed into the file before it is closed. Raises as `opened`, and nothing is lost."""
    import duckdb  # noqa: PLC0415

    try:
        settle(db, path)
    except duckdb.Error as error:  # the disk may be full; the log still has all
        raise explain(error, path) from error


def use_all_cores(db: DuckDBPyConnection) -> None:
    """Let questions be answered by as many threads as the machine has cores."""
    db.execute("RESET threads")


def look_at(path: Path) -> None:
    """Before DuckDB opens the file: undo what a killed process left half done, and say so when it cannot be a store.

    DuckDB itself might take a CSV for a database to attach.
    """
    if is_open_here(path):
        return
    try:
        with path.open("rb") as file:
            head = file.read(12)
        mend(path)
    except FileNotFoundError:
        return
    except IsADirectoryError as error:
        raise NotAStore(path, "it is a folder") from error
    except PermissionError as error:
        raise StoreReadOnly(path) from error
    if head and head[8:12] != _MAGIC:
        raise NotAStore(path, "it is no DuckDB file")


def explain(error: Exception, path: Path) -> TrackbookError:
    """Put one of DuckDB's errors about the file into a sentence of ours."""
    text = str(error)
    if holder := _HOLDER.search(text):
        return StoreHeld(path, f"{holder[1]} (process {holder[2]})")
    if "Could not set lock" in text:
        return StoreHeld(path, "another process")
    if "different configuration" in text or "already attached" in text or "Unique file handle conflict" in text:
        return StoreHeld(path, "this very process, through a connection that tb.connect() did not make")
    if "No space left" in text or "not enough disk space" in text.lower() or "could not write" in text.lower():
        return DiskFull(path)
    if "Permission denied" in text or "Read-only file system" in text or "read-only mode" in text:
        return StoreReadOnly(path)
    if "version number" in text:
        return NotAStore(path, "a newer DuckDB wrote it; upgrade duckdb")
    return NotAStore(path, f"DuckDB says {text.splitlines()[0] if text else type(error).__name__}")
