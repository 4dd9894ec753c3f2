"""Which attempt of its cell a run is, known without asking the store while a cell waits."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from trackbook.errors import TrackbookError
from trackbook.store import remember_notebook

if TYPE_CHECKING:
    from trackbook.records import Attempt
    from trackbook.store import Store
    from trackbook.store.questions import CellAttempt

_LOG = logging.getLogger(__name__)
_PATIENCE = 3.0
"""Seconds that the first cell after loading may wait, once, for the store's memory of the notebook.

Usually it is there already; "Run All" right after a restart waits some tenths of a second, because a wrong
number would stay wrong.
"""


class Attempts:
    """The newest attempt of each cell of one notebook: read once in the background, then kept up here.

    Cells are attempts of one another when they are the same cell, or of the same
    shape: copied and changed in their literals only. A notebook that was renamed or
    moved before this kernel began has other attempts by the ids of its cells.
    """

    def __init__(self, store: Store, notebook: str) -> None:
        self.notebook = notebook
        self._store = store
        self.ignored: set[str] = set()
        """Names that the user does not want as metrics."""

        self.better: dict[str, str] = {}
        """Which way is up, where the store knew it at the start or `better` was defined since."""

        self.trouble = ""
        """Why the store could not be asked; empty when it could. What is logged is kept all the same."""

        self._moved: dict[str, CellAttempt] = {}
        self._key_of_cell: dict[str, str] = {}
        self._key_of_shape: dict[str, str] = {}
        self._newest: dict[str, Attempt] = {}
        self._numbers: dict[str, int] = {}
        self._patience = _PATIENCE
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, name="trackbook-attempts", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            memory = remember_notebook(self._store, self.notebook)
        except Exception as error:  # noqa: BLE001 - without its memory a cell is a first attempt; the card says why
            _LOG.debug("the store does not tell of earlier attempts", exc_info=True)
            self.trouble = str(error) if isinstance(error, TrackbookError) else ""
            return
        with self._lock:
            self.ignored |= memory.ignored
            self.better = memory.better | self.better
            for cell in memory.cells:
                self._take_over(cell)
            for cell in reversed(memory.moved):
                if cell.cell_id:
                    self._moved[cell.cell_id] = cell

    def _take_over(self, cell: CellAttempt) -> None:
        if cell.cell_id:
            self._key_of_cell.setdefault(cell.cell_id, cell.cell_key)
        self._key_of_shape.setdefault(cell.cell_key, cell.cell_key)
        self._numbers.setdefault(cell.cell_key, cell.number)
        if cell.attempt.run_id:
            self._newest.setdefault(cell.cell_key, cell.attempt)

    def begin(self, cell_id: str, shape: str) -> tuple[str, int, Attempt | None]:
        """Return the key that the cell's attempts share, the number of the next, and the one before it."""
        self._reader.join(self._patience)
        self._patience = 0.0
        with self._lock:
            if cell_id in self._moved and cell_id not in self._key_of_cell:
                self._take_over(self._moved[cell_id])
            key = self._key_of_cell.get(cell_id) if cell_id else None
            key = key or self._key_of_shape.get(shape) or shape
            if cell_id:
                self._key_of_cell[cell_id] = key
            self._key_of_shape[shape] = key
            # Taken at once, so that a failure on the way cannot give the number twice.
            number = self._numbers[key] = self._numbers.get(key, 0) + 1
            return key, number, self._newest.get(key)

    def end(self, key: str, attempt: Attempt) -> None:
        """Remember what the next attempt will be compared with."""
        with self._lock:
            self._newest[key] = attempt

    def forget(self, run_id: str) -> None:
        """Compare no more with a run that is deleted now, but with the attempt before it."""
        with self._lock:
            keys = [key for key, attempt in self._newest.items() if attempt.run_id == run_id]
        if not keys:
            return
        left = {cell.cell_key: cell.attempt for cell in remember_notebook(self._store, self.notebook).cells}
        with self._lock:
            for key in keys:
                del self._newest[key]
                if key in left and left[key].run_id:
                    self._newest[key] = left[key]
