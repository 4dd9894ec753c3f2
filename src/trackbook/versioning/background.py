"""Models that are being packed on threads: whoever asks for one of them waits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_packing: list[threading.Thread] = []


def pack_in_background(work: Callable[[], None]) -> None:
    """Begin to pack models of a cell that has ended."""
    # No daemon: a kernel that is shut down after its last cell keeps that cell's model first.
    thread = threading.Thread(target=work, name="trackbook-models")
    thread.start()
    _packing[:] = [*(each for each in _packing if each.is_alive()), thread]


def wait_for_packing() -> None:
    """Return once the models of all cells before are kept: with Run All the next cell may ask for one at once."""
    for thread in _packing:
        if thread is not threading.current_thread():
            thread.join()
