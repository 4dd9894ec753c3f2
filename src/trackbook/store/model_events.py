"""What a merge makes of the events about models: packages that runs logged, versions that were loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.store.fields import read_id, seconds, text_of, whole
from trackbook.store.registry.reading import HIGHEST_VERSION
from trackbook.store.rows import clean, moment
from trackbook.values import to_json

if TYPE_CHECKING:
    from trackbook.store.batch import Batch


def model_event(batch: Batch, spool_id: str, event: dict[str, Any]) -> None:
    """Take a model that a run logged; its files are blobs."""
    del spool_id
    model_id = read_id(event["model_id"])
    files = [(text_of(file["path"]), batch.name_blob(file), whole(file["size"])) for file in event["files"]]
    signature = clean(to_json(event["signature"])) if event.get("signature") else None
    batch.grown["models"].append((
        model_id, read_id(event["run_id"]), text_of(event["name"]), clean(to_json(event["flavors"])), signature,
        sum(size for _, _, size in files), text_of(event["manifest"]), clean(to_json(event["facts"])),
        bool(event.get("asked", True)), moment(event["at"]),
    ))  # fmt: skip
    batch.grown["model_files"] += [(model_id, path, size, blob) for path, blob, size in files]


def loaded_event(batch: Batch, spool_id: str, event: dict[str, Any]) -> None:
    """Note that a version was loaded, which is no decision."""
    del spool_id
    version = (text_of(event["model"]), whole(event["version"], HIGHEST_VERSION))
    batch.loads[version] = max(seconds(event["at"]), batch.loads.get(version, 0.0))
