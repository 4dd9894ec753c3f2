"""Takes the `%%track` line out of a cell, so that the cell runs as if it had never been there.

Running the cell again from inside a magic would break top-level `await`, show errors
twice, shift the lines of tracebacks, print after `;` and fire every hook twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from IPython.core.inputtransformer2 import classic_prompt, ipython_prompt, leading_indent

from trackbook.capture.track_line import HELP, find_track_line

if TYPE_CHECKING:
    from collections.abc import Callable

_QUESTION = re.compile(rf"%%track\b[^\n]*\s(?:{'|'.join(HELP)})\b[^\n]*\n")
_CLEANS: tuple[Callable[[list[str]], list[str]], ...] = (leading_indent, classic_prompt, ipython_prompt)
"""What IPython does for a cell that was pasted with its indentation or its prompts.

It has done so already when our turn comes, but looked at a cell that began with our line.
"""


def blank_track_line(lines: list[str]) -> list[str]:
    """Empty the `%%track` line; for `shell.input_transformers_cleanup`.

    What is below is cleaned up as IPython does it for a cell that begins there: code may be
    indented, or carry prompts. Line numbers stay those of the notebook's gutter. Above another
    cell magic the line goes altogether, because a cell magic must be the first line.
    """
    found = find_track_line(lines)
    if found is None:
        # IPython asks no cell magic that has nothing below it.
        return [*lines, "\n"] if _QUESTION.fullmatch("".join(lines)) else lines
    below = lines[found.row + 1 :]
    first = next((index for index, line in enumerate(below) if line.strip()), len(below))
    code = below[first:]
    for clean in _CLEANS:
        code = clean(code)
    if code and code[0].startswith("%%"):
        return code
    return [*lines[: found.row], "\n", *below[:first], *code]


# A terminal asks with every Enter whether the cell is complete. With the line blanked
# `%%track` alone would be a complete empty cell; IPython leaves out what carries this mark.
blank_track_line.has_side_effects = True  # type: ignore[attr-defined]  # IPython's own convention


def without_track_line(raw_cell: str) -> str:
    """Return the cell without its `%%track` line, and as many lines: the code that a run keeps."""
    return "".join(blank_track_line(raw_cell.splitlines(keepends=True)))
