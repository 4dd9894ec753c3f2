"""A short sign of a cell's code, so that a page finds the cell again whose id has changed. Twin of fingerprint.ts."""

from __future__ import annotations

import re
import zlib

_SPACE = re.compile(r"[ \t\n\r\f\v]+")


def fingerprint(code: str) -> str:
    """Sum up code without its white space, which splitting and merging cells changes; empty for no code."""
    bare = _SPACE.sub("", code).encode("utf-8", "replace")
    return f"{len(bare):x}-{zlib.crc32(bare):x}" if bare else ""
