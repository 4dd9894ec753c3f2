"""A difference as HTML that needs nothing else: no script, no style sheet; colours are JupyterLab's."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from trackbook.tracking.difference_text import (
    MOST_DEFAULTS,
    data_words,
    figure,
    headline,
    printable,
    printable_code,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackbook.tracking.comparison.verdict import Verdict
    from trackbook.tracking.difference import Difference, MetricDifference, ValueChange

_QUIET = "color:var(--jp-ui-font-color2,inherit)"
_GOOD = "color:var(--jp-success-color1,#1a8a4a)"
_BAD = "color:var(--jp-error-color1,#d1383d)"
_BOX = (
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:var(--jp-ui-font-size1,13px);"
    "color:var(--jp-ui-font-color1,inherit);font-variant-numeric:tabular-nums"
)
_TABLE = "border-collapse:collapse;margin:2px 0 6px 0"
_CELL = "text-align:left;padding:1px 12px 1px 0"
_RIGHT = "text-align:right;padding:1px 12px 1px 0"
_CODE = (
    "margin:2px 0;padding:4px 8px;overflow-x:auto;font-family:var(--jp-code-font-family,monospace);"
    "border-left:2px solid var(--jp-border-color1,#aaa)"
)


def difference_html(difference: Difference) -> str:
    """Draw what differs; everything that a user named or wrote is escaped."""
    a, b = escape(printable(difference.a.name)), escape(printable(difference.b.name))
    rows = [*_rows(difference)]
    head = f'<tr><th style="{_CELL}"></th><th style="{_CELL}"></th>'
    head += f'<th style="{_RIGHT}">{a}</th><th style="{_RIGHT}">{b}</th><th style="{_RIGHT}">change</th></tr>'
    table = f'<table style="{_TABLE}"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>' if rows else ""
    return (
        f'<div class="tb-Difference" style="{_BOX}"><div>{escape(headline(difference))}</div>{table}'
        f"{folded_code('code', difference.code)}{folded_code('uncommitted changes', difference.patch)}</div>"
    )


def _rows(difference: Difference) -> Iterable[str]:
    own = [change for change in difference.params if not change.is_default]
    defaults = [change for change in difference.params if change.is_default]
    yield from _values("params", own)
    yield from _values("defaults", defaults, MOST_DEFAULTS)
    yield from (_metric(metric, first=place == 0) for place, metric in enumerate(difference.metrics))
    if difference.predictions is not None:
        yield _verdict(difference.predictions)
    yield from _values("tags", difference.tags)
    for place, data in enumerate(difference.data):
        words = f'<td colspan="3" style="{_CELL}">{escape(data_words(data.a, data.b))}</td>'
        yield _row("data", data.name, words, first=place == 0)
    yield from _values("git", difference.git)
    yield from _values("environment", difference.environment)
    yield from _values("packages", difference.packages, MOST_DEFAULTS)
    if difference.a.error != difference.b.error:
        yield _row("error", "", _cell(difference.a.error) + _cell(difference.b.error), first=True)


def _values(title: str, changes: Sequence[ValueChange], most: int = 1_000_000) -> Iterable[str]:
    for place, change in enumerate(changes[:most]):
        a = "–" if change.only_in == "b" else shown(change.a)
        b = "–" if change.only_in == "a" else shown(change.b)
        yield _row(title, change.name, _cell(a) + _cell(b), first=place == 0)
    if len(changes) > most:
        yield _row(title, f"and {len(changes) - most} more", "", first=False)


def _metric(metric: MetricDifference, *, first: bool) -> str:
    delta = "" if metric.delta is None or not math.isfinite(metric.delta) else f"{metric.delta:+.6g}"
    text = "=" if metric.is_same else f"{delta} {metric.verdict}".strip()
    style = {"better": f";{_GOOD}", "worse": f";{_BAD}", "": f";{_QUIET}"}[metric.verdict]
    change = f'<td style="{_RIGHT}{style}">{escape(text)}</td>'
    return _row("metrics", metric.name, _cell(figure(metric.a)) + _cell(figure(metric.b)) + change, first=first)


def _verdict(verdict: Verdict) -> str:
    style = {"better": _GOOD, "worse": _BAD, "within noise": _QUIET}[verdict.verdict]
    words = f'<td colspan="3" style="{_CELL};{style}">{escape(verdict.sentence)}</td>'
    return _row("predictions", verdict.metric, words, first=True)


def _cell(text: str) -> str:
    return f'<td style="{_RIGHT}">{escape(printable(text))}</td>'


def _row(title: str, name: str, cells: str, *, first: bool) -> str:
    label = f'<td style="{_CELL};{_QUIET}">{title if first else ""}</td>'
    return f'<tr>{label}<td style="{_CELL}">{escape(printable(name))}</td>{cells}</tr>'


def folded_code(title: str, text: str) -> str:
    """Fold a unified diff away under its title; a short one stands open. Both may be anything a user wrote."""
    if not text:
        return ""
    lines = "\n".join(_line(line) for line in text.splitlines())
    opened = " open" if text.count("\n") <= 30 else ""  # noqa: PLR2004 - what a glance takes in
    return f'<details{opened}><summary>{escape(printable(title))}</summary><pre style="{_CODE}">{lines}</pre></details>'


def _line(line: str) -> str:
    style = _GOOD if line.startswith("+") else _BAD if line.startswith("-") else ""
    safe = escape(printable_code(line))
    return f'<span style="{style}">{safe}</span>' if style else safe
