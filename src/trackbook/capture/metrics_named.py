"""Find the results among what a cell names; `metrics` shows by a table which they are."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from trackbook.capture.configs import is_config
from trackbook.capture.facts import Bound, CellFacts, How, Origin
from trackbook.capture.metric_points import entries_of, names_a_setting, numbers_of, series_of
from trackbook.capture.metric_values import LONGEST_HISTORY, history, labelled, number, numbered, rounds, row
from trackbook.capture.strangers import MISSING, ask, plain_scalar
from trackbook.capture.words import is_result_name, is_settings_name, is_time_name, split_of, word_set, words
from trackbook.records import FoundMetric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NO_RESULTS = word_set(
    "predict predict_proba predict_log_proba decision_function transform fit_transform fit_predict inverse_transform "
    "coef intercept feature_importances classes labels cluster_centers head tail sample unique values index columns "
    "describe corr cov pivot_table crosstab get_params set_params get_config state_dict write writelines "
    "write_text write_bytes to_sql pop popitem collect "
    "system call check_call seed print display next range arange linspace sorted xlim ylim axis hist get_last_lr"
)
_OF_DATA = ("isna()", "isnull()", "duplicated()", "describe()", "value_counts()")
_REPORTS = ("evaluate", "classification_report")


def metrics_of_bound(name: str, bound: Bound, after: Mapping[str, object], facts: CellFacts) -> Iterator[FoundMetric]:
    """List what one name of a cell gives. after: the namespace at the cell's end."""
    value = after.get(name, MISSING)
    if name in facts.filled and bound.how in (How.CONSTANT, How.COMPUTED):
        yield from _filled(name, value, facts)
        return
    series = _series(name, bound, value, facts)
    if series is not None:
        yield from series_of(series, "assigned")
        return
    last = ".last" if name in facts.of_last_round else ""
    named_so = is_result_name(name) or bound.call.endswith(_REPORTS)
    if isinstance(value, dict) and named_so and bound.how in (How.CONSTANT, How.COMPUTED):
        yield from _of_dict(name, bound, value, last)
        return
    if bound.how not in (How.COMPUTED, How.AUGMENTED):
        return
    if bound.call.rpartition(".")[2].startswith("cross_val"):
        entries = labelled(value)
        if entries is not None:
            yield from entries_of(entries, "", "assigned", last)
        else:
            yield from numbers_of(name + last, value, "assigned")
    elif is_way(name, value) and not last:
        yield from points_of_list(name, value, repeated=False)
    elif _is_result(name, bound, after):
        single = number(value)
        if single is not None and not _ends(facts, after, single):
            yield FoundMetric(name + last, single)


def _series(name: str, bound: Bound, value: object, facts: CellFacts) -> dict[str, list[float]] | None:
    if name in facts.given_rounds or bound.call.endswith("evals_result"):
        return rounds(value)
    return history(value) if bound.how is How.COMPUTED else None


def _of_dict(name: str, bound: Bound, value: object, last: str) -> Iterator[FoundMetric]:
    """Read a dict that was made at once; what was typed into it is no result."""
    constants = bound.value if isinstance(bound.value, dict) else {}
    computed = {key: item for key, item in (labelled(value) or {}).items() if key not in constants}
    yield from entries_of(computed, split_of([name]), "assigned", last)
    if bound.reads:
        yield from _by_setting(name, value)


def _filled(name: str, value: object, facts: CellFacts) -> Iterator[FoundMetric]:
    """Read a container that the cell filled: of repetitions the mean counts, of anything else the way."""
    if isinstance(value, dict):
        series = {key: item for key, item in value.items() if isinstance(item, list) and is_result_name(str(key))}
        for key, item in series.items():
            yield from points_of_list(str(key), item, repeated=name in facts.gathered)
        if is_result_name(name) and not series and (entries := labelled(value)) is not None:
            yield from entries_of(entries, "", "assigned")
        elif is_result_name(name):
            yield from _by_setting(name, value)
    elif name in facts.gathered and isinstance(value, list) and all(isinstance(item, dict) for item in value):
        for key in value[0] if value else ():
            if is_result_name(str(key)):
                yield from numbers_of(str(key), [item.get(key) for item in value], "assigned")
    elif is_result_name(name):
        yield from points_of_list(name, value, repeated=name in facts.gathered)


def _by_setting(name: str, value: object) -> Iterator[FoundMetric]:
    settings = numbered(value)
    if settings is not None:
        yield from entries_of(settings, "", "assigned", above=f"{name}.")


def points_of_list(name: str, value: object, *, repeated: bool, source: str = "assigned") -> Iterator[FoundMetric]:
    """Give the mean of a list that repetitions filled, and of any other a point each."""
    if repeated:
        yield from numbers_of(name, value, source)
    elif isinstance(value, list) and (points := row(value, LONGEST_HISTORY)) is not None and points.real:
        yield from series_of({name: points.values}, source)


def is_way(name: str, value: object) -> bool:
    """Tell the losses of a training, whose mean means nothing, from scores of several trials."""
    return isinstance(value, list) and "losses" in words(name)


def _ends(facts: CellFacts, after: Mapping[str, object], value: float) -> bool:
    """Tell whether a number is what a container of results ends with: that has it already."""
    return any(value in _newest(after.get(name)) for name in facts.filled)


def _newest(held: Any) -> list[float | None]:  # noqa: ANN401 - a list, an array, a dict, anything that can be filled
    if isinstance(held, dict):
        lists = [item[-1] for item in held.values() if isinstance(item, list) and item]
        return [number(item) for item in (*[*held.values()][-1:], *lists)]
    return [number(ask(lambda: held[-1], otherwise=None))]


def _speaks(name: str) -> bool:
    """Tell a result by its name; `best_val` and `mean_test` are some, too."""
    chosen = not {"best", "mean", "avg", "final"}.isdisjoint(words(name))
    return is_result_name(name) or (chosen and bool(split_of([name])))


def _is_result(name: str, bound: Bound, after: Mapping[str, object]) -> bool:
    telling = _speaks(name)
    if bound.origin is Origin.SPAN:
        return is_time_name(name) and (len(words(name)) > 1 or name in ("latency", "runtime"))
    if (
        bound.call.rpartition(".")[2] in NO_RESULTS
        or any(part in bound.call for part in _OF_DATA)
        or (names_a_setting(name) and not telling)
    ):
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
