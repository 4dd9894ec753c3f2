"""Colours of runs that colour-blind eyes can tell apart, on a light page and on a dark one.

The first six are Okabe and Ito's ("Color Universal Design", 2008) without
black and yellow, each of which vanishes on one of the two; then four of Paul
Tol's "muted" scheme ("Colour Schemes", SRON 2021) and two of ours. No set of twelve can be told
apart by colour alone, so the later ones are dashed where there are lines.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
    "#aa4499", "#999933", "#44aa99", "#cc6677", "#6a5fc1", "#8a5a2b",
)  # fmt: skip
"""For as many runs as get a colour of their own."""

REST = "#9a9a9a"
"""For all other runs together."""

_TEXT = "var(--jp-ui-font-color1,var(--vscode-foreground,#444))"
BETTER = f"color-mix(in srgb,var(--jp-brand-color1,var(--vscode-textLink-foreground,#1976d2)) 80%,{_TEXT})"
WORSE = f"color-mix(in srgb,var(--jp-warn-color1,#f57c00) 55%,{_TEXT})"
"""CSS colours of text: blue and orange, which all can tell apart, as `--tb-better` and `--tb-worse` of the panels."""

_SOLID = 6
_SCALE = ((59, 82, 139), (44, 114, 142), (33, 145, 140), (40, 174, 128), (94, 201, 98))
"""The middle of matplotlib's viridis, whose ends vanish on dark or on light."""


def run_colours(run_ids: Sequence[str], best_first: Sequence[str] = ()) -> dict[str, str]:
    """Give each run its colour; of more runs than colours the best keep theirs and the rest share a grey.

    best_first: ids in order of merit, for when there are too many; else the given order counts.
    """
    if len(run_ids) <= len(COLOURS):
        return dict(zip(run_ids, COLOURS, strict=False))
    own = [*best_first, *(run_id for run_id in run_ids if run_id not in set(best_first))][: len(COLOURS) - 1]
    coloured = dict(zip(own, COLOURS, strict=False))
    return {run_id: coloured.get(run_id, REST) for run_id in run_ids}


def dash(colour: str) -> str:
    """Plotly's name of the line that goes with a colour, a second sign beside it."""
    later = colour in COLOURS and COLOURS.index(colour) >= _SOLID
    return "dash" if later else "solid"


def shades(count: int) -> list[str]:
    """Return colours that rise with a number, from dark blue to light green."""
    return [_between(place / max(1, count - 1) * (len(_SCALE) - 1)) for place in range(count)]


def see_through(colour: str, opacity: float) -> str:
    """Write `#rrggbb` so that what lies behind shows."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def best_first(scores: Mapping[str, float], better: str | None) -> list[str]:
    """Order runs by a metric, the best first; NaN comes last. Without knowing which way is up, the highest."""
    sign = 1 if better == "lower" else -1
    known = [run_id for run_id, score in scores.items() if not math.isnan(score)]
    return sorted(known, key=lambda run_id: sign * scores[run_id])


def _between(place: float) -> str:
    low = min(int(place), len(_SCALE) - 2)
    part = place - low
    mixed = (round(a + (b - a) * part) for a, b in zip(_SCALE[low], _SCALE[low + 1], strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
