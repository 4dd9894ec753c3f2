"""A model's package as a folder: private, whole and verified before anything is read from it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.store.packages import KeptModel, kept_files, write_files
from trackbook.store.registry.change import REGISTRATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.store import Store
    from trackbook.versioning.version import Version


@contextmanager
def materialised(store: Store, kept: KeptModel) -> Iterator[Path]:
    """Write a model's package to a private temporary folder, gone at the end of the block.

    Raises StoreDamaged that names a missing or altered file.
    """
    with store.asking() as db:
        files = kept_files(db, kept.model_id)
    with tempfile.TemporaryDirectory(prefix="trackbook-model-") as private:  # mode 0700
        folder = Path(private) / "model"
        folder.mkdir(mode=0o700)
        write_files(store, files, folder)
        yield folder


def export_version(version: Version, folder: Path) -> Path:
    """Write a version's package to a new folder, with a file that says which version it is.

    That file holds the head of the audit trail at the registration: kept elsewhere, it is a witness.
    Raises BadInput when the folder exists, StoreDamaged.
    """
    if folder.exists():
        raise BadInput(f"{folder} exists; a package goes to a new folder.")
    with version.store.asking() as db:
        files = kept_files(db, version.package.model_id)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as growing:
        whole = Path(growing) / "package"
        whole.mkdir()
        write_files(version.store, files, whole)
        (whole / REGISTRATION).write_text(version.row.registration, "utf-8")
        whole.rename(folder)
    return folder
