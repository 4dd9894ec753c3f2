"""The store as the rest of the house sees it: log into it, ask it, decide in it."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from weakref import WeakValueDictionary

from trackbook.config import settings
from trackbook.errors import DiskFull, StoreHeld, StoreReadOnly, warn
from trackbook.store.blobs import put_blob
from trackbook.store.checkpoints import ONLY_OURS
from trackbook.store.database import SETTINGS, explain, opened, use_all_cores
from trackbook.store.engine import Engine
from trackbook.store.lock import LockTimeoutError, StoreLock
from trackbook.store.merge import Merged, has_spools, merge_spools
from trackbook.store.migrations import migrate
from trackbook.store.overlay import overlaid
from trackbook.store.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

    from trackbook.store.location import Location

PATIENCE = 60.0
"""Seconds a question waits for other processes of ours; they hold the file for a fraction of one."""


class Store:
    """One DuckDB file and the folder beside it. Get it from `open_store`; it does not hold the file."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self.lock = StoreLock(location.locks)
        self._engine = Engine(location.file)
        self._spool: Spool | None = None
        self._told_of_newer = False
        """That a newer trackbook logs here, too."""

        self.making = threading.RLock()
        """Held while the spool is made, and round a fork."""

    @property
    def spool(self) -> Spool:
        """Where this process logs, made at first use. Raises StoreReadOnly or DiskFull."""
        spool = self._spool
        if spool is None:
            with self.making:
                spool = self._spool
                if spool is None:
                    spool = self._spool = self._make_spool()
        return spool

    @property
    def has_logged(self) -> bool:
        """Tell whether this process has logged here."""
        return self._spool is not None

    def _make_spool(self) -> Spool:
        try:
            return Spool(self.location)
        except OSError as error:
            raise _explain_folder(error, self.location) from error

    def event(self, kind: str, /, **facts: object) -> None:
        """Log anything but a point; safe from this process's death when it returns."""
        self.spool.event({"e": kind, **facts})

    def put_blob(self, content: bytes | IO[bytes]) -> tuple[str, int]:
        """Keep content under its SHA-256; returns digest and size. Raises DiskFull."""
        try:
            self.location.prepare()
        except OSError as error:
            raise _explain_folder(error, self.location) from error
        return put_blob(self.location, content, durable_above=settings().artifact_inline_limit)

    def merge(self, timeout: float = PATIENCE) -> Merged | None:
        """Bring everything spooled into the file; None when it could not be had in time.

        Raises StoreHeld, StoreTooNew, NotAStore or DiskFull; the spools stay as they are.
        """
        if not has_spools(self.location):
            return Merged(0, 0, 0, 0)
        try:
            with self._locked(timeout), self._up_to_date() as db:
                return self._merge(db)
        except LockTimeoutError:
            return None

    @contextmanager
    def asking(self, timeout: float = PATIENCE, *, merge: bool = True) -> Iterator[DuckDBPyConnection]:
        """Give a connection that sees all that any process has logged so far; without a merge, what was merged before.

        Raises StoreHeld when another program has the file, StoreTooNew, NotAStore.
        """
        if not self.location.file.exists() and not has_spools(self.location):
            with _empty() as db:
                yield db
        elif not self.location.is_writable():
            with overlaid(self.location) as db:
                use_all_cores(db)
                yield db
        else:
            with self._locked_or_held(timeout), self._merged() if merge else self._up_to_date() as db:
                use_all_cores(db)
                yield db

    @contextmanager
    def deciding(self, timeout: float = PATIENCE) -> Iterator[DuckDBPyConnection]:
        """Give a connection inside one write transaction, everything merged before."""
        import duckdb  # noqa: PLC0415

        if not self.location.is_writable():
            raise StoreReadOnly(self.location.file)
        with self._locked_or_held(timeout), self._up_to_date() as db:
            self._merge(db)
            db.execute("BEGIN")
            try:
                yield db
                try:
                    db.execute("COMMIT")
                except duckdb.Error as error:
                    raise explain(error, self.location.file) from error
            except BaseException:
                with contextlib.suppress(Exception):
                    db.execute("ROLLBACK")
                raise

    def connect(self) -> DuckDBPyConnection:
        """Open a connection for the user's own SQL; while it is open other processes log, but cannot ask.

        Of a folder that cannot be written the connection only reads, and sees what is merged.
        """
        import duckdb  # noqa: PLC0415

        file, writable = self.location.file, self.location.is_writable()
        with contextlib.ExitStack() as stack:
            if writable:  # made under the lock: nobody of ours can have the file just then
                stack.enter_context(self._locked_or_held(PATIENCE))
                with self._merged():
                    pass
            try:
                db = duckdb.connect(str(file), read_only=not writable, config=dict(SETTINGS))
                db.execute(ONLY_OURS)
            except duckdb.Error as error:
                raise explain(error, file) from error
            use_all_cores(db)
            return db

    @contextmanager
    def _merged(self) -> Iterator[DuckDBPyConnection]:
        """Give a connection with everything merged. On a full disk answer from what is merged, and say so."""
        with contextlib.ExitStack() as stack:
            try:
                db = stack.enter_context(self._up_to_date())
                if has_spools(self.location):
                    self._say_what_is_newer(self._merge(db))
            except DiskFull as error:
                with contextlib.suppress(DiskFull):
                    stack.close()  # DuckDB gives up a database that met a full disk; a fresh one reads it
                warn(f"{error} The newest runs are missing from this answer.")
                db = stack.enter_context(self._up_to_date())
            yield db

    def _say_what_is_newer(self, merged: Merged) -> None:
        if merged.newer and not self._told_of_newer:
            self._told_of_newer = True
            who = "A process" if merged.newer == 1 else f"{merged.newer} processes"
            warn(
                f"{who} of a newer trackbook logged to {self.location.file}: "
                "these runs are missing from all answers until trackbook is upgraded here."
            )

    def _merge(self, db: DuckDBPyConnection) -> Merged:
        import duckdb  # noqa: PLC0415

        try:
            return merge_spools(db, self.location, inline_limit=settings().artifact_inline_limit)
        except duckdb.Error as error:
            raise explain(error, self.location.file) from error

    @contextmanager
    def _locked(self, timeout: float) -> Iterator[None]:
        # Imported before, so that nobody waits for it who waits for the lock.
        import duckdb  # noqa: F401, PLC0415
        import numpy as np  # noqa: F401, PLC0415

        with contextlib.ExitStack() as stack:
            try:
                self.location.prepare()
                stack.enter_context(self.lock.held(timeout))
            except OSError as error:
                raise _explain_folder(error, self.location) from error
            yield

    @contextmanager
    def _locked_or_held(self, timeout: float) -> Iterator[None]:
        try:
            with self._locked(timeout):
                yield
        except LockTimeoutError as error:
            raise StoreHeld(self.location.file, "another trackbook process, for a long time") from error

    def _make_file(self) -> None:
        """Make the file whole in one step: one that a killed process had half made would never open again."""
        fresh = self.location.folder / "new.duckdb"
        for left in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            left.unlink(missing_ok=True)
        with opened(fresh) as db:
            migrate(db, fresh)
        fresh.replace(self.location.file)

    @contextmanager
    def _up_to_date(self) -> Iterator[DuckDBPyConnection]:
        if not self.location.file.exists() or self.location.file.stat().st_size == 0:
            self._make_file()
        with self._engine.opened() as db:
            migrate(db, self.location.file)
            yield db


@contextmanager
def _empty() -> Iterator[DuckDBPyConnection]:
    """Answer questions to a store that is not there yet, without making one."""
    with opened(Path(":memory:")) as db:
        migrate(db, Path(":memory:"))
        yield db


def _explain_folder(error: OSError, location: Location) -> OSError:
    """Put what is wrong with the folder into a sentence of ours, where we know one."""
    if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}:
        return DiskFull(location.folder)
    if isinstance(error, PermissionError) or not location.is_writable():
        return StoreReadOnly(location.file)
    return error


_stores: WeakValueDictionary[Path, Store] = WeakValueDictionary()
_opening = threading.Lock()


def open_store(location: Location) -> Store:
    """Return this process's store at a place; the same object as long as somebody holds it."""
    with _opening:
        store = _stores.get(location.file)
        if store is None:
            store = _stores[location.file] = Store(location)
        return store


_forking: list[Store] = []


def _before_fork() -> None:
    """Wait for the end of a merge or question: a child must not inherit half of one."""
    _opening.acquire()
    _forking.extend(_stores.values())
    for store in _forking:
        store.lock.threads.acquire()
        store.making.acquire()


def _after_fork() -> None:
    while _forking:
        store = _forking.pop()
        store.making.release()
        store.lock.threads.release()
    _opening.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
