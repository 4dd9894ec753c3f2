"""What all requests share: the root, the desks of open stores, the threads."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from trackbook.errors import NotThere
from trackbook.labapi.desk import Desk
from trackbook.labapi.errors import StillTrying
from trackbook.labapi.undos import Undos
from trackbook.labapi.watching import Watcher
from trackbook.store import Location, open_store
from trackbook.store.location import STORE_NAME
from trackbook.store.merge import has_spools

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.labapi.roots import Root
    from trackbook.store import Store

LONGEST_SECONDS = 180.0
"""That a page waits for gates; one that loads a model takes two minutes at most."""

_MOST_DESKS = 16
_MOST_FOLDERS = 500
"""Folders below the root that are looked into for stores."""

Answer = TypeVar("Answer")


class Office:
    """One for each server."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self._readers = ThreadPoolExecutor(4, "trackbook-reads")
        self._deciders = ThreadPoolExecutor(4, "trackbook-decides")
        self._triers = ThreadPoolExecutor(2, "trackbook-tries")
        self._desks: OrderedDict[Path, Desk] = OrderedDict()
        self._watchers: dict[Path, Watcher] = {}
        self.undos = Undos()

    def desk(self, location: Location) -> Desk:
        """Return the desk of a store; the same as long as the store is in use."""
        desk = self._desks.get(location.file)
        if desk is None:
            desk = self._desks[location.file] = Desk(open_store(location), self._readers)
        self._desks.move_to_end(location.file)
        for file in list(self._desks)[: max(0, len(self._desks) - _MOST_DESKS)]:
            if self._desks[file].is_idle and file not in self._watchers:
                del self._desks[file]
        return desk

    def watcher(self, desk: Desk) -> Watcher:
        """Return the watch over a store; the same for all who listen."""
        file = desk.store.location.file
        watcher = self._watchers.get(file)
        if watcher is None:
            watcher = self._watchers[file] = Watcher(self, desk, lambda: self._forget(file))
        return watcher

    def _forget(self, file: Path) -> None:
        self._watchers.pop(file, None)

    def store(self, name: str) -> Store:
        """Return a store in which something is to be decided; one that is there. Raises NotThere, OutsideRoot."""
        location = self.root.store_of(name)
        if not is_there(location):
            raise NotThere(f"There is no store {self.root.named(location.file)} yet; the first tracked run makes it.")
        return self.desk(location).store

    async def decide(self, store: Store, work: Callable[[], Answer], *, long: bool = False) -> Answer:
        """Do something in a store beside the event loop; whoever asks afterwards sees it.

        long: it may load models, and must not keep others waiting. Raises StillTrying after three minutes.
        """
        executor = self._triers if long else self._deciders
        running = asyncio.get_running_loop().run_in_executor(executor, work)
        try:
            return await asyncio.wait_for(asyncio.shield(running), LONGEST_SECONDS)
        except TimeoutError:
            running.add_done_callback(lambda done: None if done.cancelled() else done.exception())
            raise StillTrying(LONGEST_SECONDS) from None
        finally:
            self.desk(store.location).decided()

    async def read(self, work: Callable[[], Answer]) -> Answer:
        """Look at files beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    def known(self) -> list[Location]:
        """List stores that are there: the root's, those one folder below it, those asked for before."""
        root = self.root.folder
        files = {root / STORE_NAME, *self._desks}
        with contextlib.suppress(OSError), os.scandir(root) as entries:
            for count, entry in enumerate(entries):
                if count >= _MOST_FOLDERS:
                    break
                if entry.is_dir() and not entry.name.startswith("."):
                    files.add(root / entry.name / STORE_NAME)
        there = [store for file in sorted(files) if is_there(store := Location(file))]
        return [store for store in there if store.file in self._desks or self.root.holds_store(store)]


def is_there(location: Location) -> bool:
    """Tell whether anything was ever logged to a store."""
    return location.file.exists() or has_spools(location)
