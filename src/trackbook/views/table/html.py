"""A table of runs as HTML and as text that need nothing else: what a saved notebook or a terminal shows of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from trackbook.views.numbers import clock, number
from trackbook.views.palette import BETTER, WORSE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from trackbook.views.table.cells import Cell
    from trackbook.views.table.columns import Column

_COLOURS = {
    "bad": "var(--jp-error-color1,var(--vscode-errorForeground,#d1383d))",
    "warning": "var(--jp-warn-color1,var(--vscode-editorWarning-foreground,#b7791f))",
    "running": "var(--jp-brand-color1,var(--vscode-textLink-foreground,#1f77c9))",
}
_DELTA_COLOURS = {"good": BETTER, "bad": WORSE}
_QUIET = "color:var(--jp-ui-font-color2,var(--vscode-descriptionForeground,#6b6b6b))"
_FONT = (
    "font-family:var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif));"
    "font-size:var(--jp-ui-font-size1,13px);font-variant-numeric:tabular-nums"
)
_EDGE = "1px solid var(--jp-border-color2,var(--vscode-widget-border,#d0d0d0))"
_LONGEST_TEXT_CELL = 36
_MOST_TEXT_COLUMNS = 12
ARROWS = {1: "▲", -1: "▼"}
_EQUAL = "≈"


def table_html(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], sentence: str, call: str, zone: tzinfo | None = None
) -> str:
    """Draw rows as an HTML table; all that users typed is escaped. zone: of the clock; None is the local one."""
    head = "".join(f'<th style="{_cell_style(column)}">{escape(column.title)}</th>' for column in columns)
    body = "".join(
        f"<tr>{''.join(_td(column, cell, zone) for column, cell in zip(columns, row, strict=True))}</tr>"
        for row in rows
    )
    table = (
        f'<div style="overflow-x:auto"><table cellpadding="4" style="border-collapse:collapse;margin:4px 0;{_FONT}">'
        f'<thead><tr style="border-bottom:{_EDGE}">{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
    return (
        f'<div class="tb-RunTable-twin" style="{_FONT}">'
        f'<div style="{_QUIET}">{escape(sentence)} · <code>{escape(call)}</code></div>{table if rows else ""}</div>'
    )


def _cell_style(column: Column) -> str:
    return f"text-align:{'right' if column.is_number else 'left'};white-space:nowrap"


def _td(column: Column, cell: Cell, zone: tzinfo | None) -> str:
    colour = (_DELTA_COLOURS if cell.delta else _COLOURS).get(cell.tone, "")
    words = escape(written(cell, zone))
    if cell.delta:
        delta = f"{ARROWS.get(cell.direction, '')} {cell.delta}".strip()
        words += f' <span style="{f"color:{colour}" if colour else _QUIET}">{escape(delta)}</span>'
    elif colour:
        words = f'<span style="color:{colour}">{words}</span>'
    if cell.equal:
        why = f"cannot be told from {cell.equal}: a paired bootstrap over their predictions"
        words += f' <span style="{_QUIET}" title="{escape(why)}">{_EQUAL}</span>'
    hover = f' title="{escape(cell.hover)}"' if cell.hover and column.kind != "status" else ""
    return f'<td style="{_cell_style(column)}"{hover}>{words}</td>'


def written(cell: Cell, zone: tzinfo | None = None) -> str:
    """Write a cell's text; a time as what stays true in a saved notebook."""
    return clock(cell.moment, zone) if cell.moment is not None else cell.text


def table_text(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], sentence: str, call: str, zone: tzinfo | None = None
) -> str:
    """Write rows in columns of equal width for a terminal, and the call below."""
    columns = columns[:_MOST_TEXT_COLUMNS]
    lines = [[column.title for column in columns]]
    lines += [[_words(cell, zone) for cell in row[: len(columns)]] for row in rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    text = [
        "  ".join(
            f"{word:>{width}}" if column.is_number else f"{word:<{width}}"
            for word, width, column in zip(line, widths, columns, strict=True)
        ).rstrip()
        for line in lines
    ]
    return "\n".join([sentence, *(text if rows else []), call])


def _words(cell: Cell, zone: tzinfo | None) -> str:
    words = " ".join(filter(None, [written(cell, zone), cell.delta, _EQUAL if cell.equal else ""]))
    return words[:_LONGEST_TEXT_CELL]


def count_sentence(matching: int, total: int, *, filtered: bool, deleted: bool = False) -> str:
    """Say how many runs there are, and what to do when there are none."""
    if matching:
        runs = "run" if total == 1 else "runs"
        kind = f"deleted {runs}" if deleted else runs
        return f"{number(matching)} of {number(total)} {kind}" if filtered else f"{number(total)} {kind}"
    if deleted:
        return "No deleted run fits this filter." if filtered and total else "No run is deleted."
    if total:
        return "No run fits this filter; %runs shows all."
    return "There are no runs yet; put %%track on the first line of a cell and run it."
