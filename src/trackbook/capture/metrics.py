"""Find the metrics of a cell: the number it displays, and the numbers it computed and named.

| cell                                               | metrics                                             |
|----------------------------------------------------|-----------------------------------------------------|
| displays a number                                  | it, named by `metric_names`                         |
| displays a dict, one-row frame, Series, named tuple | each number by its key, nested ones dotted          |
| displays a list or array of at most 100 numbers    | `name.mean`, `name.std` and a point each of `name`  |
| displays `a, b`                                    | each part by its own expression                     |
| displays or names a Keras-like History             | a series each                                       |
| `acc = accuracy_score(y, p)`, `loss = total / n`   | `acc`, `loss`                                       |
| `scores = cross_val_score(...)`                    | as if displayed                                     |
| `losses = []`, then `losses.append(...)`           | a point each, when the name speaks of a result      |
| `acc = hits / len(y)`, `f1 = 2 * p * r / (p + r)`  | when the name or an operand speaks of a result      |
| `lr = cfg["lr"]`, `half = n / 2`                   | none: settings                                      |
| `n = len(df)`, `k = df.shape[0]`, `i += 1`         | none: lengths, shapes, counters                     |
| `elapsed = time.time() - t0`, `seed = randint(9)`  | none: clocks, random numbers                        |
| loop targets, constants, bools, `_names`           | none                                                |
| displays predictions, coefficients, `plt.…`        | none                                                |
| displays a summary of data: `df.mean()`, by group  | none                                                |
"""

from __future__ import annotations

import math
from types import ModuleType
from typing import TYPE_CHECKING

from trackbook.capture.configs import is_config
from trackbook.capture.facts import Bound, CellFacts, How, LastExpression, Origin
from trackbook.capture.metric_names import REDUCTIONS, prefixed
from trackbook.capture.metric_values import LONGEST_HISTORY, history, labelled, number, row, summarises
from trackbook.capture.origins import Made
from trackbook.capture.strangers import MISSING, ask, plain_scalar
from trackbook.capture.words import is_counter_name, is_name, is_result_name, is_settings_name, word_set
from trackbook.records import FoundMetric

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_MOST_NAMES = 200
_DEEPEST = 5
_NO_RESULTS = word_set(
    "predict predict_proba predict_log_proba decision_function transform fit_transform fit_predict inverse_transform "
    "coef intercept feature_importances classes labels cluster_centers head tail sample unique values index columns "
    "get_params set_params get_config state_dict write writelines write_text write_bytes to_sql pop popitem collect "
    "system call check_call seed print display next range arange linspace sorted xlim ylim axis hist get_last_lr"
)
_NO_RECEIVERS = word_set("plt ax axs axes fig sns gc os sys subprocess shutil logging random rng tb trackbook")


def find_metrics(
    facts: CellFacts,
    before_ids: Mapping[str, int],
    after: Mapping[str, object],
    last_value: object = MISSING,
    ignored: Collection[str] = (),
    *,
    finished: bool = True,
) -> list[FoundMetric]:
    """List the metrics of a cell, the displayed ones first; a name counts once, its points together.

    before_ids: id() of what each name held before the cell. after: the namespace at its end. last_value: what the
    cell displayed. ignored: names that the user does not want, with all below them. finished: False when the
    cell failed, so that a name may hold an earlier cell's value.
    """
    nothing: list[FoundMetric] = []
    found = ask(lambda: list(_displayed(facts, after, last_value)), otherwise=nothing)
    taken = {metric.name for metric in found}
    for name, bound in facts.bound.items():
        old = before_ids.get(name) == id(after.get(name, MISSING))
        if name.startswith("_") or name in taken or (old and not (bound.sure and finished)):
            continue
        named = ask(lambda *of: list(_bound(*of)), name, bound, after, facts.filled, otherwise=nothing)
        found += [metric for metric in named if metric.name not in taken]
    kept = [metric for metric in found if is_name(metric.name) and not _is_ignored(metric.name, ignored)]
    allowed = set(list(dict.fromkeys(metric.name for metric in kept))[:_MOST_NAMES])
    return [metric for metric in kept if metric.name in allowed]


def _is_ignored(name: str, ignored: Collection[str]) -> bool:
    return name in ignored or name.partition(".")[0] in ignored


# ---- what the cell displays


def _displayed(facts: CellFacts, after: Mapping[str, object], value: object) -> Iterator[FoundMetric]:
    last = facts.last
    if last is None or value is None or value is MISSING:
        return
    series = history(value)
    if series is not None:
        yield from _series(series)
    elif last.elements and isinstance(value, (tuple, list)) and len(value) == len(last.elements):
        for position, (name, item) in enumerate(zip(last.elements, value, strict=True)):
            if name and not name.startswith("_") and not is_counter_name(name):
                own = name if last.elements.count(name) == 1 else f"{name}.{position}"
                yield from _numbers(own, item, "expression")
    elif not last.elements and _may_be_result(last, facts, after) and not _describes_data(value, facts, after):
        yield from _named(last, value)


def _describes_data(value: object, facts: CellFacts, after: Mapping[str, object]) -> bool:
    """Tell `df.mean()` and `df.groupby("city")["price"].mean()` from scores: a column or label of the data each."""
    names = dict.fromkeys((*facts.reads, *facts.bound))
    return ask(lambda: any(summarises(value, after.get(name)) for name in names), otherwise=False)


def _may_be_result(last: LastExpression, facts: CellFacts, after: Mapping[str, object]) -> bool:
    root = last.receiver.partition(".")[0].partition("[")[0]
    plain = last.name.removeprefix(f"{last.split}_")
    if last.name.startswith("_") or plain in _NO_RESULTS or root in _NO_RECEIVERS:
        return False
    if not Made(last.origin, last.operands).is_result:
        return last.bare and is_result_name(last.name)  # `acc = 0.9; acc`, as one tries it out
    if is_result_name(last.name):
        return True
    bound = facts.bound.get(last.source) if last.bare else None
    if bound is not None and bound.how not in (How.COMPUTED, How.AUGMENTED):
        return False
    if last.bare or last.origin is Origin.ITEM:
        of_module = any(isinstance(after.get(name), ModuleType) for name in last.operands)
        speaking_of_settings = any(is_settings_name(name) for name in (last.name, *last.operands))
        return not (of_module or speaking_of_settings or is_counter_name(last.name))
    return not is_settings_name(last.name)


def _named(last: LastExpression, value: object) -> Iterator[FoundMetric]:
    entries = labelled(value)
    if entries is not None:
        reduction = last.name.rpartition(".")[2]
        suffix = f".{reduction}" if reduction in REDUCTIONS else ""
        yield from _entries(entries, last.split, suffix)
    elif isinstance(value, tuple) or (last.name.endswith("evaluate") and isinstance(value, list)):
        # Parts of one result that differ in kind, (loss, accuracy): their mean would mean nothing.
        for position, item in enumerate(value[:_MOST_NAMES]):
            yield from _numbers(f"{last.name}.{position}", item, "expression")
    else:
        yield from _numbers(last.name, value, "expression")


def _entries(entries: Mapping[str, object], split: str, suffix: str = "", above: str = "") -> Iterator[FoundMetric]:
    if len(entries) > _MOST_NAMES or above.count(".") > _DEEPEST:
        return
    for key, item in entries.items():
        if not isinstance(key, str) or key.startswith("_") or (isinstance(item, int) and is_counter_name(key)):
            continue
        nested = labelled(item) if isinstance(item, dict) else None
        if nested is not None:
            yield from _entries(nested, split, suffix, f"{above}{key}.")
        else:
            yield from _numbers(prefixed(f"{above}{key}", split) + suffix, item, "expression")


def _numbers(name: str, value: object, source: str) -> Iterator[FoundMetric]:
    single = number(value)
    if single is not None:
        yield FoundMetric(name, single, source=source)
        return
    several = row(value)
    if several is None or not (several.real or is_result_name(name)):
        return
    values = several.values
    mean = math.fsum(values) / len(values) if all(map(math.isfinite, values)) else sum(values) / len(values)
    yield FoundMetric(f"{name}.mean", mean, source=source)
    yield FoundMetric(
        f"{name}.std", math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)), source=source
    )
    for step, item in enumerate(values):
        yield FoundMetric(name, item, step, source)


def _series(series: Mapping[str, list[float]], source: str = "expression") -> Iterator[FoundMetric]:
    for key, values in series.items():
        for step, value in enumerate(values):
            yield FoundMetric(key, value, step, source)


# ---- what the cell names


def _bound(name: str, bound: Bound, after: Mapping[str, object], filled: frozenset[str]) -> Iterator[FoundMetric]:
    value = after.get(name, MISSING)
    if bound.how is How.CONSTANT and name in filled and is_result_name(name) and isinstance(value, list):
        points = row(value, LONGEST_HISTORY)
        yield from _series({name: points.values} if points is not None and points.real else {}, "assigned")
    if bound.how not in (How.COMPUTED, How.AUGMENTED):
        return
    series = history(value) if bound.how is How.COMPUTED else None
    if series is not None:
        yield from _series(series, "assigned")
    elif bound.call.rpartition(".")[2].startswith("cross_val"):
        entries = labelled(value)
        yield from _entries(entries, "") if entries is not None else _numbers(name, value, "assigned")
    elif _is_result(name, bound, after):
        single = number(value)
        if single is not None:
            yield FoundMetric(name, single)


def _is_result(name: str, bound: Bound, after: Mapping[str, object]) -> bool:
    telling = is_result_name(name)
    if bound.call.rpartition(".")[2] in _NO_RESULTS or (is_counter_name(name) and not telling):
        return False
    if bound.how is How.AUGMENTED:
        return telling and bound.origin is not Origin.CLOCK
    match bound.origin:
        case Origin.COMPUTED:
            return True
        case Origin.ASIDE:
            return telling and not bound.call
        case Origin.NAME | Origin.ITEM:
            speaking = telling or any(is_result_name(operand) for operand in bound.operands)
            return speaking or any(not _is_setting(operand, after) for operand in bound.operands)
    return False


def _is_setting(name: str, after: Mapping[str, object]) -> bool:
    value = after.get(name, MISSING)
    scalar = value is MISSING or value is None or plain_scalar(value) is not MISSING
    return scalar or isinstance(value, ModuleType) or is_settings_name(name) or is_config(value)
