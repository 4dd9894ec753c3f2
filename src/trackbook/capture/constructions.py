"""Follow what a cell gives to constructors of estimators and to functions that train, kept or not.

`cross_val_score(RandomForestClassifier(n_estimators=7), X, y)` leaves no estimator to ask, a loop only its last
one, and `train(depth=8)` perhaps none at all. What they were given is written in the cell.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import linecache
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, NamedTuple

from trackbook.capture.callees import is_class, is_own
from trackbook.capture.calls import call_of
from trackbook.capture.definitions import calls_in, parameters_of
from trackbook.capture.facts import ANY, FITTING, Call, CellFacts, Named, Varying, trains
from trackbook.capture.models import attributes, makes_estimators, makes_optimizers
from trackbook.capture.signatures import init_params
from trackbook.capture.source import parse
from trackbook.capture.strangers import MISSING, ask
from trackbook.capture.words import word_set

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEEPEST = 4
_MOST_CALLS = 300
_LONGEST_SOURCE = 4000  # lines
_CHATTER = word_set("verbose verbosity verbose_eval show_progress progress disp sample_weight classes copy inplace")
"""Arguments of `fit` that change nothing about the result."""


@dataclass(frozen=True, slots=True)
class Construction:
    """One place where the cell makes an estimator."""

    kind: type
    given: Mapping[str, object]
    """By parameter: constants, or Varying in a loop."""

    sure: bool
    """False when a branch decides whether it happens."""


class _Scope(NamedTuple):
    """Where a call stands: in the cell, or in a function that was called."""

    namespace: Mapping[str, object]
    local: Mapping[str, object]
    """What the function's parameters are, as far as it is known; MISSING where it is not."""

    depth: int
    sure: bool = True
    """False when a branch decides whether it is reached."""


class _Definition(NamedTuple):
    parameters: Mapping[str, object]
    calls: tuple[Call, ...]
    namespace: Mapping[str, object]


class Constructions:
    """What a cell constructs, and with what it calls what trains."""

    def __init__(self, facts: CellFacts, namespace: Mapping[str, object], before: Mapping[str, object]) -> None:
        """namespace: as it is after the cell. before: values at its start, as `take_snapshot` keeps them."""
        self.made: list[Construction] = []
        self.arguments: dict[str, list[object]] = {}
        """Constants given to functions that train, to `fit` and to the user's own models, by parameter."""

        self.defaults: dict[str, object] = {}
        """What other parameters of the user's training functions were left at."""

        self._facts, self._before = facts, before
        self._known: dict[str, _Definition | None] = {}
        self._left = _MOST_CALLS
        cell = _Scope(namespace, {}, 0)
        called = {call.function for call in facts.calls}
        for call in facts.calls:
            if not call.within:
                self._follow(call, cell)
        for name in facts.parameters:
            if name not in called:  # handed over: `map(train, depths)`, `study.optimize(objective)`
                self._follow(Call(name, ""), cell)

    def _follow(self, call: Call, scope: _Scope) -> None:
        self._left -= 1
        if self._left < 0 or scope.depth > _DEEPEST:
            return
        given = {name: item for name, held in call.given.items() if (item := self._value(held, scope)) is not MISSING}
        # A name that is handed over is found under its own.
        typed = {name: item for name, item in given.items() if not isinstance(call.given[name], Named)}
        called = _called(call, scope.namespace)
        if is_class(called):
            self._constructed(called, given, typed, sure=call.sure and scope.sure)
        elif (definition := self._definition(call, called, scope)) is not None:
            bound = _by_position(list(definition.parameters), given)
            if scope.depth == 0 and call.sure and self._trains(definition):
                self._note(_by_position(list(definition.parameters), typed))
                left = {name: item for name, item in definition.parameters.items() if not {name, ANY} & {*bound}}
                self.defaults |= {name: default for name, default in left.items() if default is not MISSING}
            inner = _Scope(
                definition.namespace, {**definition.parameters, **bound}, scope.depth + 1, call.sure and scope.sure
            )
            for each in definition.calls:
                self._follow(each, inner)
        elif call.function in FITTING and call.sure and scope.sure:
            named = ask(lambda: _by_position(list(inspect.signature(called).parameters), typed), otherwise=typed)  # type: ignore[arg-type]  # raises for what cannot be called
            self._note({name: item for name, item in named.items() if not (name.isdigit() or name in _CHATTER)})

    def _constructed(self, kind: type, given: Mapping[str, object], typed: Mapping[str, object], *, sure: bool) -> None:
        parameters = list(init_params(kind))
        if makes_estimators(kind):
            self.made.append(Construction(kind, _by_position(parameters, given), sure))
        elif sure and (makes_optimizers(kind) or self._is_set_up_here(kind)):
            self._note(_by_position(parameters, typed))

    def _is_set_up_here(self, kind: type) -> bool:
        """Tell a class of the user's own whose object a training cell makes; a record that has a name tells itself."""
        if not self._facts.trains or not is_own(vars(kind).get("__init__")):
            return False
        called = {bound.call for bound in self._facts.bound.values()}
        return not (dataclasses.is_dataclass(kind) and kind.__name__ in called)

    def _note(self, arguments: Mapping[str, object]) -> None:
        for name, held in arguments.items():
            self.arguments.setdefault(name, []).extend(held.values if isinstance(held, Varying) else (held,))

    def _trains(self, definition: _Definition, depth: int = 0) -> bool:
        if trains({call.function for call in definition.calls}):
            return True
        inner = _Scope(definition.namespace, {}, 0)
        called = (self._definition(call, _called(call, inner.namespace), inner) for call in definition.calls)
        return depth < _DEEPEST and any(each is not None and self._trains(each, depth + 1) for each in called)

    def _value(self, held: object, scope: _Scope) -> object:
        """Resolve an argument; MISSING when only execution knows it."""
        if isinstance(held, Named):
            if held.name in scope.local:
                return scope.local[held.name]
            if held.value is not MISSING or scope.depth > 0:
                return held.value
            return MISSING if held.name in self._facts.bound else self._before.get(held.name, MISSING)
        if isinstance(held, Varying) and held.source:
            items = self._before.get(held.source)
            return Varying(tuple(items)) if isinstance(items, list) else Varying()
        return held

    def _definition(self, call: Call, called: object, scope: _Scope) -> _Definition | None:
        """Find what a plain call runs, when the user wrote it."""
        if call.receiver or not call.function:
            return None
        if call.function in self._facts.parameters:
            inner = tuple(each for each in self._facts.calls if each.within == call.function)
            return _Definition(self._facts.parameters[call.function], inner, scope.namespace)
        if type(called) is not FunctionType or not is_own(called):
            return None
        name = f"{called.__module__}.{called.__qualname__}"
        if name not in self._known:
            self._known[name] = ask(_read_definition, called, otherwise=None)
        return self._known[name]


def _read_definition(function: FunctionType) -> _Definition | None:
    node = _definition_in_source(function)
    if node is None:
        return None
    calls = tuple(call_of(part, sure=sure) for part, sure in calls_in(node))
    return _Definition(parameters_of(node), calls, function.__globals__)


def _definition_in_source(function: FunctionType) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Find the text of a function where Python found it: a cell of this notebook, or a module of the user's."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename)
    tree = parse("".join(lines)) if len(lines) <= _LONGEST_SOURCE else None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name:
            first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
            if first == code.co_firstlineno:
                return node
    return None


def _called(call: Call, namespace: Mapping[str, object]) -> object:
    """Find the class or function that a call names: `Forest(...)`, `xgb.train(...)`; None for methods."""
    root, *path = call.dotted.split(".")
    found: object = namespace.get(root)
    for part in path:
        if not issubclass(type(found), ModuleType):
            return None
        found = attributes(found).get(part)
    return found


def _by_position(parameters: list[str], given: Mapping[str, object]) -> dict[str, object]:
    """Name arguments given by position after the parameters that they fill."""
    named: dict[str, object] = {}
    for name, item in given.items():
        if not name.isdigit():
            named[name] = item
        elif int(name) < len(parameters):
            named[parameters[int(name)]] = item
    return named
