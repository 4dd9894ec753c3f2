"""One watch a store, shared by all pages that listen; it ends with the last of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

from trackbook.errors import TrackbookError
from trackbook.labapi.lines import progress
from trackbook.store.changes import change_mark
from trackbook.store.control import pages_there

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.labapi.desk import Desk
    from trackbook.labapi.office import Office
    from trackbook.store.changes import Mark
    from trackbook.store.stamp import Stamp

_SECONDS = 0.5
_PROGRESS_SECONDS = 1.0
_BETWEEN_NEWS = 1.0
"""Kernels that log all the time are told of once a second."""

_CLOSER_SECONDS = 10.0
"""While a run runs the store is asked now and then: points and the death of a process change no file's size."""

_REST_SECONDS = 2.0
"""After a look that failed: a store may be held for hours."""

_log = logging.getLogger(__name__)


class Listener:
    """One page. News that it was too slow for are told once, not heaped up."""

    def __init__(self) -> None:
        self._gone = False
        self._changed = False
        self._progress: list[dict[str, Any]] | None = None
        self._news = asyncio.Event()

    def is_gone(self) -> bool:
        """Tell whether the page has hung up."""
        return self._gone

    def tell_changed(self) -> None:
        """Say that something was logged, decided or ended."""
        self._changed = True
        self._news.set()

    def tell_progress(self, runs: list[dict[str, Any]]) -> None:
        """Say how far running runs are."""
        self._progress = runs
        self._news.set()

    def hang_up(self) -> None:
        """The page is gone."""
        self._gone = True
        self._news.set()

    async def next(self, patience: float) -> list[dict[str, Any]]:
        """Wait for news; empty when there were none for so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), patience)
        self._news.clear()
        news: list[dict[str, Any]] = [{"tell": "changed"}] if self._changed else []
        if self._progress is not None:
            news.append({"tell": "progress", "runs": self._progress})
        self._changed, self._progress = False, None
        return news


class Watcher:
    """Looks at sizes and times of files twice a second, and asks the store only when one has changed."""

    def __init__(self, office: Office, desk: Desk, ended: Callable[[], None]) -> None:
        """ended: called when nobody listens any more."""
        self._office, self._desk, self._ended = office, desk, ended
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self.has_looked = asyncio.Event()
        """Set after the first look: from then on nothing is missed."""

        self._mark: Mark = ()
        self._stamp: Stamp | None = None
        self._asked = self._told = self._shown = self._resting_until = 0.0
        self._progress: list[dict[str, Any]] = []

    def join(self) -> Listener:
        """Listen from now on."""
        listener = Listener()
        self._listeners.add(listener)
        if self._progress:
            listener.tell_progress(self._progress)
        if self._task is None:
            self._desk.is_watched = True
            self._task = asyncio.create_task(self._watch())
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        self._listeners.discard(listener)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task, self._desk.is_watched = None, False
            self._ended()

    async def _watch(self) -> None:
        self._stamp = await self._ask()
        self.has_looked.set()
        while True:
            await asyncio.sleep(_SECONDS)
            try:
                await self._look()
            except Exception:  # noqa: BLE001 - the next look tries again
                _log.debug("the feed could not look at the store", exc_info=True)

    async def _look(self) -> None:
        location, now = self._desk.store.location, time.monotonic()
        mark, running = await self._office.read(lambda: (change_mark(location), pages_there(location)))
        due = mark != self._mark or (bool(running) and now - self._asked > _CLOSER_SECONDS)
        if due and now - self._told >= _BETWEEN_NEWS and now >= self._resting_until:
            # As it was before asking: what is logged meanwhile is not missed. Asking merges, which changes the mark
            # once more, and then the stamp says that nothing is new.
            self._mark, self._asked = mark, now
            stamp = await self._ask()
            if stamp != self._stamp:
                self._stamp, self._told = stamp, now
                for listener in self._listeners:
                    listener.tell_changed()
        if (running or self._progress) and now - self._shown >= _PROGRESS_SECONDS:
            self._shown = now
            await self._show(running)

    async def _ask(self) -> Stamp | None:
        """Ask for the stamp; None while the store cannot be asked, which is news as well."""
        try:
            return await self._desk.look()
        except TrackbookError:
            self._mark, self._resting_until = (), time.monotonic() + _REST_SECONDS
            return None

    async def _show(self, running: list[str]) -> None:
        location = self._desk.store.location
        runs = await self._office.read(
            lambda: [{"id": run_id, "progress": progress(location, run_id)} for run_id in sorted(running)]
        )
        if runs != self._progress:
            self._progress = runs
            for listener in self._listeners:
                listener.tell_progress(runs)
