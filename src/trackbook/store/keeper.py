"""The thread that keeps house: heartbeats, merges in the background, and one at exit."""

from __future__ import annotations

import atexit
import concurrent.futures.thread  # noqa: F401 - DuckDB before 2.0 imports pandas in a merge; at exit that fails without
import contextlib
import logging
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING

from trackbook.config import settings
from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from trackbook.store.store import Store

_BEAT_SECONDS = 20.0
_BREATH_SECONDS = 0.1
"""From a run's end to its merge: what its cell still has to show and to answer goes first."""

_EXIT_PATIENCE = 60.0
"""Seconds that the end of the process waits for a merge under way: Python must not end below a working DuckDB."""

_LAST_MERGE_PATIENCE = 0.5
"""Seconds at exit; whoever asks next merges what is left, so processes that end together need not queue."""

_log = logging.getLogger(__name__)


class Keeper:
    """Merges when a run ends, and when much has been logged for long; never makes anybody wait."""

    def __init__(self, store: Store) -> None:
        self._store = weakref.ref(store)
        self._restart()
        _keepers.add(self)

    def _restart(self) -> None:
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._stopping = threading.Event()
        self._merged_at, self._merged_bytes = time.monotonic(), 0

    def start(self) -> None:
        """Begin, if it has not yet; cheap enough to be called by every run."""
        if self._thread is None and not self._stopping.is_set():
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._keep, name="trackbook-keeper", daemon=True)
                    self._thread.start()

    def ask_for_merge(self) -> None:
        """Have a merge soon, on the keeper's thread."""
        self.start()
        self._wake.set()

    def _keep(self) -> None:
        wake, asked = self._wake, False
        while not self._stopping.is_set():
            asked = wake.wait(_BEAT_SECONDS) or asked
            if asked:
                self._stopping.wait(_BREATH_SECONDS)
            wake.clear()
            store = self._store()
            if store is None or self._stopping.is_set() or wake is not self._wake:
                return
            if not store.has_logged:
                continue
            store.spool.beat()
            if asked or self._is_due(store):
                # A try, no more: whoever waits for the lock is somebody's question, and goes first.
                asked = not self._merge(store, 0.0)

    def _is_due(self, store: Store) -> bool:
        waiting = store.spool.bytes_spooled - self._merged_bytes
        late = time.monotonic() - self._merged_at > settings().merge_seconds
        return waiting > 0 and (late or waiting > settings().merge_bytes)

    def _merge(self, store: Store, patience: float) -> bool:
        """Merge if the store can be had; returns whether it could."""
        size = store.spool.bytes_spooled
        try:
            if store.merge(patience) is not None:
                self._merged_at, self._merged_bytes = time.monotonic(), size
                return True
        except (TrackbookError, OSError) as error:
            _log.debug("merge put off: %s", error)  # the next question says it where somebody reads it
        except Exception:  # noqa: BLE001 - nobody waits for this thread, and it must go on keeping house
            _log.exception("a background merge failed; what was logged stays in its spool")
        return False

    def stop(self) -> None:
        """Merge once more and end; whatever is left is merged by the next process that asks."""
        self._stopping.set()
        self._wake.set()
        thread, store = self._thread, self._store()
        if thread is not None:
            thread.join(_EXIT_PATIENCE)
        if store is not None and store.has_logged:
            store.spool.sync()
            self._merge(store, _LAST_MERGE_PATIENCE)

    def forget_thread(self) -> None:
        """In a forked child: the thread stayed with the parent."""
        self._restart()


_keepers: weakref.WeakSet[Keeper] = weakref.WeakSet()
_by_store: weakref.WeakKeyDictionary[Store, Keeper] = weakref.WeakKeyDictionary()


def keeper_of(store: Store) -> Keeper:
    """Return the keeper of a store in this process."""
    keeper = _by_store.get(store)
    if keeper is None:
        keeper = _by_store.setdefault(store, Keeper(store))
    return keeper


def _stop_all() -> None:
    for keeper in list(_keepers):
        with contextlib.suppress(Exception):
            keeper.stop()


def _after_fork() -> None:
    for keeper in list(_keepers):
        keeper.forget_thread()


atexit.register(_stop_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
