"""Flatten a configuration: nested dicts, dataclasses and namespaces become dotted names with plain values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from types import SimpleNamespace

from trackbook.capture.constants import LONGEST_LIST
from trackbook.capture.strangers import MISSING, ask, is_a, is_array_like, library, plain_scalar

MOST_ENTRIES = 200
_DEEPEST = 8


def is_config(value: object) -> bool:
    """Tell whether a value has the shape of a configuration: a dict or record that holds no data."""
    return bool(flatten(value))


def flatten(value: object) -> dict[str, object]:
    """Copy a configuration's settings by dotted name: `{"model": {"depth": 6}}` gives `{"model.depth": 6}`.

    Keeps numbers, texts, None and lists of at most 16 of these; leaves other entries out. Empty for
    what is no configuration: more than 200 entries, keys that are no text, arrays or frames inside.
    Nothing of the value stays referenced.
    """
    flat: dict[str, object] = {}
    return flat if ask(_gather, value, "", flat, 0, otherwise=False) else {}


def _gather(value: object, prefix: str, flat: dict[str, object], depth: int) -> bool:
    """Add the settings under a prefix; False when something shows that the whole is data."""
    entries = entries_of(value)
    if entries is None or len(entries) > MOST_ENTRIES or depth > _DEEPEST:
        return False
    for key, item in entries.items():
        if not isinstance(key, str) or len(flat) >= MOST_ENTRIES:
            return False
        name = f"{prefix}{key}"
        setting = plain_setting(item)
        if setting is not MISSING:
            flat[name] = setting
            continue
        if is_array_like(item):
            return False
        nested = _by_position(item) if isinstance(item, (list, tuple)) else item
        if entries_of(nested) is not None and not _gather(nested, f"{name}.", flat, depth + 1):
            return False
    return True


def plain_setting(value: object) -> object:
    """Copy a scalar, None, or a list or tuple of at most 16 of these; MISSING for anything else."""
    if value is None:
        return None
    if type(value) in (list, tuple) and isinstance(value, (list, tuple)):
        if not 0 < len(value) <= LONGEST_LIST:
            return MISSING
        items = [None if item is None else plain_scalar(item) for item in value]
        return MISSING if any(item is MISSING for item in items) else items
    return plain_scalar(value)


def _by_position(items: Iterable[object]) -> object:
    """Layers and steps are lists of dicts: `layers.0.units`."""
    few = list(items)[: LONGEST_LIST + 1]
    if len(few) > LONGEST_LIST or not all(isinstance(item, dict) for item in few):
        return None
    return {str(position): item for position, item in enumerate(few)}


def entries_of(value: object) -> Mapping[object, object] | None:
    """Show the fields of a dict, dataclass, namespace, pydantic or OmegaConf object; None for anything else."""
    if isinstance(value, dict):
        return value
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        fields = (field.name for field in dataclasses.fields(value))
        return {name: ask(getattr, value, name, otherwise=None) for name in fields}
    named = isinstance(value, SimpleNamespace) or is_a(value, "argparse", "Namespace")
    if named or is_a(value, "pydantic", "BaseModel"):
        return {key: item for key, item in vars(value).items() if not key.startswith("_")}
    if library(value) == "omegaconf" and isinstance(value, Mapping):
        return dict(value)
    return None
