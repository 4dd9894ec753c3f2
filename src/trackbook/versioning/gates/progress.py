"""Gates that take their time, as whoever waits at a cell or a terminal sees them: one line, written over."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

Progress = Callable[[Iterable[str]], Iterable[str]]
"""Wraps the names of gates while they are tried one after another, as tqdm does."""

_MOMENT = 0.3  # seconds; of gates that are done by then there is nothing to tell
_TICK = 1.0


def shown(names: Iterable[str]) -> Iterator[str]:
    """Say which gate is tried, and for how long; nothing where nobody looks or all are quick."""
    stream = _watched()
    if stream is None:
        yield from names
        return
    known = list(names)
    line = _Line(stream, len(known))
    try:
        for name in known:
            line.next(name)
            yield name
    finally:
        line.end()


def _watched() -> TextIO | None:
    """Return where a person looks: below a cell, where standard error is as red as a fault, or at a terminal."""
    if type(sys.stdout).__module__.startswith("ipykernel."):
        return sys.stdout
    return sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None


class _Line:
    """One line of a stream, written over every second by a thread, since a gate gives no sign of life itself."""

    def __init__(self, stream: TextIO, count: int) -> None:
        self._stream, self._count = stream, count
        self._place, self._name, self._width = 0, "", 0
        self._began = time.monotonic()
        self._over = threading.Event()
        self._writer = threading.Thread(target=self._write_on, name="trackbook-gates", daemon=True)
        self._writer.start()

    def next(self, name: str) -> None:
        """Go on to the next gate."""
        self._place, self._name = self._place + 1, name

    def end(self) -> None:
        """Leave a last word where anything was said; an interrupt leaves gates untried."""
        self._over.set()
        self._writer.join()
        if self._width:
            self._write(f"{self._place} of {self._count} gates tried in {self._taken():.1f} s.")
            self._stream.write("\n")

    def _write_on(self) -> None:
        pause = _MOMENT
        while not self._over.wait(pause):
            self._write(f"Trying the gate {self._name} ({self._place} of {self._count}), {self._taken():.0f} s…")
            pause = _TICK

    def _taken(self) -> float:
        return time.monotonic() - self._began

    def _write(self, text: str) -> None:
        self._width = max(self._width, len(text))
        self._stream.write(f"\r{text:<{self._width}}")
        self._stream.flush()
