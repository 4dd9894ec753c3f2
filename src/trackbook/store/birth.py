"""The birth of a spool: its folder, locked for as long as its process lives."""

from __future__ import annotations

import json
import os
import platform
import socket
from time import time
from typing import IO, TYPE_CHECKING

from trackbook.store.lock import try_lock

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.store.location import Location

SPOOL_FORMAT = 1
"""Of everything in a spool's folder; a merger leaves newer formats alone."""


def bear_spool(location: Location, spool_id: str) -> tuple[Path, IO[str]]:
    """Make a spool's folder; returns it and the open file that carries its lock. Raises OSError.

    Locked before it has its name: a merger must not take a spool being born for a dead one.
    """
    location.prepare()
    born = location.spools / f".{spool_id}"
    born.mkdir()
    lifeline = (born / "lock").open("a")
    try_lock(lifeline)
    (born / "spool.json").write_text(json.dumps(_facts()), encoding="utf-8")
    return born.rename(location.spools / spool_id), lifeline


def _facts() -> dict[str, object]:
    return {
        "format": SPOOL_FORMAT,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "python": platform.python_version(),
        "created": time(),
    }
