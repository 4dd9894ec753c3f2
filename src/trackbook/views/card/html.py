"""The card as HTML that needs nothing else: no script, no style sheet, no resource from outside.

Colours are JupyterLab's variables, then VS Code's, then ones that read on light and on dark.
Where a sanitizer takes the styles away (an untrusted notebook, GitHub), lines stay lines.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from trackbook.views.card.text import between
from trackbook.views.pieces import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.views.pieces import Item, Line, Piece

_COLOURS = {
    "text": "var(--jp-ui-font-color1,var(--vscode-foreground,inherit))",
    "quiet": "var(--jp-ui-font-color2,var(--vscode-descriptionForeground,color-mix(in srgb,currentColor 65%,#888)))",
    "good": "var(--jp-success-color1,var(--vscode-testing-iconPassed,#1a8a4a))",
    "bad": "var(--jp-error-color1,var(--vscode-errorForeground,#d1383d))",
    "warn": "var(--jp-warn-color1,var(--vscode-editorWarning-foreground,#b7791f))",
    "live": "var(--jp-brand-color1,var(--vscode-textLink-foreground,#1f77c9))",
    "edge": "var(--jp-border-color1,var(--vscode-widget-border,color-mix(in srgb,currentColor 30%,transparent)))",
}
# Named once on the card, so that the many pieces below stay short.
_NAMED = "".join(f"--tb-{name}:{colour};" for name, colour in _COLOURS.items())
_QUIET = "color:var(--tb-quiet)"
_STYLES = {
    Tone.PLAIN: "",
    Tone.QUIET: _QUIET,
    Tone.STRONG: "font-weight:600",
    Tone.GOOD: "color:var(--tb-good)",
    Tone.BAD: "color:var(--tb-bad)",
    Tone.WARNING: "color:var(--tb-warn);font-weight:600",
    Tone.ERROR: "color:var(--tb-bad)",
    Tone.RUNNING: "color:var(--tb-live)",
}
_EDGES = {Tone.ERROR: "bad", Tone.WARNING: "warn", Tone.RUNNING: "live"}
_CARD = (
    "margin:2px 0;padding:1px 0 1px 10px;color:var(--tb-text);"
    "font-family:var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif));"
    "font-size:var(--jp-ui-font-size1,13px);line-height:1.55;font-variant-numeric:tabular-nums"
)
_LINE = "display:flex;align-items:baseline"
_LABEL = f"flex:0 0 5em;{_QUIET}"
_ITEMS = "flex:1 1 0;min-width:0;overflow-wrap:anywhere"
_ITEM = "unicode-bidi:isolate"
_LONGEST_UNBROKEN = 48  # characters; longer items may break inside, so that a narrow page holds them
_EM_SPACE = "\u2003"  # stays a gap where styles are gone, and when the line is copied


def card_html(lines: Sequence[Line]) -> str:
    """Draw the lines of a card; everything the user typed is escaped."""
    return framed("".join(line_html(line) for line in lines), lines[0].items[0].pieces[0].tone)


def framed(body: str, tone: Tone) -> str:
    """Put a body into the card's frame; the edge tells how the run ended."""
    style = f"{_NAMED}border-left:3px solid var(--tb-{_EDGES.get(tone, 'edge')});{_CARD}"
    return f'<div class="tb-Card" role="group" aria-label="trackbook run" style="{style}">{body}</div>'


def line_html(line: Line) -> str:
    """Draw one line."""
    dot = between(line.kind).strip()
    gap = f'<span style="{_QUIET}"> {dot} </span>' if dot else _EM_SPACE
    items = gap.join(_item(each) for each in line.items)
    label = f'<span style="{_LABEL}">{escape(line.label)} </span>' if line.label else ""
    return f'<div class="tb-Card-{line.kind}" style="{_LINE}">{label}<span style="{_ITEMS}">{items}</span></div>'


def _item(item: Item) -> str:
    style = f"{_ITEM};white-space:nowrap" if item.width <= _LONGEST_UNBROKEN else _ITEM
    return f'<span style="{style}">{" ".join(_piece(piece) for piece in item.pieces)}</span>'


def _piece(piece: Piece) -> str:
    tag, when = "span", ""
    if piece.moment is not None:
        tag, when = "time", f' datetime="{datetime.fromtimestamp(piece.moment, tz=UTC).isoformat()}"'
    style = f' style="{_STYLES[piece.tone]}"' if _STYLES[piece.tone] else ""
    hover = f' title="{escape(piece.hover)}"' if piece.hover and piece.hover != piece.text else ""
    return f"<{tag}{when}{style}{hover}>{escape(piece.text)}</{tag}>"
