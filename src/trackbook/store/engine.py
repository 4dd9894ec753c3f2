"""DuckDB itself, kept between two looks into the store.

Making a DuckDB costs 12 ms, most of a small merge; attaching a file to one that
is there costs 2. Between two looks it holds neither the file nor its lock.
"""

from __future__ import annotations

import contextlib
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trackbook.store.checkpoints import ONLY_OURS
from trackbook.store.database import SETTINGS, bring_in, explain, look_at, opened
from trackbook.store.descriptors import is_open_here, let_go

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

_RESERVED = {"main", "memory", "system", "temp"}
_ENDINGS = ("", ".wal", ".wal.checkpoint", ".wal.recovery")
"""Files that DuckDB keeps beside its own; the later two from 2.0 on."""


class Engine:
    """One DuckDB, with the store's file attached for as long as somebody looks. The caller holds the store's lock."""

    def __init__(self, file: Path) -> None:
        self._file = file
        stem = "store" if file.stem.lower() in _RESERVED else file.stem
        self._name = '"' + stem.replace('"', '""') + '"'
        """As DuckDB would call the file itself: users may write it before a view's name."""

        self._root: DuckDBPyConnection | None = None
        self._attached = False
        self._busy = threading.Lock()
        """Held while attached, so that nobody else closes it meanwhile."""

    @contextmanager
    def opened(self) -> Iterator[DuckDBPyConnection]:
        """Open the file, give a connection, close it. May be done again inside.

        Raises NotAStore, StoreHeld, StoreReadOnly or DiskFull for DuckDB's own errors.
        """
        if self._attached:
            with self._connection() as db:
                yield db
        elif is_open_here(self._file):
            # The user holds a connection of tb.connect(): a process opens a file through one DuckDB only.
            with opened(self._file) as db:
                yield db
        else:
            look_at(self._file)
            with self._busy:
                try:
                    self._attach()
                    with self._connection() as db:
                        yield db
                        bring_in(db, self._file)
                    self._detach()
                except BaseException:
                    # A fresh one remembers nothing of it: after a full disk DuckDB answers no more questions.
                    self._close()
                    raise
            _keep_only(self)

    def close_when_idle(self) -> None:
        """Let go of DuckDB and its threads; the next look makes a new one."""
        if self._busy.acquire(blocking=False):
            try:
                self._close()
            finally:
                self._busy.release()

    def _attach(self) -> None:
        import duckdb  # noqa: PLC0415

        try:
            if self._root is None:
                self._root = _make(self._file)
            self._root.execute(f"SET threads = {SETTINGS['threads']}")  # the question before may have taken all
            self._root.execute(f"ATTACH {_literal(self._file)} AS {self._name}")
        except duckdb.Error as error:
            raise explain(error, self._file) from error
        self._attached = True

    def _detach(self) -> None:
        import duckdb  # noqa: PLC0415

        assert self._root is not None
        try:
            self._root.execute(f"DETACH {self._name}")
        except duckdb.Error as error:
            raise explain(error, self._file) from error
        self._attached = False
        let_go(self._file)
        if _spilled(self._file).exists():
            self._close()  # which takes it away

    @contextmanager
    def _connection(self) -> Iterator[DuckDBPyConnection]:
        assert self._root is not None
        with contextlib.closing(self._root.cursor()) as db:
            db.execute(f"USE {self._name}")
            yield db

    def _close(self) -> None:
        root, self._root, self._attached = self._root, None, False
        if root is not None:
            with contextlib.suppress(Exception):
                root.close()
            let_go(self._file)


def _make(file: Path) -> DuckDBPyConnection:
    """Make a DuckDB that can reach the store's file and no other."""
    import duckdb  # noqa: PLC0415

    settings = SETTINGS | {"temp_directory": str(_spilled(file))}
    access = settings.pop("enable_external_access")  # paths can be allowed only before all others are forbidden
    root = duckdb.connect(":memory:", config=dict(settings))
    root.execute(ONLY_OURS)
    root.execute(f"SET allowed_paths = [{', '.join(_literal(file, ending) for ending in _ENDINGS)}]")
    root.execute(f"SET enable_external_access = {access}")
    return root


def _spilled(file: Path) -> Path:
    """Name the folder for what memory does not hold, as DuckDB would itself; the others must not find it for long."""
    return file.with_name(f"{file.name}.tmp")


def _literal(file: Path, ending: str = "") -> str:
    return "'" + f"{file}{ending}".replace("'", "''") + "'"


_kept: list[Engine] = []
_keeping = threading.Lock()


def _keep_only(engine: Engine) -> None:
    """Keep the engine used last and no other: each has a few megabytes, and threads of DuckDB's own."""
    with _keeping:
        others = [kept for kept in _kept if kept is not engine]
        _kept[:] = [engine]
    for other in others:
        other.close_when_idle()


def _before_fork() -> None:
    """Leave a child no DuckDB whose threads stayed with the parent. Every store is locked by now."""
    for engine in _kept:
        engine.close_when_idle()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork)
