"""Pictures of several runs side by side, as HTML: one line a picture's name, one column a run."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from trackbook.views.literals import cut, one_line
from trackbook.views.numbers import byte_size
from trackbook.views.plain_table import BOX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"}
_QUIET = "color:var(--jp-ui-font-color2,inherit)"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture as it is to be shown."""

    mime: str
    content: bytes | None
    """None where it is too large, missing or damaged."""

    size: int | None
    """Bytes, where known."""


def pictures_html(
    runs: Sequence[tuple[str, str, str]], names: Sequence[str], shots: Mapping[tuple[str, str], Shot], width: int
) -> str:
    """Draw a grid; everything users typed is escaped.

    runs: (run id, name, colour). names: of the pictures, one line each. shots: by (run id, picture's name).
    width: of each picture, in pixels. Every picture is an <img> of a data URI: in it no script runs, also not one
    inside an SVG, and nothing is fetched from outside.
    """
    head = "".join(
        f'<th style="text-align:left;padding:2px 8px;border-bottom:3px solid {escape(colour)};font-weight:600">'
        f"{_line(name)}</th>"
        for _, name, colour in runs
    )
    body = "".join(
        f'<tr><th style="text-align:left;vertical-align:top;padding:6px 8px 6px 0;font-weight:400;{_QUIET}">'
        f"{_line(name)}</th>{''.join(_cell(shots.get((run_id, name)), name, run, width) for run_id, run, _ in runs)}"
        "</tr>"
        for name in names
    )
    return (
        f'<div class="tb-Comparison-pictures" style="{BOX}"><table style="border-collapse:collapse">'
        f"<thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(text: str) -> str:
    line = one_line(text)
    return f'<span title="{escape(line[:500])}">{escape(cut(line, 36))}</span>'


def _cell(shot: Shot | None, name: str, run: str, width: int) -> str:
    place = "vertical-align:top;padding:6px 8px"
    if shot is None:
        return f'<td style="{place};{_QUIET}">–</td>'
    if shot.content is None or shot.mime not in _SHOWN:
        size = f" ({byte_size(shot.size)})" if shot.size else ""
        said = f"not shown here{size}: tb.get_run(…).read_artifact({one_line(name)!r}) reads it"
        return f'<td style="{place};max-width:{width}px;{_QUIET}">{escape(said)}</td>'
    source = f"data:{shot.mime};base64,{b64encode(shot.content).decode('ascii')}"
    # White below, for most figures are drawn on see-through paper with black ink.
    return (
        f'<td style="{place}"><img src="{source}" alt="{escape(one_line(f"{name} of {run}"))}" '
        f'style="width:{width}px;max-width:none;height:auto;background:#fff"></td>'
    )
