"""What a card is made of: lines of items of pieces, the same for HTML and for plain text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a piece means, from which a face chooses its colour."""

    PLAIN = "plain"
    QUIET = "quiet"
    """Beside the point: labels, units, what it was before."""

    STRONG = "strong"
    """The thing to look at."""

    GOOD = "good"
    BAD = "bad"
    WARNING = "warning"
    ERROR = "error"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Piece:
    """A few characters of one meaning. Written with a space before the next."""

    text: str
    """One line, without markup; may hold anything a user typed."""

    tone: Tone = Tone.PLAIN
    hover: str = ""
    """More about it, for who asks; empty when there is no more."""

    moment: float | None = None
    """The time it speaks of, in seconds since the epoch, so that a living page can say `3 min ago`; else None."""


@dataclass(frozen=True, slots=True)
class Item:
    """Pieces that belong together and stay together: a name, its value, its change."""

    pieces: tuple[Piece, ...]

    @property
    def width(self) -> int:
        """How many characters, spaces included."""
        return sum(len(piece.text) + 1 for piece in self.pieces) - 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the card."""

    kind: str
    """head, params, metrics, error, kept, warning or offer."""

    items: tuple[Item, ...]
    label: str = ""
    """What stands in the left column; empty for the head, warnings and the offer."""


def item(*pieces: Piece) -> Item:
    """Put pieces together, leaving out the empty ones."""
    return Item(tuple(piece for piece in pieces if piece.text))


def fitting(items: list[Item], most: int, width: int, gap: int = 3) -> tuple[list[Item], list[Item]]:
    """Part items into those that one line holds, at least one, and the rest."""
    used = 0
    for at, each in enumerate(items):
        used += each.width + gap
        if at and (at >= most or used > width):
            return items[:at], items[at:]
    return items, []


def and_more(items: list[Item], most: int = 8, width: int = 115) -> list[Item]:
    """Keep what one line holds and say `+5 more` of the rest, which is listed in the hover."""
    shown, rest = fitting(items, most, width)
    if not rest:
        return shown
    names = "\n".join(" ".join(piece.text for piece in each.pieces) for each in rest[:40])
    return [*shown, item(Piece(f"+{len(rest)} more", Tone.QUIET, names))]
