"""How a comparison follows the store: at every decision, and once a second while its runs are running."""

from __future__ import annotations

import logging
import threading
import weakref
from typing import TYPE_CHECKING, Any

from trackbook.widgets.watch import Watch

if TYPE_CHECKING:
    from trackbook.store import Store

_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Following:
    """Calls `panel.refresh()` on a thread of its own; `panel.is_running()` says whether points may come."""

    def __init__(self, panel: Any, store: Store) -> None:  # noqa: ANN401 - a Comparison
        self._panel = weakref.ref(panel)
        self._ended = threading.Event()
        self._pulse: threading.Thread | None = None
        self._watch = Watch(self, store)

    def store_changed(self) -> None:
        """Take in what somebody logged or decided; while a pulse beats it does so anyway."""
        panel = self._panel()
        if panel is None:
            self.end()
        elif self._pulse is None or not self._pulse.is_alive():
            panel.refresh()
            self.beat()

    def beat(self) -> None:
        """Look for points once a second from now on, as long as a run is running: they do not show as a change."""
        panel = self._panel()
        if panel is not None and panel.is_running() and (self._pulse is None or not self._pulse.is_alive()):
            self._pulse = threading.Thread(target=self._run, name="trackbook-compare", daemon=True)
            self._pulse.start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()
        self._watch.end()

    def _run(self) -> None:
        while not self._ended.wait(_SECONDS):
            panel = self._panel()
            if panel is None:
                return
            try:
                panel.refresh()
            except Exception:  # noqa: BLE001 - the next second tries again; a thread has nobody to tell
                _log.debug("a comparison could not follow its runs", exc_info=True)
            if not panel.is_running():
                return
            del panel
