"""Which run a live panel shows, and where it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store import find_run
from trackbook.store.run_so_far import newest_run
from trackbook.tracking.active import find_active_run
from trackbook.tracking.endings import _open
from trackbook.tracking.run import Run
from trackbook.widgets.live.state import LiveState

if TYPE_CHECKING:
    from trackbook.store import Store


def source_of(store: Store, wanted: object = None) -> LiveState | None:
    """Find a run by a handle, its id, a beginning of that, its name or `last`; None is the one that runs.

    Without a running one it is the newest, and None when there is none. Raises RunNotFound.
    """
    if wanted is None:
        active = find_active_run()
        if active is None or active.store is not store:
            return newest_source(store)
        wanted = active
    if isinstance(wanted, Run):
        return LiveState(wanted.store, wanted.run_id, _open.get(wanted.run_id))
    run_id = getattr(wanted, "run_id", None) or find_run(store, str(wanted)).run_id
    return LiveState(store, str(run_id), _open.get(str(run_id)))


def newest_source(store: Store) -> LiveState | None:
    """Take the newest running run, else the newest; None when there is none. Raises StoreHeld."""
    run_id = newest_run(store)
    return None if run_id is None else LiveState(store, run_id, _open.get(run_id))
