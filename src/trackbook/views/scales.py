"""Colours of categories: as a stepped colour scale, as a list, and the signs beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.views.comparison.plot_layout import SYMBOLS
from trackbook.views.palette import COLOURS

if TYPE_CHECKING:
    from collections.abc import Sequence


def steps(colours: Sequence[str]) -> dict[str, Any]:
    """Make a colour scale of plain steps: the number i is drawn in the i-th colour."""
    many = len(colours)
    scale: list[list[Any]] = []
    for place, colour in enumerate(colours):
        scale += [[place / many, colour], [(place + 1) / many, colour]]
    return {"colorscale": scale, "cmin": -0.5, "cmax": many - 0.5}


def category_colours(amount: int) -> list[str]:
    """Give each of several categories a colour; beyond twelve they repeat, with another sign."""
    return [COLOURS[place % len(COLOURS)] for place in range(amount)]


def category_symbols(amount: int) -> list[str]:
    """Give each category a sign, so that no two of 84 share both colour and sign."""
    many = len(COLOURS)
    return [SYMBOLS[(place + place // many) % len(SYMBOLS)] for place in range(amount)]
