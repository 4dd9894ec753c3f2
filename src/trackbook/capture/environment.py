"""Tell where a run ran: Python, platform, and the name and version of every installed package."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.records import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SEPARATORS = re.compile(r"[-_.]+")
_METADATA_HEAD = 4096
_EGG_PYTHON = re.compile(r"-py\d[\d.]*$")


def describe_environment() -> Environment:
    """Describe this process's environment; takes some milliseconds for hundreds of packages, and never raises."""
    return Environment(
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        platform=platform.platform(),
        packages=installed_packages(sys.path),
    )


def installed_packages(search_path: Iterable[object]) -> tuple[tuple[str, str], ...]:
    """Return (name, version) of the packages that importing from `search_path` would find, sorted by name.

    Names are normalised (PEP 503). Where a package is there twice, the first folder wins, as in an import.
    Half-removed and damaged packages are left out.
    """
    found: dict[str, str] = {}
    for entry in dict.fromkeys(entry for entry in search_path if isinstance(entry, str)):
        here: dict[str, str] = {}
        for name, version in _packages_in(entry):
            normal = _SEPARATORS.sub("-", name).lower()
            if normal and version:
                # Two versions in one folder are a broken upgrade; the later text is at least always the same one.
                here[normal] = max(version, here.get(normal, ""))
        found = here | found
    return tuple(sorted(found.items()))


def _packages_in(entry: str) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(entry or ".") as children:
            folders = [child for child in children if child.name.endswith((".dist-info", ".egg-info"))]
    except NotADirectoryError:
        yield from _packages_in_archive(entry)
        return
    except (OSError, ValueError):
        return
    for folder in folders:
        if not folder.name.startswith("~"):  # what pip leaves when it could not remove something
            yield from _package_of(folder)


def _packages_in_archive(entry: str) -> Iterator[tuple[str, str]]:
    try:
        for package in importlib.metadata.distributions(path=[entry]):
            yield package.metadata["Name"] or "", package.version or ""
    except Exception:  # noqa: BLE001 - a damaged archive has no packages for us
        return


def _package_of(folder: os.DirEntry[str]) -> Iterator[tuple[str, str]]:
    """Read name and version off the folder's name, which pip writes so; off the metadata where it is not there."""
    stem, _, kind = folder.name.rpartition(".")
    metadata = Path(folder.path, "METADATA" if kind == "dist-info" else "PKG-INFO")
    try:
        name, dash, version = (stem if kind == "dist-info" else _EGG_PYTHON.sub("", stem)).partition("-")
        if kind == "egg-info" and folder.is_file():
            metadata = Path(folder.path)
        if dash and "-" not in version and metadata.exists():
            yield name, version
        elif metadata.exists():
            yield _head_of(metadata)
    except OSError:
        return


def _head_of(metadata: Path) -> tuple[str, str]:
    with metadata.open(encoding="utf-8", errors="replace") as file:
        head = file.read(_METADATA_HEAD).partition("\n\n")[0]
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line and not line.startswith(" "))
    return fields.get("Name", "").strip(), fields.get("Version", "").strip()
