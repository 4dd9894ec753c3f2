"""Registered models as DataFrames."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trackbook.store.frames import runs_frame
from trackbook.store.registry.listing import model_lines
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from duckdb import DuckDBPyConnection

    from trackbook.store.registry.reading import AuditEntry

_VERSIONS = """
    SELECT model, version, stage, description, created_at, created_by, CAST(run_id AS VARCHAR) AS run_id,
           CAST(v.model_id AS VARCHAR) AS model_id, parent_version, copied_from, last_loaded_at, m.flavors, m.size
    FROM _tb.versions AS v
    JOIN (SELECT model_id, flavors, size FROM _tb.models) AS m ON m.model_id = v.model_id
    WHERE deleted_at IS NULL
    ORDER BY model, version DESC
"""
_AUDIT = ("seq", "occurred_at", "actor", "action", "subject", "before", "after", "reason", "place", "hash")
_OF_RUN = ("name", "experiment", "notebook", "cell_id", "git_commit", "git_edits")


def versions_frame(db: DuckDBPyConnection, model: str | None, *, run_filter: str = "") -> pd.DataFrame:
    """One row a version, with aliases (list), tags (dict), and facts and metrics of the run behind it.

    A run that was deleted is still the version's lineage. run_filter: only versions whose run passes. Raises BadFilter.
    """
    versions = db.execute(_VERSIONS).df()
    versions["flavors"] = versions["flavors"].map(json.loads)
    if model is not None:
        versions = versions[versions["model"] == model]
    aliases: dict[tuple[str, int], list[str]] = {}
    for owner, alias, version in fetch(db, "SELECT model, alias, version FROM _tb.aliases ORDER BY alias"):
        aliases.setdefault((owner, version), []).append(alias)
    tags: dict[tuple[str, int], dict[str, str]] = {}
    named = "SELECT model, version, name, value FROM _tb.model_tags WHERE version IS NOT NULL ORDER BY name"
    for owner, version, name, value in fetch(db, named):
        tags.setdefault((owner, version), {})[name] = value
    keys = list(zip(versions["model"], versions["version"], strict=True))
    versions.insert(3, "aliases", [aliases.get(key, []) for key in keys])
    versions.insert(4, "tags", [tags.get(key, {}) for key in keys])
    runs = runs_frame(db, run_filter, deleted=None, run_ids=versions["run_id"].unique().tolist())
    wanted = [name for name in runs.columns if name in _OF_RUN or str(name).startswith("metrics.")]
    facts = runs[["run_id", *wanted]].rename(columns={"name": "run"})
    facts["run_id"] = facts["run_id"].astype(str)
    return versions.merge(facts, on="run_id", how="inner" if run_filter.strip() else "left").reset_index(drop=True)


def models_frame(db: DuckDBPyConnection, text: str = "") -> pd.DataFrame:
    """One row a registered model: versions (count), newest, stages and aliases (dicts), tags, description."""
    import pandas as pd  # noqa: PLC0415

    found = [
        {
            "model": line.name,
            "versions": line.versions,
            "newest": line.newest or None,
            "stages": {stage: sorted(held) for stage, held in line.stages.items()},
            "aliases": line.aliases,
            "tags": line.tags,
            "description": line.description,
            "created_at": line.created_at,
        }
        for line in model_lines(db, text)
    ]
    columns = ["model", "versions", "newest", "stages", "aliases", "tags", "description", "created_at"]
    return pd.DataFrame(found, columns=columns)


def audit_frame(entries: Sequence[AuditEntry]) -> pd.DataFrame:
    """One row an entry of the trail."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame([[getattr(entry, name) for name in _AUDIT] for entry in entries], columns=list(_AUDIT))
