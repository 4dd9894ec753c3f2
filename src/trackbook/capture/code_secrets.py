"""Find the lines of a cell that seem to hold a password, token or key.

Code is kept as it was executed, since it has to run again; so a secret in it is pointed out and not masked.
Fewer patterns count here than where text is masked: a warning that is wrong is soon read no more.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from trackbook.capture.secrets import has_secret_shape, mask_secrets
from trackbook.capture.source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 10_000
_FEWEST_LETTERS = 6


def lines_with_secrets(source: str) -> list[int]:
    """Return the 1-based lines, in order; none when the cell is no Python."""
    tree = parse(source)
    if tree is None:
        return []
    found = {node.lineno for name, node in _texts(tree) if _is_secret(name, node.value)}
    return sorted(found)


def _is_secret(name: str, value: object) -> bool:
    if not isinstance(value, str) or len(value) > _LONGEST:
        return False
    if has_secret_shape(value):
        return True
    # As a name says it: api_key = "…". A sentence is a message about a password, and no password.
    said = f"{name} = {value!r}"
    return bool(name) and len(value) >= _FEWEST_LETTERS and " " not in value and mask_secrets(said) != said


def _texts(tree: ast.AST) -> Iterator[tuple[str, ast.Constant]]:
    """Yield every text with the name that it is given, empty without one."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str()):
                yield "", node
            case ast.Assign(targets=targets, value=ast.Constant() as text):
                yield from ((_name(target), text) for target in targets)
            case ast.AnnAssign(target=target, value=ast.Constant() as text):
                yield _name(target), text
            case ast.keyword(arg=str(name), value=ast.Constant() as text):
                yield name, text
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(value, ast.Constant) and isinstance(key, ast.Constant):
                        yield str(key.value), value


def _name(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""
