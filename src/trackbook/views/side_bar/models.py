"""Registered models and their versions, as the side bar lists them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.views.registry.models import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.store.registry.version_pages import VersionLine


def version_line(line: VersionLine) -> dict[str, Any]:
    """Write one version for the browser."""
    return {
        "model": line.model,
        "version": line.version,
        "stage": line.stage,
        "aliases": list(line.aliases),
        "at": seconds(line.created_at),
        "runId": line.run_id,
        "runName": line.run_name,
        "deleted": line.deleted,
    }


def models_told(found: Mapping[str, tuple[Sequence[VersionLine], int]]) -> dict[str, Any]:
    """Write the registered models; `more` versions of each are left out."""
    return {
        "models": [
            {"name": name, "versions": [version_line(line) for line in lines], "more": max(0, count - len(lines))}
            for name, (lines, count) in found.items()
        ]
    }
