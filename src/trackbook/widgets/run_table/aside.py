"""What may take long and must hold nobody up: a table's answers that are made on a thread of their own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


class Aside:
    """Has one answer made at a time; asked meanwhile, it makes one more, and no more than one."""

    def __init__(self, answer: Callable[[], None]) -> None:
        """answer: finds out itself what is asked by now."""
        self._answer = answer
        self._lock = threading.Lock()
        self._is_asked = self._is_running = False

    def ask(self) -> None:
        """Have it answered soon."""
        with self._lock:
            self._is_asked = True
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="trackbook-aside", daemon=True).start()

    def _run(self) -> None:
        while self._takes():
            try:
                self._answer()
            except Exception:  # noqa: BLE001 - a thread has nobody to tell; the table is as good without
                _log.debug("a run table could not be told more of its runs", exc_info=True)

    def _takes(self) -> bool:
        """Tell whether there is anything to answer; if not, the thread has ended for whoever asks next."""
        with self._lock:
            taken, self._is_asked = self._is_asked, False
            self._is_running = taken
            return taken
