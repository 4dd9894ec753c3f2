"""Looking after the store: what is in it, whether it is sound, what can go, copies of it."""

from __future__ import annotations

import errno
import shutil
import time
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import BadInput, DiskFull, StoreDamaged
from trackbook.store.audit import broken_entries
from trackbook.store.blobs import blob_files, copy_blob_files, read_blob_file, verify_blob
from trackbook.store.checkpoints import checkpoint
from trackbook.store.database import opened
from trackbook.store.descriptors import look_into
from trackbook.store.location import Location
from trackbook.store.migrations import migrate, schema_version
from trackbook.store.rows import fetch, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from duckdb import DuckDBPyConnection

    from trackbook.store.store import Store

YOUNG_SECONDS = 24 * 3600.0
"""A blob younger than this may belong to a run that has not named it yet."""

GONE_RUNS = """
    SELECT run_id, name, deleted_at
    FROM _tb.runs
    WHERE deleted_at < $1
      AND run_id NOT IN (SELECT run_id FROM _tb.versions
                         WHERE run_id IS NOT NULL AND (deleted_at IS NULL OR deleted_at >= $1))
"""
"""Runs deleted before a moment, but for those behind a version of a registered model that was not."""

_NAMED = """
    SELECT blob FROM _tb.outputs UNION SELECT blob FROM _tb.datasets UNION
    SELECT blob FROM _tb.artifacts UNION SELECT blob FROM _tb.predictions UNION
    SELECT blob FROM _tb.model_blobs
"""


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store holds."""

    file: str
    size: int
    """Bytes of the file."""

    schema: int
    runs: int
    deleted_runs: int
    points: int
    blobs: int
    """Inside the file and beside it."""

    blob_bytes: int
    spools: int
    """Folders of processes that log now, or that died and are not merged yet."""

    rejected: int
    """Events that could not be applied; table _tb.rejected says why."""


def store_info(store: Store) -> StoreInfo:
    """Count what is in the store."""
    with store.asking() as db:
        counted = [
            fetch(db, f"SELECT count(*) FROM {what}")[0][0]
            for what in (
                "_tb.runs WHERE deleted_at IS NULL", "_tb.runs WHERE deleted_at IS NOT NULL", "_tb.points",
                "_tb.blobs", "_tb.rejected",
            )
        ]  # fmt: skip
        inside = fetch(db, "SELECT coalesce(sum(size), 0) FROM _tb.blobs")[0][0]
        version = schema_version(db)
    files = [path.stat().st_size for path in blob_files(store.location)]
    location = store.location
    return StoreInfo(
        file=str(location.file),
        size=location.file.stat().st_size if location.file.exists() else 0,
        schema=version,
        runs=counted[0],
        deleted_runs=counted[1],
        points=counted[2],
        blobs=counted[3] + len(files),
        blob_bytes=int(inside) + sum(files),
        spools=len(list(location.spools.glob("[!.]*"))) if location.spools.exists() else 0,
        rejected=counted[4],
    )


def verify_store(store: Store, progress: Callable[[Iterable[str]], Iterable[str]] = lambda steps: steps) -> list[str]:
    """Check hashes, counts and the chain of decisions; returns what is wrong, a sentence each.

    progress: wraps the blobs to be checked, for a progress bar.
    """
    faults: list[str] = []
    with store.asking() as db:
        faults += [f"Audit entry {seq} was changed, or one before it removed." for seq in broken_entries(db)]
        faults += _wrong_summaries(db)
        rejected = fetch(db, "SELECT count(*) FROM _tb.rejected")[0][0]
        if rejected:
            faults.append(f"{rejected} events could not be applied; SELECT * FROM _tb.rejected says why.")
        inside = {row[0] for row in fetch(db, "SELECT digest FROM _tb.blobs")}
        named = {row[0] for row in fetch(db, _NAMED) if row[0]}
        steps = iter(progress([*sorted(named & inside), *sorted(named - inside)]))
        for digest in islice(steps, len(named & inside)):
            content = fetch(db, "SELECT content FROM _tb.blobs WHERE digest = $1", [digest])[0][0]
            faults += _wrong_blob(digest, partial(verify_blob, store.location.file, digest, bytes(content)))
    for digest in steps:  # nobody waits while the large ones are read
        faults += _wrong_blob(digest, partial(read_blob_file, store.location, digest))
    return faults


def _wrong_summaries(db: DuckDBPyConnection) -> Iterator[str]:
    rows = fetch(
        db,
        """
        SELECT s.name, s.count, coalesce(p.found, 0)
        FROM _tb.series AS s
        LEFT JOIN (SELECT series_id, count(*) AS found FROM _tb.points GROUP BY series_id) AS p USING (series_id)
        WHERE s.count <> coalesce(p.found, 0)
        """,
    )
    for name, count, found in rows:
        yield f"Metric {name!r} says it has {count} points, and has {found}."


def _wrong_blob(digest: str, check: Callable[[], object]) -> list[str]:
    try:
        check()
    except FileNotFoundError:
        return [f"Blob {digest} is missing."]
    except StoreDamaged:
        return [f"Blob {digest} is damaged: its content has another hash."]
    return []


def collect_garbage(store: Store, *, deleted_before: float | None = None, now: float | None = None) -> tuple[int, int]:
    """Remove what nothing needs: blobs that no run names, and runs deleted before a moment (seconds since the epoch).

    A run behind a version of a registered model stays with its model, which is the version's lineage, unless the
    version was deleted before that moment, too: its number and its trail stay. Merges first, and spares blobs
    younger than 24 hours, which a run may be about to name. Returns how many runs and how many blobs went.
    """
    now = time.time() if now is None else now
    with store.deciding() as db:
        runs = _forget_runs(db, deleted_before) if deleted_before is not None else 0
        named = {row[0] for row in fetch(db, _NAMED) if row[0]}
        stale = [
            row[0]
            for row in fetch(db, "SELECT digest FROM _tb.blobs WHERE epoch(kept_at) < $1", [now - YOUNG_SECONDS])
            if row[0] not in named
        ]
        db.execute("DELETE FROM _tb.blobs WHERE digest IN (SELECT unnest(CAST($1 AS TEXT[])))", [stale])
        files = [
            path
            for path in blob_files(store.location)
            if path.name not in named and now - path.stat().st_mtime > YOUNG_SECONDS
        ]
    # A file that a process refreshed meanwhile is young again and stays.
    gone = 0
    for path in files:
        if now - path.stat().st_mtime > YOUNG_SECONDS:
            path.unlink(missing_ok=True)
            gone += 1
    return runs, len(stale) + gone


_OF_RUNS = (
    "series", "params", "tags", "outputs", "datasets", "artifacts", "predictions", "run_events", "models", "runs",
)  # fmt: skip
"""Tables with something about a run; the runs last, which the others are found by."""


def _forget_runs(db: DuckDBPyConnection, before: float) -> int:
    old = f"SELECT run_id FROM ({GONE_RUNS}) AS gone"
    count = int(fetch(db, f"SELECT count(*) FROM ({old}) AS old", [moment(before)])[0][0])
    if count:
        db.execute(
            f"DELETE FROM _tb.points WHERE series_id IN (SELECT series_id FROM _tb.series WHERE run_id IN ({old}))",
            [moment(before)],
        )
        of_models = f"model_id IN (SELECT model_id FROM _tb.models WHERE run_id IN ({old}))"
        db.execute(f"DELETE FROM _tb.model_files WHERE {of_models}", [moment(before)])
        for table in _OF_RUNS:
            db.execute(f"DELETE FROM _tb.{table} WHERE run_id IN ({old})", [moment(before)])
    return count


def snapshot(store: Store, target: Path) -> None:
    """Copy the store, everything merged, to a new file that other tools can open while we go on.

    Raises BadInput when the target exists, StoreHeld, DiskFull.
    """
    if target.exists():
        raise BadInput(f"{target} exists; a snapshot makes a new file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    growing = target.with_name(f".{target.name}.new")
    try:
        _copy_file_of(store, growing)
        growing.replace(target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(target) from error
        raise
    finally:
        growing.unlink(missing_ok=True)
    copy_blob_files(store.location, Location(target.absolute()))


def _copy_file_of(store: Store, target: Path) -> None:
    with store.asking() as db:
        path = fetch(db, "SELECT path FROM duckdb_databases() WHERE database_name = current_database()")[0][0]
        if path is None:  # nothing was ever logged
            with opened(target) as fresh:
                migrate(fresh, target)
            return
        if store.location.is_writable() or Path(path) != store.location.file:
            checkpoint(db, Path(path))  # after it the file alone is whole
        source = look_into(Path(path))
        source.seek(0)
        with target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 22)
