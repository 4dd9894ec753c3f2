"""Listens to what a kernel sends for one cell. The one file of `capture` that knows kernels.

Everything a front end shows passes `kernel.session.send`: both streams, threads, C-level
writes, `!`, subprocesses, displays and their updates, errors. IPython's capture and
ipykernel's `register_hook` miss some of these, and plain IPython has no session, so
outputs of cells in a terminal are not kept. Neither is what a forked child prints from
Python: it leaves through a pipe of the kernel that no session sees.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from trackbook.capture.outputs import LIMIT_BYTES, SHOWN, Screen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.records import Output

_LOG = logging.getLogger(__name__)
_LONGEST_DRAIN = 0.02  # seconds, while a child process goes on writing
_LARGEST_PIPE = 2**31  # bytes, more than any has
_LONGEST_WAIT = 0.5  # seconds, for a thread that a busy machine does not run


class CellTee:
    """Stands in for `session.send`: passes every message on, and shows those of one cell to a screen in their order."""

    def __init__(self, session: Any, msg_id: str, limit_bytes: int = LIMIT_BYTES) -> None:  # noqa: ANN401 - jupyter_client's Session
        self._session: Any = session
        self._msg_id = msg_id
        self._screen = Screen(limit_bytes)
        self._lock = threading.Lock()  # streams are sent by the kernel's IO thread, displays by the user's
        self.listening = False
        self._covered = session.send

    def start(self) -> None:
        """Put the tee round `session.send`."""
        take_off_ended(self._session)
        self._covered = self._session.send
        self.listening = True
        self._session.send = self

    def stop(self) -> list[Output]:
        """Take the tee off and return what the cell had on the screen.

        Wrapped by somebody else in between, it stays below them and only passes messages on.
        """
        with self._lock:
            self.listening = False
            screen, self._screen = self._screen, Screen(0)
        if vars(self._session).get("send") is self:
            uncover(self._session, self._covered)
        return screen.outputs()

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
        if self.listening:
            try:
                self._see(*read_message(msg_or_type, content, parent))
            except Exception:  # noqa: BLE001 - the message itself must go out whatever we think of it
                _LOG.debug("a message was not recorded", exc_info=True)
        return self._covered(stream, msg_or_type, content, parent, *args, **kwargs)

    def _see(self, kind: str, content: Mapping[str, Any], msg_id: str) -> None:
        if kind in SHOWN and msg_id == self._msg_id:
            with self._lock:
                self._screen.show(kind, content)


def read_message(msg_or_type: Any, content: Any, parent: Any) -> tuple[str, Mapping[str, Any], str]:  # noqa: ANN401
    """Return kind and content of what `session.send` was given, and the id of the message that asked for it."""
    if isinstance(msg_or_type, str):
        kind, header = msg_or_type, (parent or {}).get("header", parent or {})
    else:
        kind, content, header = msg_or_type["msg_type"], msg_or_type["content"], msg_or_type["parent_header"]
    return kind, content or {}, str(header.get("msg_id", ""))


def uncover(session: Any, covered: Any) -> None:  # noqa: ANN401
    """Give a session the `send` back that a stand-in covered; only right for the stand-in on top."""
    is_own_method = getattr(covered, "__self__", None) is session
    if is_own_method:
        del session.send
    else:
        session.send = covered


def take_off_ended(session: Any) -> None:  # noqa: ANN401
    """Take off tees that were wrapped when their cells ended and had to stay; on top again, they can go."""
    while isinstance(old := vars(session).get("send"), CellTee) and not old.listening:
        uncover(session, old._covered)  # noqa: SLF001 - of our own kind


def tee_for(shell: Any, limit_bytes: int = LIMIT_BYTES) -> CellTee | None:  # noqa: ANN401 - IPython's shell is untyped here
    """Make a tee for the cell that the shell is executing; None where there is no kernel to listen to."""
    session = getattr(getattr(shell, "kernel", None), "session", None)
    msg_id = parent_id(shell)
    return CellTee(session, msg_id, limit_bytes) if session is not None and msg_id else None


def parent_id(shell: Any) -> str:  # noqa: ANN401
    """Id of the message that asked for the cell being executed; empty in plain IPython."""
    return str(_parent(shell).get("header", {}).get("msg_id", ""))


def parent_metadata(shell: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """Return what the front end says of the cell being executed: cellId, tags; empty in plain IPython."""
    return _parent(shell).get("metadata") or {}


def _parent(shell: Any) -> Mapping[str, Any]:  # noqa: ANN401
    get_parent = getattr(shell, "get_parent", None)
    return (get_parent() or {}) if get_parent is not None else {}


def flush_streams() -> None:
    """Send what the cell has written, C-level writes included, so that it counts as the cell's."""
    streams = [stream for stream in (sys.stdout, sys.stderr) if hasattr(stream, "flush")]
    for stream in streams:
        _drain_pipe(stream)
        stream.flush()
    # While we waited for the first flush the pipe's thread could hand over the last bytes it had read.
    for stream in streams:
        stream.flush()


def _drain_pipe(stream: object) -> None:
    """Wait until the kernel's thread has read the pipe behind file descriptor 1 or 2.

    Bytes that only lie there wait for that thread, which a busy machine may keep from running for a while. Bytes
    that grow in number are written by a child process that outlives the cell, and may go on for ever.
    """
    pipe = getattr(stream, "_fid", None)
    if not isinstance(pipe, int):
        return
    began, longest, before = time.monotonic(), _LONGEST_WAIT, _LARGEST_PIPE
    while (waiting := _bytes_waiting(pipe)) and time.monotonic() - began < longest:
        if waiting > before:
            longest = _LONGEST_DRAIN
        before = waiting
        time.sleep(0.0005)


def _bytes_waiting(pipe: int) -> int:
    import fcntl  # noqa: PLC0415 - not on Windows, whose kernels have no such pipe
    import termios  # noqa: PLC0415

    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)
