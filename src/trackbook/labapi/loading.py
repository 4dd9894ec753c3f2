"""Putting the routes into a Jupyter server, which starts as fast with them as without."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.utils import url_path_join
from tornado.routing import PathMatches, Rule, RuleRouter

from trackbook.config import settings

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp
    from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
    from tornado.web import Application

API = "trackbook/api"


def load(server: ServerApp) -> None:
    """Serve below the server's own URL; `c.Trackbook.…` in the server's configuration is heard."""
    settings().update_config(server.config)
    folder = Path(getattr(server.contents_manager, "root_dir", "") or server.root_dir).expanduser().absolute()
    base = url_path_join(server.web_app.settings["base_url"], API)
    routes = LateRoutes(server.web_app, base, folder)
    server.web_app.add_handlers(".*$", [(url_path_join(base, ".*"), routes)])  # type: ignore[no-untyped-call]


class LateRoutes(RuleRouter):
    """All our addresses. What answers at them is imported with the first request: it costs a tenth of a second."""

    SUPPORTED_METHODS = ()
    """Jupyter asks what it takes for a handler whether its methods let anybody in; each route sees to that itself."""

    def __init__(self, application: Application, base: str, folder: Path) -> None:
        super().__init__()
        self._application, self._base, self._folder = application, base, folder

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:  # noqa: ANN401 - tornado's
        """Choose the route of an address."""
        if not self.rules:
            self._open()
        return super().find_handler(request, **kwargs)

    def get_target_delegate(
        self,
        target: Any,  # noqa: ANN401 - tornado's
        request: HTTPServerRequest,
        **target_params: Any,  # noqa: ANN401
    ) -> HTTPMessageDelegate | None:
        """Make the route that answers."""
        return self._application.get_handler_delegate(request, target, **target_params)

    def _open(self) -> None:
        from trackbook.labapi.office import Office  # noqa: PLC0415
        from trackbook.labapi.roots import Root  # noqa: PLC0415
        from trackbook.labapi.routes import ROUTES  # noqa: PLC0415

        self._application.settings["trackbook"] = Office(Root(self._folder, settings().store))
        self.add_rules([Rule(PathMatches(url_path_join(self._base, path)), route) for path, route in ROUTES])
