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
from trackbook.capture.strangers import MISSING, plain_scalar

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
    values: dict[str, object] = {}
    unfitted: list[str] = []
    for name in dict.fromkeys([*facts.reads, *facts.bound]):
        held = namespace.get(name, MISSING)
        if held is MISSING or name.startswith("_"):
            continue
        # A bound name's old scalar is kept itself, so that its id cannot be given to the new one.
        scalar = (
            held if isinstance(held, (float, int, str)) and plain_scalar(held) is not MISSING else plain_scalar(held)
        )
        value = scalar if scalar is not MISSING else flatten(held)
        if value is not MISSING and value != {}:
            values[name] = value
        elif is_estimator(held) and not is_fitted(held):
            unfitted.append(name)
    ids = {name: id(value) for name, value in namespace.items() if not name.startswith("_")}
    return Snapshot(ids, values, frozenset(unfitted))


def with_callees(facts: CellFacts, namespace: Mapping[str, object]) -> CellFacts:
    """Widen what a cell reads by what the functions of earlier cells read that it uses: `train()` reads `LR`."""
    reads = dict.fromkeys(facts.reads)
    waiting = [*facts.reads]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_FUNCTIONS:
        name = waiting.pop(0)
        function = namespace.get(name)
        # Only the user's own: a library's functions have globals of their own.
        if name in seen or not isinstance(function, FunctionType) or function.__globals__ is not namespace:
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
