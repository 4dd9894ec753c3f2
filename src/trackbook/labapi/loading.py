"""Putting the routes into a Jupyter server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from trackbook.config import settings
from trackbook.labapi.office import Office
from trackbook.labapi.roots import Root
from trackbook.labapi.routes import ROUTES

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

API = "trackbook/api"


def load(server: ServerApp) -> None:
    """Serve below the server's own URL; `c.Trackbook.…` in the server's configuration is heard."""
    settings().update_config(server.config)
    folder = Path(getattr(server.contents_manager, "root_dir", "") or server.root_dir).expanduser().absolute()
    server.web_app.settings["trackbook"] = Office(Root(folder, settings().store))
    base = url_path_join(server.web_app.settings["base_url"], API)
    routes = [(url_path_join(base, path), route) for path, route in ROUTES]
    server.web_app.add_handlers(".*$", routes)  # type: ignore[no-untyped-call]
