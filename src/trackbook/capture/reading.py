"""Go through expressions as Python evaluates them, noting which outer names they read and what they call."""

from __future__ import annotations

import ast
import builtins
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trackbook.capture.calls import call_of, loop_targets
from trackbook.capture.definitions import calls_in, free_names, names_bound, parameters_of
from trackbook.capture.metric_names import function_of
from trackbook.capture.words import word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trackbook.capture.facts import Bound, Call, Varying

_BUILT_IN = frozenset(vars(builtins)) | {"get_ipython", "In", "Out", "display"}
_PUTTING = word_set("append extend insert update add setdefault appendleft add_row")


class Reading:
    """What expressions read, call and put things into; `bound` says what the cell binds itself."""

    def __init__(self) -> None:
        self.bound: dict[str, Bound] = {}
        self.reads: dict[str, None] = {}
        self.calls: list[Call] = []
        self.filled: set[str] = set()
        self.known: dict[str, object] = {}
        """Constants among the bound."""

        self.varying: dict[str, Varying] = {}
        """What the loops around the present statement change."""

        self.parameters: dict[str, Mapping[str, object]] = {}
        """Of the functions that the cell defines and uses."""

        self._branches = 0
        self._local: list[set[str]] = []
        self._waiting: dict[str, ast.AST] = {}

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Bind a target; for the walrus, which is an expression."""
        raise NotImplementedError

    def visit(self, node: ast.AST) -> None:
        """Take one expression, or what is left of a statement."""
        match node:
            case ast.Name():
                if isinstance(node.ctx, ast.Load):
                    self.read(node.id)
            case ast.IfExp():
                self.visit(node.test)
                with self.in_branch():
                    self.visit(node.body)
                    self.visit(node.orelse)
            case ast.Lambda():
                self._read_all(free_names(node))
            case ast.NamedExpr():
                self.visit(node.value)
                self.assign(node.target, node.value)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node)
            case _:
                for child in ast.iter_child_nodes(node):
                    # A table typed into a cell is thousands of these.
                    if type(child) is not ast.Constant:
                        self.visit(child)
                if isinstance(node, ast.Call):
                    self._call(node)

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """Read what a definition needs at once; its body waits until something uses the name."""
        defaults = [] if isinstance(node, ast.ClassDef) else [*node.args.defaults, *node.args.kw_defaults]
        bases = node.bases if isinstance(node, ast.ClassDef) else []
        for part in [*node.decorator_list, *bases, *defaults]:
            if part is not None:
                self.visit(part)
        self._waiting[node.name] = node

    def forget(self, name: str) -> None:
        """Drop a definition that another binding replaces."""
        self._waiting.pop(name, None)

    def read(self, name: str) -> None:
        """Note one name as read, unless the cell itself bound it before."""
        if self.is_local(name):
            return
        if name in self._waiting:
            self._use(self._waiting.pop(name))
        elif name not in self.bound and name not in _BUILT_IN:
            self.reads[name] = None

    def is_local(self, name: str) -> bool:
        """Tell whether a comprehension or handler that is being read has the name for itself."""
        return any(name in names for names in self._local)

    @contextmanager
    def hiding(self, names: Iterable[str]) -> Iterator[None]:
        """Take names as local for a while."""
        self._local.append(set(names))
        yield
        self._local.pop()

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        self.visit(node.generators[0].iter)
        targets = [part.id for made in node.generators for part in ast.walk(made.target) if isinstance(part, ast.Name)]
        varying = {name: item for made in node.generators for name, item in self._loop(made.target, made.iter).items()}
        with self.hiding(targets), self.in_loop(varying):
            for position, made in enumerate(node.generators):
                for part in [made.iter, *made.ifs] if position else made.ifs:
                    self.visit(part)
            for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
                self.visit(part)

    def _loop(self, target: ast.expr, over: ast.expr) -> dict[str, Varying]:
        return loop_targets(target, over, {**self.known, **self.varying})

    @contextmanager
    def in_branch(self) -> Iterator[None]:
        """Take what is called as not sure to happen for a while."""
        self._branches += 1
        yield
        self._branches -= 1

    @contextmanager
    def in_loop(self, varying: Mapping[str, Varying]) -> Iterator[None]:
        """Take names as changing for a while."""
        before, self.varying = self.varying, {**self.varying, **varying}
        yield
        self.varying = before

    def _call(self, node: ast.Call) -> None:
        known = {**self.known, **self.varying} if self.varying else self.known
        self._note(node, call_of(node, known, sure=not self._branches))

    def _note(self, node: ast.Call, call: Call) -> None:
        self.calls.append(call)
        function, owner = function_of(node)
        if function in _PUTTING:
            while isinstance(owner, (ast.Subscript, ast.Attribute)):
                owner = owner.value
            if isinstance(owner, ast.Name):
                self.filled.add(owner.id)

    def _read_all(self, names: Iterable[str]) -> None:
        for name in names:
            self.read(name)

    def _use(self, definition: ast.AST) -> None:
        """Count what a function or class of this cell reads and calls, now that something uses it."""
        self._read_all(free_names(definition))
        name = str(getattr(definition, "name", ""))
        if isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.parameters[name] = parameters_of(definition)
        own = set(self.known).difference(names_bound(definition))
        known = {constant: self.known[constant] for constant in own}
        for part, sure in calls_in(definition):
            self._note(part, call_of(part, known, name, sure=sure))
