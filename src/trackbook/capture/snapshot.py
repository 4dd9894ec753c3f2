"""What has to be remembered from before a cell ran: ids, and the settings that it is going to read.

No array, frame, model or container of the user stays referenced: a reference to an old array would
double their memory.
"""

from __future__ import annotations

import dis
from dataclasses import dataclass, field, replace
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

from trackbook.capture.configs import flatten
from trackbook.capture.estimators import is_estimator, is_fitted
from trackbook.capture.strangers import MISSING, ask, plain_scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.capture.facts import CellFacts

_MOST_FUNCTIONS = 50
_LONGEST_CODE = 20_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The namespace before a cell, without its objects."""

    ids: Mapping[str, int] = field(default_factory=dict)
    """id() of every public name's value."""

    values: Mapping[str, object] = field(default_factory=dict)
    """Scalars and flattened configurations of the names that the cell reads or binds."""

    unfitted: frozenset[str] = frozenset()
    """Estimators that the cell reads and that nobody had fitted yet."""


def take_snapshot(facts: CellFacts, namespace: Mapping[str, object]) -> Snapshot:
    """Remember what the namespace held before the cell; call it in `pre_run_cell`, with widened facts."""
    nothing: object = MISSING
    values: dict[str, object] = {}
    unfitted: list[str] = []
    for name in dict.fromkeys([*facts.reads, *facts.bound]):
        held = namespace.get(name, MISSING)
        if held is MISSING or name.startswith("_"):
            continue
        value = ask(_setting, held, otherwise=nothing)
        if value is not MISSING:
            values[name] = value
        elif is_estimator(held) and not is_fitted(held):
            unfitted.append(name)
    # A copy, because a thread of the user may bind names meanwhile.
    public = (name for name in list(namespace) if isinstance(name, str) and not name.startswith("_"))
    ids = {name: id(namespace.get(name)) for name in public}
    return Snapshot(ids, values, frozenset(unfitted))


def _setting(held: object) -> object:
    scalar = plain_scalar(held)
    if scalar is MISSING:
        return flatten(held) or MISSING
    # The old number itself where it is one: while it lives, its id is not given to the cell's new value.
    return held if type(held) in (int, float, str) else scalar


def with_callees(facts: CellFacts, namespace: Mapping[str, object]) -> CellFacts:
    """Widen what a cell reads by what the functions of earlier cells read that it uses: `train()` reads `LR`."""
    reads = dict.fromkeys(facts.reads)
    waiting = [*facts.reads]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_FUNCTIONS:
        name = waiting.pop(0)
        function = namespace.get(name)
        # Only the user's own: a library's functions have globals of their own.
        if name in seen or type(function) is not FunctionType or function.__globals__ is not namespace:
            continue
        seen.add(name)
        new = [found for found in _globals_of(function.__code__) if found in namespace and found not in reads]
        reads.update(dict.fromkeys(new))
        waiting += new
    return replace(facts, reads=tuple(reads))


def _globals_of(code: CodeType) -> list[str]:
    found: dict[str, None] = {}
    waiting = [code]
    while waiting:
        current = waiting.pop()
        if len(current.co_code) > _LONGEST_CODE:
            continue
        for instruction in dis.get_instructions(current):
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                found[str(instruction.argval)] = None
        waiting += [part for part in current.co_consts if isinstance(part, CodeType)]
    return list(found)
