"""Keeps what a user's object prints while we ask it out of the user's cell: a `get_params`, a `__getstate__`."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_STREAMS = ("stdout", "stderr")
_asking: Counter[int] = Counter()
"""Threads whose prints are dropped now, and how deep; another thread's are the user's and go on."""

_changing = threading.RLock()


class _Hushed:
    """Stands in for a stream: drops what an asking thread writes, and is the stream for everybody else."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - whatever the user put there
        self._stream = stream

    def write(self, text: str) -> Any:  # noqa: ANN401 - the stream's own answer
        return len(text) if threading.get_ident() in _asking else self._stream.write(text)

    def writelines(self, lines: Any) -> None:  # noqa: ANN401 - as the stream takes them
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._stream, name)


@contextmanager
def silent_strangers() -> Iterator[None]:
    """Drop what this thread prints until the block ends. Nothing of ours may be said inside."""
    me = threading.get_ident()
    with _changing:
        if not _asking:
            for name in _STREAMS:
                setattr(sys, name, _Hushed(getattr(sys, name)))
        _asking[me] += 1
    try:
        yield
    finally:
        with _changing:
            _asking[me] -= 1
            if not _asking[me]:
                del _asking[me]
            if not _asking:
                for name in _STREAMS:
                    stream = getattr(sys, name)
                    if isinstance(stream, _Hushed):  # else somebody put in one of their own meanwhile
                        setattr(sys, name, stream._stream)  # noqa: SLF001 - of our own kind
