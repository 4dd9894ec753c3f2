"""Work out which paths an expression stands for, from names and texts alone: nothing of the user's is called.

What is known are texts, numbers and paths: `f"{DATA}/part-{n:02}.csv"`, `ROOT / "raw" / name`,
`os.path.join(ROOT, name)`, `cfg["path"]`, `args.data`. An expression may have several values, as in a loop.
"""

from __future__ import annotations

import ast
import glob
import os.path
import pathlib
from itertools import islice, product
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Order = TypeVar("Order", str, pathlib.Path)

MOST_VALUES = 50
"""Files of one loop that are looked at, and values of one expression."""

_MOST_ENTRIES = 10_000
_PATHS = (pathlib.PurePath, pathlib.PurePosixPath, pathlib.PureWindowsPath, pathlib.Path, pathlib.PosixPath)
_PLAIN = (str, int, float, *_PATHS)
_PATH_PARTS = ("name", "parent", "stem", "suffix")
_PATH_METHODS = ("absolute", "as_posix", "expanduser", "joinpath", "resolve", "with_name", "with_suffix")
_FUNCTIONS: dict[str, Callable[..., object]] = {
    "Path": pathlib.Path,
    "PurePath": pathlib.PurePath,
    "str": str,
    "fspath": os.fspath,
    "join": os.path.join,
    "expanduser": os.path.expanduser,
    "abspath": os.path.abspath,
    "dirname": os.path.dirname,
}
_PASSING_ON = ("sorted", "list", "tuple", "set", "tqdm", "reversed")


class PathValues:
    """The values of expressions, given the names that are known so far and the user's namespace."""

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self.namespace = namespace
        self.names: dict[str, list[object]] = {}
        """What the code itself has bound so far; an empty list is a name that hides the namespace's."""

    def of(self, node: ast.expr) -> list[object]:
        """List the values that an expression may have, at most MOST_VALUES; empty when they are unknown."""
        try:
            return list(islice((value for value in self._of(node) if type(value) in _PLAIN), MOST_VALUES))
        except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError):
            return []

    def items(self, node: ast.expr) -> list[object]:
        """List what a loop over an expression takes; empty when that is unknown."""
        try:
            return list(islice(self._items(node), MOST_VALUES))
        except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError):
            return []

    def _of(self, node: ast.expr) -> Iterable[object]:
        match node:
            case ast.Constant(value=value):
                return [value]
            case ast.Name(id=name) if name in self.names:
                return self.names[name]
            case ast.JoinedStr(values=parts):
                return self._joined([self._formatted(part) for part in parts], "".join)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([self.of(left), self.of(right)], lambda both: both[0] + both[1])
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._joined([self.of(left), self.of(right)], lambda both: _below(*both))
            case ast.Call():
                return self._call(node)
            case ast.Attribute(value=owner, attr=part) if part in _PATH_PARTS and (paths := self._paths(owner)):
                return [getattr(path, part) for path in paths]
        return [self._held(node)]

    def _joined(self, parts: list[list[object]], join: Callable[..., object]) -> Iterable[object]:
        return (join(combined) for combined in islice(product(*parts), MOST_VALUES))

    def _formatted(self, part: ast.expr) -> list[object]:
        if not isinstance(part, ast.FormattedValue):
            return self.of(part)
        specs = ["".join(map(str, self.of(part.format_spec)))] if part.format_spec is not None else [""]
        return [format(value, spec) for spec in specs for value in self.of(part.value)]

    def _paths(self, node: ast.expr) -> list[pathlib.PurePath]:
        return [value for value in self.of(node) if isinstance(value, pathlib.PurePath)]

    def _call(self, node: ast.Call) -> Iterable[object]:
        arguments = [self.of(argument) for argument in node.args]
        if isinstance(node.func, ast.Attribute) and node.func.attr in _PATH_METHODS:
            name = node.func.attr
            owners: list[object] = list(self._paths(node.func.value))
            if owners:
                return self._joined([owners, *arguments], lambda all_: getattr(all_[0], name)(*all_[1:]))
        function = _FUNCTIONS.get(_last(node.func))
        return self._joined(arguments, lambda all_: function(*all_)) if function is not None and arguments else []

    def _held(self, node: ast.expr) -> object:
        """Look a name, an attribute or an item up, where looking runs no code of anybody's."""
        match node:
            case ast.Name(id=name) if name not in self.names:
                return self.namespace.get(name)
            case ast.Attribute(value=owner, attr=name):
                held = self._held(owner)
                found = vars(held).get(name) if type(held) is type else _instance_dict(held).get(name)
                return found if found is not None or type(held) is type else vars(type(held)).get(name)
            case ast.Subscript(value=owner, slice=ast.Constant(value=key)):
                held = self._held(owner)
                return held[key] if type(held) in (dict, list, tuple) else None  # type: ignore[index]  # one of these
        return None

    def _items(self, node: ast.expr) -> Iterable[object]:
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
                return (value for part in parts for value in self.of(part))
            case ast.Call(func=function, args=[over, *_]) if _last(function) in _PASSING_ON:
                return self.items(over)
            case ast.Call(func=function, args=[pattern]) if _last(function) in ("glob", "iglob"):
                return self._matching(function, pattern)
            case ast.Call(func=function, args=[folder]) if _last(function) == "listdir":
                return _some(os.listdir(str(self.of(folder)[0])))
            case ast.Call(func=function, args=bounds) if _last(function) == "range":
                return range(*[int(str(self.of(bound)[0])) for bound in bounds])
            case ast.Call(func=ast.Attribute(value=owner, attr="iterdir"), args=[]):
                return _some(pathlib.Path(str(self._paths(owner)[0])).iterdir())
            case ast.Call(func=ast.Attribute(value=owner, attr="values"), args=[]):
                held = self._held(owner)
                return held.values() if type(held) is dict else []
        held = self._held(node)
        return held if type(held) in (list, tuple, set, dict) else []  # type: ignore[return-value]  # one of these

    def _matching(self, function: ast.expr, pattern: ast.expr) -> Iterable[object]:
        wanted = str(self.of(pattern)[0])
        if isinstance(function, ast.Attribute) and (paths := self._paths(function.value)) and "**" not in wanted:
            return _some(found for path in paths for found in pathlib.Path(path).glob(wanted))
        return files_of_pattern(wanted)


def files_of_pattern(pattern: str) -> list[str]:
    """List the files that fit `data/*.csv`, sorted, at most MOST_VALUES; empty when it is no pattern.

    Not through all folders below, which might take for ever.
    """
    if "**" in pattern or not glob.has_magic(pattern):
        return []
    return _some(glob.iglob(pattern))[:MOST_VALUES]  # noqa: PTH207 - the texts that the user's own glob gives


def _some(found: Iterable[Order]) -> list[Order]:
    """Sort what a folder holds; of a huge one a part."""
    return sorted(islice(found, _MOST_ENTRIES))


def _below(folder: object, name: object) -> object:
    return folder / name if isinstance(folder, pathlib.PurePath) or isinstance(name, pathlib.PurePath) else None  # type: ignore[operator]  # one is a path


def _last(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _instance_dict(held: object) -> dict[str, object]:
    """Return an object's own dict, past any `__getattribute__` or `__dict__` of its class."""
    try:
        found = object.__getattribute__(held, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}
