"""Zip files inside packages: looked through before a library opens them, and written the same way twice."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from trackbook.models.errors import BadPackage
from trackbook.models.paths import why_not

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can hold."""

_ALWAYS_FINE = 64_000_000
_RATIO = 200
"""Deflate reaches a thousand on zeros; weights reach three."""

_MOST_MEMBERS = 200_000


def check_archive(folder: Path, file: Path) -> None:
    """Raise BadPackage unless this is a zip whose members stay inside, are there once, and unfold to a sane size."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadPackage(folder, file.name, f"is no zip archive: {error}") from error
    unfolded = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or unfolded > max(_ALWAYS_FINE, _RATIO * file.stat().st_size):
        raise BadPackage(folder, file.name, f"would unfold to {unfolded:,} bytes in {len(members):,} files")
    seen: set[str] = set()
    for member in members:
        reason = why_not(member.filename.removesuffix("/"))
        if reason:
            raise BadPackage(folder, file.name, f"has the member {ascii(member.filename)[:200]}, which {reason}")
        if member.filename.casefold() in seen:
            raise BadPackage(folder, file.name, f"has the member {member.filename!r} twice")
        if member.flag_bits & 0x1:
            raise BadPackage(folder, file.name, "is encrypted")
        seen.add(member.filename.casefold())


def write_archive(file: Path, members: Iterable[tuple[str, bytes]]) -> None:
    """Write a zip without compression and without the time of day, so that equal members give equal bytes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content)
