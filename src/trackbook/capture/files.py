"""Find the files that a cell reads, as its code and the names in it tell: nothing is executed or watched.

Watching every `open` (an audit hook) would see more and miss what libraries open in C; it makes `copy.deepcopy`
twice as slow, in the whole process, for good.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import pathlib
import sysconfig
import textwrap
from contextlib import suppress
from dataclasses import dataclass, field
from types import FunctionType
from typing import TYPE_CHECKING, Any

from trackbook.capture.file_readers import is_in_front, places_of_paths
from trackbook.capture.metric_names import function_of
from trackbook.capture.path_values import PathValues, files_of_pattern
from trackbook.capture.source import parse
from trackbook.capture.strangers import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_LONGEST_PATH = 1000
_LIBRARIES = (*{sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")}, "<frozen")
_DEEPEST = 3
"""Functions within functions that are followed."""

_MOST_CALLS = 50
"""Calls of functions that are followed."""


def files_read(source: str, namespace: Mapping[str, object]) -> list[str]:
    """List the paths that a cell reads, in order, each once; whether they exist is not asked.

    source: raw or transformed by IPython. namespace: the user's, after the cell. Never raises.
    """
    tree = parse(source)
    if tree is None:
        return []
    found = _Found()
    with suppress(RecursionError):  # a generated expression; what was seen before it still holds
        _Walk(found, namespace, {}).block(tree.body)
    return list(found.files)


@dataclass(slots=True)
class _Found:
    """What the walks through a cell and through the functions that it calls share."""

    files: dict[str, None] = field(default_factory=dict)
    followed: int = 0
    """Calls of the user's functions that were looked into."""


class _Walk:
    """Goes through statements in their order, knowing what the simple names hold by then."""

    def __init__(
        self, found: _Found, namespace: Mapping[str, object], functions: Mapping[str, Definition | None], depth: int = 0
    ) -> None:
        """functions: definitions known so far, None for what turned out to be none. depth: 0 is the cell itself."""
        self._found, self._functions, self._depth = found, dict(functions), depth
        self.values = PathValues(namespace)
        self._takers: dict[type[ast.stmt], Callable[[Any], None]] = {
            ast.FunctionDef: self._define,
            ast.AsyncFunctionDef: self._define,
            ast.ClassDef: self._visit_nothing,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotate,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.If: self._if,
            ast.While: self._if,
            ast.Try: self._try,
            ast.TryStar: self._try,
        }

    def block(self, statements: Iterable[ast.stmt]) -> None:
        """Go through some statements one after the other."""
        for statement in statements:
            take = self._takers.get(type(statement), self._visit)
            take(statement)

    # ---- statements

    def _define(self, node: Definition) -> None:
        self._functions[node.name] = node

    def _visit_nothing(self, _node: ast.AST) -> None:
        pass

    def _assign(self, node: ast.Assign) -> None:
        self._visit(node.value)
        for target in node.targets:
            self._bind(target, self.values.of(node.value))

    def _annotate(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._visit(node.value)
            self._bind(node.target, self.values.of(node.value))

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self._visit(node.iter)
        self._go_through(node.target, node.iter)
        self._branch(node.body, node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self._visit(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, [])
        self.block(node.body)

    def _if(self, node: ast.If | ast.While) -> None:
        self._visit(node.test)
        self._branch(node.body, node.orelse)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        self._branch(node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody)

    def _branch(self, *blocks: list[ast.stmt]) -> None:
        """Go through what may or may not happen; what it binds is for the namespace to say afterwards."""
        before = dict(self.values.names)
        for statements in blocks:
            self.block(statements)
        changed = [name for name, held in self.values.names.items() if before.get(name) is not held]
        for name in changed:
            self._set(name, [])

    # ---- names

    def _bind(self, target: ast.expr, values: list[object]) -> None:
        if isinstance(target, ast.Name):
            self._set(target.id, values)
            return
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                self._set(part.id, [])

    def _set(self, name: str, values: list[object]) -> None:
        """Note what a name holds. Where that is unknown the namespace will tell, but not of a function's own names."""
        if values or self._depth:
            self.values.names[name] = values
        else:
            self.values.names.pop(name, None)

    def _go_through(self, target: ast.expr, over: ast.expr) -> None:
        """Bind what a loop changes."""
        self._bind(target, self.values.items(over))
        if not (isinstance(target, ast.Tuple) and isinstance(over, ast.Call)):
            return
        name, owner = function_of(over)
        columns: list[ast.expr] = []
        if name == "zip":
            columns = over.args
        elif name == "enumerate" and over.args:
            columns = [ast.Tuple([]), over.args[0]]
        elif name == "items" and owner is not None:
            columns = [owner, ast.Call(ast.Attribute(owner, "values"), [], [])]
        for part, column in zip(target.elts, columns, strict=False):
            self._bind(part, self.values.items(column))

    # ---- expressions

    def _visit(self, node: ast.AST) -> None:
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            before = dict(self.values.names)
            for made in node.generators:
                self._visit(made.iter)
                self._go_through(made.target, made.iter)
            for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
                self._visit(part)
            self.values.names = before
        elif not isinstance(node, ast.Lambda):
            for child in ast.iter_child_nodes(node):
                if type(child) is not ast.Constant:
                    self._visit(child)
            if isinstance(node, ast.NamedExpr):
                self._bind(node.target, self.values.of(node.value))
            if isinstance(node, ast.Call):
                self._call(node)

    def _call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and self._follow(node.func.id, node):
            return
        for place in places_of_paths(node):
            for value in self.values.of(place) or self.values.items(place):
                # (ROOT / "x.txt").read_text() has its path in front; of a text that is a method like any other.
                wanted = pathlib.PurePath if is_in_front(place, node) else (str, pathlib.PurePath)
                text = str(value) if isinstance(value, wanted) else ""
                if 0 < len(text) <= _LONGEST_PATH and "\n" not in text and "\0" not in text:
                    self._found.files |= dict.fromkeys(files_of_pattern(text) or [text])

    def _follow(self, name: str, node: ast.Call) -> bool:
        """Look into a function of the user's with what it is given: `load("x.csv")`."""
        held = self.values.namespace.get(name)
        if name not in self._functions:
            self._functions[name] = _definition_of(held)
        definition = self._functions[name]
        if definition is None:
            return False
        if self._depth < _DEEPEST and self._found.followed < _MOST_CALLS:
            self._found.followed += 1
            outer = held.__globals__ if isinstance(held, FunctionType) else self.values.namespace
            inner = _Walk(self._found, outer, self._functions, self._depth + 1)
            inner.values.names = self._given(definition.args, node, inner.values)
            inner.block(definition.body)
        return True

    def _given(self, takes: ast.arguments, call: ast.Call, inner: PathValues) -> dict[str, list[object]]:
        """Say what the parameters of a function hold in one call; an empty list is one that hides other names."""
        places = [each.arg for each in [*takes.posonlyargs, *takes.args]]
        names: dict[str, list[object]] = {name: [] for name in [*places, *(each.arg for each in takes.kwonlyargs)]}
        defaults = [*zip(reversed(places), reversed(takes.defaults), strict=False)]
        defaults += [
            (each.arg, value) for each, value in zip(takes.kwonlyargs, takes.kw_defaults, strict=True) if value
        ]
        names |= {name: inner.of(default) for name, default in defaults}
        names |= {name: self.values.of(given) for name, given in zip(places, call.args, strict=False)}
        return names | {word.arg: self.values.of(word.value) for word in call.keywords if word.arg in names}


def _source_of(function: FunctionType) -> str:
    """Read a function's lines. inspect.getsource asks every loaded module first whether it is the function's home."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    return "".join(inspect.getblock(lines[code.co_firstlineno - 1 :]))


def _definition_of(held: object) -> Definition | None:
    """Read the source of a function that the user wrote; None for a library's."""
    if type(held) is not FunctionType or held.__code__.co_filename.startswith(_LIBRARIES):
        return None
    source = ask(_source_of, held, otherwise="")
    tree = parse(textwrap.dedent(source)) if source else None
    found = tree.body[0] if tree is not None and tree.body else None
    return found if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
