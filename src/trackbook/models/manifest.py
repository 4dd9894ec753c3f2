"""A package's manifest: every file with its hash, looked at before anything in the package is read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.models.errors import PackageChanged
from trackbook.models.paths import check_names, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

SEAL_NAME = "trackbook.seal.json"
"""Where a signer's seal lies. Part of the manifest, but not of what is signed."""

REGISTRATION_NAME = "registration.json"
"""What an exported package is told about its version, after it was sealed. Never read when it is loaded."""


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of a package."""

    path: str
    """Relative to the package, with forward slashes."""

    sha256: str
    """Of the content, 64 hex digits."""

    size: int
    """Bytes."""


def manifest_of(folder: Path) -> tuple[PackageFile, ...]:
    """Read every file of a package and write down its hash, sorted by path.

    Raises BadPackage for links, devices, and names that differ by case only or cannot be kept everywhere.
    """
    return tuple(_read(path, Path(entry.path)) for path, entry in walk(folder))


def verify_manifest(folder: Path, manifest: Iterable[PackageFile]) -> None:
    """Raise PackageChanged, naming the files, unless the package is exactly what its manifest says.

    Costs one reading of every file. Raises BadPackage when the manifest or the package has a path that leaves it.
    """
    wanted = {file.path: file for file in manifest}
    check_names(folder, wanted)
    there = {file.path: file for file in manifest_of(folder)}
    missing = sorted(wanted.keys() - there.keys())
    extra = sorted(there.keys() - wanted.keys())
    altered = sorted(path for path in wanted.keys() & there.keys() if wanted[path] != there[path])
    if missing or altered or extra:
        raise PackageChanged(folder, missing, altered, extra)


def canonical(manifest: Iterable[PackageFile]) -> bytes:
    """Write a manifest in the one form that is signed: compact JSON, sorted by path.

    Without what is written about a package when it is finished: the seal itself and an export's registration.
    """
    files = sorted(
        (file for file in manifest if file.path not in {SEAL_NAME, REGISTRATION_NAME}), key=lambda file: file.path
    )
    return json.dumps([asdict(file) for file in files], sort_keys=True, separators=(",", ":")).encode()


def _read(path: str, file: Path) -> PackageFile:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        return PackageFile(path, digest, content.tell())
