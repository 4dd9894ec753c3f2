"""The way to a leaf of a tree, in words: `age > 40 AND city = 'Oslo'`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.tracking.comparison.features import OTHER, between
from trackbook.tracking.comparison.pairing import plain_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackbook.tracking.comparison.features import Feature

_MOST_NAMED = 5
"""Categories that are written out; of more the rest is counted."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Which values of one column belong: the places above `low` up to `high`."""

    feature: Feature
    low: int
    """-1 is no lower limit."""

    high: int
    """The last place is no upper limit; -1 with `low` the last place leaves no value at all, only missing ones."""

    missing: bool
    """Whether rows without a value belong; only of ordered columns."""

    @property
    def words(self) -> str:
        """Say it; empty when everything belongs."""
        return self._ordered() if self.feature.ordered else self._categories()

    def _ordered(self) -> str:
        name, values, last = self.feature.name, self.feature.values, len(self.feature.values) - 1
        if self.low >= self.high:
            return f"{name} is missing"
        above = _value(between(values[self.low], values[self.low + 1])) if self.low >= 0 else ""
        upto = _value(between(values[self.high], values[self.high + 1])) if self.high < last else ""
        if not above and not upto:
            return f"{name} is known" if self.feature.some_missing and not self.missing else ""
        said = f"{name} > {above}" if not upto else f"{name} <= {upto}" if not above else f"{above} < {name} <= {upto}"
        return f"({said} or missing)" if self.missing and self.feature.some_missing else said

    def _categories(self) -> str:
        values = self.feature.values
        inside = values[self.low + 1 : self.high + 1]
        outside = [*values[: self.low + 1], *values[self.high + 1 :]]
        if not outside:
            return ""
        # The shorter list is the one to read; "other" is easier to leave out than to name.
        if len(outside) < len(inside) or (OTHER in inside and OTHER not in outside):
            return _among(self.feature.name, outside, "!=", "not in")
        return _among(self.feature.name, inside, "=", "in")


@dataclass(frozen=True, slots=True)
class Branch:
    """The limits on the way to one leaf."""

    limits: tuple[Limit, ...]

    @property
    def words(self) -> str:
        """Say all limits; without any it is all rows."""
        return " AND ".join(filter(None, (limit.words for limit in self.limits))) or "all rows"


def branches(tree: Any, features: Sequence[Feature]) -> Iterable[tuple[int, Branch]]:  # noqa: ANN401
    """Walk a fitted scikit-learn `tree_` and yield each leaf with its way there."""
    start = {
        place: Limit(feature, -1, len(feature.values) - 1, feature.some_missing)
        for place, feature in enumerate(features)
    }
    waiting: list[tuple[int, dict[int, Limit], tuple[int, ...]]] = [(0, start, ())]
    while waiting:
        node, limits, asked = waiting.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:  # both -1: a leaf
            yield node, Branch(tuple(limits[place] for place in asked))
            continue
        place = int(tree.feature[node])
        below, above = _cut(limits[place], float(tree.threshold[node]), _goes_left(tree, node))
        asked = asked if place in asked else (*asked, place)
        waiting += [(right, limits | {place: above}, asked), (left, limits | {place: below}, asked)]


def _goes_left(tree: Any, node: int) -> bool:  # noqa: ANN401
    return bool(tree.missing_go_to_left[node])


def _cut(limit: Limit, threshold: float, missing_left: bool) -> tuple[Limit, Limit]:  # noqa: FBT001
    last = len(limit.feature.values) - 1
    # An infinite threshold parts the missing from the known.
    cut = last if math.isinf(threshold) else min(max(math.floor(threshold), -1), last)
    below = Limit(limit.feature, limit.low, min(limit.high, cut), limit.missing and missing_left)
    above = Limit(limit.feature, max(limit.low, cut), limit.high, limit.missing and not missing_left)
    return below, above


def _among(name: str, values: Sequence[Any], one: str, several: str) -> str:
    if len(values) == 1:
        return (
            f"{name} is {'known' if one == '!=' else 'missing'}"
            if values[0] is None
            else f"{name} {one} {_value(values[0])}"
        )
    named = [_value(value) for value in values]
    more = f", and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return f"{name} {several} ({', '.join(named[:_MOST_NAMED])}{more})"


def _value(value: Any) -> str:  # noqa: ANN401 - any value of a column
    if value is None:
        return "missing"
    if value is OTHER:
        return "other"
    if isinstance(value, str):
        return f"'{value}'"
    return str(plain_key(value))
