"""A difference as plain text: what a terminal and a notebook without HTML show."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeVar

from trackbook.values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from trackbook.tracking.difference import DataFacts, Difference, MetricDifference, Side, ValueChange

Row = TypeVar("Row")

MOST_DEFAULTS = 8
"""Defaults and packages listed; the rest is counted, and stands in `to_frame()`."""

_LONGEST = 60
# Control characters, lone surrogates, and the marks that turn the reading direction of what follows.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def printable(text: str) -> str:
    """Make a line that is safe on a terminal: what could steer it is written as an escape."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def shown(value: object) -> str:
    """Write a value short, on one line, as Python does but strings without quotes; six digits at most."""
    if isinstance(value, float):
        return figure(value)
    text = printable(value if isinstance(value, str) else repr(plain(value)))
    text = text or '""'
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def figure(value: float | None) -> str:
    """Write a number with six digits at most; a dash for a missing one."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
    return f"{value:.6g}"


def difference_text(difference: Difference) -> str:
    """Write everything that differs, one paragraph a subject."""
    parts = [headline(difference)]
    if difference.a.error != difference.b.error:
        parts.append(f"error\n  {_said(difference.a.error)} → {_said(difference.b.error)}")
    parts += _paragraphs(difference)
    return "\n".join(parts)


def headline(difference: Difference) -> str:
    """Write the first line: which runs, and what differs between them."""
    a, b = difference.a, difference.b
    what = "differ in " + ", ".join(difference.differing) if difference.differing else "nothing differs"
    return f"{_side(a)} → {_side(b)}: {what}"


def _paragraphs(difference: Difference) -> Iterable[str]:
    own = [change for change in difference.params if not change.is_default]
    defaults = [change for change in difference.params if change.is_default]
    yield from _paragraph("params", own, _value_row)
    yield from _paragraph("defaults", defaults, _value_row, MOST_DEFAULTS)
    yield from _paragraph("metrics", difference.metrics, _metric_row)
    if difference.predictions is not None:
        yield f"predictions\n  {difference.predictions.sentence}"
    yield from _paragraph("tags", difference.tags, _value_row)
    if difference.data:
        cells = [(data.name, data_words(data.a, data.b)) for data in difference.data]
        yield "\n".join(["data", *_lined_up(cells)])
    if difference.code:
        yield "\n".join(["code", *(f"  {printable_code(line)}" for line in difference.code.splitlines())])
    yield from _paragraph("git", difference.git, _value_row)
    if difference.patch:
        yield "git patch\n  the uncommitted changes differ"
    yield from _paragraph("environment", difference.environment, _value_row)
    yield from _paragraph("packages", difference.packages, _value_row, MOST_DEFAULTS)


def printable_code(line: str) -> str:
    """Make one line of code safe, its tabs as spaces."""
    return printable(line.expandtabs(4))


def _side(side: Side) -> str:
    return f"{printable(side.name)} ({side.run_id[:13]}, {side.status})"


def _said(error: str) -> str:
    return printable(error) or "no error"


def _paragraph(
    title: str, rows: Sequence[Row], write: Callable[[Row], tuple[str, str]], most: int = 1_000_000
) -> Iterable[str]:
    if rows:
        more = [f"  and {len(rows) - most} more"] if len(rows) > most else []
        yield "\n".join([title, *_lined_up([write(row) for row in rows[:most]]), *more])


def _lined_up(cells: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(printable(name)) for name, _ in cells)
    return [f"  {printable(name):{width}}  {text}".rstrip() for name, text in cells]


def _value_row(change: ValueChange) -> tuple[str, str]:
    a = "–" if change.only_in == "b" else shown(change.a)
    b = "–" if change.only_in == "a" else shown(change.b)
    if a == b:  # "1" and 1, or digits beyond the short form
        a, b = printable(repr(change.a)), printable(repr(change.b))
    return change.name, f"{a} → {b}"


def _metric_row(metric: MetricDifference) -> tuple[str, str]:
    if metric.is_same:
        return metric.name, f"{figure(metric.a)} ="
    delta = "" if metric.delta is None or not math.isfinite(metric.delta) else f"  {metric.delta:+.6g}"
    return metric.name, f"{figure(metric.a)} → {figure(metric.b)}{delta}  {metric.verdict}".rstrip()


def data_words(a: DataFacts | None, b: DataFacts | None) -> str:
    """Say of one data set what became of it."""
    if a is None or b is None:
        only = a or b
        return "" if only is None else f"only in {'a' if b is None else 'b'}: {_shape(only)}"
    if a.digest == b.digest:
        renamed = "" if a.name == b.name else f", there named {printable(b.name)}"
        return f"same, {_shape(a)}{renamed}"
    return f"{_shape(a)} → {_shape(b)}" if _shape(a) != _shape(b) else f"{_shape(a)}, other content"


def _shape(facts: DataFacts) -> str:
    rows = "?" if facts.rows is None else f"{facts.rows:,}"
    size = f"{rows} rows" if facts.columns is None else f"{rows} × {facts.columns:,}"
    return f"{size} #{printable(facts.digest[:8])}{' (sampled)' if facts.sampled else ''}"
