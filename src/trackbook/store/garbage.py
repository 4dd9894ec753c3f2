"""What `collect_garbage` would remove, to be seen first."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.blobs import blob_files
from trackbook.store.maintenance import GONE_RUNS, YOUNG_SECONDS
from trackbook.store.rows import fetch, moment

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from trackbook.store.store import Store


@dataclass(frozen=True, slots=True)
class Garbage:
    """What nothing needs any more."""

    runs: tuple[tuple[str, str, datetime], ...]
    """(run_id, name, deleted_at in UTC), longest deleted first."""

    spared: tuple[tuple[str, str, str], ...]
    """(run_id, name, `churn 1, live 2`) of runs deleted as long ago that stay with the versions made of them."""

    inside: int
    """Blobs inside the store's file."""

    files: tuple[Path, ...]
    """Blobs beside it."""

    size: int
    """Bytes of all these blobs."""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to remove."""
        return not (self.runs or self.inside or self.files)


def find_garbage(store: Store, *, deleted_before: float | None = None, now: float | None = None) -> Garbage:
    """Find what `collect_garbage` with the same arguments would remove, and remove nothing."""
    now = time.time() if now is None else now
    # Before the beginning of time nothing was deleted.
    before = moment(deleted_before if deleted_before is not None else 0.0)
    with store.asking() as db:
        gone = f"SELECT CAST(run_id AS VARCHAR), name, deleted_at FROM ({GONE_RUNS}) AS gone ORDER BY deleted_at"
        runs = fetch(db, gone, [before])
        spared = fetch(db, _SPARED, [before])
        named = {row[0] for row in fetch(db, _STILL_NAMED, [before]) if row[0]}
        kept = fetch(db, "SELECT digest, size FROM _tb.blobs WHERE kept_at < $1", [moment(now - YOUNG_SECONDS)])
    inside = [size for digest, size in kept if digest not in named]
    old = [(path, path.stat()) for path in blob_files(store.location) if path.name not in named]
    files = [(path, facts.st_size) for path, facts in old if now - facts.st_mtime > YOUNG_SECONDS]
    return Garbage(
        runs=tuple((run_id, name, deleted_at) for run_id, name, deleted_at in runs),
        spared=tuple((run_id, name, versions) for run_id, name, versions in spared),
        inside=len(inside),
        files=tuple(path for path, _ in files),
        size=sum(inside) + sum(size for _, size in files),
    )


_SPARED = """
    SELECT CAST(r.run_id AS VARCHAR), r.name,
           string_agg(v.model || ' ' || CAST(v.version AS VARCHAR), ', ' ORDER BY v.created_at)
    FROM _tb.runs AS r
    JOIN _tb.versions AS v ON v.run_id = r.run_id
    WHERE r.deleted_at < $1 AND (v.deleted_at IS NULL OR v.deleted_at >= $1)
    GROUP BY r.run_id, r.name, r.deleted_at
    ORDER BY r.deleted_at
"""
_NAMING = " UNION ".join(
    f"SELECT run_id, blob FROM {source}"
    for source in (
        "_tb.outputs", "_tb.datasets", "_tb.artifacts", "_tb.predictions",
        "_tb.model_files AS f JOIN _tb.models AS m ON m.model_id = f.model_id",
    )
)  # fmt: skip
_STILL_NAMED = f"""
    SELECT DISTINCT n.blob
    FROM ({_NAMING}) AS n
    LEFT JOIN ({GONE_RUNS}) AS gone ON gone.run_id = n.run_id
    WHERE gone.run_id IS NULL
"""
