"""A notebook with trackbook loaded, in a real kernel, and what its user sees."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from kernel import Executed, Kernel

from trackbook.views.card.card import MIME_TYPE

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN = ("display_data", "update_display_data", "execute_result")


class Notebook:
    """One kernel; `cell` runs a cell, the others look at what became of it."""

    def __init__(self, python: str, folder: Path, *, load: bool = True, **variables: str) -> None:
        self.folder = folder
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("TRACKBOOK_", "JPY_"))}
        with patch.dict(os.environ, clean | variables, clear=True):
            self.kernel = Kernel(python, folder)
        self.loaded = self.cell("import trackbook as tb\n%load_ext trackbook") if load else None

    def close(self) -> None:
        self.kernel.close()

    def cell(self, code: str, *, cell_id: str = "", tags: tuple[str, ...] = (), interrupt_at: str = "") -> Executed:
        metadata = {"tags": list(tags)} | ({"cellId": cell_id} if cell_id else {})
        return self.kernel.run(code, metadata=metadata, interrupt_at=interrupt_at)

    def card(self, code: str, **how: Any) -> str:
        """Run a cell and return its card as plain text."""
        return card_of(self.cell(code, **how))

    def says(self, code: str) -> str:
        """Run a cell and return all that its user reads, in order."""
        return said(self.cell(code))

    def value(self, expression: str, setup: str = "") -> Any:
        """Evaluate something in the kernel, outside the notebook's history."""
        done = self.kernel.run(f"{setup}\nprint(repr(({expression})))", store_history=False)
        assert done.status == "ok", done.reply["evalue"]
        return ast.literal_eval(done.text().splitlines()[-1])

    def run(self, name: str, *fields: str) -> Any:
        """Ask the store for a run; one field alone comes bare."""
        found = self.value(f"[getattr(run, field) for field in {fields}]", f"run = tb.get_run({name!r})")
        return found[0] if len(fields) == 1 else found


def card_of(done: Executed) -> str:
    """The card of a cell as it stands at the end, as plain text; empty without one.

    An earlier cell's card may learn something meanwhile; that is not this one's.
    """
    own: set[str] = set()
    text = ""
    for kind, content in done.messages:
        if kind not in _SHOWN or MIME_TYPE not in content["data"]:
            continue
        display = content.get("transient", {}).get("display_id", "")
        if kind != "update_display_data":
            own.add(display)
        if display in own:
            text = content["data"]["text/plain"].replace("\u202f", " ")
    return text


def said(done: Executed) -> str:
    found = []
    for kind, content in done.messages:
        if kind == "stream":
            found.append(content["text"])
        elif kind in _SHOWN and kind != "update_display_data":  # of an earlier cell's card
            found.append(content["data"].get("text/plain", "") + "\n")
        elif kind == "error":
            found.append(f"{content['ename']}: {content['evalue']}\n")
    return "".join(found)
