"""The code that travels with a package: imported so that no package runs another's, nor the notebook's in its place.

What nothing else here is called is put at the end of the path, and what is here already with the same files is used
as it is, so that classes are the same ones. A package whose modules have other files than those here of the same
names gets them for itself alone: they stand in `sys.modules` only while they are imported, and import each other
through an `__import__` of their own, also later, from within a function. What another thread imports by such a name
in that very moment is not guarded against.
"""

from __future__ import annotations

import builtins
import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_NOT_CODE = {"trackbook_python_function"}
"""Carried for MLflow; we never import that copy."""

_lock = threading.RLock()
_builtins: ContextVar[dict[str, Any] | None] = ContextVar("builtins", default=None)


def own_builtins() -> dict[str, Any] | None:
    """Return what functions that are made in this block must have for builtins; None for everybody's."""
    return _builtins.get()


@contextmanager
def carried(code: Path) -> Iterator[None]:
    """Have imports in this block find the modules below `code`. Only for a package that is trusted."""
    with _lock:
        names = _names_in(code)
        others = {name: found for name in names if (found := _elsewhere(name, code)) is not None}
        if not all(_is_same(code, name, found) for name, found in others.items()):
            with _Room(code, names).entered():
                yield
            return
        if fresh := names - others.keys():
            if str(code) not in sys.path:
                sys.path.append(str(code))
            with _staying.setdefault(code, _Room(code, fresh, stays=True)).entered():
                yield
            return
        yield


def _names_in(code: Path) -> frozenset[str]:
    """Top-level modules that can be imported from a folder; Python's own always win."""
    found = {each.stem.partition(".")[0] for each in code.iterdir() if each.suffix in {".py", ".so", ".pyd"}}
    found |= {each.name for each in code.iterdir() if each.is_dir() and next(each.rglob("*.py"), None)}
    return frozenset(name for name in found if name.isidentifier()) - _NOT_CODE - sys.stdlib_module_names


def _elsewhere(name: str, code: Path) -> Path | None:
    """Where a module of this name is, or would be, imported from when not from here; None for nowhere."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):  # made by hand, and so without a spec
        return Path()
    if spec is None:
        return None
    places = list(spec.submodule_search_locations or []) or [spec.origin or ""]
    place = Path(places[0]) if len(places) == 1 else Path()
    return None if place.is_relative_to(code) else place


def _is_same(code: Path, name: str, place: Path) -> bool:
    """Tell whether a module elsewhere has the files that the package carries, byte for byte."""
    if place == Path():
        return False
    mine = code / name if (code / name).is_dir() else code / f"{name}.py"
    if mine.is_dir() != place.is_dir():
        return False
    files = [file for file in mine.rglob("*") if file.suffix != ".pyc" and file.is_file()] if mine.is_dir() else [mine]
    try:
        return all(file.read_bytes() == (place / file.relative_to(mine)).read_bytes() for file in files)
    except OSError:
        return False


class _Room:
    """Modules of one package, apart from all others of the same names."""

    def __init__(self, code: Path, names: frozenset[str], *, stays: bool = False) -> None:
        """stays: its modules are everybody's when nobody is inside, because nothing else is called so."""
        self._code, self._names, self._stays = code, names, stays
        self._modules: dict[str, ModuleType] = {}
        self._inside = False
        self._thread = 0
        self.builtins = {**vars(builtins), "__import__": self._import}

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let this room's modules stand in the place of all others of their names."""
        with _lock:
            if self._inside:
                yield
                return
            outside, self._inside, self._thread = self._taken(), True, threading.get_ident()
            sys.modules.update(self._modules)
            sys.meta_path.insert(0, self)
            before = _builtins.set(self.builtins)
            try:
                yield
            finally:
                _builtins.reset(before)
                sys.meta_path.remove(self)
                self._modules, self._inside = self._taken(), False
                sys.modules.update(outside | self._modules if self._stays else outside)

    def _taken(self) -> dict[str, ModuleType]:
        mine = [name for name in sys.modules if name.partition(".")[0] in self._names]
        return {name: sys.modules.pop(name) for name in mine}

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """Find a module of the package, for the thread that is inside."""
        if name.partition(".")[0] not in self._names or threading.get_ident() != self._thread:
            return None
        spec = PathFinder.find_spec(name, path if path is not None else [str(self._code)])
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path, self.builtins)
        return spec

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - as Python has it
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> Any:  # noqa: ANN401 - a module
        """Import for code of the package."""
        wanted = name if level == 0 else str((globals or {}).get("__package__", ""))
        if wanted.partition(".")[0] not in self._names:
            return builtins.__import__(name, globals, locals, fromlist, level)
        with self.entered():
            return builtins.__import__(name, globals, locals, fromlist, level)


_staying: dict[Path, _Room] = {}
"""By folder of code: loaded again, a package has the same classes."""


class _Loader(SourceFileLoader):
    """Runs a module with builtins of its own."""

    def __init__(self, name: str, path: str, own: dict[str, Any]) -> None:
        super().__init__(name, path)
        self._builtins = own

    def exec_module(self, module: ModuleType) -> None:
        """Functions keep the builtins that their module had when it ran."""
        vars(module)["__builtins__"] = self._builtins
        super().exec_module(module)
