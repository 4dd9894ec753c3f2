"""The MLmodel file: what a package says about itself.

Source: MLflow 3.17, models/model.py (`Model.to_dict`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.models.errors import BadPackage
from trackbook.models.signature import Signature
from trackbook.models.yaml_files import read_yaml, write_yaml

if TYPE_CHECKING:
    from pathlib import Path

MLMODEL = "MLmodel"
PYTHON_FUNCTION = "python_function"
"""The flavor that every consumer of the format can load."""


@dataclass(frozen=True, slots=True)
class MLmodel:
    """A package's description, read or about to be written."""

    flavors: Mapping[str, Mapping[str, Any]]
    """Each flavor's own settings, by its name."""

    signature: Signature | None = None
    """What goes in and comes out; None when nobody said."""

    example: Mapping[str, Any] = field(default_factory=dict)
    """How the input example was written down (`saved_input_example_info`); empty without one."""

    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What the user wanted to keep beside the model."""

    run_id: str = ""
    model_id: str = ""
    size: int = 0
    """Bytes of the model's files, without this one."""

    created: str = ""
    """UTC without zone, as MLflow writes it."""


def read_mlmodel(folder: Path) -> MLmodel:
    """Read a package's MLmodel file; raise BadPackage naming it when it is none."""
    found = read_yaml(folder, MLMODEL)
    flavors = found.get("flavors")
    if not isinstance(flavors, dict) or not all(
        isinstance(name, str) and isinstance(settings, dict) for name, settings in flavors.items()
    ):
        raise BadPackage(folder, MLMODEL, "names no flavors")
    signature = found.get("signature")
    try:
        return MLmodel(
            flavors=flavors,
            signature=Signature.from_json(signature) if signature else None,
            example=_mapping(found, "saved_input_example_info"),
            metadata=_mapping(found, "metadata"),
            run_id=str(found.get("run_id") or ""),
            model_id=str(found.get("model_id") or ""),
            size=int(found.get("model_size_bytes") or 0),
            created=str(found.get("utc_time_created") or ""),
        )
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
        raise BadPackage(folder, MLMODEL, f"cannot be understood: {error}") from error


def write_mlmodel(folder: Path, description: MLmodel) -> None:
    """Write the MLmodel file with MLflow's keys."""
    content: dict[str, Any] = {
        "flavors": {name: _plain(settings) for name, settings in description.flavors.items()},
        "model_size_bytes": description.size,
        "model_uuid": description.model_id or None,
        "utc_time_created": description.created,
    }
    if description.run_id:
        content["run_id"] = description.run_id
    if description.model_id:
        content["model_id"] = description.model_id
    if description.metadata:
        content["metadata"] = _plain(description.metadata)
    if description.example:
        content["saved_input_example_info"] = _plain(description.example)
    if description.signature is not None:
        content["signature"] = description.signature.to_json()
        content["is_signature_from_type_hint"] = False
        # A list of texts is a list again by the time MLflow hands it to the model, not a frame of one column.
        content["type_hint_from_example"] = description.example.get("type") == "json_object"
    write_yaml(folder / MLMODEL, content)


def _mapping(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = found.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"{key} is a {type(value).__name__}, not a mapping")
    return value


def _plain(value: Any) -> Any:  # noqa: ANN401 - any tree of plain values
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
