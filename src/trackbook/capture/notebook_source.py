"""Compare notebooks by the sources of their cells, so that outputs and counters are no change."""

from __future__ import annotations

import difflib
import json
from itertools import takewhile

_LONGEST_COMPARISON = 5000


def read_cells(raw: bytes) -> list[tuple[str, str]]:
    """Return (cell type, source) of every cell of an .ipynb file, formats 3 and 4; empty bytes have no cells.

    Raises ValueError when it is no notebook.
    """
    if not raw.strip():
        return []
    try:
        notebook = json.loads(raw)
        sheets = [notebook] if "cells" in notebook else notebook["worksheets"]
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        return [(str(cell["cell_type"]), _joined(cell.get("source", cell.get("input", "")))) for cell in cells]
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _joined(source: object) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def source_diff(path: str, old: list[tuple[str, str]], new: list[tuple[str, str]]) -> str:
    """Return a unified diff of two notebooks' cells, each cell headed by a `# %%` line; empty when equal."""
    if old == new:
        return ""
    before, after = _percent_lines(old), _percent_lines(new)
    head = f"diff --git a/{path} b/{path}\n"
    if _differing(before, after) > _LONGEST_COMPARISON:  # comparing takes the square of the length at worst
        return head + f"The cells of {path} differ in more than {_LONGEST_COMPARISON} lines.\n"
    names = (f"a/{path}" if old else "/dev/null", f"b/{path}" if new else "/dev/null")
    return head + "\n".join(difflib.unified_diff(before, after, *names, lineterm="")) + "\n"


def _percent_lines(cells: list[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    for kind, source in cells:
        lines.append("# %%" if kind == "code" else f"# %% [{kind}]")
        lines += source.split("\n")
    return lines


def _differing(before: list[str], after: list[str]) -> int:
    same = _equal_ahead(before, after)
    return max(len(before), len(after)) - same - _equal_ahead(before[same:][::-1], after[same:][::-1])


def _equal_ahead(one: list[str], other: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
