"""A model's signature: what goes in, what comes out, which params it takes, in MLflow's form.

Source: MLflow 3.17, types/schema.py and models/signature.py.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCALARS = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")
"""integer and float have 32 bits, long and double 64."""

_BARE = (*SCALARS, "any", "sparkml_vector")


@dataclass(frozen=True, slots=True)
class ArrayType:
    """A list whose items have one type."""

    items: ColumnType


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A dict with known keys."""

    properties: tuple[tuple[str, ColumnType, bool], ...]
    """(key, type, whether it must be there)."""


@dataclass(frozen=True, slots=True)
class MapType:
    """A dict with any string keys, whose values have one type."""

    values: ColumnType


ColumnType = str | ArrayType | ObjectType | MapType
"""One of SCALARS, any, sparkml_vector, or a nested type."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    type: ColumnType
    name: str | int | None = None
    """None where data has one column without a name."""

    required: bool = True


@dataclass(frozen=True, slots=True)
class Tensor:
    """One array."""

    dtype: str
    """numpy's name: float32, int64, str, bytes, object."""

    shape: tuple[int, ...]
    """-1 where any length will do, as along the batch."""

    name: str | None = None
    """None where the model takes one array."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of `predict`."""

    name: str
    type: ColumnType
    default: Any = None
    shape: tuple[int, ...] | None = None
    """None for a scalar, (-1,) for a list."""


Fields = tuple[Column | Tensor, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a model takes and gives; None where nobody said."""

    inputs: Fields | None = None
    outputs: Fields | None = None
    params: tuple[Param, ...] | None = None

    def to_json(self) -> dict[str, str | None]:
        """Write it as MLmodel has it: three strings of JSON."""
        return {
            "inputs": _fields_text(self.inputs),
            "outputs": _fields_text(self.outputs),
            "params": None
            if self.params is None
            else json.dumps([_param_json(param) for param in self.params], default=_as_text),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Signature:
        """Read what `to_json` or MLflow wrote; raise ValueError when it is no signature."""
        if not isinstance(content, Mapping):
            raise ValueError("the signature is no mapping")  # noqa: TRY004 - one kind for whoever reads a package
        params = _list(content.get("params"))
        return cls(
            inputs=_fields(content.get("inputs")),
            outputs=_fields(content.get("outputs")),
            params=None if params is None else tuple(_param(item) for item in params),
        )


def _fields_text(fields: Fields | None) -> str | None:
    return None if fields is None else json.dumps([_field_json(field) for field in fields])


def _field_json(field: Column | Tensor) -> dict[str, Any]:
    named = {} if field.name is None else {"name": field.name}
    if isinstance(field, Tensor):
        return {"type": "tensor", "tensor-spec": {"dtype": field.dtype, "shape": list(field.shape)}, **named}
    return {**_type_json(field.type), **named, "required": field.required}


def _type_json(kind: ColumnType) -> dict[str, Any]:
    match kind:
        case ArrayType(items):
            return {"type": "array", "items": _type_json(items)}
        case MapType(values):
            return {"type": "map", "values": _type_json(values)}
        case ObjectType(properties):
            known = {key: {**_type_json(value), "required": required} for key, value, required in properties}
            return {"type": "object", "properties": known}
        case _:
            return {"type": kind}


def _param_json(param: Param) -> dict[str, Any]:
    shape = None if param.shape is None else list(param.shape)
    return {"name": param.name, "default": param.default, "shape": shape, **_type_json(param.type)}


def _as_text(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} is no default of a param")


def _list(text: object) -> list[Any] | None:
    if text is None:
        return None
    found = json.loads(text) if isinstance(text, str) else text
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise ValueError("a signature's part is no list of fields")
    return found


def _fields(text: object) -> Fields | None:
    found = _list(text)
    return None if found is None else tuple(_field(item) for item in found)


def _field(item: Mapping[str, Any]) -> Column | Tensor:
    name = item.get("name")
    if item.get("type") == "tensor":
        spec = item["tensor-spec"]
        return Tensor(str(spec["dtype"]), tuple(int(size) for size in spec["shape"]), name)
    return Column(_type(item), name, required=bool(item.get("required", True)))


def _type(item: Mapping[str, Any]) -> ColumnType:
    kind = item.get("type", item.get("dtype"))
    if kind in _BARE:
        return str(kind)
    if kind == "array":
        return ArrayType(_type(item["items"]))
    if kind == "map":
        return MapType(_type(item["values"]))
    if kind == "object":
        return ObjectType(
            tuple((key, _type(value), bool(value.get("required", True))) for key, value in item["properties"].items())
        )
    raise ValueError(f"{kind!r} is no type of a signature")


def _param(item: Mapping[str, Any]) -> Param:
    shape: Sequence[int] | None = item.get("shape")
    return Param(str(item["name"]), _type(item), item.get("default"), None if shape is None else tuple(shape))
