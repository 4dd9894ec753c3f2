"""Which pictures runs have kept, as outputs of their cells and as files, and their content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.blobs import read_blob_file, verify_blob
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from trackbook.store.store import Store

MIMES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml",
}  # fmt: skip
"""Endings of files that a browser shows as a picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of one run."""

    run_id: str
    name: str
    """The file's path, or `output 3` of the cell."""

    mime: str
    size: int | None
    """Bytes; None when it is not known before it is read."""

    blob: str
    """Its digest; empty when the text is all."""

    text: str
    """SVG that was kept as text; else empty."""


def find_pictures(db: DuckDBPyConnection, run_ids: Sequence[str]) -> list[Picture]:
    """List the pictures of these runs; of several files under one path the newest. Reads no content but SVG text."""
    endings = " OR ".join(f"lower(path) LIKE '%.{ending}'" for ending in MIMES)
    files = fetch(
        db,
        f"""
        SELECT run_id, path, size, blob
        FROM (SELECT CAST(run_id AS VARCHAR) AS run_id, path, size, blob,
                     row_number() OVER (PARTITION BY run_id, path ORDER BY logged_at DESC) AS place
              FROM _tb.artifacts
              WHERE run_id IN (SELECT unnest(CAST($1 AS UUID[]))) AND ({endings})) AS kept
        WHERE place = 1
        ORDER BY path
        """,
        [list(run_ids)],
    )
    found = [
        Picture(run_id, path, MIMES[path.rpartition(".")[2].lower()], size, blob or "", "")
        for run_id, path, size, blob in files
    ]
    outputs = fetch(
        db,
        """
        SELECT CAST(o.run_id AS VARCHAR), o.position, o.mime, o.text, o.blob, b.size
        FROM _tb.outputs AS o
        LEFT JOIN _tb.blobs AS b ON b.digest = o.blob
        WHERE o.run_id IN (SELECT unnest(CAST($1 AS UUID[]))) AND o.mime LIKE 'image/%'
        ORDER BY o.position, o.mime
        """,
        [list(run_ids)],
    )
    known = set(MIMES.values())
    found += [
        Picture(run_id, f"output {position}", mime, size if blob else len(text or ""), blob or "", text or "")
        for run_id, position, mime, text, blob, size in outputs
        if mime in known
    ]
    return found


def read_pictures(store: Store, pictures: Sequence[Picture], most: int) -> dict[Picture, bytes | None]:
    """Read the content of pictures of at most `most` bytes each; None for one that is larger, missing or damaged."""
    wanted = [each for each in pictures if each.blob and (each.size is None or each.size <= most)]
    inside: dict[str, bytes] = {}
    if wanted:
        with store.asking() as db:
            rows = fetch(
                db,
                "SELECT digest, content FROM _tb.blobs WHERE digest IN (SELECT unnest(CAST($1 AS TEXT[])))",
                [sorted({each.blob for each in wanted})],
            )
        inside = {digest: bytes(content) for digest, content in rows}
    found: dict[Picture, bytes | None] = {}
    for each in pictures:
        content = each.text.encode() if each.text else _read(store, each, inside) if each in wanted else None
        found[each] = content if content is not None and len(content) <= most else None
    return found


def _read(store: Store, picture: Picture, inside: dict[str, bytes]) -> bytes | None:
    try:
        if picture.blob in inside:
            verify_blob(store.location.file, picture.blob, inside[picture.blob])
            return inside[picture.blob]
        return read_blob_file(store.location, picture.blob)
    except OSError:  # StoreDamaged is one, too
        return None
