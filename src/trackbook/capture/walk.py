"""Go through a cell's statements in the order in which Python would, noting what they bind and how."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.capture.calls import call_of, names_read
from trackbook.capture.constants import constant
from trackbook.capture.facts import Bound, Edit, How, Origin
from trackbook.capture.origins import Made, origin_of
from trackbook.capture.reading import Reading
from trackbook.capture.strangers import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class CellWalk(Reading):
    """Collects the facts of one cell; make one, `walk` its statements, read the attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.edits: list[Edit] = []
        self._sure = True
        self._takers: dict[type[ast.stmt], Callable[[Any], None]] = {
            ast.Assign: self._assignment,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.If: self._if,
            ast.While: self._while,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Match: self._match,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.FunctionDef: self._definition,
            ast.AsyncFunctionDef: self._definition,
            ast.ClassDef: self._definition,
            ast.Delete: self._deletion,
        }

    def walk(self, statements: Iterable[ast.stmt]) -> None:
        """Take statements one after the other; those that bind nothing are read as expressions."""
        for statement in statements:
            take = self._takers.get(type(statement), self.visit)
            take(statement)

    # ---- statements

    def _assignment(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.assign(target, node.value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.assign(node.target, node.value)

    def _augmented(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if not isinstance(node.target, ast.Name):
            self.visit(node.target)
            self._put(node.target, MISSING)
            return
        name = node.target.id
        self.read(name)
        made = origin_of(node.value, self.bound)
        if made.origin is Origin.CONSTANT:
            made = Made(Origin.ASIDE)
        if (earlier := self.bound.get(name)) is not None and earlier.origin > made.origin:
            made = Made(earlier.origin, earlier.operands)
        self._bind(name, Bound(How.AUGMENTED, made.origin, operands=made.operands))

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._bind_all(node.target, Bound(How.LOOP, Origin.NAME))
        with self.in_loop(self._loop(node.target, node.iter)):
            self._maybe(node.body)
        self._maybe(node.orelse)

    def _if(self, node: ast.If) -> None:
        self.visit(node.test)
        with self.in_branch():
            self._maybe(node.body, node.orelse)

    def _while(self, node: ast.While) -> None:
        self.visit(node.test)
        self._maybe(node.body, node.orelse)

    def _maybe(self, *blocks: list[ast.stmt]) -> None:
        before, self._sure = self._sure, False
        for block in blocks:
            self.walk(block)
        self._sure = before

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        self._maybe(node.body)
        for handler in node.handlers:
            if handler.type is not None:
                self.visit(handler.type)
            with self.hiding([handler.name] if handler.name else []), self.in_branch():
                self._maybe(handler.body)
        self._maybe(node.orelse)
        self.walk(node.finalbody)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self._bind_all(item.optional_vars, Bound(How.COMPUTED))
        self.walk(node.body)

    def _match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self._bind(name, Bound(How.COMPUTED, sure=False))
            if case.guard is not None:
                self.visit(case.guard)
            with self.in_branch():
                self._maybe(case.body)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name.partition(".")[0], Bound(How.IMPORT))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.define(node)
        self._bind(node.name, Bound(How.DEFINITION))

    def _deletion(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.bound.pop(target.id, None)
                self.known.pop(target.id, None)
            else:
                self.visit(target)

    # ---- binding

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Bind a target to what a value expression makes."""
        if isinstance(target, (ast.Tuple, ast.List)):
            items = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            if len(items) == len(target.elts) and not any(isinstance(part, ast.Starred) for part in target.elts):
                for part, item in zip(target.elts, items, strict=True):
                    self.assign(part, item)
            else:
                self._bind_all(target, self._computed(value))
        elif isinstance(target, ast.Name):
            found = constant(value, self.known)
            plain = found is not MISSING or self._is_unset(value)
            self._bind(target.id, Bound(How.CONSTANT, Origin.CONSTANT, found) if plain else self._computed(value))
        else:
            self.visit(target)
            self._put(target, constant(value, self.known))

    def _is_unset(self, value: ast.expr) -> bool:
        """Tell constants whose value only execution knows: `"cuda" if gpu else "cpu"`, a long or empty list."""
        shown = isinstance(value, (ast.IfExp, ast.BoolOp, ast.List, ast.Tuple, ast.Set))
        return shown and origin_of(value, self.bound).origin is Origin.CONSTANT

    def _computed(self, value: ast.expr) -> Bound:
        made = origin_of(value, self.bound)
        inner = value.value if isinstance(value, ast.Await) else value
        call = call_of(inner).dotted if isinstance(inner, ast.Call) else ""
        return Bound(How.COMPUTED, made.origin, call=call, operands=made.operands, reads=names_read([value]))

    def _bind_all(self, target: ast.expr, bound: Bound) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, bound)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self._bind_all(part, bound)
        elif isinstance(target, ast.Starred):
            self._bind_all(target.value, Bound(bound.how))
        else:
            self.visit(target)

    def _bind(self, name: str, bound: Bound) -> None:
        if self.is_local(name):
            return
        bound = replace(bound, sure=bound.sure and self._sure)
        earlier = self.bound.get(name)
        if earlier is not None and not bound.sure:
            bound = _either(earlier, bound)
        if bound.how is not How.DEFINITION:
            self.forget(name)
        self.bound[name] = bound
        self.known.pop(name, None)
        if bound.value is not MISSING:
            self.known[name] = bound.value

    def _put(self, target: ast.expr, value: object) -> None:
        """Note what goes into a key or attribute: a constant is an edit, anything else fills."""
        path: list[str] = []
        inner = target
        while isinstance(inner, (ast.Subscript, ast.Attribute)):
            path.append(inner.attr if isinstance(inner, ast.Attribute) else _text_key(inner.slice))
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return
        if value is not MISSING and all(path):
            self.edits.append(Edit(inner.id, tuple(reversed(path)), value))
        else:
            self.filled.add(inner.id)


def _either(earlier: Bound, later: Bound) -> Bound:
    """Judge a name that a branch or loop may bind again."""
    if earlier.how is How.CONSTANT and later.how is How.CONSTANT:
        same = type(earlier.value) is type(later.value) and earlier.value == later.value
        return replace(later, value=later.value if same else MISSING, sure=earlier.sure)
    if later.how is How.CONSTANT:
        return replace(earlier, value=MISSING)
    return replace(later, sure=earlier.sure)


def _text_key(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
