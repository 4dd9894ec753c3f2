"""Small blobs move from the folder into the file with the merge that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import StoreDamaged
from trackbook.store.blobs import read_blob_file
from trackbook.store.rows import fetch, insert_rows, moment

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.store.batch import Batch
    from trackbook.store.location import Location


def take_in_blobs(db: DuckDBPyConnection, location: Location, batch: Batch, limit: int, now: float) -> list[str]:
    """Copy the small blobs that this batch names into the file, once each.

    Returns the digests whose files can go after the commit. A blob that is
    neither here nor there is noted as rejected; whatever names it stays.
    """
    if not batch.blobs:
        return []
    digests = list(batch.blobs)
    known = {
        row[0]
        for row in fetch(
            db, "SELECT digest FROM _tb.blobs WHERE digest IN (SELECT unnest(CAST($1 AS TEXT[])))", [digests]
        )
    }
    rows, inside = [], list(known)
    for digest, size in batch.blobs.items():
        if digest in known or size > limit:
            continue
        try:
            rows.append((digest, size, read_blob_file(location, digest), moment(now)))
            inside.append(digest)
        except (OSError, ValueError, StoreDamaged) as error:
            batch.rejected.append(("", "blobs", digest, f"{type(error).__name__}: {error}", moment(now)))
    insert_rows(db, "blobs", ("digest", "size", "content", "kept_at"), rows)
    return inside
