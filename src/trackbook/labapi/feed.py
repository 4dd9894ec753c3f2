"""The change feed: server-sent events over one streaming answer, for as long as the page listens."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tornado.iostream import StreamClosedError

from trackbook.errors import TrackbookError
from trackbook.labapi.encoding import encoded
from trackbook.labapi.route import Route

if TYPE_CHECKING:
    from trackbook.labapi.watching import Listener

_BEAT_SECONDS = 20.0
"""Between two signs of life: proxies cut a line that is silent for a minute."""


class FeedRoute(Route):
    """GET feed: news of one store."""

    _listener: Listener | None = None

    async def get(self, *_path: str) -> None:
        """Tell of news until the page goes."""
        try:
            desk = self.desk
        except TrackbookError as error:
            await self.refuse(error)
            return
        watcher = self.office.watcher(desk)
        listener = self._listener = watcher.join()
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")  # nginx would keep events for itself
        with contextlib.suppress(StreamClosedError):
            try:
                await self.flush()  # so that the page knows it is connected
                await watcher.has_looked.wait()
                self.write(_event({"tell": "changed"}))
                await self.flush()
                while not listener.is_gone():
                    news = await listener.next(_BEAT_SECONDS)
                    if listener.is_gone():
                        break
                    self.write(b"".join(_event(each) for each in news) or b": alive\n\n")
                    await self.flush()
            finally:
                watcher.leave(listener)

    def on_connection_close(self) -> None:
        """The page is gone."""
        if self._listener is not None:
            self._listener.hang_up()


def _event(news: dict[str, object]) -> bytes:
    return b"data: " + encoded(news) + b"\n\n"
