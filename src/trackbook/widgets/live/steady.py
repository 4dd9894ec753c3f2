"""Keeps a live panel in its cell's output when the cell clears that, as loops do that draw a plot anew.

A front end clears everything below the cell, the panel too. So the panel is shown
again, just before what the cell shows next: the front end clears at that moment
and draws both, and nothing flickers that would not flicker without us.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from trackbook.capture.tee import read_message, take_off_ended, uncover

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Show = Callable[[], list[Mapping[str, Any]]]

_SHOWS = frozenset({"display_data", "execute_result", "stream", "error"})
_log = logging.getLogger(__name__)


class SteadyPanel:
    """Stands in for `session.send` until the kernel says that the cell is done.

    Where it was there before the tee, what is shown again is no output of the run.
    """

    def __init__(self, session: Any, msg_id: str, show: Show) -> None:  # noqa: ANN401 - jupyter_client's Session
        """show: makes the contents of the messages that display the panel."""
        self._session: Any = session
        self._msg_id, self._show = msg_id, show
        self._lock = threading.Lock()  # streams are sent by the kernel's thread, displays by the user's
        self._is_cleared_next = False
        self._catching: set[str] = set()
        """ids of the Output widgets that catch what the cell shows; clearing then clears them and not the cell."""

        self._listening, self._is_over = True, False
        self._covered = session.send
        session.send = self

    def end(self) -> None:
        """Take it off; where somebody has wrapped it since, it stays and only passes messages on."""
        self._listening = False
        if vars(self._session).get("send") is self:
            uncover(self._session, self._covered)
            take_off_ended(self._session)

    def __call__(
        self,
        stream: Any,  # noqa: ANN401 - Session.send takes sockets, threads and mocks
        msg_or_type: Any,  # noqa: ANN401 - a whole message or its type
        content: Mapping[str, Any] | None = None,
        parent: Mapping[str, Any] | None = None,
        *args: Any,  # noqa: ANN401 - passed on as they are
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Send; the signature is that of jupyter_client's Session.send."""
        before = after = False
        if self._listening:
            try:
                before, after = self._see(*read_message(msg_or_type, content, parent))
            except Exception:  # noqa: BLE001 - the message itself must go out whatever we think of it
                _log.debug("a message was not understood", exc_info=True)
        if before:
            self._show_again(stream, msg_or_type, parent)
        sent = self._covered(stream, msg_or_type, content, parent, *args, **kwargs)
        if after:
            self._show_again(stream, msg_or_type, parent)
        if self._is_over:
            self.end()
        return sent

    def _see(self, kind: str, content: Mapping[str, Any], msg_id: str) -> tuple[bool, bool]:
        """Tell whether the panel has to be shown before this message, and whether after it."""
        with self._lock:
            if kind in {"comm_msg", "comm_open"}:
                state = content["data"].get("state") or {}
                if state.get("msg_id") == self._msg_id:
                    self._catching.add(content["comm_id"])
                elif "msg_id" in state:
                    self._catching.discard(content["comm_id"])
                return False, False
            if msg_id == self._msg_id and kind == "status":
                self._is_over = content.get("execution_state") == "idle"
            if msg_id != self._msg_id or self._catching:
                return False, False
            if kind == "clear_output":
                self._is_cleared_next = bool(content.get("wait"))
                return False, not self._is_cleared_next
            before = self._is_cleared_next and kind in _SHOWS
            self._is_cleared_next = self._is_cleared_next and not before
            return before, False

    def _show_again(self, stream: Any, message: Any, parent: Any) -> None:  # noqa: ANN401
        try:
            above = message["parent_header"] if isinstance(message, dict) else parent
            for content in self._show():
                self._covered(stream, "display_data", content, above, ident=b"display_data")
        except Exception:  # noqa: BLE001 - the cell's own output comes first
            _log.debug("a live panel was not shown again", exc_info=True)


def keep_in_sight(kernel: Any, show: Show) -> SteadyPanel | None:  # noqa: ANN401 - of whatever kind it is
    """Keep a panel in the output of the cell that runs, to its end.

    Returns None where there is no kernel whose messages could be seen.
    """
    session = getattr(kernel, "session", None)
    parent = kernel.get_parent() if session is not None and hasattr(kernel, "get_parent") else None
    msg_id = ((parent or {}).get("header") or {}).get("msg_id", "")
    return SteadyPanel(session, msg_id, show) if msg_id else None
