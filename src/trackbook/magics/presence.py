"""Lets a front end see whether this kernel tracks: names in the kernel's list of comms, which anybody may ask for.

Nothing is ever sent, so a front end without our extension notices nothing. Twin of js/src/lab/notebook/tracking.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

LOADED = "trackbook"
"""In the list while trackbook is loaded."""

EVERY_CELL = "trackbook.every-cell"
"""In the list while `%track on`."""


class _Sign:
    """As much of a comm as the list needs."""

    def __init__(self, name: str) -> None:
        self.comm_id = self.target_name = name

    def handle_msg(self, _message: object) -> None:
        """Nobody has a reason to write; whoever does is not answered."""

    handle_close = handle_msg


def show_presence(shell: InteractiveShell, name: str, *, on: bool) -> None:
    """Put a name into the list or take it away; a shell without a kernel has none."""
    comms: Any = getattr(getattr(shell, "kernel", None), "comm_manager", None)
    if comms is None:
        return
    if on:
        comms.register_comm(_Sign(name))
    else:
        comms.comms.pop(name, None)
