"""Routes that decide about registered models: shown before they are made, and made only upon what was shown."""

from __future__ import annotations

from functools import partial
from typing import Any

from trackbook.labapi.model_deeds import make_decision, preview, read_deed
from trackbook.labapi.route import Route
from trackbook.labapi.words import text


class PreviewRoute(Route):
    """POST models/preview: what a decision would change, and what the gates say of it."""

    async def act(self, body: dict[str, Any]) -> dict[str, Any]:
        store, deed = self.office.store(text(body, "store")), read_deed(body)
        return await self.office.decide(store, partial(preview, store, deed), long=deed.what == "promote")


class DecideRoute(Route):
    """POST models/decide: make a decision, with its reason, as the server's user."""

    async def act(self, body: dict[str, Any]) -> dict[str, str]:
        store, deed = self.office.store(text(body, "store")), read_deed(body)
        done = await self.office.decide(store, partial(make_decision, store, deed, body), long=deed.what == "promote")
        return self.office.undos.remember(store.location.file, done)
