"""A recorder that is made a moment after loading, while nobody waits, or when the first cell needs it."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.capture.track_line import TrackLine
    from trackbook.magics.cells import EndedCell, StartingCell
    from trackbook.magics.recorder import NotebookRecorder

_PAUSE = 0.1
"""Seconds after loading until the recorder is made: the answer to the cell that loads us has left by then."""

_making = threading.RLock()
"""Held while a recorder is made, and round a fork: a child has no thread to end an import under way."""


class PreparedRecorder:
    """Stands before a NotebookRecorder, which takes longer to import than everything else that loading does."""

    def __init__(self, make: Callable[[], NotebookRecorder]) -> None:
        """make: called once, on any thread; what it raises is raised to whoever asks, and the next one tries again."""
        self._make: Callable[[], NotebookRecorder] | None = make
        self._made: NotebookRecorder | None = None
        self._is_needed = threading.Event()
        threading.Thread(target=self._prepare, name="trackbook-prepare", daemon=True).start()

    def _prepare(self) -> None:
        if not self._is_needed.wait(_PAUSE):
            with suppress(Exception):  # the first cell tries again, where somebody reads why
                self.recorder()

    def recorder(self) -> NotebookRecorder:
        """Return the recorder itself."""
        self._is_needed.set()
        if self._made is None:
            with _making:
                if self._make is not None:
                    self._made, self._make = self._make(), None
        assert self._made is not None
        return self._made

    def wants(self, cell: StartingCell) -> TrackLine | None:
        """Decide whether a cell is tracked."""
        return self.recorder().wants(cell)

    def begin(self, cell: StartingCell, line: TrackLine) -> object | None:
        """Begin the cell's run."""
        return self.recorder().begin(cell, line)

    def end(self, token: object, ended: EndedCell) -> Mapping[str, Any] | None:
        """End the run and return its card."""
        return self.recorder().end(token, ended)

    def executed(self, cell: StartingCell, token: object | None, *, succeeded: bool) -> None:
        """Take note of any cell."""
        self.recorder().executed(cell, token, succeeded=succeeded)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_making.acquire, after_in_parent=_making.release, after_in_child=_making.release)
