"""The control page of a running run over REST: it is a file, so it answers while the kernel is busy."""

from __future__ import annotations

from typing import Any

from trackbook.errors import NotThere
from trackbook.labapi.route import Route
from trackbook.store.control import read_page


class ControlRoute(Route):
    """GET runs/ID/control: whether the loop can be stopped, how far it is, its knobs."""

    async def look(self) -> dict[str, Any]:
        wanted, location = self.run_id, self.location
        page = await self.office.read(lambda: read_page(location, wanted))
        if page is None:
            raise NotThere(f"Run {wanted} is not running.")
        return {
            "asks": page.asks,
            "stopRequested": page.stop_requested,
            "stopped": page.stopped,
            "done": page.done,
            "total": page.total,
            "knobs": [
                {"name": name, "default": knob.default, "value": knob.value} for name, knob in page.knobs.items()
            ],
        }
