"""A folder to be kept with a run: which of its files, and what is left out and why."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.store import Location

STORE = "the store itself"
LINKS = "links to folders or out of it"
NO_FILES = "pipes, sockets and devices"
UNREADABLE = "what could not be read"
NAMES = "names that cannot be kept"
_SHOWN = 3


class LeftOut:
    """What of a folder is not kept, by reason; true while there is something."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, reason: str, what: str) -> None:
        """Note one file or folder."""
        self._found.setdefault(reason, []).append(what)

    def __str__(self) -> str:
        """Name the reasons, and of each the first few: `the store itself (trackbook.duckdb)`."""
        return "; ".join(
            f"{reason} ({', '.join(what[:_SHOWN])}{f' and {len(what) - _SHOWN} more' if len(what) > _SHOWN else ''})"
            for reason, what in self._found.items()
        )


def files_of(folder: Path, store: Location, left_out: LeftOut) -> Iterator[tuple[Path, str]]:
    """Give the files below a folder in the order of their names, each with its path inside, by /.

    A link to a file inside counts as that file; linked folders are not entered.
    """
    top = Path(os.path.realpath(folder))

    def unreadable(error: OSError) -> None:
        left_out.add(UNREADABLE, f"{_inside(Path(error.filename), folder)}: {error.strerror}")

    for place, folders, names in os.walk(folder, onerror=unreadable):
        here = Path(place)
        folders.sort()
        for name in [*folders]:
            if (here / name).is_symlink():
                folders.remove(name)
                names.append(name)
            elif is_of_store(here / name, store):
                folders.remove(name)
                left_out.add(STORE, name)
        for name in sorted(names):
            file = here / name
            reason = _reason_against(file, top, store)
            if reason:
                left_out.add(reason, printable(_inside(file, folder)))
            else:
                yield file, _inside(file, folder)


def is_of_store(path: Path, store: Location) -> bool:
    """Tell whether a path is the store's file, what DuckDB has beside it, or the store's folder."""
    if not path.name.startswith(store.file.name):
        return False
    file = os.path.realpath(store.file)
    return os.path.realpath(path) in {f"{file}{ending}" for ending in ("", ".d", ".wal", ".tmp")}


def printable(path: str) -> str:
    """Write a file's name so that any terminal can show it."""
    return path if path.isprintable() else ascii(path)


def _reason_against(file: Path, top: Path, store: Location) -> str:
    """Say why a file is not kept; empty when it is."""
    target = file
    if file.is_symlink():
        target = Path(os.path.realpath(file))
        if not target.is_relative_to(top) or target.is_dir():
            return LINKS
    try:
        mode = target.stat().st_mode
    except OSError:  # a link to nothing, or to itself
        return UNREADABLE
    if is_of_store(target, store):
        return STORE
    return "" if stat.S_ISREG(mode) else NO_FILES


def _inside(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()
