"""Where this process decides things: notebook and cell, script, or nothing known."""

from __future__ import annotations

from trackbook.tracking.start import current_store, own_file, relative_to_store

_cell: list[str] = []


def enter_cell(where: str) -> None:
    """Note the cell that is being executed; the magics do, for every cell."""
    _cell[:] = [where] if where else []


def place() -> str:
    """Say where a decision is made: `credit.ipynb [12]`, a script, or empty."""
    file = relative_to_store(own_file(), current_store())
    return " ".join(filter(None, [file, *_cell]))
