"""Write down what differs from the last commit: files as git shows them, notebooks by their cells' sources.

The notebooks' part is for reading; the rest can be applied with `git apply --exclude='*.ipynb'`.
Untracked Python files and notebooks that are not ignored count as changes, since a cell may import them.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from trackbook.capture.git_program import GitFailedError
from trackbook.capture.notebook_source import read_cells, source_diff
from trackbook.capture.secrets import mask_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.capture.git_program import GitProgram

LONGEST_PATCH = 1_000_000
_LARGEST_NOTEBOOK = 32_000_000
_MOST_UNTRACKED = 200
_NOT_WRITTEN_HERE = {".ipynb_checkpoints", "__pycache__", "site-packages", "node_modules"}
# Each undoes a setting of the repository that would start a program, look into submodules or change the format.
_DIFF = (
    *("diff", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--submodule=short", "--no-renames"),
    *("--no-color", "--no-relative", "--src-prefix=a/", "--dst-prefix=b/", "--unified=3", "--inter-hunk-context=0"),
    *("--full-index", f"-O{os.devnull}"),
)
_NO_NOTEBOOKS = (".", ":(exclude,icase)*.ipynb")


@dataclass(slots=True)
class Patch:
    """A patch as it grows, up to its limit."""

    edits: int = 0
    text: str = ""
    cut: bool = False
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def add(self, text: str) -> None:
        """Add one file's diff; what is beyond the limit is left out and `cut` tells so."""
        if self._length <= LONGEST_PATCH:
            self._parts.append(text)
        else:
            self.cut = self.cut or bool(text)
        self._length += len(text)

    def close(self) -> None:
        """Mask secrets, then cut at the last whole line within the limit."""
        text = mask_secrets("".join(self._parts).encode("utf-8", "replace").decode())
        raw = text.encode()
        if len(raw) > LONGEST_PATCH:
            self.cut = True
            text = raw[: raw.rfind(b"\n", 0, LONGEST_PATCH) + 1].decode()
        self.text = text


def read_patch(git: GitProgram, root: Path, base: str) -> Patch:
    """Compare the working tree with tree-ish `base`; what does not come in time is missing and the patch is cut.

    git: a program that runs in `root`, disarmed.
    """
    patch = Patch()
    try:
        changed = dict(_changed(git, base))
        for path, blob in changed.items():
            if _is_notebook(path):
                _add_notebook(patch, git, root, path, blob)
        plain = sum(not _is_notebook(path) for path in changed)
        patch.edits += plain
        if plain:
            raw = git.ask(*_DIFF, "--patch", base, "--", *_NO_NOTEBOOKS, limit=LONGEST_PATCH)
            patch.cut = raw is None
            patch.add((raw or b"").decode("utf-8", "replace"))
        _add_untracked(patch, git, root)
    except GitFailedError:
        patch.cut = True
    patch.close()
    return patch


def _is_notebook(path: str) -> bool:
    return path.lower().endswith(".ipynb")


def _changed(git: GitProgram, base: str) -> Iterator[tuple[str, str]]:
    """Yield (path, id of the committed blob) of tracked files that differ; the id is zeros for new ones."""
    answer = git.ask(*_DIFF, "--raw", "-z", "--no-abbrev", base, "--")
    if answer is None:
        raise GitFailedError  # a damaged repository, or one that left its objects with a remote
    fields = answer.split(b"\0")
    for facts, path in zip(fields[::2], fields[1::2], strict=False):
        if facts.startswith(b":"):
            yield os.fsdecode(path), facts.split()[2].decode()


def _add_notebook(patch: Patch, git: GitProgram, root: Path, path: str, blob: str) -> None:
    old = (git.ask("cat-file", "blob", blob, limit=_LARGEST_NOTEBOOK) or b"") if blob.strip("0") else b""
    new = _read_regular(root, path, _LARGEST_NOTEBOOK)
    shown = _quoted(path)
    if max(len(old), len(new)) > _LARGEST_NOTEBOOK:
        diff = f"diff --git a/{shown} b/{shown}\nThe notebook {shown} is too large to be compared.\n"
    else:
        try:
            diff = source_diff(shown, read_cells(old), read_cells(new))
        except ValueError:
            diff = f"diff --git a/{shown} b/{shown}\nThe notebook {shown} differs and cannot be read as one.\n"
    if diff:
        patch.edits += 1
        patch.add(diff)


def _add_untracked(patch: Patch, git: GitProgram, root: Path) -> None:
    listed = git.ask("ls-files", "--others", "--exclude-standard", "-z", "--", "*.py", "*.ipynb") or b""
    paths = [os.fsdecode(path) for path in listed.split(b"\0") if path]
    paths = [path for path in paths if _NOT_WRITTEN_HERE.isdisjoint(PurePosixPath(path).parts)]
    for path in paths[:_MOST_UNTRACKED]:
        if _is_notebook(path):
            _add_notebook(patch, git, root, path, blob="")
        else:
            patch.edits += 1
            patch.add(_new_file_diff(_quoted(path), _read_regular(root, path, LONGEST_PATCH)))
    if len(paths) > _MOST_UNTRACKED:
        patch.edits += len(paths) - _MOST_UNTRACKED
        patch.cut = True


def _new_file_diff(path: str, raw: bytes) -> str:
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n"
    if b"\0" in raw:
        return f"{head}Binary files /dev/null and b/{path} differ\n"
    if not raw:
        return head
    lines = raw.decode("utf-8", "replace").split("\n")
    ending = "" if not lines[-1] else "\n\\ No newline at end of file"
    lines = lines if lines[-1] else lines[:-1]
    body = "\n".join(f"+{line}" for line in lines)
    return f"{head}--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{body}{ending}\n"


def _read_regular(root: Path, name: str, limit: int) -> bytes:
    """Read at most limit + 1 bytes of a regular file; a pipe, a missing file and any link read as empty.

    A link of a strange repository could point at anything on this computer.
    """
    path = root / name
    try:
        if not stat.S_ISREG(path.lstat().st_mode) or path.parent.resolve() != root.resolve() / Path(name).parent:
            return b""
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            return file.read(limit + 1)
    except OSError:
        return b""


def _quoted(path: str) -> str:
    """Keep a file name to one line, as git does."""
    if path.isprintable() and '"' not in path and "\\" not in path:
        return path
    return '"' + path.encode("unicode_escape", "surrogateescape").decode("ascii").replace('"', '\\"') + '"'
