"""The whole store as files that anything reads: one Parquet file a view, and the artifacts as they were."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from trackbook.errors import BadInput, StoreDamaged, StoreHeld
from trackbook.store.blobs import blob_path, verify_blob
from trackbook.store.database import explain
from trackbook.store.lock import LockTimeoutError
from trackbook.store.maintenance import _copy_file_of
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from duckdb import DuckDBPyConnection

    from trackbook.store.store import Store

VIEWS = (
    "runs", "params", "metrics", "tags", "summaries", "outputs", "datasets", "artifacts", "models",
    "registered_models", "versions", "aliases", "model_tags", "audit",
)  # fmt: skip
"""The views that become files, in this order."""

_AT_ONCE = 200
_CHUNK = 1 << 20
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote, and what it could not."""

    tables: tuple[Path, ...]
    artifacts: int
    faults: tuple[str, ...]
    """A sentence for each artifact that is missing, damaged or has an impossible path."""


def export_store(
    store: Store,
    folder: Path,
    progress: Callable[[Iterable[str]], Iterable[str]] = lambda steps: steps,
) -> Exported:
    """Write every view as Parquet into a new or empty folder, and each run's artifacts below artifacts/RUN_ID/.

    Run ids are text, times UTC. progress: wraps the names of what is written.
    Raises BadInput when the folder has something in it, StoreHeld, DiskFull.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} has something in it already; an export of the store needs a new or an empty folder.")
    folder.mkdir(parents=True, exist_ok=True)
    files = _newest(store)
    steps = iter(progress([*VIEWS, *(f"{run_id}/{path}" for run_id, path, _ in files)]))
    tables = _write_tables(store, folder.absolute(), steps)
    faults: list[str] = []
    for start in range(0, len(files), _AT_ONCE):
        faults += _write_artifacts(store, folder / "artifacts", files[start : start + _AT_ONCE], steps)
    next(steps, None)  # what wraps the steps learns that they are over
    return Exported(tables, len(files) - len(faults), tuple(faults))


def _newest(store: Store) -> list[tuple[str, str, str]]:
    """List (run_id, path, digest) of every artifact; of several under one path the newest."""
    with store.asking() as db:
        rows = fetch(db, "SELECT CAST(run_id AS VARCHAR), path, blob FROM artifacts ORDER BY logged_at")
    newest = {(run_id, path): digest for run_id, path, digest in rows}
    return [(run_id, path, digest) for (run_id, path), digest in newest.items()]


def _write_tables(store: Store, folder: Path, steps: Iterator[str]) -> tuple[Path, ...]:
    import duckdb  # noqa: PLC0415

    written = []
    with _file_of(store) as file:
        try:
            with _writer(file, folder) as db:
                for view in VIEWS:
                    next(steps, None)
                    target = folder / f"{view}.parquet"
                    db.execute(f"COPY ({_select(db, view)}) TO '{_quoted(target)}' (FORMAT parquet, COMPRESSION zstd)")
                    written.append(target)
        except duckdb.Error as error:
            raise explain(error, file) from error
    return tuple(written)


@contextmanager
def _file_of(store: Store) -> Iterator[Path]:
    """Give the file with everything merged, closed and nobody else in it; of a read-only folder a copy."""
    if store.location.is_writable() and store.location.file.exists():
        try:
            with store.lock.held(_PATIENCE):
                with store.asking():
                    pass
                yield store.location.file
        except LockTimeoutError as error:
            raise StoreHeld(store.location.file, "another trackbook process, for a long time") from error
        return
    with tempfile.TemporaryDirectory(prefix="trackbook-") as made:
        copy = Path(made) / "store.duckdb"
        _copy_file_of(store, copy)
        yield copy


@contextmanager
def _writer(file: Path, folder: Path) -> Iterator[DuckDBPyConnection]:
    """Open a connection that reads the store and can touch nothing else than the folder.

    A store that came by mail may hold views of its own that read other files.
    """
    import duckdb  # noqa: PLC0415

    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as db:
        db.execute(f"ATTACH '{_quoted(file)}' AS store (READ_ONLY)")
        db.execute(f"SET allowed_directories = ['{_quoted(folder)}']")
        db.execute("SET enable_external_access = false")
        db.execute("USE store")
        yield db


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _select(db: DuckDBPyConnection, view: str) -> str:
    """Select a view with its ids as text: few readers of Parquet know UUIDs."""
    columns = fetch(db, f"DESCRIBE {view}")
    ids = [name for name, kind, *_ in columns if kind == "UUID"]
    replaced = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in ids)
    return f"SELECT * REPLACE ({replaced}) FROM {view}" if ids else f"SELECT * FROM {view}"


def _write_artifacts(store: Store, folder: Path, files: list[tuple[str, str, str]], steps: Iterator[str]) -> list[str]:
    """Write some artifacts; returns a sentence for each that could not be."""
    with store.asking() as db:
        inside = dict(
            fetch(
                db,
                "SELECT digest, content FROM _tb.blobs WHERE digest IN (SELECT unnest(CAST($1 AS TEXT[])))",
                [[digest for _, _, digest in files]],
            )
        )
    faults = []
    for run_id, path, digest in files:
        next(steps, None)
        try:
            target = _below(folder / run_id, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            if digest in inside:
                verify_blob(store.location.file, digest, bytes(inside[digest]))
                target.write_bytes(inside[digest])
            else:
                _copy(blob_path(store.location, digest), digest, target)
        except (BadInput, StoreDamaged, ValueError, FileNotFoundError, FileExistsError, NotADirectoryError) as error:
            faults.append(f"The artifact {path!r} of run {run_id} was left out: {_reason(error)}")
    return faults


def _below(folder: Path, path: str) -> Path:
    """Find the place of an artifact; refuses a path that leaves the run's folder, as a foreign store's may."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or any(sign in path for sign in "\\\0:"):
        raise BadInput("its path leaves the run's folder.")
    return folder.joinpath(*parts)


def _copy(source: Path, digest: str, target: Path) -> None:
    """Copy a blob piece by piece, and keep the copy only when it has its hash."""
    found = hashlib.sha256()
    with source.open("rb") as blob, tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as copy:
        _pour(blob, copy, found.update)
    if found.hexdigest() != digest:
        Path(copy.name).unlink()
        raise StoreDamaged(source, "its content has another hash")
    shutil.copymode(source, copy.name)
    Path(copy.name).replace(target)


def _pour(source: IO[bytes], target: IO[bytes], look: Callable[[bytes], None]) -> None:
    while chunk := source.read(_CHUNK):
        look(chunk)
        target.write(chunk)


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "its content is missing."
    return "another artifact has the name of its folder." if isinstance(error, OSError) else str(error)
