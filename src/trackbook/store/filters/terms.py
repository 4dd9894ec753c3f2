"""What a filter can speak of: kinds of value, attributes of a run, and the parts of a parsed expression.

Positions are 0-based character offsets in the text the user typed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias


class Fault(Exception):
    """Something wrong at a place; `compile_filter` makes BadFilter of it, which also shows the text."""

    def __init__(self, position: int, reason: str) -> None:
        self.position, self.reason = position, reason
        super().__init__(reason)


class Kind(StrEnum):
    """What a value is compared as; the text is how errors call it."""

    NUMBER = "a number"
    TEXT = "text"
    BOOLEAN = "true or false"
    TIME = "a time"
    RUN_ID = "a run id"
    PARAM = "a param"
    """Typed per run, so it takes the kind of what it is compared with."""


TABLES = ("metrics", "params", "tags", "attributes", "runs")
SUMMARIES = ("min", "max", "mean", "best", "first", "last", "count")

NO_FINITE_NUMBERS = {
    "nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf,
    "infinity": math.inf, "+infinity": math.inf, "-infinity": -math.inf,
}  # fmt: skip
"""What stands in quotes beside a number, since no literal can write it: metrics.loss = 'nan', in any case."""

# In a record an empty text means "unknown", so it counts as missing here too.
ATTRIBUTES: dict[str, tuple[Kind, str]] = {
    "run_id": (Kind.RUN_ID, "CAST(r.run_id AS VARCHAR)"),
    "experiment": (Kind.TEXT, "r.experiment"),
    "name": (Kind.TEXT, "r.name"),
    "status": (Kind.TEXT, "r.status"),
    "ended_by": (Kind.TEXT, "NULLIF(r.ended_by, '')"),
    "started_at": (Kind.TIME, "r.started_at"),
    "ended_at": (Kind.TIME, "r.ended_at"),
    "last_seen_at": (Kind.TIME, "r.last_seen_at"),
    "duration": (Kind.NUMBER, "CAST(EXTRACT(EPOCH FROM (r.ended_at - r.started_at)) AS DOUBLE PRECISION)"),
    "notebook": (Kind.TEXT, "NULLIF(r.notebook, '')"),
    "cell_id": (Kind.TEXT, "NULLIF(r.cell_id, '')"),
    "cell_key": (Kind.TEXT, "NULLIF(r.cell_key, '')"),
    "code": (Kind.TEXT, "NULLIF(r.code, '')"),
    "attempt": (Kind.NUMBER, "CAST(r.attempt AS DOUBLE PRECISION)"),
    "parent_run_id": (Kind.RUN_ID, "CAST(r.parent_run_id AS VARCHAR)"),
    "evaluates_run_id": (Kind.RUN_ID, "CAST(r.evaluates_run_id AS VARCHAR)"),
    "session_id": (Kind.TEXT, "NULLIF(r.session_id, '')"),
    "run_by": (Kind.TEXT, "NULLIF(r.run_by, '')"),
    "host": (Kind.TEXT, "NULLIF(r.host, '')"),
    "git_commit": (Kind.TEXT, "NULLIF(r.git_commit, '')"),
    "git_branch": (Kind.TEXT, "NULLIF(r.git_branch, '')"),
    "git_edits": (Kind.NUMBER, "CAST(r.git_edits AS DOUBLE PRECISION)"),
    "git_state": (Kind.TEXT, "NULLIF(r.git_state, '')"),
    "environment": (Kind.TEXT, "NULLIF(r.environment, '')"),
    "error": (Kind.TEXT, "NULLIF(r.error, '')"),
    "note": (Kind.TEXT, "NULLIF(r.note, '')"),
    "starred": (Kind.BOOLEAN, "COALESCE(r.starred, FALSE)"),
}
"""Attribute → its kind and its SQL over `_tb.runs AS r`; all columns of the public view `runs`."""

# name → (kind it takes, kind it gives)
FUNCTIONS: dict[str, tuple[Kind, Kind]] = {
    "lower": (Kind.TEXT, Kind.TEXT),
    "upper": (Kind.TEXT, Kind.TEXT),
    "length": (Kind.TEXT, Kind.NUMBER),
    "abs": (Kind.NUMBER, Kind.NUMBER),
    "round": (Kind.NUMBER, Kind.NUMBER),
    "isnan": (Kind.NUMBER, Kind.BOOLEAN),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A metric, param, tag or attribute that the user named."""

    table: str
    """metrics, params, tags, or runs for an attribute."""

    name: str
    position: int
    shown: str
    """As the user wrote it, for errors."""

    summary: str = "last"
    """One of SUMMARIES; means something for metrics only."""

    whole_name: str = ""
    """Of a metric that is meant instead where a run has one, for `metrics.mae.mean` may be called just so.
    Empty when the name has no summary, or back-quotes show where it ends."""

    @property
    def kind(self) -> Kind:
        """Say what it is compared as."""
        if self.table == "runs":
            return ATTRIBUTES[self.name][0]
        return {"metrics": Kind.NUMBER, "params": Kind.PARAM, "tags": Kind.TEXT}[self.table]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that the user typed, or the time of `now()` in UTC without zone."""

    value: bool | float | str | datetime
    position: int
    shown: str

    @property
    def kind(self) -> Kind:
        """Say what it is; text may still become a time or a run id beside one."""
        if isinstance(self.value, bool):
            return Kind.BOOLEAN
        if isinstance(self.value, datetime):
            return Kind.TIME
        return Kind.TEXT if isinstance(self.value, str) else Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one reference."""

    function: str
    argument: Reference
    position: int
    shown: str
    digits: int = 0
    """Decimals for round."""

    @property
    def kind(self) -> Kind:
        """Say what the function gives."""
        return FUNCTIONS[self.function][1]


@dataclass(frozen=True, slots=True)
class Shifted:
    """A time moved by an interval."""

    moment: Reference | Constant
    sign: str
    """+ or -"""

    interval: str
    """`7 day`: an integer and a unit that every database reads."""

    position: int
    shown: str
    kind: Kind = Kind.TIME


Operand: TypeAlias = Reference | Constant | Call | Shifted


@dataclass(frozen=True, slots=True)
class Group:
    """Terms joined by one word."""

    word: str
    """AND or OR"""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """NOT term."""

    term: Term


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and a sign: = <> < <= > >=, LIKE or ILIKE."""

    left: Operand
    sign: str
    right: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """Operand IN (values)."""

    operand: Operand
    values: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Operand IS NULL."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Flag:
    """An operand that stands alone and must be true or false itself."""

    operand: Operand


Term: TypeAlias = Group | Negation | Comparison | OneOf | Missing | Flag


def read_moment(text: str, position: int) -> datetime:
    """Read an ISO time, UTC unless it names its zone; raise Fault when it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise Fault(position, "This is no time. Write it as '2026-03-01' or '2026-03-01 14:30'.") from None
