"""Routes that look: stores, runs, experiments, cells, models."""

from __future__ import annotations

import json
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from trackbook.errors import RunNotFound, TrackbookError
from trackbook.labapi.errors import OutsideRoot
from trackbook.labapi.fingerprint import fingerprint
from trackbook.labapi.lines import run_lines
from trackbook.labapi.office import is_there
from trackbook.labapi.route import Route
from trackbook.store import find_run_in, run_record
from trackbook.store.notebook_cells import ask_cells, ask_experiments
from trackbook.store.notebook_names import ask_notebooks
from trackbook.store.registry.version_pages import ask_newest_versions, ask_version_page
from trackbook.store.run_slices import ask_number, ask_slice
from trackbook.views.side_bar.models import models_told, version_line

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.labapi.roots import Root
    from trackbook.store import Location

_RUNS = 100
_MOST_RUNS = 500
_ATTEMPTS = 5
_VERSIONS = 20
_FARTHEST = 10**12
_OUTSIDE = (
    "The runs of this notebook are kept in a store outside the folder that the Jupyter server was started in, and are "
    "not shown: start Jupyter in the store's folder."
)


class StoresRoute(Route):
    """GET stores: the store of what is in front, and others."""

    async def look(self) -> dict[str, Any]:
        root, notebook = self.office.root, self.word("notebook")
        try:
            current = await self._facts(root.store_of("", notebook))
        except OutsideRoot:
            root.inside(notebook)  # the notebook itself outside is refused
            current = {"path": "", "exists": True, "writable": False, "fault": _OUTSIDE}
        known = await self.office.read(self.office.known)
        others = [store_facts(root, location) for location in known]
        return {"current": current, "known": others, "version": version("trackbook")}

    async def _facts(self, location: Location) -> dict[str, Any]:
        fault = ""
        if is_there(location):
            try:
                await self.office.desk(location).look()
            except TrackbookError as error:
                fault = str(error)
        return store_facts(self.office.root, location, fault)


def store_facts(root: Root, location: Location, fault: str = "") -> dict[str, Any]:
    """Write what the browser needs to know of a store."""
    return {
        "path": root.named(location.file),
        "exists": is_there(location),
        "writable": location.is_writable(),
        "fault": fault,
    }


class RunsRoute(Route):
    """GET runs: a page of runs, the newest first."""

    async def look(self) -> bytes:
        text, experiment, metric = self.word("filter"), self.word("experiment") or None, self.word("metric")
        deleted = self.word("deleted") in {"1", "true"}
        offset, limit = self.number("offset", 0, _FARTHEST), self.number("limit", _RUNS, _MOST_RUNS)
        location, root = self.location, self.office.root

        def page(db: DuckDBPyConnection) -> dict[str, Any]:
            found = ask_slice(db, text, experiment, offset, limit, deleted=deleted)
            lines = run_lines(db, root, location, found.numbers, metric)
            return {"total": found.total, "all": found.every, "offset": offset, "runs": lines}

        return await self.desk.ask(("runs", text, experiment, metric, deleted, offset, limit), page)


class RunRoute(Route):
    """GET runs/ID: the line of one run."""

    async def look(self) -> bytes:
        wanted, location, root = self.run_id, self.location, self.office.root
        metric = self.word("metric")

        def line(db: DuckDBPyConnection) -> dict[str, Any]:
            number = ask_number(db, wanted)
            if number is None:
                raise RunNotFound(wanted)
            return run_lines(db, root, location, [number], metric)[0]

        return await self.desk.ask(("run", wanted, metric), line)


class CodeRoute(Route):
    """GET runs/ID/code: the cell as executed."""

    async def look(self) -> bytes:
        wanted, location, root = self.run_id, self.location, self.office.root

        def code(db: DuckDBPyConnection) -> dict[str, Any]:
            record = run_record(db, find_run_in(db, wanted).run_id)
            return {
                "id": wanted,
                "name": record["name"] or wanted[:8],
                "code": record["code"],
                "notebook": root.notebook_of(record["notebook"], location),
                "cellId": record["cell_id"],
            }

        return await self.desk.ask(("code", wanted), code)


class ExperimentsRoute(Route):
    """GET experiments: how many runs each has."""

    async def look(self) -> bytes:
        def told(db: DuckDBPyConnection) -> dict[str, Any]:
            return {
                "experiments": [
                    {"name": line.name, "runs": line.runs, "running": line.running, "last": line.last}
                    for line in ask_experiments(db)
                ]
            }

        return await self.desk.ask("experiments", told)


class CellsRoute(Route):
    """GET cells: the tracked cells of a notebook."""

    async def look(self) -> bytes:
        location, root, metric = self.location, self.office.root, self.word("metric")
        names = root.names_of(self.word("notebook"), location)

        def told(db: DuckDBPyConnection) -> dict[str, Any]:
            cells = ask_cells(db, names, _ATTEMPTS)
            numbers = [number for cell in cells for number in cell.numbers]
            lines = iter(run_lines(db, root, location, numbers, metric))
            return {
                "cells": [
                    {
                        "cellId": cell.cell_id,
                        "cellKey": cell.cell_key,
                        "code": fingerprint(cell.code),
                        "attempts": [next(lines) for _ in cell.numbers],
                    }
                    for cell in cells
                ]
            }

        return await self.desk.ask(("cells", *names, metric), told)


class GoneRoute(Route):
    """GET cells/gone: notebooks that are no more where their runs were made, with the ids of their cells.

    Whoever shows a notebook tells by these ids that it is one of them, moved or renamed.
    """

    async def look(self) -> dict[str, Any]:
        location, root = self.location, self.office.root
        kept = json.loads(await self.desk.ask("notebooks", ask_notebooks))
        # Looked at with each question: a file that is moved leaves the store as it was, and so the desk's answer.
        gone = await self.office.read(lambda: [name for name in kept if root.misses(name, location)])
        return {"notebooks": [{"notebook": root.notebook_of(name, location), "cellIds": kept[name]} for name in gone]}


class ModelsRoute(Route):
    """GET models: the registered models with their newest versions."""

    async def look(self) -> bytes:
        return await self.desk.ask("models", lambda db: models_told(ask_newest_versions(db, _VERSIONS)))


class VersionsRoute(Route):
    """GET models/versions: a page of the versions of one model."""

    async def look(self) -> bytes:
        model = self.word("model")
        offset, limit = self.number("offset", 0, _FARTHEST), self.number("limit", _RUNS, _MOST_RUNS)
        return await self.desk.ask(("versions", model, offset, limit), partial(_page, model, offset, limit))


def _page(model: str, offset: int, limit: int, db: DuckDBPyConnection) -> dict[str, Any]:
    total, lines = ask_version_page(db, model, offset, limit)
    return {"total": total, "versions": [version_line(line) for line in lines]}
