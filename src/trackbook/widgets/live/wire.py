"""How a live panel's messages leave the kernel: from the thread by which it sends, and looked up there too.

What another thread sends is handed to that thread, and each time Python's lock
changes hands the cell waits for it. Looking on the sending thread saves two of the
three times, and about a seventh of the CPU time of a message.
"""

from __future__ import annotations

from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Wire:
    """ipykernel's sending thread. Whoever sends holds the panel's lock, so that messages keep their order."""

    def __init__(self, comm: Any, kernel: Any) -> None:  # noqa: ANN401 - ipykernel's, which is not imported without one
        self._comm, self._kernel, self._io = comm, kernel, kernel.iopub_thread
        self._parent = kernel.get_parent()  # asked later, it may be another cell's
        self._handed = self._gone = 0

    @property
    def is_free(self) -> bool:
        """Nothing that another thread handed over is still waiting, so that nothing can be overtaken."""
        return self._handed == self._gone

    def repeat(self, call: Callable[[], float | None]) -> None:
        """Call on the sending thread, again and again; it keeps it for a moment only.

        call: returns the seconds to the next call; None at the end.
        """

        def again() -> None:
            pause = call()
            if pause is not None:
                self._io.io_loop.call_later(pause, again)

        self._io.io_loop.add_callback(again)

    def send(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        """Send a widget's own message, as `Widget.send` does."""
        data = {"method": "custom", "content": content}
        self._post("comm_msg", {"data": data, "comm_id": self._comm.comm_id}, self._comm.topic, buffers)

    def redraw(self, bundle: Mapping[str, str], display_id: str) -> None:
        """Show something else in the place of an earlier display, past whatever catches the cell's displays."""
        content = {"data": bundle, "metadata": {}, "transient": {"display_id": display_id}}
        self._post("update_display_data", content, b"update_display_data", [])

    def _post(self, kind: str, content: Mapping[str, Any], topic: bytes, buffers: list[bytes]) -> None:
        if get_ident() == self._io.thread.ident:
            self._deliver(kind, content, topic, buffers)
            return
        self._handed += 1
        self._io.schedule(partial(self._deliver_handed, kind, content, topic, buffers))

    def _deliver_handed(self, *message: Any) -> None:  # noqa: ANN401 - as _deliver has them
        self._gone += 1
        self._deliver(*message)

    def _deliver(self, kind: str, content: Mapping[str, Any], topic: bytes, buffers: list[bytes]) -> None:
        if self._io.socket is not None:  # else the kernel is going down
            self._kernel.session.send(
                self._io.socket, kind, content, parent=self._parent, ident=topic, buffers=buffers or None
            )


def find_wire(comm: Any) -> Wire | None:  # noqa: ANN401 - of whatever kernel this is
    """Find the kernel's sending thread; None where there is no kernel, or one that is made in another way."""
    kernel: Any = getattr(comm, "kernel", None)
    io: Any = getattr(kernel, "iopub_thread", None)
    if not all(hasattr(io, each) for each in ("io_loop", "schedule", "socket", "thread")):
        return None
    return Wire(comm, kernel) if io.thread.is_alive() else None
