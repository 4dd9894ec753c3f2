"""A gate about how good a version is, compared with the one it replaces."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.meaning import default_better
from trackbook.store import which_way_is_up
from trackbook.store.registry.measuring import Measured, measured
from trackbook.versioning.gates.asked import asked_number

if TYPE_CHECKING:
    from trackbook.versioning.gates.facts import GateFacts
    from trackbook.versioning.version import Version


def not_worse(facts: GateFacts, asked: Any) -> str | None:  # noqa: ANN401
    """`not_worse = "accuracy"`: at least as good as the version now there, measured on the same data.

    `{ metric = "accuracy", tolerance = 0.01 }` lets it be worse by that much, in the metric's unit.
    """
    metric, tolerance = _asked(asked)
    ours = _measured(facts, facts.version, metric)
    if ours is None:
        return f"It has no metric {metric!r}: score it in a tracked cell."
    better = _better(facts, metric)
    if better is None:
        return f"Nobody said which way {metric!r} is better: tb.define_metric({metric!r}, better='lower' or 'higher')."
    for holder in facts.holders:
        theirs = _measured(facts, holder, metric)
        if theirs is None or math.isnan(theirs.value) or holder.version == facts.version.version:
            continue
        name = f"version {holder.version}"
        if ours.data and theirs.data and not ours.data & theirs.data:
            return (
                f"Its {metric} was measured on other data than that of {name}: score both on the same data, "
                f"tb.load_model({holder.uri!r}) gives the other."
            )
        short = (ours.value - theirs.value) if better == "lower" else (theirs.value - ours.value)
        if not short <= tolerance:  # also when ours is NaN
            than = ">" if better == "lower" else "<"
            return f"Its {metric} {ours.value:.6g} {than} {theirs.value:.6g} of {name}: find a better one first."
    return None


def _better(facts: GateFacts, metric: str) -> str | None:
    with facts.store.asking() as db:
        return which_way_is_up(db).get(metric) or default_better(metric)


def _measured(facts: GateFacts, version: Version, metric: str) -> Measured | None:
    with facts.store.asking() as db:
        return measured(db, version.run_id, metric)


def _asked(asked: Any) -> tuple[str, float]:  # noqa: ANN401
    if isinstance(asked, str):
        return asked, 0.0
    if isinstance(asked, Mapping) and isinstance(asked.get("metric"), str):
        return asked["metric"], asked_number("not_worse (tolerance)", asked.get("tolerance", 0.0), if_true=0.0)
    raise BadInput(f"The gate not_worse takes a metric's name, or {{ metric = …, tolerance = … }}, not {asked!r}.")
