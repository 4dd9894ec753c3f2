"""What a live panel warns of: a metric that is broken, or that has stopped to improve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, cast

from trackbook.views.literals import cut, one_line
from trackbook.views.live.groups import is_of_unseen_data
from trackbook.views.numbers import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.views.live.curve import LiveCurve

_PATIENCE = 5
"""Points without a better one before anything is said."""

_SHARE = 0.15
"""And at least this share of all points: a long run is given longer."""

_MOST = 3


def warnings_of(curves: Mapping[str, LiveCurve], better: Mapping[str, str], unit: str = "step") -> list[str]:
    """Say what is wrong, the worst first, one sentence a metric and at most three.

    unit: what a step of these metrics is; `epoch` where the loop says so.
    """
    broken, stuck = [], []
    for name, curve in curves.items():
        shown = cut(one_line(name))
        if curve.count and curve.nans == curve.count:
            broken.append(f"{shown} has only NaN so far")
        elif curve.nan_since is not None:
            broken.append(f"{shown} has been NaN since step {number(curve.nan_since)}")
        elif math.isinf(curve.last):
            broken.append(f"{shown} is infinite")
        elif better.get(name) in {"lower", "higher"} and is_of_unseen_data(name):
            stuck += _stuck(shown, curve, cast("Literal['lower', 'higher']", better[name]), unit)
    found = broken + stuck
    return found if len(found) <= _MOST else [*found[:_MOST], f"and {len(found) - _MOST} more of this kind"]


def _stuck(shown: str, curve: LiveCurve, better: Literal["lower", "higher"], unit: str) -> list[str]:
    best = curve.best(better)
    if best is None:
        return []
    steps, _ = curve.points()
    since = int((steps > best[0]).sum())
    waited = curve.last_step - best[0]
    if since < _PATIENCE or since < _SHARE * len(steps) or waited < _PATIENCE:
        return []
    return [f"{shown} has not improved for {number(waited)} {unit}s"]
