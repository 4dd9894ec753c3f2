"""How much a store takes: its file, what lies beside it, and which experiment it is for."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.blobs import blob_files
from trackbook.store.garbage import find_garbage
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.store.store import Store


@dataclass(frozen=True, slots=True)
class StorageSizes:
    """Bytes of a store."""

    file: int
    """The DuckDB file and its log."""

    blobs: int
    """Beside the file; small ones are inside it."""

    spools: int
    """Logged and not merged yet."""

    garbage: int
    """What a collection would free."""

    experiments: list[tuple[str, int, int]]
    """(name, bytes, runs), the largest first; what two experiments share counts in both, deleted runs too."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.file + self.blobs + self.spools


def ask_storage(store: Store) -> StorageSizes:
    """Measure a store. Files are walked while nobody waits for the store."""
    location, garbage = store.location, find_garbage(store).size  # first: it merges, which moves small files inside
    files = {path.name: size for path in blob_files(location) if (size := _size(path))}
    with store.asking() as db:
        rows = fetch(db, _EXPERIMENTS, [list(files), list(files.values())])
    return StorageSizes(
        file=_size(location.file) + _size(location.file.with_name(f"{location.file.name}.wal")),
        blobs=sum(files.values()),
        spools=_tree(location.spools),
        garbage=garbage,
        experiments=[(name or "", int(size), int(runs)) for name, size, runs in rows],
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # merged or collected while we looked
        return 0


def _tree(folder: Path) -> int:
    total = 0
    with contextlib.suppress(OSError):
        for parent, _, names in os.walk(folder):
            for name in names:
                with contextlib.suppress(OSError):
                    # What it takes on the disk: a segment is allocated whole.
                    total += os.stat(os.path.join(parent, name)).st_size  # noqa: PTH116, PTH118 - thousands of them
    return total


_NAMING = " UNION ".join(
    f"SELECT run_id, blob FROM {source} WHERE blob IS NOT NULL"
    for source in (
        "_tb.outputs", "_tb.datasets", "_tb.artifacts", "_tb.predictions",
        "(SELECT m.run_id, f.blob FROM _tb.model_files AS f JOIN _tb.models AS m ON m.model_id = f.model_id) AS packed",
    )
)  # fmt: skip
_EXPERIMENTS = f"""
    SELECT e.experiment, coalesce(s.size, 0), e.runs
    FROM (SELECT experiment, count(*) AS runs FROM _tb.runs GROUP BY experiment) AS e
    LEFT JOIN (
        SELECT named.experiment, sum(b.size) AS size
        FROM (SELECT DISTINCT r.experiment, n.blob
              FROM ({_NAMING}) AS n JOIN _tb.runs AS r ON r.run_id = n.run_id) AS named
        JOIN (SELECT digest, max(size) AS size
              FROM (SELECT digest, size FROM _tb.blobs
                    UNION ALL
                    SELECT unnest(CAST($1 AS TEXT[])), unnest(CAST($2 AS BIGINT[]))) AS every
              GROUP BY digest) AS b ON b.digest = named.blob
        GROUP BY named.experiment
    ) AS s ON s.experiment IS NOT DISTINCT FROM e.experiment
    ORDER BY coalesce(s.size, 0) DESC, e.experiment
"""
