"""Where this process decides things: notebook and cell, script, command line, or nothing known."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from trackbook.tracking.start import current_store, own_file, relative_to_store

if TYPE_CHECKING:
    from collections.abc import Iterator

_cell: list[str] = []
_named: ContextVar[str] = ContextVar("place", default="")


def enter_cell(where: str) -> None:
    """Note the cell that is being executed; the magics do, for every cell."""
    _cell[:] = [where] if where else []


@contextmanager
def deciding_from(where: str) -> Iterator[None]:
    """Decide from a place that is no file of the user's, such as the command line."""
    before = _named.set(where)
    try:
        yield
    finally:
        _named.reset(before)


@contextmanager
def deciding_in(panel: str) -> Iterator[None]:
    """Decide from a panel of this notebook: a click is not made by the cell that happened to run last."""
    with deciding_from(" ".join(filter(None, [relative_to_store(own_file(), current_store()), f"[{panel}]"]))):
        yield


def place() -> str:
    """Say where a decision is made: `credit.ipynb [12]`, a script, `command line`, or empty."""
    if named := _named.get():
        return named
    file = relative_to_store(own_file(), current_store())
    return " ".join(filter(None, [file, *_cell]))
