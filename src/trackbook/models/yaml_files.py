"""YAML that came with a package: only plain values, only so much of it, nothing that refers to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from trackbook.models.errors import BadPackage

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 1_000_000
"""Bytes. MLflow's own MLmodel files have a few thousand; wide signatures a few hundred thousand."""


class _PlainLoader(yaml.SafeLoader):
    """YAML's safe types, without aliases: a few lines of those unfold into gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - PyYAML's own types
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has an alias")
        return super().compose_node(parent, index)


def read_yaml(folder: Path, name: str) -> dict[str, Any]:
    """Read a mapping with string keys; raise BadPackage naming the file for anything else."""
    file = folder / name
    if file.is_symlink() or not file.is_file():
        raise BadPackage(folder, name, "is missing")
    if file.stat().st_size > LARGEST:
        raise BadPackage(folder, name, f"has more than {LARGEST:,} bytes")
    try:
        found = yaml.load(file.read_text(encoding="utf-8"), Loader=_PlainLoader)  # noqa: S506 - a safe loader, narrowed
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as error:
        raise BadPackage(folder, name, f"cannot be read as plain YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise BadPackage(folder, name, "is no mapping of names to values")
    return found


def write_yaml(file: Path, content: dict[str, Any]) -> None:
    """Write sorted block YAML, the same bytes for the same content."""
    file.write_text(yaml.dump(content, Dumper=_PlainDumper, default_flow_style=False, allow_unicode=True), "utf-8")


class _PlainDumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - PyYAML's signature
        return True
