"""Which runs a brush over parallel coordinates keeps, and the filter that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackbook.values import to_json
from trackbook.views.comparison.variables import read_variable
from trackbook.views.table.columns import reference
from trackbook.views.table.terms import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    Spans = Mapping[str, Sequence[tuple[float, float]]]
    """Of each brushed column: stretches in what plotly draws (logarithms, places of categories)."""

_LONGEST_WHOLE = 1e15


@dataclass(frozen=True, slots=True)
class Brush:
    """What somebody brushed."""

    run_ids: tuple[str, ...]
    """In the order of the frame."""

    filter: str
    """Fits these runs among those that were compared, in the filter language; empty when nothing is brushed."""


def brushed(frame: pd.DataFrame, trace: Mapping[str, Any], spans: Spans) -> Brush:
    """Find the runs that lie in a brushed stretch of every brushed axis.

    trace: what `parallel_figure` drew of this frame.
    """
    kept = set(range(len(trace["ids"])))
    terms = []
    for dimension in trace["dimensions"]:
        column, drawn = dimension["name"], dimension["values"]
        stretches = spans.get(column)
        if not stretches:
            continue
        there = [[at for at, value in enumerate(drawn) if low <= value <= high] for low, high in stretches]
        kept &= {at for stretch in there for at in stretch}
        ids = [{trace["ids"][at] for at in stretch} for stretch in there if stretch]
        terms.append(_term(frame, column, ids) if ids else "run_id IS NULL")
    if not terms:
        return Brush((), "")
    return Brush(tuple(trace["ids"][at] for at in sorted(kept)), " AND ".join(terms))


def _term(frame: pd.DataFrame, column: str, ids: Sequence[set[str]]) -> str:
    """Say what the runs of each stretch have in common, exactly: from their lowest value to their highest."""
    variable, name = read_variable(frame, column), reference(column)
    run_ids = frame["run_id"].astype(str)
    if variable.kind == "category":
        return _any_of(name, frame[column][run_ids.isin(set().union(*ids))])
    found = []
    for stretch in ids:
        values = [value for run_id, value in zip(run_ids, variable.data, strict=True) if run_id in stretch]
        low, high = (_moment(edge) if variable.kind == "time" else _number(edge) for edge in (min(values), max(values)))
        found.append(f"{name} = {low}" if low == high else f"{name} BETWEEN {low} AND {high}")
    return _either(found)


def _any_of(name: str, values: Iterable[Any]) -> str:
    """Numbers, words and truths are compared each as what they are; a missing value has no value to compare."""
    kinds: dict[str, dict[str, None]] = {"missing": {}, "truth": {}, "other": {}}
    for value in values:
        if value is None or value != value:  # noqa: PLR0124 - NaN
            kinds["missing"][f"{name} IS NULL"] = None
        elif isinstance(value, bool):
            kinds["truth"][f"{name} = {str(value).lower()}"] = None
        elif isinstance(value, (int, float)):
            kinds["other"][_number(value)] = None
        else:
            kinds["other"][quoted(value if isinstance(value, str) else to_json(value))] = None
    texts = [each for each in kinds["other"] if each.startswith("'")]
    numbers = [each for each in kinds["other"] if not each.startswith("'")]
    lists = [
        f"{name} = {each[0]}" if len(each) == 1 else f"{name} IN ({', '.join(each)})"
        for each in (texts, numbers)
        if each
    ]
    return _either([*lists, *kinds["truth"], *kinds["missing"]])


def _either(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def _number(value: float) -> str:
    """Write a number so that it is read back as the same one."""
    return str(int(value)) if value == int(value) and abs(value) < _LONGEST_WHOLE else repr(float(value))


def _moment(seconds: float) -> str:
    return quoted(datetime.fromtimestamp(round(seconds, 6), UTC).strftime("%Y-%m-%d %H:%M:%S.%f"))
