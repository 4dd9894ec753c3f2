"""skops files: written the same way twice, read with our own list of types.

skops names every object by its address in memory and stamps the time; both
would make each packing of one model another file. So the objects are counted
anew, in the order in which the file names them.
"""

from __future__ import annotations

import json
import sys
import threading
import zipfile
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from trackbook.models import skops_types
from trackbook.models.archives import check_archive, write_archive
from trackbook.models.errors import BadPackage, CannotPack, NeedsExtra, UntrustedModel
from trackbook.models.flavors.protocol import Look
from trackbook.models.native_structures import check_structures
from trackbook.models.skops_members import SCHEMA, members_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.machinery import ModuleSpec
    from pathlib import Path

_OLDEST_PROTOCOL = 2
"""Files of older protocols are read by older, laxer rules of skops, and a file says itself which it has."""

_FEW = 5
_PICKLE_IT = 'Pass serialization_format="cloudpickle" to pickle it; loading then needs trust=True or your own key.'


def write(model: object, file: Path) -> list[str]:
    """Write a model and return the types in it that skops itself does not trust; raise CannotPack with a way out."""
    io_of_skops = _skops()
    try:
        schema, members, untrusted = members_of(io_of_skops, model)
    except Exception as error:  # skops raises what the objects inside raise
        raise CannotPack(
            model,
            f"skops says {str(error).splitlines()[0][:200]!r}",
            _PICKLE_IT,
        ) from error
    write_archive(file, _counted_anew(schema, members))
    here = [name.removeprefix("__main__.") for name in untrusted if name.startswith("__main__.")]
    if here:
        raise CannotPack(
            model, f"skops keeps names only, and {', '.join(here)} is known to this notebook alone", _PICKLE_IT
        )
    return untrusted


def look(folder: Path, file: Path) -> Look:
    """Say whether all types in the file are on skops' list or ours."""
    return look_of(_untrusted_types(folder, file))


def look_of(untrusted: list[str]) -> Look:
    """Say whether all of these types, which skops does not trust, are on our list."""
    foreign = _foreign(untrusted)
    if not foreign:
        return Look(("skops",))
    shown = ", ".join(foreign[:_FEW]) + (" and more" if len(foreign) > _FEW else "")
    return Look(("skops",), f"it has types that are not on our list ({shown}), and making one runs its code")


def read(folder: Path, file: Path, *, trust: bool) -> Any:  # noqa: ANN401 - whatever was kept
    """Load the model. Without trust: only types of our list, and structures that stay within themselves."""
    untrusted = _untrusted_types(folder, file)
    if _foreign(untrusted) and not trust:
        raise UntrustedModel(folder, look(folder, file).danger, None)
    try:
        # Only those that the file has: skops walks the list once for every object.
        model = _skops().load(file, trusted=untrusted)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError, MemoryError) as error:
        raise BadPackage(folder, file.name, f"cannot be loaded by skops: {str(error).splitlines()[0][:300]}") from error
    if not trust:
        check_structures(folder, file.name, model)
    return model


def _foreign(untrusted: list[str]) -> list[str]:
    """Return the types that are not on our list either."""
    return sorted(set(untrusted) - skops_types.TRUSTED)


def _untrusted_types(folder: Path, file: Path) -> list[str]:
    """Return the types in the file that skops does not trust, sorted. Nothing is imported or made."""
    check_archive(folder, file)
    try:
        with zipfile.ZipFile(file) as archive:
            protocol = json.loads(archive.read(SCHEMA)).get("protocol")
        old = isinstance(protocol, int) and protocol < _OLDEST_PROTOCOL
        untrusted = _skops().get_untrusted_types(file=file)
    except NeedsExtra:
        raise
    except Exception as error:  # a crafted file may trip skops anywhere
        raise BadPackage(folder, file.name, f"is no skops file: {type(error).__name__}: {str(error)[:200]}") from error
    return sorted({*untrusted, *([f"skops protocol {protocol}"] if old else [])})


def _counted_anew(schema: dict[str, Any], members: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """Rename objects and array files from addresses to 1, 2, 3, …; the schema comes last, as skops writes it."""
    ids: dict[int, int] = {}
    files: dict[str, str] = {}

    def renamed(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, list):
            return [renamed(item) for item in node]
        if not isinstance(node, dict):
            return node
        fresh: dict[str, Any] = {}
        for key, value in node.items():
            if key == "__id__" and isinstance(value, int):
                fresh[key] = ids.setdefault(value, len(ids) + 1)
            elif key == "file" and isinstance(value, str) and value in members:
                name = f"{len(files) + 1}.{value.rpartition('.')[2]}"
                fresh[key] = files.setdefault(value, name)
            else:
                fresh[key] = renamed(value)
        return fresh

    written = json.dumps(renamed(schema), separators=(",", ":")).encode()
    return [*((name, members[old]) for old, name in files.items()), (SCHEMA, written)]


def _skops() -> Any:  # noqa: ANN401 - the module
    name = "skops.io"
    if name in sys.modules:
        return import_module(name)
    try:
        with _left_out(_HEAVY):
            return import_module(name)
    except ImportError as error:
        raise NeedsExtra("skops", "Keeping a scikit-learn model safely") from error


_HEAVY = frozenset(f"sklearn.externals.array_api_compat.{name}" for name in ("cupy", "dask", "torch"))
"""skops walks all of scikit-learn when it is imported, and these would bring in their whole frameworks: seconds, and
hundreds of megabytes, for a model that has nothing to do with them."""


class _Refusal:
    """Finds no module of some for one thread; all others import what they like."""

    def __init__(self, modules: frozenset[str]) -> None:
        self._modules, self._thread = modules, threading.get_ident()

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Refuse, or leave it to the next finder."""
        if name in self._modules and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is left out", name=name)
        return None


@contextmanager
def _left_out(modules: frozenset[str]) -> Iterator[None]:
    """Let this thread import none of these modules meanwhile, unless they are there already."""
    refusal = _Refusal(modules)
    sys.meta_path.insert(0, refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(refusal)
