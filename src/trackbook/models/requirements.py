"""What a model really imports, at the installed versions: not the whole environment."""

from __future__ import annotations

import re
import sys
import types
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_PARTS = 50_000
"""Of a model that are looked at. A forest of a thousand trees has a few thousand kinds-bearing parts."""

_PER_CONTAINER = 1_000
_SEPARATORS = re.compile(r"[-_.]+")
_OPAQUE = (str, bytes, bytearray, int, float, complex, bool, type(None), range, slice)


def infer_requirements(model: object, also: Iterable[str] = ()) -> tuple[str, ...]:
    """Return `name==version` of the distributions whose classes and functions the model is made of, sorted.

    also: distributions that loading needs besides. Modules that no distribution brought (the user's own files,
    the notebook) have no requirement; their code travels with the package or in `code_paths`.
    """
    names = {_normal(name): name for name in also}
    for module in _top_modules(model):
        for name in _distributions_of(module):
            names.setdefault(_normal(name), name)
    return tuple(sorted(filter(None, map(_pinned, names.values())), key=str.casefold))


def own_modules(model: object) -> tuple[str, ...]:
    """Return the modules of the user's own files that the model is made of, sorted: nobody can install them."""
    mine = {top for top in _top_modules(model) - {"__main__"} if not _distributions_of(top)}
    return tuple(sorted(name for name in _modules(model) if name.partition(".")[0] in mine))


def _pinned(name: str) -> str:
    try:
        # A build's local label (torch's +cpu) is on no index.
        return f"{name}=={version(name).partition('+')[0]}"
    except PackageNotFoundError:
        return ""


def _normal(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()


@cache
def _distributions_of(module: str) -> tuple[str, ...]:
    """Return the distributions that bring a top-level module; none for the user's own files.

    Asking for all of them takes half a second in a large environment, so the likely ones are asked first.
    """
    likely = tuple(name for name in _LIKELY.get(module, (module,)) if _brings(name, module))
    return likely or _all_distributions().get(module, ())


_LIKELY = {
    "PIL": ("pillow",),
    "cv2": ("opencv-python", "opencv-python-headless"),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "xgboost": ("xgboost", "xgboost-cpu"),
    "yaml": ("pyyaml",),
}


def _brings(name: str, module: str) -> bool:
    try:
        record = distribution(name).read_text("RECORD") or ""
    except PackageNotFoundError:
        return False
    return f"\n{module}/__init__.py," in f"\n{record}" or f"\n{module}.py," in f"\n{record}"


@cache
def _all_distributions() -> dict[str, tuple[str, ...]]:
    return {module: tuple(dict.fromkeys(names)) for module, names in packages_distributions().items()}


def _top_modules(model: object) -> set[str]:
    return {name.partition(".")[0] for name in _modules(model)} - sys.stdlib_module_names


def _modules(model: object) -> set[str]:
    found: set[str] = set()
    for part in _parts(model):
        found.update(_modules_of(part))
    return found


def _modules_of(part: object) -> Iterator[str]:
    if isinstance(part, types.ModuleType):
        yield part.__name__
        return
    kind = part if isinstance(part, type) else type(part)
    yield from (parent.__module__ for parent in kind.__mro__ if isinstance(parent.__module__, str))
    for name in (getattr(part, "__module__", None), getattr(part, "__name__", None)):
        if isinstance(name, str) and name in sys.modules:
            yield name


def _parts(model: object) -> Iterator[object]:
    """Yield what the model reaches: attributes, items, and what its functions name, each once."""
    seen: set[int] = set()
    waiting: list[object] = [model]
    kept: list[object] = []  # so that no id is used twice while we look
    while waiting and len(seen) < _MOST_PARTS:
        part = waiting.pop()
        if isinstance(part, _OPAQUE) or id(part) in seen:
            continue
        seen.add(id(part))
        kept.append(part)
        yield part
        waiting.extend(_within(part))


def _within(part: Any) -> Iterator[object]:  # noqa: ANN401 - anything
    if isinstance(part, types.ModuleType):
        return
    if isinstance(part, (dict, list, tuple, set, frozenset)):
        items = part.values() if isinstance(part, dict) else part
        yield from (item for item, _ in zip(items, range(_PER_CONTAINER), strict=False))
    elif isinstance(part, types.FunctionType):
        yield from _named_by(part)
    elif isinstance(part, types.MethodType):
        yield from (part.__func__, part.__self__)
    elif isinstance(part, type):
        if part.__module__ == "__main__":  # travels with the package, so what its methods name counts
            yield from (value for value in vars(part).values() if callable(value))
    elif getattr(getattr(part, "dtype", None), "kind", "") == "O" and hasattr(part, "ravel"):
        yield from part.ravel()[:_PER_CONTAINER]
    else:
        yield type(part)
        state = getattr(part, "__dict__", None)
        if isinstance(state, dict):
            yield from state.values()
        if hasattr(part, "func") and hasattr(part, "args") and hasattr(part, "keywords"):  # functools.partial
            yield from (part.func, part.args, part.keywords)


def _named_by(function: types.FunctionType) -> Iterator[object]:
    """What a notebook's function reads: globals, closure, and modules that it imports by itself."""
    if function.__module__ in sys.modules and function.__module__ != "__main__":
        return
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes.extend(inner for inner in code.co_consts if isinstance(inner, types.CodeType))
        for name in code.co_names:
            if name in function.__globals__:
                yield function.__globals__[name]
            elif name in sys.modules:
                yield sys.modules[name]
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not bound yet
            continue
    yield from (function.__defaults__ or ())
