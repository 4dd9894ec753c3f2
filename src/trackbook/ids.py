"""Names for things that must never collide."""

from __future__ import annotations

import secrets
import time
import uuid


def new_id() -> str:
    """Make a UUIDv7 as text: sorts by time to the millisecond, random beyond.

    Source: RFC 9562, section 5.7. Python has one of its own from 3.14 on.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    number = (
        (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    )
    return str(uuid.UUID(int=number))
