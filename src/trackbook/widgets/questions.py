"""What the browser asks of a panel, by name: each question is one method, and whatever goes wrong one sentence."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import RLock

_log = logging.getLogger(__name__)


class Questions:
    """Answers messages `{"ask": NAME, …}` with the method `_on_NAME`; one of another name is nobody's question.

    Handlers may run on a thread of their own (ipykernel's subshells): one lock round all of them.
    """

    unharmed: ClassVar[str] = "Nothing was changed."
    """Said after an error that nobody foresaw."""

    def __init__(self, lock: RLock, panel: Any) -> None:  # noqa: ANN401 - any widget
        self._lock, self._panel = lock, panel

    def receive(self, _widget: object, content: object, _buffers: object) -> None:
        """Take a message of the browser; whatever goes wrong becomes a sentence in the panel."""
        if not isinstance(content, dict):
            return
        answer: Callable[[dict[str, Any]], None] | None = getattr(self, f"_on_{content.get('ask')}", None)
        if answer is None:
            return
        with self._lock:
            try:
                answer(content)
            except TrackbookError as error:
                self.refuse(content, error)
            except Exception as error:  # noqa: BLE001 - nobody would see it: handlers have no cell to show it in
                _log.debug("%s could not answer %s", type(self).__module__, content.get("ask"), exc_info=True)
                self.notice(f"That did not work: {type(error).__name__}: {error}. {self.unharmed}", "error")

    def refuse(self, _content: dict[str, Any], error: TrackbookError) -> None:
        """Say why a question has no answer."""
        self.notice(str(error), "error")

    def notice(self, text: str, tone: str = "done", *, undo: bool = False) -> None:
        """Say one sentence in the panel; tone: done, warning or error; undo: offer the way back."""
        self._send("notice", text=text, tone=tone, undo=undo)

    def _send(self, tell: str, **facts: object) -> None:
        self._panel.send({"tell": tell, **facts})
