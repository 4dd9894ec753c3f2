"""Where the store is: decided once, absolute from then on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.config import STORE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

STORE_NAME = "trackbook.duckdb"


@dataclass(frozen=True, slots=True)
class Location:
    """The file and the folder beside it; move them together."""

    file: Path
    """Absolute."""

    @property
    def folder(self) -> Path:
        """Holds what is not in the file: spools, large blobs, locks."""
        return self.file.with_name(self.file.name + ".d")

    @property
    def spools(self) -> Path:
        """One folder for each process that logs."""
        return self.folder / "spools"

    @property
    def blobs(self) -> Path:
        """Content-addressed files."""
        return self.folder / "blobs"

    @property
    def locks(self) -> Path:
        """Locks between processes."""
        return self.folder / "locks"

    def prepare(self) -> None:
        """Make the folders, hidden from git."""
        for folder in (self.spools, self.blobs, self.locks):
            folder.mkdir(parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")

    def is_writable(self) -> bool:
        """Tell whether runs can be logged here; a file that is not there yet needs a writable folder."""
        nearest = next(folder for folder in (self.folder, *self.folder.parents) if folder.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            return False
        return os.access(self.file, os.W_OK) if self.file.exists() else os.access(nearest, os.W_OK)


def locate(
    *,
    chosen: str = "",
    notebook: Path | None = None,
    environ: Mapping[str, str] | None = None,
    working: Path | None = None,
) -> Location:
    """Find the store that a notebook or script uses, or where it will be made.

    chosen: what the user configured; the variable TRACKBOOK_STORE wins over it.
    Otherwise the nearest trackbook.duckdb upward to the git root, else beside
    the notebook, else in the working directory. Without a git root only the
    notebook's own folder counts: a file further up is somebody else's.
    """
    environ = os.environ if environ is None else environ
    working = Path.cwd() if working is None else working
    named = environ.get(STORE_VARIABLE) or chosen
    if named:
        path = (working / Path(named).expanduser()).absolute()
        return Location(path / STORE_NAME if path.is_dir() else path)
    start = notebook.absolute().parent if notebook is not None else working.absolute()
    for folder in _up_to_git_root(start):
        if (folder / STORE_NAME).is_file():
            return Location(folder / STORE_NAME)
    return Location(start / STORE_NAME)


def _up_to_git_root(start: Path) -> list[Path]:
    folders = [start, *start.parents]
    for count, folder in enumerate(folders, start=1):
        if (folder / ".git").exists():
            return folders[:count]
    return [start]
