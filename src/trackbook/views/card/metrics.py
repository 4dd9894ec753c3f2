"""The card's second question: did it help?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trackbook.views.literals import cut, one_line
from trackbook.views.numbers import UNCHANGED, change, number
from trackbook.views.pieces import Item, Line, Piece, Tone, and_more, item

if TYPE_CHECKING:
    from trackbook.views.card.facts import CardFacts

Verdict = Literal["better", "worse", ""]
_ARROW = {1: "▲", -1: "▼"}
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric beside its value in the previous attempt."""

    name: str
    value: float
    before: float | None
    """None when the previous attempt had no such metric, or there is none."""

    verdict: Verdict
    """Empty when unchanged, or when nobody knows which way is up."""


def metric_changes(facts: CardFacts) -> list[MetricChange]:
    """Put each metric beside its previous value and say whether that is better."""
    earlier = facts.previous.metrics if facts.previous else {}
    changes = []
    for name, value in facts.metrics.items():
        before = earlier.get(name)
        up = facts.better.get(name)
        changes.append(MetricChange(name, value, before, _verdict(value, before, up)))
    return changes


def metrics_line(facts: CardFacts) -> Line | None:
    """Write the metrics with their changes on one line; None when the run has none.

    What a short array left is one item, `f1 0.914 ± 0.02`: its mean, its deviation, and its last value is not shown.
    """
    changes = metric_changes(facts)
    values = facts.metrics
    deviations = {_deviation_of(name) for name in values} & set(values)
    inside = deviations | {name.removesuffix(".std") for name in deviations}
    against = f"#{facts.previous.attempt}" if facts.previous and facts.previous.attempt else "the attempt before"
    shown = [metric for metric in changes if metric.name not in inside]
    items = and_more([_item(metric, against, values.get(_deviation_of(metric.name))) for metric in shown])
    if any(metric.before is not None for metric in shown):
        items.append(item(Piece(f"vs {against}", Tone.QUIET, f"compared with {against}")))
    return Line("metrics", tuple(items), "metrics") if changes else None


def _verdict(value: float, before: float | None, up: str | None) -> Verdict:
    if before is None or up is None or math.isnan(value) or math.isnan(before) or _same(value, before):
        return ""
    return "better" if (value > before) == (up == "higher") else "worse"


def _same(value: float, before: float) -> bool:
    """Tell whether nothing changed; summing in another order moves the last digits, which is no progress."""
    return math.isclose(value, before, rel_tol=_ROUNDING) or (math.isnan(value) and math.isnan(before))


def _deviation_of(name: str) -> str:
    """Name the metric that says how far the values spread of which this one is the mean; empty for other metrics."""
    return f"{name.removesuffix('.mean')}.std" if name.endswith(".mean") else ""


def _item(metric: MetricChange, against: str, deviation: float | None) -> Item:
    full = one_line(metric.name)
    name = Piece(cut(full if deviation is None else full.removesuffix(".mean")), Tone.QUIET, full)
    spread = Piece("" if deviation is None else f"± {number(deviation, 2)}", Tone.QUIET, f"deviation {deviation!r}")
    value, before = metric.value, metric.before
    tone = Tone.STRONG if math.isfinite(value) else Tone.WARNING
    if before is None:
        return item(name, Piece(number(value), tone, repr(value)), spread)
    set_out = change(value, before)
    hover = f"{before!r} in {against}"
    verdict = {"better": Tone.GOOD, "worse": Tone.BAD, "": Tone.QUIET}[metric.verdict]
    same = _same(value, before)
    if same or not set_out.direction:
        was = Piece(UNCHANGED if same else f"← {number(before)}", Tone.QUIET, f"unchanged: {hover}" if same else hover)
        return item(name, Piece(number(value), tone, repr(value)), spread, was, Piece(metric.verdict, verdict))
    delta = Piece(f"{_ARROW[set_out.direction]} {set_out.delta}", verdict, f"{value - before:+.6g} from {hover}")
    return item(name, Piece(set_out.value, tone, repr(value)), spread, delta, Piece(metric.verdict, verdict))
