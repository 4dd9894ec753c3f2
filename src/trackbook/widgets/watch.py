"""A thread that looks at the store twice a second and tells a panel that something is new."""

from __future__ import annotations

import logging
import threading
import weakref
from typing import TYPE_CHECKING, Any

from trackbook.store.changes import change_mark

if TYPE_CHECKING:
    from trackbook.store import Store

_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Watch:
    """Calls `panel.store_changed()` on a thread of its own after each change, until the panel is closed or gone."""

    def __init__(self, panel: Any, store: Store) -> None:  # noqa: ANN401 - any panel with `store_changed`
        self._panel, self._store = weakref.ref(panel), store
        self._ended = threading.Event()
        self._seen = change_mark(store.location)
        self._thread = threading.Thread(target=self._look, name="trackbook-watch", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def _look(self) -> None:
        while not self._ended.wait(_SECONDS):
            panel = self._panel()
            if panel is None:
                return
            mark = change_mark(self._store.location)
            if mark != self._seen:
                # As it was before the panel asks, so that what somebody logs meanwhile is not missed. Asking merges,
                # which is a change too: the panel is told once more, and `ask_stamp` says that nothing is new.
                self._seen = mark
                try:
                    panel.store_changed()
                except Exception:  # noqa: BLE001 - a thread has nobody to tell; the next look tries again
                    _log.debug("a panel could not follow the store", exc_info=True)
                    self._seen = ()
            del panel
