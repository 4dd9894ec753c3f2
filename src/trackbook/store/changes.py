"""Whether anybody has logged or decided anything since a look before, without opening the store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.store.location import Location

Mark = tuple[tuple[str, int, int], ...]
"""(name, size, time of change in nanoseconds) of the file and of every spool's journal."""


def change_mark(location: Location) -> Mark:
    """Look at the store: equal marks mean that no run, param, tag, note or decision came in between.

    Points alone do not show, since they go through mapped memory. Costs about 20 µs and as much per spool.
    """
    found = [_of(location.file)]
    try:
        spools = sorted(os.scandir(location.spools), key=lambda entry: entry.name)
    except OSError:
        spools = []
    for spool in spools:
        if not spool.name.startswith("."):
            try:
                found += [_of(file) for file in os.scandir(spool.path) if file.name.startswith("events-")]
            except OSError:  # merged and gone while we looked
                continue
    return tuple(sorted(found))


def _of(path: os.PathLike[str]) -> tuple[str, int, int]:
    try:
        facts = Path(path).stat()
    except OSError:
        return (os.fspath(path), 0, 0)
    return (os.fspath(path), facts.st_size, facts.st_mtime_ns)
