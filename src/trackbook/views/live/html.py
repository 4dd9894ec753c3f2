"""A live panel as it stays in a saved notebook: its words, its curves as SVG, and a table of the newest values.

Needs no script and no style sheet; where a sanitizer takes the picture away, words and table stay.
"""

from __future__ import annotations

import time
from html import escape
from typing import TYPE_CHECKING

from trackbook.views.card.html import framed
from trackbook.views.literals import cut, one_line
from trackbook.views.live.facts import head_words, machine_words
from trackbook.views.live.svg import chart_svg
from trackbook.views.numbers import number
from trackbook.views.pieces import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.views.live.band import Band
    from trackbook.views.live.charts import LiveCharts
    from trackbook.views.live.curve import LiveCurve
    from trackbook.views.live.facts import LiveFacts

_MOST_CHARTS = 12
_MOST_ROWS = 40
_TONES = {"FAILED": Tone.ERROR, "KILLED": Tone.WARNING, "RUNNING": Tone.RUNNING}
_QUIET = "color:var(--tb-quiet)"
_CELL = "padding:0 1.5em 0 0;text-align:right"


def live_html(
    facts: LiveFacts, charts: LiveCharts, curves: Mapping[str, LiveCurve], bands: Mapping[str, Band] | None = None
) -> str:
    """Draw the panel as it is now; everything a user typed is escaped."""
    parts = [f'<div style="font-weight:600">{escape(head_words(facts))}</div>']
    drawn = [
        chart_svg(name, some, curves, bands or {})
        for name, some in list(charts.charts().items())[:_MOST_CHARTS]
        if any(series.name in curves for series in some)
    ]
    if drawn:
        parts.append(f'<div style="display:flex;flex-wrap:wrap;gap:4px 16px">{"".join(drawn)}</div>')
    if curves:
        parts.append(_table(charts, curves))
    machine = machine_words(facts)
    if machine and facts.runs:
        parts.append(f'<div style="{_QUIET}">{escape(machine)}</div>')
    warn = "color:var(--tb-warn);font-weight:600"
    parts += [f'<div style="{warn}">⚠ {escape(warning)}</div>' for warning in facts.warnings]
    if facts.runs and facts.now:
        seen = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(facts.now))
        parts.append(f'<div style="{_QUIET}">as it was at {seen}; it was running then</div>')
    if facts.error:
        parts.append(f'<div style="color:var(--tb-bad)">{escape(one_line(facts.error))}</div>')
    return framed("".join(parts), _TONES.get(facts.status, Tone.PLAIN))


def _table(charts: LiveCharts, curves: Mapping[str, LiveCurve]) -> str:
    head = "".join(
        f'<th style="{_CELL};{_QUIET};font-weight:400">{word}</th>' for word in ("", "last", "best", "points")
    )
    rows = []
    for name in list(curves)[:_MOST_ROWS]:
        curve = curves[name]
        better = charts.series[name].better if name in charts.series else ""
        best = curve.best(better) if better in {"lower", "higher"} else None  # type: ignore[arg-type]  # one of the two
        cells = (
            number(curve.last),
            "" if best is None else f"{number(best[1])} at step {number(best[0])}",
            number(curve.count),
        )
        shown = f'<th style="{_CELL};text-align:left;font-weight:400">{escape(cut(one_line(name)))}</th>'
        rows.append(f"<tr>{shown}{''.join(f'<td style={chr(34)}{_CELL}{chr(34)}>{cell}</td>' for cell in cells)}</tr>")
    more = len(curves) - len(rows)
    note = f'<div style="{_QUIET}">and {number(more)} more metrics</div>' if more > 0 else ""
    return f'<table style="border-collapse:collapse"><tr>{head}</tr>{"".join(rows)}</table>{note}'
