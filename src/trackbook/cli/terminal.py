"""What may reach a terminal, and how wide it is.

Whatever is in a store may come from anywhere: escape sequences in it could
recolour, retitle or rewrite what the user sees, so they are shown, not sent.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata

import click

from trackbook.tracking.difference_text import printable
from trackbook.views.numbers import THIN


def say(message: str) -> None:
    """Tell the user something that is no data."""
    click.echo(widely_spaced(sentence(message)), err=True)


def sentence(text: str) -> str:
    """Make a message safe; its line breaks stay."""
    return "\n".join(printable(line) for line in text.split("\n"))


def widely_spaced(text: str) -> str:
    """Write narrow spaces as plain ones: few terminal fonts have them."""
    return text.replace(THIN, " ")


def block(text: str, indent: str = "  ") -> str:
    """Make a longer text safe: code, a traceback, a diff."""
    return "\n".join(f"{indent}{printable(line.expandtabs(4))}".rstrip() for line in text.splitlines())


def is_terminal() -> bool:
    """Tell whether a person reads stdout."""
    return sys.stdout.isatty()


def available_width() -> int:
    """How many columns a table may take; without a terminal as many as it wants, unless COLUMNS says otherwise."""
    if is_terminal() or os.environ.get("COLUMNS", "").isdigit():
        return shutil.get_terminal_size().columns
    return 1_000_000


def strong(text: str) -> str:
    """Set a heading in bold where a terminal and its user want that."""
    plain = not is_terminal() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else click.style(text, bold=True)


def columns_of(text: str) -> int:
    """How many columns a text takes: East Asian letters and most emoji two, accents on their own none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def cut_to(text: str, most: int) -> str:
    """Shorten a text to so many columns, the last of them `…`."""
    if columns_of(text) <= most:
        return text
    while columns_of(text) > most - 1:
        text = text[:-1]
    return text + "…"


def padded(text: str, width: int, *, right: bool) -> str:
    """Fill a text up to a width; right: it stands at the right side."""
    fill = " " * (width - columns_of(text))
    return fill + text if right else text + fill
