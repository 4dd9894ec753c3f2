"""A table as HTML that needs nothing else: no script, no style sheet; colours are JupyterLab's."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from trackbook.views.literals import cut, one_line
from trackbook.views.palette import BETTER, WORSE
from trackbook.views.pieces import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_STYLES: dict[Tone, str] = {
    Tone.QUIET: "color:var(--jp-ui-font-color2,inherit)",
    Tone.STRONG: "font-weight:600",
    Tone.GOOD: f"color:{BETTER}",
    Tone.BAD: f"color:{WORSE}",
    Tone.WARNING: "color:var(--jp-warn-color1,#b7791f)",
    Tone.RUNNING: "color:var(--jp-brand-color1,#1f77c9)",
}
BOX = (
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:var(--jp-ui-font-size1,13px);"
    "line-height:1.5;color:var(--jp-ui-font-color1,inherit);font-variant-numeric:tabular-nums;overflow-x:auto"
)
_EDGE = "1px solid var(--jp-border-color2,rgba(128,128,128,0.3))"
_MARKED = "background:var(--jp-layout-color2,rgba(128,128,128,0.18))"
_LONGEST = 48


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    """Anything a user typed; it is cut to 48 characters, the whole stands in the hover."""

    tone: Tone = Tone.PLAIN
    align: Literal["left", "right"] = "left"
    hover: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    cells: tuple[Cell, ...]
    marked: bool = False
    """The line one is at."""


def table_html(head: Sequence[Cell], rows: Iterable[Row], caption: str = "") -> str:
    """Draw a table; everything is escaped."""
    named = f'<caption style="text-align:left;padding:2px 0">{escape(caption)}</caption>' if caption else ""
    top = "".join(_cell(cell, "th", "font-weight:600;") for cell in head)
    body = "".join(_row(row) for row in rows)
    return (
        f'<table style="border-collapse:collapse;margin:2px 0 10px 0">{named}<thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def boxed(*parts: str) -> str:
    """Put ready HTML into the frame that sets the fonts."""
    return f'<div class="tb-Comparison-text" style="{BOX}">{"".join(parts)}</div>'


def sentence_html(text: str, tone: Tone = Tone.PLAIN) -> str:
    """Draw one line of text; escaped."""
    style = _STYLES.get(tone, "")
    return f'<div style="padding:2px 0;{style}">{escape(text)}</div>'


def _row(row: Row) -> str:
    style = f' style="{_MARKED}" aria-current="true"' if row.marked else ""
    return f"<tr{style}>{''.join(_cell(cell, 'td') for cell in row.cells)}</tr>"


def _cell(cell: Cell, tag: str, more: str = "") -> str:
    line = one_line(cell.text)
    shown = cut(line, _LONGEST)
    hover = cell.hover or (line if shown != line else "")
    title = f' title="{escape(hover[:500])}"' if hover else ""
    place = f"text-align:{cell.align};white-space:nowrap;padding:1px 14px 1px 4px;border-bottom:{_EDGE};"
    style = f"{place}{more}{_STYLES.get(cell.tone, '')}"
    return f'<{tag} style="{style}"{title}>{escape(shown)}</{tag}>'
