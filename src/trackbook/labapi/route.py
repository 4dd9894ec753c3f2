"""The one base of every route: who asks is known, may ask, and comes from a page of this server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from trackbook.errors import BadInput, TrackbookError
from trackbook.labapi.encoding import encoded
from trackbook.labapi.errors import fault_of, status_of
from trackbook.labapi.words import query_number, read_body, run_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from trackbook.labapi.desk import Desk
    from trackbook.labapi.office import Office
    from trackbook.store import Location

_SENTENCES = {
    400: "The request cannot be read.",
    403: "This is not allowed: log in again, and use a page of this very server.",
    404: "There is nothing at this address.",
    405: "Nothing here can be done in this way.",
}
_MISHAP = "That did not work, and the reason is ours. The log of the Jupyter server says more."


class Route(APIHandler):
    """Authenticates, authorizes, and turns errors into sentences. A route writes `look`, `act` or both."""

    auth_resource = "trackbook"
    _track_activity = False
    """A page that only watches must not keep a forgotten server alive."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Let nobody in who is not known: Jupyter checks host, XSRF and origin, and we the rest, for all methods."""
        await super().prepare()
        if self.request.method == "OPTIONS" and (self.allow_origin or self.allow_origin_pat):
            return  # a browser asks so, without credentials, before a page of an allowed origin may ask at all
        if self.current_user is None:
            raise HTTPError(403)
        self._track_activity = self.request.method == "POST"
        action = "read" if self.request.method in {"GET", "HEAD"} else "write"
        allowed = self.authorizer.is_authorized(self, self.current_user, action, self.auth_resource)
        if not await ensure_async(allowed):
            raise HTTPError(403)

    @property
    def office(self) -> Office:
        """What all routes share."""
        return cast("Office", self.settings["trackbook"])

    def look(self) -> Awaitable[Any]:
        """Answer a GET: JSON, or bytes of JSON."""
        raise HTTPError(405)

    def act(self, body: dict[str, Any]) -> Awaitable[Any]:  # noqa: ARG002 - what others use
        """Answer a POST."""
        raise HTTPError(405)

    async def get(self, *_path: str) -> None:
        """Look at something."""
        await self._reply(self.look)

    async def post(self, *_path: str) -> None:
        """Do something."""
        await self._reply(lambda: self.act(read_body(self.request.body)))

    def options(self, *path: str) -> None:
        """Answer a browser that asks what it may ask, where the server allows pages of other origins."""
        if not (self.allow_origin or self.allow_origin_pat):
            raise HTTPError(405)
        super().options(*path)

    async def _reply(self, answer: Callable[[], Awaitable[Any]]) -> None:
        try:
            found = await answer()
            body = found if isinstance(found, bytes) else encoded(found)
        except TrackbookError as error:
            await self.refuse(error)
            return
        self.set_header("Cache-Control", "no-store")
        await self.finish(body)

    async def refuse(self, error: TrackbookError) -> None:
        """Answer with what was wrong, in one sentence."""
        self.set_status(status_of(error))
        self.set_header("Cache-Control", "no-store")
        await self.finish(encoded(fault_of(error)))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's
        """Say one sentence; what went wrong inside stays in the server's log."""
        exception = kwargs.get("exc_info", (None, None))[1]
        if exception is not None and not isinstance(exception, HTTPError):
            self.log.error("trackbook could not answer %s", self.request.path, exc_info=kwargs["exc_info"])
        self.finish(encoded({"message": _SENTENCES.get(status_code, _MISHAP)}))

    def word(self, name: str) -> str:
        """Take a value of the URL, decoded once; empty when it is not there. Raises BadInput."""
        values = self.request.query_arguments.get(name)
        try:
            return values[-1].decode() if values else ""
        except UnicodeDecodeError:
            raise BadInput(f"{name} is not UTF-8.") from None

    def number(self, name: str, default: int, most: int) -> int:
        """Take a whole number of the URL. Raises BadInput."""
        return query_number(self.word(name), name, default, most)

    @property
    def run_id(self) -> str:
        """The run that the address names. Raises RunNotFound for what is no id."""
        return run_id(self.path_args[0])

    @property
    def location(self) -> Location:
        """The store that a GET means. Raises OutsideRoot, BadInput."""
        return self.office.root.store_of(self.word("store"), self.word("notebook"))

    @property
    def desk(self) -> Desk:
        """The desk of that store."""
        return self.office.desk(self.location)


class Nowhere(Route):
    """Every other address below ours: a 404 for who is known, nothing for others."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Check who asks before saying that there is nothing."""
        await super().prepare()
        raise HTTPError(404)
