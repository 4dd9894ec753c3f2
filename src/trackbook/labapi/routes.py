"""Every address of the extension, and the route that answers it; `js/src/contract/lab.ts` says in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.labapi.changing import ChangeRoute, UndoRoute
from trackbook.labapi.controlling import ControlRoute
from trackbook.labapi.deciding import DecideRoute, PreviewRoute
from trackbook.labapi.feed import FeedRoute
from trackbook.labapi.looking import (
    CellsRoute,
    CodeRoute,
    ExperimentsRoute,
    GoneRoute,
    ModelsRoute,
    RunRoute,
    RunsRoute,
    StoresRoute,
    VersionsRoute,
)
from trackbook.labapi.route import Nowhere
from trackbook.labapi.storing import CollectRoute, StorageRoute

if TYPE_CHECKING:
    from trackbook.labapi.route import Route

_ID = r"([0-9a-f-]{36})"

ROUTES: tuple[tuple[str, type[Route]], ...] = (
    ("stores", StoresRoute),
    ("runs", RunsRoute),
    (f"runs/{_ID}", RunRoute),
    (f"runs/{_ID}/code", CodeRoute),
    (f"runs/{_ID}/control", ControlRoute),
    ("runs/change", ChangeRoute),
    ("experiments", ExperimentsRoute),
    ("cells", CellsRoute),
    ("cells/gone", GoneRoute),
    ("models", ModelsRoute),
    ("models/versions", VersionsRoute),
    ("models/preview", PreviewRoute),
    ("models/decide", DecideRoute),
    ("undo", UndoRoute),
    ("storage", StorageRoute),
    ("storage/collect", CollectRoute),
    ("feed", FeedRoute),
    (".*", Nowhere),
)
