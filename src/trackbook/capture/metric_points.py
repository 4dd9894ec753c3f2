"""Make metrics of the values of a cell: a number, a short array, a training history, a dict of results.

In a dict or a one-row frame that tells results by their names (`acc`, `f1`), whole numbers under other names
and hyper-parameters (`depth`, `lr`) are settings that stand beside them; `support` and counters are neither.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trackbook.capture.metric_names import prefixed
from trackbook.capture.metric_values import labelled, number, row
from trackbook.capture.strangers import plain_scalar
from trackbook.capture.words import is_counter_name, is_result_name, is_settings_name, is_time_name, word_set, words
from trackbook.records import FoundMetric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_NAMES = 200
_DEEPEST = 5
_TALLIES = word_set("tp tn fp fn hits misses")
_HYPER_PARAMETERS = word_set(
    "lr alpha beta gamma depth estimators neighbors degree dropout momentum decay penalty k c units layers hidden "
    "leaf leaves clusters components temperature eta subsample colsample lambda model"
)


def numbers_of(name: str, value: object, source: str) -> Iterator[FoundMetric]:
    """Give a number as it is; a short array as its mean, its deviation and a point each, of one metric."""
    single = number(value)
    if single is not None:
        yield FoundMetric(name, single, source=source)
        return
    several = row(value)
    if several is None or not (several.real or is_result_name(name)):
        return
    values = several.values
    mean = math.fsum(values) / len(values) if all(map(math.isfinite, values)) else sum(values) / len(values)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    yield FoundMetric(f"{name}.mean", mean, source=source)
    yield FoundMetric(f"{name}.std", deviation, source=source)
    yield from series_of({name: values}, source)


def series_of(series: Mapping[str, list[float]], source: str) -> Iterator[FoundMetric]:
    """Give the values of each series a step each."""
    for key, values in series.items():
        for step, value in enumerate(values):
            yield FoundMetric(key, value, step, source)


def entries_of(
    entries: Mapping[str, object], split: str, source: str, suffix: str = "", above: str = ""
) -> Iterator[FoundMetric]:
    """Give each result among labelled values; those of the whole before averages, and those before parts.

    split: of the data, in front of each name; suffix: behind it. above: the keys that led here, dotted.
    """
    if len(entries) > MOST_NAMES or above.count(".") > _DEEPEST:
        return
    telling = any(is_result_name(key) for key in entries if isinstance(key, str))
    for key, item in sorted(entries.items(), key=_generality):
        if not isinstance(key, str) or key.startswith("_"):
            continue
        nested = labelled(item) if isinstance(item, dict) else None
        if nested is not None:
            yield from entries_of(nested, split, source, suffix, f"{above}{key}.")
        elif not _stands_beside(key, item, telling=telling):
            yield from numbers_of(prefixed(f"{above}{key}", split) + suffix, item, source)


def _generality(entry: tuple[object, object]) -> int:
    key, item = entry
    if not isinstance(item, dict):
        return 0
    return 1 if isinstance(key, str) and "avg" in words(key) else 2


def _stands_beside(key: str, item: object, *, telling: bool) -> bool:
    """Tell a setting or a count from a result. telling: other keys speak of results."""
    plain = plain_scalar(item)
    whole = isinstance(plain, int)
    # A Series turns counts into floats.
    counted = whole or (telling and isinstance(plain, float) and plain.is_integer())
    if key == "support" or (counted and is_counter_name(key) and not is_result_name(key)):
        return True
    if not telling or is_result_name(key) or is_time_name(key):
        return False
    return names_a_setting(key) or (whole and _TALLIES.isdisjoint(words(key)))


def names_a_setting(name: str) -> bool:
    """Tell a count, a configuration or a hyper-parameter by its name: `n_rows`, `cfg`, `best_C`."""
    return is_counter_name(name) or is_settings_name(name) or not _HYPER_PARAMETERS.isdisjoint(words(name))
