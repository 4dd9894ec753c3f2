"""The card as plain text: for terminals, logs, diffs and readers that show no HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.views.pieces import Item, Line

LABEL_WIDTH = 8
_BETWEEN = {"head": " · ", "kept": " · "}


def card_text(lines: Sequence[Line]) -> str:
    """Write the lines of a card as text, without colours."""
    return "\n".join(_line(line) for line in lines)


def between(kind: str) -> str:
    """Give what separates the items of a line of this kind."""
    return _BETWEEN.get(kind, "   ")


def _line(line: Line) -> str:
    text = between(line.kind).join(_item(each) for each in line.items)
    indent = "" if line.kind == "head" else "  "
    label = f"{line.label:<{LABEL_WIDTH}} " if line.label else ""
    return f"{indent}{label}{text}".rstrip()


def _item(item: Item) -> str:
    return " ".join(piece.text for piece in item.pieces)
