"""Paths that a browser may name: inside the server's root, whatever links and dots say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trackbook.errors import BadInput
from trackbook.labapi.errors import OutsideRoot
from trackbook.store import Location, locate

_LONGEST = 4096
_DRIVE = "RTC:"
"""Real-time collaboration puts its drive before a path."""


@dataclass(frozen=True, slots=True)
class Root:
    """The folder that the server shows."""

    folder: Path
    """Absolute, as the server was told it: kernels are started below it by the same name."""

    chosen: str = ""
    """The store that is configured for everything; empty to look for one beside each notebook."""

    def inside(self, given: str) -> Path:
        """Return the file that a browser's path names. Raises OutsideRoot, and BadInput for what is no path.

        The path is taken as it is: decoded once, by the server, and never again.
        """
        given = given.removeprefix(_DRIVE)
        if "\0" in given or len(given) > _LONGEST:
            raise OutsideRoot
        parts = PurePosixPath(given).parts
        if given.startswith(("/", "\\", "~")) or ".." in parts or any("\\" in part for part in parts):
            raise OutsideRoot
        path = self.folder.joinpath(*parts)
        if not self.holds(path):
            raise OutsideRoot
        return path

    def holds(self, path: Path) -> bool:
        """Tell whether a path is below the root, links followed."""
        try:
            return path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, RuntimeError, ValueError):  # a loop of links, a name too long
            return False

    def named(self, path: Path) -> str:
        """Write a path as a browser names it; one outside the root, which only a configuration can name, in full."""
        if path.is_relative_to(self.folder):
            return path.relative_to(self.folder).as_posix()
        resolved, root = path.resolve(), self.folder.resolve()
        return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else path.as_posix()

    def store_of(self, store: str, notebook: str = "") -> Location:
        """Choose the store that a request means: the one named, the notebook's, the root's.

        Raises OutsideRoot, also for a notebook whose store lies above the root, where its kernel keeps it.
        """
        configured = self._configured()
        if configured is not None and store in {"", configured.file.as_posix(), self.named(configured.file)}:
            return configured
        if store:
            return self._within(Location(_checked_name(self.inside(store))))
        if notebook:
            start = self.inside(notebook)
            found = locate(notebook=start, environ={}, working=start.parent)
        else:
            found = locate(environ={}, working=self.folder)
        return self._within(found)

    def holds_store(self, store: Location) -> bool:
        """Tell whether all of a store is below the root: what lies beside its file may be links as well."""
        return all(map(self.holds, (store.file, store.folder, store.spools, store.blobs, store.locks)))

    def _within(self, store: Location) -> Location:
        if not self.holds_store(store):
            raise OutsideRoot
        return store

    def _configured(self) -> Location | None:
        """The store that the environment or the configuration names for every kernel; it may lie outside the root."""
        found = locate(chosen=self.chosen, working=self.folder)
        plain = locate(environ={}, working=self.folder)
        return found if found != plain else None

    def names_of(self, notebook: str, store: Location) -> list[str]:
        """All names under which runs of a notebook may be kept in a store: from the store's folder, or in full."""
        path, home = self.inside(notebook), store.file.parent
        found = [str(path), str(path.resolve())]
        for file, folder in ((path, home), (path.resolve(), home.resolve())):
            if file.is_relative_to(folder):
                found.append(file.relative_to(folder).as_posix())
        return list(dict.fromkeys(found))

    def notebook_of(self, kept: str, store: Location) -> str:
        """Name the notebook of a run for the browser; empty for one that the server does not show."""
        if not kept:
            return ""
        path = store.file.parent / kept
        return self.named(path) if self.holds(path) else ""

    def misses(self, kept: str, store: Location) -> bool:
        """Tell whether the notebook of a run would be shown by the server, but is no more there."""
        path = store.file.parent / kept
        return self.holds(path) and not path.exists()


def _checked_name(path: Path) -> Path:
    if path.suffix != ".duckdb":
        raise BadInput("A store is a file whose name ends in .duckdb.")
    return path
