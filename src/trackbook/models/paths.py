"""Paths inside a package never leave it.

A path is compared as it stands: nothing is decoded, expanded or followed, so
there is no second meaning that a check could miss.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from trackbook.models.errors import BadPackage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def why_not(path: object) -> str:
    """Say what is wrong with a path that should be relative, posix and inside; empty when nothing is."""
    if not isinstance(path, str):
        return f"is a {type(path).__name__}, not a path"
    if not path or any(ord(mark) < ord(" ") or ord(mark) == 0x7F for mark in path):  # noqa: PLR2004 - delete
        return "is empty or has a control character"
    if "\\" in path or PureWindowsPath(path).drive:
        return "has a backslash or a drive"
    if unquote(path) != path:
        return "is percent-encoded"
    if path.startswith(("/", "~")):
        return "is absolute"
    if str(PurePosixPath(path)) != path or {".", ".."} & set(path.split("/")):
        return "leaves the package or is not written plainly"
    return ""


def inside(folder: Path, path: object, said_in: str) -> Path:
    """Return where a path named by the package's file `said_in` leads; raise BadPackage when that is outside.

    The file or folder must be there and no part of the way may be a link.
    """
    reason = why_not(path)
    if reason:
        raise BadPackage(folder, said_in, f"names the path {ascii(path)[:200]}, which {reason}")
    here = folder
    for part in PurePosixPath(str(path)).parts:
        here = here / part
        if here.is_symlink():
            raise BadPackage(folder, str(path), "is a link")
    if not here.exists():
        raise BadPackage(folder, str(path), f"is missing, though {said_in} names it")
    return here


def walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield (relative posix path, entry) of every file, in order of their paths.

    Raises BadPackage for links, devices, pipes, names that cannot be kept on
    every system, and names that differ by case only.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise BadPackage(folder, ".", "is no folder")
    found = sorted(_files(folder, folder, ""), key=lambda item: item[0])
    check_names(folder, [path for path, _ in found])
    yield from found


def check_names(folder: Path, paths: Iterable[str]) -> None:
    """Raise BadPackage for a path that `why_not` refuses, or that is there twice by case."""
    seen: dict[str, str] = {}
    for path in paths:
        reason = why_not(path)
        if reason:
            raise BadPackage(folder, ascii(path)[1:200], reason)
        twin = seen.setdefault(path.casefold(), path)
        if twin is not path:
            raise BadPackage(folder, path, f"is there twice, also as {twin!r}")


def _files(folder: Path, here: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(here) as entries:
        for entry in entries:
            path = f"{prefix}{entry.name}"
            kind = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(kind):
                yield from _files(folder, Path(entry.path), f"{path}/")
            elif stat.S_ISREG(kind):
                yield path, entry
            else:
                raise BadPackage(folder, ascii(path)[1:-1], "is a link or a device, not a file")
