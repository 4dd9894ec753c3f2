"""Find the metrics of a cell: the number it displays, and the numbers it computed and named.

| cell                                               | metrics                                             |
|----------------------------------------------------|-----------------------------------------------------|
| displays a number                                  | it, named by `metric_names`                         |
| displays a dict, one-row frame, Series, named tuple | each number by its key, nested ones dotted          |
| displays results by numbers: `{3: 0.9, 5: 0.95}`   | `score.3`, `score.5`: at most 20                    |
| displays a list or array of at most 100 numbers    | `name.mean`, `name.std` and a point each of `name`  |
| displays a frame of results, a row for each model  | `forest.f1`: at most 20 rows, columns of results    |
| displays `[f1_score(y, p) for p in …]`             | so too, called `f1`                                 |
| displays `a, b`                                    | each part by its own expression                     |
| displays or names a Keras-like History             | a series each                                       |
| `xgb.train(…, evals_result=res)`, its like         | `valid.logloss`, a point each round                 |
| `acc = accuracy_score(y, p)`, `loss = total / n`   | `acc`, `loss`                                       |
| `scores = cross_val_score(...)`                    | as if displayed                                     |
| `losses = train(...)`, a list                      | a point each                                        |
| `accs = []`, then `accs.append(...)`               | a point each, when the name speaks of a result      |
| the same in a loop over folds or seeds             | as if displayed                                     |
| `acc = ...` in a loop over folds, seeds, settings  | `acc.last`, when the cell has nothing better        |
| `test_metrics = evaluate(...)`, a dict             | as if displayed, with the split of its name         |
| `acc = hits / len(y)`, `f1 = 2 * p * r / (p + r)`  | when the name or an operand speaks of a result      |
| `lr = cfg["lr"]`, `half = n / 2`                   | none: settings                                      |
| `n = len(df)`, `k = df.shape[0]`, `i += 1`         | none: lengths, shapes, counters                     |
| `fit_time = time.time() - t0`, `latency_ms = …`    | so called, behind all others                        |
| `elapsed = time.time() - t0`, `seed = randint(9)`  | none: the run's own time, random numbers            |
| loop targets, constants, bools, `_names`           | none                                                |
| prints `f1_score(y, p)` or another call that scores | read from its text, see `printed`                   |
| displays predictions, coefficients, `plt.…`        | none                                                |
| displays a summary of data: `df.mean()`, by group  | none                                                |
"""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from trackbook.capture.facts import CellFacts, How, LastExpression, Origin
from trackbook.capture.metric_names import REDUCTIONS
from trackbook.capture.metric_points import MOST_NAMES, entries_of, numbers_of, series_of
from trackbook.capture.metric_values import history, labelled, leaderboard, numbered, rounds, summarises
from trackbook.capture.metrics_named import NO_RESULTS, is_way, metrics_of_bound, points_of_list
from trackbook.capture.origins import Made
from trackbook.capture.printed import metrics_in_text
from trackbook.capture.strangers import MISSING, ask
from trackbook.capture.words import (
    is_counter_name,
    is_name,
    is_result_name,
    is_settings_name,
    is_time_name,
    word_set,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from trackbook.records import FoundMetric

_NO_RECEIVERS = word_set("plt ax axs axes fig sns gc os sys subprocess shutil logging random rng tb trackbook")


def find_metrics(
    facts: CellFacts,
    before_ids: Mapping[str, int],
    after: Mapping[str, object],
    last_value: object = MISSING,
    ignored: Collection[str] = (),
    *,
    printed: str = "",
    finished: bool = True,
) -> list[FoundMetric]:
    """List the metrics of a cell, the displayed ones first, times last; a name counts once, its points together.

    before_ids: id() of what each name held before the cell. after: the namespace at its end. last_value: what the
    cell displayed. ignored: names that the user does not want, with all below them. printed: the cell's text.
    finished: False when the cell failed, so that a name may hold an earlier cell's value.
    """
    nothing: list[FoundMetric] = []
    found = ask(lambda: list(_displayed(facts, after, last_value)), otherwise=nothing)
    taken = {metric.name for metric in found}
    by_chance = {f"{name}.last" for name in facts.of_last_round}
    for name, bound in facts.bound.items():
        old = before_ids.get(name) == id(after.get(name, MISSING))
        if name.startswith("_") or name in taken or (old and not (bound.sure and finished)):
            continue
        named = ask(lambda *of: list(metrics_of_bound(*of)), name, bound, after, facts, otherwise=nothing)
        found += [metric for metric in named if metric.name not in taken]
        by_chance |= {metric.name for metric in named if name in facts.of_last_round}
    taken = {metric.name for metric in found}
    shown = ask(lambda: list(metrics_in_text(facts.prints, printed)), otherwise=nothing)
    found += [metric for metric in shown if metric.name not in taken]
    kept = [metric for metric in found if is_name(metric.name) and not _is_ignored(metric.name, ignored)]
    kept = [metric for metric in kept if metric.name not in by_chance] or kept
    kept.sort(key=lambda metric: is_time_name(metric.name))
    allowed = set(list(dict.fromkeys(metric.name for metric in kept))[:MOST_NAMES])
    return [metric for metric in kept if metric.name in allowed]


def _is_ignored(name: str, ignored: Collection[str]) -> bool:
    return name in ignored or name.partition(".")[0] in ignored


def _displayed(facts: CellFacts, after: Mapping[str, object], value: object) -> Iterator[FoundMetric]:
    last = facts.last
    if last is None or value is None or value is MISSING:
        return
    series = rounds(value) if last.name.endswith("evals_result") else history(value)
    if series is not None:
        yield from series_of(series, "expression")
    elif last.elements and isinstance(value, (tuple, list)) and len(value) == len(last.elements):
        for position, (name, item) in enumerate(zip(last.elements, value, strict=True)):
            if name and not name.startswith("_") and not is_counter_name(name):
                own = name if last.elements.count(name) == 1 else f"{name}.{position}"
                yield from numbers_of(own, item, "expression")
    elif not last.elements and _may_be_result(last, facts, after) and not _describes_data(value, facts, after):
        by_chance = last.bare and last.source in facts.of_last_round
        yield from _named(replace(last, name=f"{last.name}.last") if by_chance else last, value)


def _describes_data(value: object, facts: CellFacts, after: Mapping[str, object]) -> bool:
    """Tell `df.mean()` and `df.groupby("city")["price"].mean()` from scores: a column or label of the data each."""
    names = dict.fromkeys((*facts.reads, *facts.bound))
    return ask(lambda: any(summarises(value, after.get(name)) for name in names), otherwise=False)


def _may_be_result(last: LastExpression, facts: CellFacts, after: Mapping[str, object]) -> bool:
    root = last.receiver.partition(".")[0].partition("[")[0]
    plain = last.name.removeprefix(f"{last.split}_")
    if last.name.startswith("_") or plain in NO_RESULTS or root in _NO_RECEIVERS:
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
    entries = labelled(value) or leaderboard(value)
    if entries is not None:
        reduction = last.name.rpartition(".")[2]
        suffix = f".{reduction}" if reduction in REDUCTIONS else ""
        yield from entries_of(entries, last.split, "expression", suffix)
    elif is_result_name(last.name) and (settings := numbered(value)) is not None:
        yield from entries_of(settings, last.split, "expression", above=f"{last.name}.")
    elif isinstance(value, tuple) or (last.name.endswith("evaluate") and isinstance(value, list)):
        # Parts of one result that differ in kind, (loss, accuracy): their mean would mean nothing.
        for position, item in enumerate(value[:MOST_NAMES]):
            yield from numbers_of(f"{last.name}.{position}", item, "expression")
    elif is_way(last.name, value):
        yield from points_of_list(last.name, value, repeated=False, source="expression")
    else:
        yield from numbers_of(last.name, value, "expression")
