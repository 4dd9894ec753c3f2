"""A table of runs as one HTML page that needs nothing else and runs no script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from trackbook.cli.json_text import json_value
from trackbook.tracking.difference_text import printable
from trackbook.values import to_json

if TYPE_CHECKING:
    import pandas as pd

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>trackbook runs</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark }
body { font: 14px system-ui, sans-serif; margin: 1em }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: 2px 10px; text-align: left; white-space: nowrap; border-bottom: 1px solid #8884 }
th { position: sticky; top: 0; background: Canvas }
.n { text-align: right }
</style></head><body>
"""


def frame_page(frame: pd.DataFrame) -> str:
    """Write a frame as a page; whatever a user named is escaped."""
    sides = [' class="n"' if frame[name].dtype.kind in "iuf" else "" for name in frame.columns]
    head = "".join(f"<th{side}>{_text(str(name))}</th>" for name, side in zip(frame.columns, sides, strict=True))
    columns = [[_cell(value) for value in frame[name].tolist()] for name in frame.columns]
    rows = (
        "<tr>" + "".join(f"<td{side}>{text}</td>" for text, side in zip(row, sides, strict=True)) + "</tr>\n"
        for row in zip(*columns, strict=True)
    )
    body = f"<table><thead><tr>{head}</tr></thead><tbody>\n{''.join(rows)}</tbody></table>"
    return f"{_HEAD}{body}\n</body></html>\n"


def _cell(value: object) -> str:
    known = json_value(value)
    return "" if known is None else _text(known if isinstance(known, str) else to_json(known))


def _text(text: str) -> str:
    return escape(printable(text))
