"""The way back from what was done here, for a while: kept in memory, under names that nobody can guess."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from trackbook.errors import NotThere

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Undo: TypeAlias = Callable[[], None]

_MOST = 500


@dataclass(frozen=True, slots=True)
class Deeded:
    """Something that was done."""

    text: str
    """One sentence for the notice."""

    undo: Undo | None = None
    """What takes it back; None where nothing can."""


class Undos:
    """Remembers the last deeds."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Path, Deeded]] = OrderedDict()

    def remember(self, store: Path, deed: Deeded) -> dict[str, str]:
        """Write what was done for the browser, with the name of its way back."""
        if deed.undo is None:
            return {"text": deed.text, "undo": ""}
        name = secrets.token_urlsafe(16)
        self._kept[name] = (store, deed)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return {"text": deed.text, "undo": name}

    def take(self, store: Path, name: str) -> Deeded:
        """Take a deed out, to be undone once. Raises NotThere."""
        kept = self._kept.get(name)
        if kept is None or kept[0] != store:
            raise NotThere(
                "The Jupyter server has forgotten how to take this back, as it does when it is restarted: "
                "change it back from its menu; tb.audit() says what was before."
            )
        del self._kept[name]
        return kept[1]
