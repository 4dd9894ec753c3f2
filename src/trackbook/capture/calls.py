"""Read single calls and definitions: what is called on what, which files are read, which names are free."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from trackbook.capture.constants import constant
from trackbook.capture.facts import Call
from trackbook.capture.metric_names import function_of
from trackbook.capture.words import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FILE_READERS = word_set("open load loadtxt genfromtxt load_npz imread read_text read_bytes from_file fromfile")
_LOOKS_LIKE_READING = ("read_", "scan_")
_WRITING = frozenset("wax+")
_LONGEST_PATH = 1000


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """Go through a tree in the order of its text (`ast.walk` goes level by level)."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(list(ast.iter_child_nodes(part))))


def call_of(node: ast.Call) -> Call:
    """Take down one call with the names that its arguments read."""
    function, owner = function_of(node)
    values = [*node.args, *(word.value for word in node.keywords)]
    names = [part.id for value in values for part in parts_of(value) if isinstance(part, ast.Name)]
    return Call(function, dotted(owner) if owner is not None else "", tuple(dict.fromkeys(names)))


def dotted(node: ast.AST) -> str:
    """Write down a chain: `pipe.named_steps[].fit()`; `?` for what is no chain."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{dotted(node.value)}.{node.attr}"
        case ast.Call():
            return f"{dotted(node.func)}()"
        case ast.Subscript():
            return f"{dotted(node.value)}[]"
        case ast.Await():
            return dotted(node.value)
    return "?"


def file_read_by(node: ast.Call, known: Mapping[str, object]) -> str:
    """Find the path that a call reads, when it is written in the cell; empty otherwise."""
    function, owner = function_of(node)
    if function not in _FILE_READERS and not function.startswith(_LOOKS_LIKE_READING):
        return ""
    if function == "open" and _writes(node):
        return ""
    inner = owner.args[0] if isinstance(owner, ast.Call) and owner.args and function_of(owner)[0] == "Path" else None
    named = [
        word.value for word in node.keywords if word.arg in ("filepath_or_buffer", "path", "file", "fname", "source")
    ]
    for candidate in [inner, *node.args[:1], *named]:
        path = constant(candidate, known) if candidate is not None else None
        if isinstance(path, str) and 0 < len(path) <= _LONGEST_PATH and "\n" not in path:
            return path
    return ""


def _writes(node: ast.Call) -> bool:
    modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        modes += node.args[:1]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    return any(not _WRITING.isdisjoint(text) for text in texts)


def free_names(node: ast.AST) -> list[str]:
    """List the names that a function or class takes from outside itself, in order.

    Inner scopes count as one with the outer: a name that any of them binds is taken as bound.
    """
    reads: dict[str, None] = {}
    bound: set[str] = set()
    from_outside: set[str] = set()
    for part in parts_of(node):
        match part:
            case ast.Name(ctx=ast.Load()):
                reads[part.id] = None
            case ast.Name() | ast.arg() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bound.add(str(getattr(part, "id", None) or getattr(part, "arg", None) or getattr(part, "name", None)))
            case ast.alias():
                bound.add((part.asname or part.name).partition(".")[0])
            case ast.Global():
                from_outside.update(part.names)
    return [name for name in reads if name not in bound or name in from_outside]
