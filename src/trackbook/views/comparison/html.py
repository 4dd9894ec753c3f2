"""What is written round the drawing of a comparison, and its static twin: HTML that needs no script."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from trackbook.views.literals import cut, one_line
from trackbook.views.numbers import count
from trackbook.views.palette import REST
from trackbook.views.plain_table import boxed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_QUIET = "color:var(--jp-ui-font-color2,var(--vscode-descriptionForeground,#7a7a7a))"
_WARN = "var(--jp-warn-color1,var(--vscode-editorWarning-foreground,#b7791f))"
_CODE = "font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,12px)"
_FEW_LINES = "display:inline-block;vertical-align:top;max-height:4.5em;overflow-y:auto;overflow-wrap:anywhere"
_MOST_NAMES = 24


def heading_html(frame: pd.DataFrame) -> str:
    """Say how many runs are compared, of which experiments, and how many still run."""
    said = [f"<b>{count(len(frame), 'run')}</b>"]
    if len(frame):
        experiments = sorted({str(name) for name in frame["experiment"]})
        said.append(escape(cut(one_line(", ".join(experiments)), 60)))
        running = int((frame["status"] == "RUNNING").sum())
        if running:
            said.append(f'<span style="color:var(--jp-brand-color1,#1f77c9)">● {running} running</span>')
    return f"<span>{' · '.join(said)}</span>"


def notice_html(text: str) -> str:
    """A sentence in place; one with a mark under a fault keeps its lines. Empty stays empty."""
    if not text:
        return ""
    lines = "white-space:pre-wrap;" + (_CODE if "\n" in text else "")
    return (
        f'<div role="status" style="border-left:3px solid {_WARN};padding:1px 8px;line-height:1.45;{lines}">'
        f"{escape(text)}</div>"
    )


def quiet_html(text: str) -> str:
    """A remark that can be missed."""
    return f'<span style="{_QUIET}">{escape(text)}</span>'


def brush_html(chosen: int, of: int, filter: str) -> str:  # noqa: A002 - the word of tb.runs
    """Say how many runs are brushed, and the call that finds them again."""
    if not filter:
        return ""
    call = f"tb.runs({json.dumps(filter, ensure_ascii=False)})"
    return f"<span>{chosen:,} of {count(of, 'run')} brushed: </span>{call_html(call)}"


def call_html(call: str) -> str:
    """The Python call that makes the same panel, to copy; one that names hundreds of runs is scrolled."""
    return f'<code style="{_CODE};{_QUIET};{_FEW_LINES};background:none;user-select:all">{escape(call)}</code>'


def twin_html(frame: pd.DataFrame, colours: Mapping[str, str], picture: str, call: str, notice: str) -> str:
    """What a saved notebook shows in the panel's place. picture: ready HTML."""
    legend = f'<div style="margin:2px 0 4px 0">{_legend(frame, colours)}</div>' if len(frame) else ""
    return boxed(
        f'<div style="margin-bottom:4px">{heading_html(frame)}</div>',
        f"<div>{picture}</div>" if picture else "",
        legend,
        notice_html(notice),
        f"<div>{call_html(call)}</div>",
    )


def _legend(frame: pd.DataFrame, colours: Mapping[str, str]) -> str:
    pairs = list(zip(map(str, frame["run_id"]), map(str, frame["name"]), strict=True))
    shown = [pair for pair in pairs if colours.get(pair[0], REST) != REST][:_MOST_NAMES] or pairs[:_MOST_NAMES]
    names = [
        f'<span style="white-space:nowrap;margin-right:14px"><span style="color:{colours.get(run_id, REST)}">━</span> '
        f"{escape(cut(one_line(name), 40))}</span>"
        for run_id, name in shown
    ]
    rest = len(pairs) - len(shown)
    return " ".join(names) + (f' <span style="{_QUIET}">and {rest} more</span>' if rest else "")


def twin_text(frame: pd.DataFrame, call: str) -> str:
    """The same for a terminal."""
    names = [cut(one_line(str(name)), 40) for name in frame["name"][:_MOST_NAMES]] if len(frame) else []
    rest = f" and {len(frame) - len(names)} more" if len(frame) > len(names) else ""
    return f"Comparison of {count(len(frame), 'run')}: {', '.join(names)}{rest}\n{call}"
