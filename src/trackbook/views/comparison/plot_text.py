"""Text for plotly, which takes labels and hovers for a kind of HTML and `$…$` for TeX."""

from __future__ import annotations

from html import escape

from trackbook.views.literals import LONGEST, cut, one_line


def plot_text(text: str, most: int = LONGEST) -> str:
    """Write what a user typed so that plotly shows it as it is, on one line of at most `most` characters.

    For everything that plotly writes as text: titles, ticks, legends, hovers. Not for the ticks of parallel
    coordinates, which it takes literally.
    """
    return escape(cut(one_line(text), most), quote=False).replace("$", "&#36;")


def hover_text(pairs: list[tuple[str, str]]) -> str:
    """Write lines of name and value for a hover; both may be anything a user typed."""
    return "<br>".join(f"{plot_text(name, 60)} {plot_text(value, 80)}".strip() for name, value in pairs)
