"""Routes about the disk: what takes how much, and taking away what nothing needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.config import settings
from trackbook.labapi.route import Route
from trackbook.labapi.undos import Deeded
from trackbook.labapi.words import text
from trackbook.store import collect_garbage
from trackbook.store.garbage import find_garbage
from trackbook.store.storage_sizes import StorageSizes, ask_storage
from trackbook.views.numbers import byte_size, count
from trackbook.views.side_bar.storage import quota_warning

if TYPE_CHECKING:
    from trackbook.store import Store


class StorageRoute(Route):
    """GET storage: bytes by kind and by experiment, and what a collection would free."""

    async def look(self) -> dict[str, Any]:
        store = self.desk.store
        return storage_told(await self.office.read(partial(ask_storage, store)), settings().storage_quota)


def storage_told(sizes: StorageSizes, quota: int) -> dict[str, Any]:
    """Write the sizes for the browser. quota: in bytes; 0 without one."""
    return {
        "file": sizes.file,
        "blobs": sizes.blobs,
        "spools": sizes.spools,
        "garbage": sizes.garbage,
        "experiments": [{"name": name, "bytes": size, "runs": runs} for name, size, runs in sizes.experiments],
        "quota": quota,
        "warning": quota_warning(sizes.total, sizes.garbage, quota),
    }


class CollectRoute(Route):
    """POST storage/collect: remove files that no run names; runs are never removed from here."""

    async def act(self, body: dict[str, Any]) -> dict[str, str]:
        store = self.office.store(text(body, "store"))
        done = await self.office.decide(store, partial(_collect, store))
        return self.office.undos.remember(store.location.file, done)


def _collect(store: Store) -> Deeded:
    size = find_garbage(store).size
    _, blobs = collect_garbage(store)
    if not blobs:
        return Deeded("There is nothing to remove: what is younger than a day is spared.")
    return Deeded(f"Removed {count(blobs, 'file')} that no run needs ({byte_size(size)}).")
