"""Routes that change runs, and the one that takes a deed back."""

from __future__ import annotations

from functools import partial
from typing import Any

from trackbook.labapi.route import Route
from trackbook.labapi.run_deeds import change_runs
from trackbook.labapi.words import text


class ChangeRoute(Route):
    """POST runs/change: star, note, tag, rename, delete, restore, stop, knob, register."""

    async def act(self, body: dict[str, Any]) -> dict[str, str]:
        store = self.office.store(text(body, "store"))
        done = await self.office.decide(store, partial(change_runs, store, body))
        return self.office.undos.remember(store.location.file, done)


class UndoRoute(Route):
    """POST undo: take a deed back, once."""

    async def act(self, body: dict[str, Any]) -> dict[str, str]:
        store = self.office.store(text(body, "store"))
        done = self.office.undos.take(store.location.file, text(body, "undo"))
        assert done.undo is not None
        await self.office.decide(store, done.undo)
        return {"text": f"Undone: {done.text}", "undo": ""}
