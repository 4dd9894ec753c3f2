"""Tell which calls read files, by their names, and where they take the path.

Names are taken widely: a path counts only when there is a file behind it.
"""

from __future__ import annotations

import ast

from trackbook.capture.metric_names import function_of
from trackbook.capture.words import word_set

_READING = ("read", "scan_", "load", "open")
_ALSO_READING = word_set("genfromtxt imread from_file fromfile from_csv from_parquet File ZipFile TarFile memmap")
_PATH_WORDS = word_set(
    "data_files file filename filepath_or_buffer fname fp io path path_or_buf path_or_buffer source where"
)
_WRITING = frozenset("wax+")
_LONGEST_MODE = 3


def places_of_paths(node: ast.Call) -> list[ast.expr]:
    """List the expressions of a call that may be the path of a file it reads; empty for any other call."""
    name, owner = function_of(node)
    if not (name.startswith(_READING) or name in _ALSO_READING) or _writes(node, name):
        return []
    named = [word.value for word in node.keywords if word.arg in _PATH_WORDS]
    return [*([owner] if isinstance(owner, ast.expr) else []), *node.args[:1], *named]


def is_in_front(place: ast.expr, node: ast.Call) -> bool:
    """Tell the path in `path.read_text()` from that in `read_csv(path)`."""
    return isinstance(node.func, ast.Attribute) and node.func.value is place


def _writes(node: ast.Call, name: str) -> bool:
    """Tell `open(p, "w")` and `p.open("w")` from reading."""
    modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
    if name == "open" and isinstance(node.func, ast.Attribute):
        modes += node.args[:1]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    return any(len(text) <= _LONGEST_MODE and not _WRITING.isdisjoint(text) for text in texts)
