"""One run's whole record, and the points of its metrics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trackbook.errors import StoreDamaged
from trackbook.store.blobs import read_blob_file, verify_blob
from trackbook.store.questions import metrics_of, params_of
from trackbook.store.rows import clean, fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from duckdb import DuckDBPyConnection

    from trackbook.store.store import Store

_TEXTS = ("notebook", "cell_id", "code", "error", "traceback", "note", "git_commit", "git_branch", "git_patch")


def metric_points(db: DuckDBPyConnection, run_ids: Sequence[str], name: str) -> pd.DataFrame:
    """Return run_id, step, logged_at, value of one metric of these runs; each run's points in the order logged."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    asked = fetch(
        db,
        "SELECT series_id, CAST(run_id AS VARCHAR) FROM _tb.series "
        "WHERE name = $1 AND CAST(run_id AS VARCHAR) IN (SELECT unnest(CAST($2 AS TEXT[])))",
        [name, [clean(run_id) for run_id in run_ids]],
    )
    names = dict(asked)
    # Literal numbers let DuckDB skip row groups by their minimum and maximum; a join would read them all.
    numbers = ", ".join(str(int(series_id)) for series_id in names) or "NULL"
    found = db.execute(
        "SELECT series_id, step, logged_at, value FROM _tb.points "
        f"WHERE series_id IN ({numbers}) ORDER BY series_id, seq"
    ).fetchnumpy()
    # One string an id, not one a row: objects are what costs in a frame.
    ordered = sorted(names)
    places = np.searchsorted(ordered, found.pop("series_id"))
    owners = np.array([names[series_id] for series_id in ordered] or [""], dtype=object)
    return pd.DataFrame({"run_id": owners[places], **found}, copy=False)


def run_record(db: DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    """Everything about one run, as the fields of `PastRun`."""
    run = _dicts(
        db,
        "SELECT experiment, name, status, ended_by, started_at, ended_at, notebook, cell_id, attempt, code, error, "
        "traceback, note, CAST(parent_run_id AS VARCHAR) AS parent_run_id, git_commit, git_branch, git_edits, "
        "CAST(evaluates_run_id AS VARCHAR) AS evaluates_run_id, environment, "
        "(SELECT g.patch FROM _tb.git_states AS g WHERE g.digest = git_state) AS git_patch "
        "FROM _tb.runs WHERE run_id = $1",
        run_id,
    )[0]
    run |= {name: run[name] or "" for name in _TEXTS} | {"git_edits": run["git_edits"] or 0, "run_id": run_id}
    params, everything = params_of(db, run_id), params_of(db, run_id, defaults=True)
    run["environment"] = _environment(db, run["environment"])
    return run | {
        "params": params,
        "defaults": {name: value for name, value in everything.items() if name not in params},
        "metrics": metrics_of(db, run_id),
        "tags": dict(fetch(db, "SELECT name, value FROM _tb.tags WHERE run_id = $1 ORDER BY name", [run_id])),
        "outputs": _dicts(db, _OUTPUTS, run_id),
        "datasets": _dicts(db, _DATASETS, run_id),
        "artifacts": _dicts(db, _ARTIFACTS, run_id),
        "models": _dicts(db, _MODELS, run_id),
    }


_OUTPUTS = """
    SELECT position, kind, name, mime, text, blob, cut FROM _tb.outputs WHERE run_id = $1 ORDER BY position, mime
"""
_DATASETS = """
    SELECT name, role, kind, digest, sampled, row_count, column_count, columns, size, path, blob, logged_at
    FROM _tb.datasets WHERE run_id = $1 ORDER BY logged_at, name
"""
_ARTIFACTS = "SELECT path, kind, size, blob, logged_at FROM _tb.artifacts WHERE run_id = $1 ORDER BY logged_at, path"

_MODELS = """
    SELECT name, flavors, size, logged_at,
           (SELECT string_agg(v.model || ' ' || CAST(v.version AS VARCHAR), ', ' ORDER BY v.created_at)
            FROM _tb.versions AS v
            WHERE v.model_id = m.model_id AND v.deleted_at IS NULL) AS registered
    FROM _tb.models AS m
    WHERE run_id = $1
    ORDER BY logged_at, name
"""


def _environment(db: DuckDBPyConnection, digest: str | None) -> dict[str, Any]:
    sql = "SELECT python, implementation, platform, packages FROM _tb.environments WHERE digest = $1"
    found = _dicts(db, sql, digest)
    return found[0] | {"packages": dict(json.loads(found[0]["packages"]))} if found else {}


def _dicts(db: DuckDBPyConnection, sql: str, parameter: str | None) -> list[dict[str, Any]]:
    result = db.execute(sql, [parameter])
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def read_blob(store: Store, digest: str) -> bytes:
    """Read a blob, wherever it is, and verify it. Raises StoreDamaged."""
    with store.asking() as db:
        rows = fetch(db, "SELECT content FROM _tb.blobs WHERE digest = $1", [digest])
    if rows:
        content = bytes(rows[0][0])
        verify_blob(store.location.file, digest, content)
        return content
    try:
        return read_blob_file(store.location, digest)
    except FileNotFoundError as error:
        raise StoreDamaged(store.location.blobs, f"blob {digest[:12]}… is missing") from error
