"""Our own look at the bytes of a file that DuckDB has open in this process.

POSIX locks belong to the process: the first close of any descriptor of a file gives back the lock that DuckDB
has on it. So there is at most one of ours for each file, and it is closed when DuckDB has the file no more.
"""

from __future__ import annotations

import contextlib
import os
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ours: dict[Path, IO[bytes]] = {}


def is_open_here(path: Path) -> bool:
    """Tell whether somebody else in this process has the file open, such as a connection of the user's."""
    count = 0
    with contextlib.suppress(OSError):
        asked = path.stat()
        for name in os.listdir("/dev/fd"):
            with contextlib.suppress(OSError, ValueError):
                count += os.path.samestat(os.fstat(int(name)), asked)
    return count > (path in _ours)


def look_into(path: Path) -> IO[bytes]:
    """Open the file for reading, or give the descriptor that there is; `let_go` closes it."""
    file = _ours.get(path)
    if file is not None and not os.path.samestat(os.fstat(file.fileno()), path.stat()):
        _ours.pop(path).close()  # of a file that is here no more
        file = None
    if file is None:
        file = _ours[path] = path.open("rb", buffering=0)
    return file


def let_go(path: Path) -> None:
    """Close our descriptor of the file, unless a connection of the user's still needs its lock."""
    if path in _ours and not is_open_here(path):
        _ours.pop(path).close()
