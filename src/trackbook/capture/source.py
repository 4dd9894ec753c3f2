"""Parse a cell as Python although it may hold IPython's own syntax: magics, `!` lines, help marks."""

from __future__ import annotations

import ast
import re
import warnings

_PYTHON_BODIES = frozenset({"time", "capture", "prun", "track"})
_PYTHON_LINES = frozenset({"time", "prun"})
_CELL_MAGIC = re.compile(r"%%(\w+)(.*)")
_LINE_MAGIC = re.compile(r"(\s*(?:[^=!%?#'\"()]+=)?\s*)%([\w.]+)(.*)")
_SYSTEM = re.compile(r"(\s*)!(.*)")
_SYSTEM_OUTPUT = re.compile(r"(\s*[^=!%?#'\"()]+=\s*)!(.*)")
_HELP = re.compile(r"(\s*)(\?.*|[^#'\"]*\?)\s*")
_ODD_ESCAPE = re.compile(r"\\[^\n\r\\'\"abfnrtvx0-3]")
"""A backslash that Python may warn of: all but the escapes that every string and every bytes literal has."""

_MAGIC_CALLS = frozenset({"run_line_magic", "run_cell_magic"})
_DEEPEST = 3


def parse(source: str, depth: int = 0) -> ast.Module | None:
    """Read a cell, transformed by IPython or not; None when it is no Python even so.

    Magics that only wrap Python (`%time`, `%%time`, `%%capture`) give way to what they wrap.
    """
    tree = _read(source)
    if tree is None:
        tree = _read(as_python(source))
    if tree is not None and depth < _DEEPEST:
        tree.body = [inner for statement in tree.body for inner in _unwrapped(statement, depth)]
    return tree


def _read(source: str) -> ast.Module | None:
    try:
        if _ODD_ESCAPE.search(source) is None:
            return ast.parse(source)
        # `"\d"` would warn a second time. Only then, because catch_warnings makes
        # Python forget which of the user's own warnings it has already shown.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def as_python(source: str) -> str:
    """Turn IPython's lines into the calls they stand for; by light rules, line by line."""
    lines = source.splitlines()
    for position, line in enumerate(lines):
        magic = _CELL_MAGIC.match(line)
        if magic is None and line.strip():
            break
        if magic is not None:
            if magic.group(1) not in _PYTHON_BODIES:
                body = "\n".join(lines[position + 1 :])
                return f"get_ipython().run_cell_magic({magic.group(1)!r}, {magic.group(2).strip()!r}, {body!r})"
            lines[position] = ""
    return "\n".join(_line_as_python(line) for line in lines)


def _line_as_python(line: str) -> str:
    if magic := _LINE_MAGIC.fullmatch(line):
        return f"{magic.group(1)}get_ipython().run_line_magic({magic.group(2)!r}, {magic.group(3).strip()!r})"
    if system := _SYSTEM.fullmatch(line):
        return f"{system.group(1)}get_ipython().system({system.group(2)!r})"
    if output := _SYSTEM_OUTPUT.fullmatch(line):
        return f"{output.group(1)}get_ipython().getoutput({output.group(2)!r})"
    if asked := _HELP.fullmatch(line):
        return f"{asked.group(1)}pass"
    return line


def _unwrapped(statement: ast.stmt, depth: int) -> list[ast.stmt]:
    if not (isinstance(statement, ast.Expr) and isinstance(call := statement.value, ast.Call)):
        return [statement]
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in _MAGIC_CALLS):
        return [statement]
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    wraps = _PYTHON_LINES if call.func.attr == "run_line_magic" else _PYTHON_BODIES
    if len(texts) > 1 and texts[0] in wraps and (inner := parse(texts[-1], depth + 1)) is not None:
        return inner.body
    return [statement]
