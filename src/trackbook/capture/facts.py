"""What a cell's source shows before anything is executed: the records that `cell.analyse` fills."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from trackbook.capture.strangers import MISSING
from trackbook.capture.words import word_set

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FITTING = word_set(
    "fit fit_predict fit_resample fit_transform partial_fit train train_model train_on_batch train_one_epoch"
)
_TRAINING = FITTING | word_set("backward cross_val_score cross_validate cross_val_predict")
ANY = "**"
"""Stands for the arguments of `f(**settings)` where a loop changes the settings."""

_NOT_SCORES = frozenset({"score_samples"})


class How(StrEnum):
    """How a cell came to bind a name."""

    CONSTANT = "constant"
    COMPUTED = "computed"
    LOOP = "loop"
    IMPORT = "import"
    DEFINITION = "definition"
    AUGMENTED = "augmented"


class Origin(IntEnum):
    """What a value is made of; of several the greatest counts, so `correct / len(y)` is ASIDE."""

    CONSTANT = 0
    """Literals and arithmetic of them."""

    NAME = 1
    """Arithmetic of names from other cells; what they hold decides."""

    ITEM = 2
    """A key, index or attribute of something: `cfg["lr"]`, `grid.best_score_`."""

    ASIDE = 3
    """Lengths, shapes, counts, random numbers, the process's environment: neither setting nor result."""

    COMPUTED = 4
    """Anything else that was called."""

    SPAN = 5
    """How long something took: one time stamp less another, and what is reckoned from it."""

    CLOCK = 6
    """Time stamps."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One name that the cell binds at its top level."""

    how: How
    origin: Origin = Origin.COMPUTED
    value: object = MISSING
    """The constant; MISSING when it is none or depends on the branch taken. Dicts hold their constant entries only."""

    call: str = ""
    """The function that made the value, `accuracy_score` or `clf.fit`; empty when none did."""

    operands: tuple[str, ...] = ()
    """Names that the value is reckoned from without a call."""

    reads: tuple[str, ...] = ()
    """Every name in the expression that made the value."""

    sure: bool = True
    """False when a branch or loop decides whether it happens."""


@dataclass(frozen=True, slots=True)
class Varying:
    """An argument that a loop changes."""

    values: tuple[object, ...] = ()
    """All that it takes, in order, when they are written in the cell; else empty."""

    source: str = ""
    """The name of the list that the loop goes through; empty when it has none."""


@dataclass(frozen=True, slots=True)
class Named:
    """An argument that is a name alone."""

    name: str
    value: object = MISSING
    """The constant that the cell assigned to it; MISSING for a name of another cell and for a function's parameter."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the cell, also inside functions that the cell defines and uses."""

    function: str
    """Last part: `fit`, `read_csv`."""

    receiver: str
    """What it is called on: `clf`, `pipe.named_steps`, `RandomForestClassifier()`; empty for plain functions."""

    args: tuple[str, ...] = ()
    """Every name read in the arguments, in order."""

    given: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    """Arguments by keyword, or by position ("0"), as constants, Varying or Named; others are left out."""

    within: str = field(default="", compare=False)
    """The function of this cell that makes the call; empty for the cell itself."""

    sure: bool = field(default=True, compare=False)
    """False when a branch decides whether it happens."""

    @property
    def dotted(self) -> str:
        """Receiver and function as one: `clf.score`."""
        return f"{self.receiver}.{self.function}" if self.receiver else self.function


@dataclass(frozen=True, slots=True)
class Edit:
    """One constant put into something: `cfg["model"]["depth"] = 6`, `args.lr = 0.1`."""

    root: str
    path: tuple[str, ...]
    value: object


@dataclass(frozen=True, slots=True)
class LastExpression:
    """The expression whose value the cell displays."""

    source: str
    """Normalised by `ast.unparse`; empty when it is as long as a page."""

    name: str
    """What its number is called: `clf.score(X_test, y_test)` is test_score."""

    split: str = ""
    """train, test, val, …, as its arguments show; empty when they do not."""

    call: str = ""
    """Outermost call as dotted text; empty for a bare name or arithmetic."""

    receiver: str = ""
    args: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    """Names of the parts when it is a tuple or list written out: `a, b`; an empty name is none of our business."""

    origin: Origin = Origin.COMPUTED
    operands: tuple[str, ...] = ()
    bare: bool = False
    """True for a name alone."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One `print` of results that is executed exactly once, or once a setting in a loop over settings."""

    pattern: str
    """Regular expression of what it writes, a group for each result."""

    names: tuple[str, ...]
    """What the results are called, in order; "" stands for the group that names the setting."""

    @property
    def in_loop(self) -> bool:
        """Whether it writes a line for each setting."""
        return "" in self.names


@dataclass(frozen=True, slots=True)
class CellFacts:
    """Everything that the rest of capture needs to know of a cell's source."""

    bound: Mapping[str, Bound] = field(default_factory=lambda: MappingProxyType({}))
    """In order of first binding."""

    reads: tuple[str, ...] = ()
    """Names read before the cell binds them, in order, built-ins left out."""

    calls: tuple[Call, ...] = ()
    last: LastExpression | None = None
    prints: tuple[Printed, ...] = ()
    edits: tuple[Edit, ...] = ()
    filled: frozenset[str] = frozenset()
    """Containers of other cells that this one puts computed values into; their content is this cell's result."""

    of_last_round: frozenset[str] = frozenset()
    """Names that hold what the last fold, seed or setting of a loop gave; see `loops`."""

    gathered: frozenset[str] = frozenset()
    """Containers that got something in each fold or repetition."""

    parameters: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: MappingProxyType({}))
    """Of each function that the cell defines: its parameters in order with their constant defaults, MISSING without."""

    inside: frozenset[str] = frozenset()
    """Every name that the functions of other cells mention which this one calls; `with_callees` fills it."""

    @property
    def constants(self) -> dict[str, object]:
        """Simple constants that the cell assigns, by name."""
        found = {name: bound.value for name, bound in self.bound.items() if bound.how is How.CONSTANT}
        return {name: value for name, value in found.items() if value is not MISSING}

    @property
    def given_rounds(self) -> frozenset[str]:
        """Names that boosting fills with a number for each round: `evals_result=res`, `record_evaluation(res)`."""
        given = [call.given.get("evals_result") for call in self.calls]
        given += [call.given.get("0") for call in self.calls if call.function == "record_evaluation"]
        return frozenset(held.name for held in given if isinstance(held, Named))

    @property
    def fits(self) -> tuple[str, ...]:
        """What the cell trains: receivers of `fit` and its kin, and the names given to a plain `train(...)`."""
        trained: list[str] = []
        for call in self.calls:
            if call.function in FITTING:
                trained += [call.receiver] if call.receiver else call.args
        return tuple(dict.fromkeys(trained))

    @property
    def trains(self) -> bool:
        """True when the cell fits something, itself or through the functions that it calls."""
        return trains(self._mentioned())

    @property
    def scores(self) -> bool:
        """True when the cell calls something that scores or evaluates, or a function that does."""
        return any(_is_scoring(function) for function in self._mentioned())

    def _mentioned(self) -> frozenset[str]:
        return self.inside | {call.function for call in self.calls}


def trains(mentioned: Collection[str]) -> bool:
    """Tell whether what a piece of code mentions is about training."""
    return not _TRAINING.isdisjoint(mentioned)


def _is_scoring(function: str) -> bool:
    if function in _NOT_SCORES:
        return False
    return function in ("evaluate", "cross_validate", "classification_report") or "score" in function.split("_")
