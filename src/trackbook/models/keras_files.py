"""Keras' own files (.keras): written the same way twice, and read through before Keras makes anything of them.

Keras imports whatever class a file's configuration names, and its safe mode has
been got round more than once (CVE-2025-1550, CVE-2025-8747, CVE-2025-9906), so
only classes of Keras' own rooms pass here, and none that runs code or reads files.
"""

from __future__ import annotations

import builtins
import io
import json
import re
import zipfile
from importlib import import_module
from typing import TYPE_CHECKING, Any

from trackbook.models.archives import check_archive, write_archive
from trackbook.models.errors import BadPackage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_ROOMS = re.compile(
    r"keras|keras(\.src)?\.(activations|constraints|dtype_policies|initializers|layers|losses|metrics|models|optimizers"
    r"|quantizers|random|regularizers)(\.\w+)*|keras\.src\.backend\.\w+\.optimizers\.\w+"
    r"|keras\.src\.ops\.(image|linalg|math|nn|numpy)"
)
_FUNCTION_ROOMS = re.compile(r"keras(\.src)?\.(activations|initializers|losses|metrics)(\.\w+)*")
_CLASS = re.compile(r"[A-Z]\w*")
_RUN_CODE = frozenset({"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "__lambda__"})
_READ_FILES = frozenset({"StringLookup", "IntegerLookup", "TextVectorization"})
_HARMLESS = frozenset({"__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__keras_tensor__", "__slice__"})


def write(model: Any, file: Path) -> None:  # noqa: ANN401 - a keras.Model
    """Let Keras write the file, then take out the time of day."""
    draft = file.with_name("draft.keras")
    model.save(draft)
    with zipfile.ZipFile(draft) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    draft.unlink()
    metadata = {key: value for key, value in json.loads(members[_METADATA]).items() if key != "date_saved"}
    members[_METADATA] = json.dumps(metadata, sort_keys=True).encode()
    write_archive(file, members.items())


def danger_in(folder: Path, file: Path) -> str:
    """Return why loading this file could run code, as a clause; empty when it could not."""
    check_archive(folder, file)
    try:
        with zipfile.ZipFile(file) as archive:
            config = json.loads(archive.read(_CONFIG))
            weights = archive.read(_WEIGHTS)
        if _leads_elsewhere(weights):
            raise BadPackage(folder, file.name, "takes its weights from another file")
        return next(_dangers(config), "")
    except (OSError, ValueError, KeyError, TypeError, RecursionError, zipfile.BadZipFile) as error:
        raise BadPackage(folder, file.name, f"is no Keras file: {str(error)[:200]}") from error


def _leads_elsewhere(weights: bytes) -> bool:
    """Whether an HDF5 file has a link, a data set or a virtual data set that lies in another file."""
    h5py = import_module("h5py")  # Keras brings it
    with h5py.File(io.BytesIO(weights)) as file:
        waiting, seen = [file["/"]], set()
        while waiting:
            group = waiting.pop()
            for name in group:
                if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
                    return True
                item = group[name]
                if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
                    return True
                if isinstance(item, h5py.Group) and hash(item.id) not in seen:
                    seen.add(hash(item.id))
                    waiting.append(item)
    return False


def _dangers(node: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(node, list):
        for item in node:
            yield from _dangers(item)
        return
    if not isinstance(node, dict):
        return
    if "class_name" in node:
        yield from _dangers_of_object(node)
    for value in node.values():
        yield from _dangers(value)


def _dangers_of_object(node: dict[str, Any]) -> Iterator[str]:
    name, module, config = str(node["class_name"]), node.get("module"), node.get("config")
    registered = str(node.get("registered_name") or name)
    if name in _HARMLESS and module in {None, "builtins"}:
        return
    if name == "function":
        if not _is_known_function(module, config):
            yield f"it needs the function {module}.{config}, which is code"
    elif name in _RUN_CODE or not _CLASS.fullmatch(name):
        yield f"it has a {name}, which is code"
    elif module is not None and not _ROOMS.fullmatch(str(module)):
        yield f"it needs the class {module}.{name}, and making one runs its code"
    elif ">" in registered and not registered.startswith("keras>"):
        yield f"it needs the registered class {registered}, and making one runs its code"
    elif name in _READ_FILES and isinstance(config, dict) and isinstance(config.get("vocabulary"), str):
        yield f"its {name} reads the file {config['vocabulary'][:80]!r}"


def _is_known_function(module: object, name: object) -> bool:
    """Keras' own activations and losses. Python's builtins are looked up by name too, so those do not pass."""
    return (
        isinstance(name, str)
        and name.isidentifier()
        and not hasattr(builtins, name)
        and (module in {None, "builtins"} or bool(_FUNCTION_ROOMS.fullmatch(str(module))))
    )
