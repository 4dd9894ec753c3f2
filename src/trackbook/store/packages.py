"""Model packages: which files they have, whether all are there, and writing them to a folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from trackbook.errors import StoreDamaged
from trackbook.store.blobs import blob_path, refresh_blob
from trackbook.store.registry.errors import ModelNotFound
from trackbook.store.rows import fetch, moment
from trackbook.values import from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.store.location import Location
    from trackbook.store.store import Store

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that a run logged."""

    model_id: str
    run_id: str
    name: str
    """Inside its run; `model` unless the user named it."""

    flavors: tuple[str, ...]
    signature: Any
    """As in the MLmodel file; None without one."""

    size: int
    """Bytes of all its files."""

    manifest: str
    """SHA-256 over paths and hashes of its files: equal packages have equal ones."""

    facts: dict[str, Any]
    """What reading the package said: formats, requirements, whether it needs trust, its signer."""

    logged_at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of a package."""

    path: str
    """Relative to the package, with /."""

    size: int
    blob: str
    """SHA-256 of its content."""


def models_of(db: DuckDBPyConnection, run_id: str) -> list[KeptModel]:
    """Every model that a run logged, the newest first."""
    return _read_models(db, "run_id = $1", run_id)


def find_kept_model(db: DuckDBPyConnection, model_id: str) -> KeptModel | None:
    """Read one model by its id; None when it was collected as garbage, which a deleted version can outlive."""
    return next(iter(_read_models(db, "model_id = $1", model_id)), None)


def find_model(db: DuckDBPyConnection, run_id: str, name: str = "") -> KeptModel:
    """Find the newest model of a run, of this name where one is given. Raises ModelNotFound."""
    models = models_of(db, run_id)
    for model in models:
        if name in {"", model.name}:
            return model
    raise ModelNotFound(run_id, name, sorted({model.name for model in models}))


def _read_models(db: DuckDBPyConnection, condition: str, value: str) -> list[KeptModel]:
    rows = fetch(
        db,
        "SELECT CAST(model_id AS VARCHAR), CAST(run_id AS VARCHAR), name, flavors, signature, size, manifest, facts, "
        f"logged_at FROM _tb.models WHERE {condition} ORDER BY logged_at DESC, model_id DESC",
        [value],
    )
    return [
        KeptModel(
            model_id, run_id, name, tuple(json.loads(flavors)), from_json(signature) if signature else None, size,
            manifest, from_json(facts), logged_at,
        )
        for model_id, run_id, name, flavors, signature, size, manifest, facts, logged_at in rows
    ]  # fmt: skip


def kept_files(db: DuckDBPyConnection, model_id: str) -> tuple[KeptFile, ...]:
    """The files of a model's package, by path."""
    rows = fetch(db, "SELECT path, size, blob FROM _tb.model_files WHERE model_id = $1 ORDER BY path", [model_id])
    return tuple(KeptFile(*row) for row in rows)


def missing_files(db: DuckDBPyConnection, location: Location, files: Sequence[KeptFile]) -> list[str]:
    """Name the files of a package whose content is neither inside the store's file nor beside it."""
    blobs = [file.blob for file in files]
    inside = {
        row[0]
        for row in fetch(
            db, "SELECT digest FROM _tb.blobs WHERE digest IN (SELECT unnest(CAST($1 AS TEXT[])))", [blobs]
        )
    }
    return [file.path for file in files if file.blob not in inside and not blob_path(location, file.blob).exists()]


def keep_file(store: Store, file: Path, digest: str) -> None:
    """Keep a file of a package under its hash; one that is there already costs no writing. Raises DiskFull."""
    if not refresh_blob(store.location, digest):
        with file.open("rb") as content:
            store.put_blob(content)


def write_files(store: Store, files: Sequence[KeptFile], folder: Path) -> None:
    """Write the files of a package below a folder, each verified against its hash before anybody reads it.

    Raises StoreDamaged that names the file which is missing, altered, or would leave the folder.
    """
    with store.asking() as db:
        rows = fetch(
            db,
            "SELECT digest, content FROM _tb.blobs WHERE digest IN (SELECT unnest(CAST($1 AS TEXT[])))",
            [[file.blob for file in files]],
        )
    inside = {digest: bytes(content) for digest, content in rows}
    for file in files:
        target = _inside(folder, file.path, store.location)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            digest = _write(target, inside.get(file.blob), blob_path(store.location, file.blob))
        except FileNotFoundError as error:
            raise StoreDamaged(store.location.blobs, f"{file.path} of the model is missing") from error
        if digest != file.blob:
            raise StoreDamaged(store.location.blobs, f"{file.path} of the model was altered")


def _inside(folder: Path, path: str, location: Location) -> Path:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or ":" in path or any(part in {"..", "."} for part in parts):
        raise StoreDamaged(location.file, f"a model has a file {path!r}, which would leave its folder")
    return folder.joinpath(*parts)


def _write(target: Path, content: bytes | None, blob: Path) -> str:
    """Copy a file of a package; returns the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with target.open("xb") as copy:
        if content is not None:
            digest.update(content)
            copy.write(content)
            return digest.hexdigest()
        with blob.open("rb") as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
    return digest.hexdigest()


def note_loads(db: DuckDBPyConnection, loads: Mapping[tuple[str, int], float]) -> None:
    """Write when versions were loaded last, so that unused ones can be found."""
    for (model, version), at in loads.items():
        db.execute(
            "UPDATE _tb.versions SET last_loaded_at = $3 "
            "WHERE model = $1 AND version = $2 AND (last_loaded_at IS NULL OR last_loaded_at < $3)",
            [model, version, moment(at)],
        )


def drop_old_models(db: DuckDBPyConnection) -> None:
    """Of the models that nobody asked for, leave those of each cell's newest three attempts, and registered ones."""
    old = """
        SELECT model_id
        FROM (
            SELECT m.model_id,
                   row_number() OVER (PARTITION BY r.notebook, r.cell_key, m.name ORDER BY r.seq DESC) AS place
            FROM _tb.models AS m
            JOIN _tb.runs AS r ON r.run_id = m.run_id
            WHERE NOT m.asked AND r.cell_key <> ''
        ) AS ranked
        WHERE place > 3 AND model_id NOT IN (SELECT model_id FROM _tb.versions WHERE model_id IS NOT NULL)
    """
    gone = [row[0] for row in fetch(db, f"SELECT CAST(model_id AS VARCHAR) FROM ({old}) AS old")]
    for table in ("model_files", "models") if gone else ():
        db.execute(f"DELETE FROM _tb.{table} WHERE model_id IN (SELECT unnest(CAST($1 AS UUID[])))", [gone])
