"""Hash a cell's shape: cells that differ only in literals, comments and layout are attempts of one another."""

from __future__ import annotations

import ast
import hashlib

from trackbook.capture.source import parse

_LITERAL = "·"
# `type_params` came with Python 3.12; the shape outlives the interpreter.
_UNSEEN = frozenset({"ctx", "kind", "type_comment", "type_params"})
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
_NAMED_BY_TEXT = frozenset({"run_line_magic", "run_cell_magic"})


def shape_hash(source: str) -> str:
    """Return the hex SHA-256 of the syntax tree with its literals blanked.

    A list, tuple, set or dict of literals is one literal, and so is a negative number. A magic keeps
    its name. What cannot be parsed is hashed as text, with its white space made even.
    """
    tree = parse(source)
    if tree is not None:
        try:
            text = "\n".join(_written(statement) for statement in tree.body)
        except RecursionError:
            tree = None
    if tree is None:
        text = "text:" + " ".join(source.split())
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _written(node: ast.AST) -> str:
    if _is_literal(node):
        return _LITERAL
    if isinstance(node, ast.JoinedStr):
        inner = [_written(part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
        return f"f({','.join(inner)})" if inner else _LITERAL
    fields = [_field(getattr(node, name, None)) for name in node._fields if name not in _UNSEEN]
    kept = node.args[0].value if _is_magic(node) else ""  # type: ignore[attr-defined]
    return f"{type(node).__name__}({','.join(fields)}){kept}"


def _field(value: object) -> str:
    if isinstance(value, ast.AST):
        return _written(value)
    if isinstance(value, list):
        return f"[{','.join(_field(item) for item in value)}]"
    return str(value)


def _is_literal(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return _is_literal(node.operand)
    if isinstance(node, _DISPLAYS) and not isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return all(_is_literal(part) for part in ast.iter_child_nodes(node) if not isinstance(part, ast.expr_context))
    return False


def _is_magic(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return False
    return node.func.attr in _NAMED_BY_TEXT and isinstance(node.args[0], ast.Constant)
