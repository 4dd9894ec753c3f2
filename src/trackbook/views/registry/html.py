"""A registry as HTML and as text that need nothing else: what a saved notebook or a terminal shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from trackbook.views.literals import one_line
from trackbook.views.numbers import clock, number
from trackbook.views.pieces import Tone
from trackbook.views.plain_table import BOX, Cell, Row, sentence_html, table_html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo
    from typing import Any

_MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class RegistryPicture:
    """What a twin shows: a table with a sentence above it."""

    sentence: str
    call: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def models_picture(lines: Sequence[Mapping[str, Any]], sentence: str, call: str) -> RegistryPicture:
    """Picture the models: newest version, who is in which stage, aliases."""
    rows = tuple(
        (
            line["name"],
            number(line["versions"]),
            str(line["newest"] or "–"),
            ", ".join(f"{stage} {_numbers(held)}" for stage, held in line["stages"]),
            ", ".join(f"@{alias} {version}" for alias, version in line["aliases"]),
        )
        for line in lines
    )
    return RegistryPicture(sentence, call, ("model", "versions", "newest", "stages", "aliases"), rows)


def versions_picture(
    name: str, lines: Sequence[Mapping[str, Any]], call: str, zone: tzinfo | None = None
) -> RegistryPicture:
    """Picture the versions of one model. zone: of the clock; None is the local one."""
    rows = tuple(
        (
            str(line["version"]),
            "deleted" if line["deleted"] else line["stage"],
            ", ".join(f"@{alias}" for alias in line["aliases"]),
            clock(line["at"], zone),
        )
        for line in lines
    )
    noun = "version" if len(lines) == 1 else "versions"
    return RegistryPicture(
        f"{name}: {number(len(lines))} {noun}", call, ("version", "stage", "aliases", "registered"), rows
    )


def _numbers(held: Sequence[int]) -> str:
    return " ".join(f"v{version}" for version in held)


def picture_html(picture: RegistryPicture) -> str:
    """Draw a picture; everything that users typed is escaped."""
    head = [Cell(title) for title in picture.head]
    rows = [Row(tuple(Cell(text) for text in row)) for row in picture.rows[:_MOST_ROWS]]
    table = table_html(head, rows) if rows else ""
    more = sentence_html(_more(picture), Tone.QUIET) if _more(picture) else ""
    line = f"{escape(one_line(picture.sentence))} · <code>{escape(one_line(picture.call))}</code>"
    return f'<div class="tb-Registry-twin" style="{BOX}"><div>{line}</div>{table}{more}</div>'


def picture_text(picture: RegistryPicture) -> str:
    """Write a picture in columns of equal width for a terminal."""
    lines = [picture.head, *(tuple(map(one_line, row)) for row in picture.rows[:_MOST_ROWS])] if picture.rows else []
    widths = [max(len(line[at]) for line in lines) for at in range(len(picture.head))] if lines else []
    table = ["  ".join(f"{word:<{width}}" for word, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(filter(None, [one_line(picture.sentence), *table, _more(picture), one_line(picture.call)]))


def _more(picture: RegistryPicture) -> str:
    left = len(picture.rows) - _MOST_ROWS
    return f"and {number(left)} more" if left > 0 else ""
