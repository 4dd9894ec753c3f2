"""Tell which names a loop leaves with the value of its last round alone, as the last fold's score.

| loop                                                                  | `acc` after it is               |
|-----------------------------------------------------------------------|---------------------------------|
| `for tr, te in KFold(5).split(X): acc = …`; folds, seeds, repeats     | one of several, the last by chance |
| `for c in [0.1, 1, 10]: acc = …`; models, grids, `.items()`           | that of the last setting        |
| `for epoch in range(9): acc = …`; steps, batches, anything else       | where training arrived: a result |
| `for …: if acc > best: best = acc`, `best = max(best, acc)`           | chosen or gathered: a result    |
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from trackbook.capture.metric_names import function_of, names_in
from trackbook.capture.words import word_set, words

if TYPE_CHECKING:
    from collections.abc import Iterable

_REPEATS = word_set("fold folds kfold kf skf cv split splits seed seeds repeat repeats repetition repetitions rep reps")
_PROGRESS = word_set("epoch epochs step steps iteration iterations it batch batches loader dataloader round rounds")
_SETTINGS = word_set(
    "model models clf clfs classifier classifiers estimator estimators regressor regressors grid params param config "
    "configs cfg candidate candidates lr lrs depth depths alpha alphas gamma neighbors degree degrees c cs k ks"
)
_MAKE_SETTINGS = word_set("items values keys logspace geomspace linspace arange product ParameterGrid ParameterSampler")
_WRAPPERS = word_set("enumerate tqdm trange zip list tuple sorted reversed track loop")
_PUTTING = frozenset({"append", "extend", "insert", "add", "update"})


class _Kind(Enum):
    PROGRESS = 1
    REPEATS = 2
    SETTINGS = 3


@dataclass(slots=True)
class Rounds:
    """What the loops of a cell leave behind."""

    last: set[str] = field(default_factory=set)
    """Names that hold the value of the last fold, seed or setting, and of no other."""

    gathered: set[str] = field(default_factory=set)
    """Containers that got something in each fold or repetition: their mean is the result."""


def rounds_of(statements: Iterable[ast.stmt]) -> Rounds:
    """Look through the statements of a cell, in order."""
    found = Rounds()
    _look(statements, _Kind.PROGRESS, found)
    return found


def goes_through_settings(loop: ast.For | ast.AsyncFor) -> bool:
    """Tell a loop over models, grids and the like from one over epochs, batches, folds or seeds."""
    return _kind_of(loop) is _Kind.SETTINGS


def _look(statements: Iterable[ast.stmt], kind: _Kind, found: Rounds) -> None:
    for statement in statements:
        match statement:
            case ast.For() | ast.AsyncFor():
                inner = _kind_of(statement)
                _look(statement.body, kind if inner is _Kind.PROGRESS else inner, found)
                _look(statement.orelse, kind, found)
            case ast.With() | ast.AsyncWith() | ast.Try() | ast.TryStar():
                parts = ("body", "orelse", "finalbody")
                _look([inner for part in parts for inner in getattr(statement, part, ())], kind, found)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                _assigned(statement, value, kind, found)
            case ast.AugAssign(target=ast.Name(id=name)):
                found.last.discard(name)
            case ast.If() | ast.While():  # what is taken under a condition is chosen
                _look([*statement.body, *statement.orelse], _Kind.PROGRESS, found)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=function))) if function in _PUTTING:
                found.gathered |= _root(owner) if kind is _Kind.REPEATS else set()


def _assigned(statement: ast.Assign | ast.AnnAssign, value: ast.expr, kind: _Kind, found: Rounds) -> None:
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
    read = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
    for target in targets:
        if isinstance(target, ast.Subscript) and kind is _Kind.REPEATS:
            found.gathered |= _root(target)
        names = {part.id for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        found.last -= names
        found.gathered -= names - read  # `accs = np.array(accs)` gathers on
        if kind is not _Kind.PROGRESS:
            found.last |= names - read


def _root(node: ast.expr) -> set[str]:
    while isinstance(node, ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _kind_of(loop: ast.For | ast.AsyncFor) -> _Kind:
    over = loop.iter
    while isinstance(over, ast.Call) and function_of(over)[0] in _WRAPPERS and over.args:
        over = over.args[-1] if function_of(over)[0] == "zip" else over.args[0]
    targets = [part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)]
    spoken = {word for name in (*names_in([over]), *targets) for word in words(name)}
    function = function_of(over)[0] if isinstance(over, ast.Call) else ""
    if function == "split" or not _REPEATS.isdisjoint(spoken):
        return _Kind.REPEATS
    if not _PROGRESS.isdisjoint(spoken):
        return _Kind.PROGRESS
    if function == "range":  # `range(depth)` goes through numbers, `for depth in range(9)` through settings
        spoken = {word for name in targets for word in words(name)}
    made = isinstance(over, (ast.List, ast.Tuple, ast.Set, ast.Dict)) or function in _MAKE_SETTINGS
    return _Kind.SETTINGS if made or not _SETTINGS.isdisjoint(spoken) else _Kind.PROGRESS
