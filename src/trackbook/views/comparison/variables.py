"""What can stand on an axis of a comparison: a column of the runs' frame, as numbers or as categories."""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from trackbook.errors import BadInput
from trackbook.values import as_number
from trackbook.views.literals import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

_ATTRIBUTES = (
    "duration", "started_at", "attempt", "experiment", "status", "ended_by", "notebook", "run_by", "host", "git_commit",
    "git_branch",
)  # fmt: skip
_DECADES = 100.0
"""How many times the smallest value the largest is, from which an axis is better logarithmic."""

_LONGEST_CATEGORY = 60


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of several runs."""

    name: str
    """As in the frame: `params.lr`."""

    kind: Literal["number", "category", "time"]
    data: tuple[Any, ...]
    """One a run: floats with NaN for a missing one (times in seconds since the epoch), or text with None."""

    @property
    def spans_decades(self) -> bool:
        """Tell whether a logarithmic axis shows it better: all positive, the largest 100 times the smallest."""
        known = self.known
        return self.kind == "number" and bool(known) and min(known) > 0 and max(known) >= _DECADES * min(known)

    @property
    def can_be_logarithmic(self) -> bool:
        """Tell whether any value has a logarithm."""
        return self.kind == "number" and any(value > 0 for value in self.known)

    @property
    def known(self) -> list[Any]:
        """The values that are there; of numbers the finite ones."""
        return [value for value in self.data if is_known(value)]

    @property
    def categories(self) -> list[str]:
        """Different values of a category, sorted as people count: `10` after `9`."""
        return sorted(set(self.known), key=natural)

    @property
    def varies(self) -> bool:
        """Tell whether two runs differ in it; that one lacks it is a difference too."""
        return len(set(self.known)) + (len(self.known) < len(self.data)) > 1


def is_known(value: object) -> bool:
    """Tell whether a value can be drawn: not missing, not NaN, not infinite."""
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def variable_names(frame: pd.DataFrame) -> list[str]:
    """Columns that can stand on an axis: metrics, params, attributes and tags that any run has.

    A metric that is NaN in every run is there, too, behind the others: who asks for it gets told so.
    """
    names = [str(name) for name in frame.columns]
    known = {name for name in names if bool(frame[name].notna().any())}
    metrics = sorted((name for name in names if name.startswith("metrics.")), key=lambda name: name not in known)
    others = [name for name in names if name.startswith("params.")]
    others += [name for name in _ATTRIBUTES if name in names]
    others += [name for name in names if name.startswith("tags.")]
    return [*metrics, *(name for name in others if name in known)]


def metric_names(frame: pd.DataFrame) -> list[str]:
    """Columns of metrics, those without a single number last."""
    return [name for name in variable_names(frame) if name.startswith("metrics.")]


def param_names(frame: pd.DataFrame) -> list[str]:
    """Columns of params with a value in any run."""
    return [name for name in variable_names(frame) if name.startswith("params.")]


def numeric_names(frame: pd.DataFrame) -> list[str]:
    """Columns that hold numbers or times."""
    names = variable_names(frame)
    return [name for name in names if frame[name].dtype.kind in "iufM" or read_variable(frame, name).kind == "number"]


def read_variable(frame: pd.DataFrame, name: str) -> Variable:
    """Take a column as numbers where all its values are, else as categories. Raises BadInput for an unknown one."""
    if name not in frame.columns:
        raise unknown_column(name, variable_names(frame))
    column = frame[name]
    kind = column.dtype
    if kind.kind == "M":
        seconds = [math.nan if moment is None else moment.timestamp() for moment in _moments(column)]
        return Variable(name, "time", tuple(seconds))
    if kind.kind in "iuf":
        return Variable(name, "number", tuple(float(value) for value in column))
    values = [None if _is_missing(value) else value for value in column]
    if kind.kind != "b" and all(value is None or _is_number(value) for value in values):
        return Variable(name, "number", tuple(math.nan if value is None else _float(value) for value in values))
    return Variable(name, "category", tuple(None if value is None else _category(value) for value in values))


def numbers_of(frame: pd.DataFrame, name: str) -> Variable:
    """As `read_variable`; raises BadInput for words, and for a column without any finite number."""
    found = read_variable(frame, name)
    if found.kind == "category":
        raise BadInput(f"{name} holds words, and this place needs numbers; choose another column.")
    if not found.known:
        raise BadInput(f"{name} is missing, NaN or infinite in all of these runs; choose another column.")
    return found


def unknown_column(name: str, known: Sequence[str]) -> BadInput:
    """Say that no run has a column, and what comes near."""
    near = get_close_matches(name, known, n=1) or [other for other in known if other.endswith(f".{name}")][:1]
    shown = ", ".join(known[:8]) + (f" and {len(known) - 8} more" if len(known) > 8 else "")  # noqa: PLR2004
    hint = f"Did you mean {near[0]}?" if near else f"There is: {shown or 'nothing yet'}."
    return BadInput(f"None of these runs has {name!r}. {hint}")


def varying(frame: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """Of these columns those in which the runs differ, the ones that most runs have first; else in the given order."""
    found = [read_variable(frame, name) for name in names]
    differing = [each for each in found if each.varies and each.known]
    return [each.name for each in sorted(differing, key=lambda each: -len(each.known))]


def _moments(column: pd.Series) -> list[Any]:
    import pandas as pd  # noqa: PLC0415

    aware = column.dt.tz_localize("UTC") if column.dt.tz is None else column
    return [None if moment is pd.NaT else moment for moment in aware]


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _float(value: object) -> float:
    found = as_number(value)
    return math.nan if found is None else found


def _category(value: object) -> str:
    return literal(value, _LONGEST_CATEGORY)


def natural(text: str) -> tuple[bool, float, str]:
    """Sort key of text as people count: `10` after `9`, numbers before words."""
    try:
        return (False, float(text), text)
    except ValueError:
        return (True, 0.0, text)
