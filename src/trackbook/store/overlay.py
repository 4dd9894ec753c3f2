"""A store in a folder that cannot be written: read as it is, or from a private copy brought up to date."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.store.checkpoints import is_torn, undo_path
from trackbook.store.database import opened
from trackbook.store.location import Location
from trackbook.store.merge import has_spools, merge_spools
from trackbook.store.migrations import MIGRATIONS, migrate, schema_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection


@contextmanager
def overlaid(location: Location) -> Iterator[DuckDBPyConnection]:
    """Give a connection that sees all that was logged, without touching the folder.

    Raises StoreTooNew, NotAStore, StoreHeld.
    """
    if not has_spools(location) and not is_torn(location.file):
        with opened(location.file, read_only=True) as db:
            if schema_version(db) == len(MIGRATIONS):
                yield db
                return
    with tempfile.TemporaryDirectory(prefix="trackbook-") as folder:
        copy = Location(Path(folder) / location.file.name)
        _copy_store(location, copy)
        with opened(copy.file) as db:
            migrate(db, copy.file)
            merge_spools(db, copy, inline_limit=-1)
            yield db


def _copy_store(location: Location, copy: Location) -> None:
    for source in (location.file, location.file.with_name(location.file.name + ".wal")):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(source, copy.file.with_name(source.name))
    copy.spools.mkdir(parents=True)
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(undo_path(location.file), undo_path(copy.file))  # with which the copy is mended
    for spool in location.spools.glob("[!.]*"):
        with contextlib.suppress(OSError, shutil.Error):  # merged and gone meanwhile
            shutil.copytree(spool, copy.spools / spool.name, copy_function=_copy_file)
    copy.blobs.symlink_to(location.blobs)


def _copy_file(source: str, target: str) -> None:
    """Copy a spool's file; its lock is the original, which tells whether the process lives."""
    if Path(source).name == "lock":
        Path(target).symlink_to(source)
    else:
        shutil.copyfile(source, target)
