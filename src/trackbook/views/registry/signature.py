"""A signature as a table: each input, output and param with its type."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from trackbook.models.signature import ArrayType, Column, MapType, ObjectType, Param, Signature, Tensor
from trackbook.views.literals import full_literal
from trackbook.views.numbers import TIMES


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a signature."""

    part: str
    """input, output or param."""

    name: str
    """`–` for the only one, which needs none."""

    type: str
    note: str
    """optional, or a param's default."""


def signature_fields(content: Any) -> list[Field] | None:  # noqa: ANN401 - JSON of the MLmodel file
    """List a signature; None without one, or for one that cannot be read."""
    try:
        signature = Signature.from_json(content)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    found = [_field("input", field) for field in signature.inputs or ()]
    found += [_field("output", field) for field in signature.outputs or ()]
    return [*found, *(_param(param) for param in signature.params or ())]


def _field(part: str, field: Column | Tensor) -> Field:
    name = "–" if field.name is None else str(field.name)
    if isinstance(field, Tensor):
        shape = f" {TIMES} ".join("any" if size < 0 else str(size) for size in field.shape)
        return Field(part, name, f"{field.dtype} [{shape}]", "")
    return Field(part, name, _type(field.type), "" if field.required else "optional")


def _param(param: Param) -> Field:
    kind = _type(param.type) if param.shape is None else f"list of {_type(param.type)}"
    return Field("param", param.name, kind, f"default {full_literal(param.default)}")


def _type(kind: Any) -> str:  # noqa: ANN401 - a ColumnType
    match kind:
        case ArrayType(items):
            return f"list of {_type(items)}"
        case MapType(values):
            return f"map to {_type(values)}"
        case ObjectType(properties):
            return "{" + ", ".join(f"{key}: {_type(value)}" for key, value, _ in properties) + "}"
        case _:
            return str(kind)


def signature_texts(content: Any) -> dict[str, str]:  # noqa: ANN401
    """Key each field of a signature by what it is, to compare two: `input age` → `double`."""
    fields = signature_fields(content)
    if fields is None:
        return {} if content is None else {"signature": json.dumps(content)}
    return {f"{field.part} {field.name}": " ".join(filter(None, [field.type, field.note])) for field in fields}
