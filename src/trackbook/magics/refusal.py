"""Stops one cell before it runs, the way a wrong magic does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Refusal:
    """Puts an exception in the place of a cell's code. IPython gives hooks no other way to stop a cell.

    The code is raised where the user's would run, so the reply has status error and the cells behind it are aborted.
    """

    def __init__(self, shell: InteractiveShell, error: str, sentence: str) -> None:
        self._transformers = shell.ast_transformers
        module = "IPython.core.error" if error == "UsageError" else "builtins"
        self._code = f"raise __import__({module!r}, fromlist=['*']).{error}({sentence!r})"
        self._transformers.append(self)

    def visit(self, _node: ast.AST) -> ast.AST:
        """Replace the whole cell; called by IPython."""
        return ast.parse(self._code)

    def stop(self) -> None:
        """Let the next cell run."""
        if self in self._transformers:
            self._transformers.remove(self)
