"""A batch's runs, params and tags into their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.rows import delete_pairs, fetch, insert_rows, moment, update_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.store.batch import Batch


def write_runs(db: DuckDBPyConnection, batch: Batch, counters: dict[str, int]) -> set[str]:
    """Insert new runs, change old ones; returns the ids of those of which nothing was known before."""
    known, begun = _known_before(db, list(batch.new_runs))
    columns = (
        "run_id", "experiment", "name", "status", "ended_by", "started_at", "ended_at", "notebook", "cell_id",
        "cell_key", "attempt", "code", "parent_run_id", "evaluates_run_id", "session_id", "run_by", "host", "spool_id",
        "git_commit", "git_branch", "git_edits", "git_state", "environment", "error",
        "traceback", "starred",
    )  # fmt: skip
    rows = []
    for run_id, run in batch.new_runs.items():
        if run_id not in known:
            rows.append((counters["runs"], *(run.get(column) for column in columns)))
            counters["runs"] += 1
    insert_rows(db, "runs", ("seq", *columns), rows)
    by_columns: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
    for run_id, changes in batch.run_changes.items():
        if changes:
            by_columns.setdefault(tuple(changes), []).append((run_id, *changes.values()))
    for changed, values in by_columns.items():
        update_rows(db, "runs", "run_id", changed, values)
    return set(batch.new_runs) - known - begun


def _known_before(db: DuckDBPyConnection, run_ids: list[str]) -> tuple[set[str], set[str]]:
    """Find which runs are there already, and of which a child process, merged a moment earlier, logged something."""
    known: set[str] = set()
    begun: set[str] = set()
    if run_ids:
        for run_id, is_run in fetch(db, _KNOWN, [run_ids]):
            (known if is_run else begun).add(str(run_id))
    return known, begun


_AMONG = "run_id IN (SELECT unnest(CAST($1 AS UUID[])))"
_KNOWN = " UNION ALL ".join(
    f"SELECT DISTINCT run_id, {table == 'runs'} AS is_run FROM _tb.{table} WHERE {_AMONG}"
    for table in ("runs", "series", "params", "tags")
)


def write_values(db: DuckDBPyConnection, batch: Batch, fresh: set[str]) -> None:
    """Set params and tags; what an older run had under the name is replaced."""
    delete_pairs(db, "params", [pair for pair in batch.params if pair[0] not in fresh])
    insert_rows(
        db, "params", ("run_id", "name", "value", "number", "text", "source", "is_default"), list(batch.params.values())
    )
    tags = dict(batch.tags)
    old = [pair for pair in tags if pair[0] not in fresh]
    if old:
        newest = {
            (str(row[0]), row[1]): (row[2], row[3])
            for row in fetch(
                db,
                "SELECT run_id, name, set_at, spool_id FROM _tb.tags "
                "WHERE run_id IN (SELECT unnest(CAST($1 AS UUID[])))",
                [list({pair[0] for pair in old})],
            )
        }
        for pair in old:
            if pair in newest and newest[pair] > (tags[pair][3], tags[pair][4]):
                del tags[pair]
        delete_pairs(db, "tags", [pair for pair in old if pair in tags])
    insert_rows(db, "tags", ("run_id", "name", "value", "set_at", "spool_id"), list(tags.values()))
    for metric, (better, at) in batch.meanings.items():
        set_meaning(db, metric, better, at)
    for name, at in batch.ignored.items():
        db.execute("DELETE FROM _tb.ignored WHERE name = $1", [name])
        db.execute("INSERT INTO _tb.ignored VALUES ($1, $2)", [name, moment(at)])


def set_meaning(db: DuckDBPyConnection, metric: str, better: str, at: float) -> None:
    """Say which way is up for a metric; the later word wins."""
    db.execute("DELETE FROM _tb.meanings WHERE metric = $1 AND set_at <= $2", [metric, moment(at)])
    db.execute(
        "INSERT INTO _tb.meanings SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM _tb.meanings WHERE metric = $1)",
        [metric, better, moment(at)],
    )


def write_environments(db: DuckDBPyConnection, batch: Batch) -> None:
    """Keep each environment and each state of the repository once."""
    for table, columns, found in (
        ("environments", ENVIRONMENT_COLUMNS, batch.environments),
        ("git_states", GIT_COLUMNS, batch.git_states),
    ):
        known = {row[0] for row in fetch(db, f"SELECT digest FROM _tb.{table}")} if found else set()
        insert_rows(db, table, columns, [row for digest, row in found.items() if digest not in known])


ENVIRONMENT_COLUMNS = ("digest", "python", "implementation", "platform", "packages", "first_seen_at")
GIT_COLUMNS = ("digest", "git_commit", "branch", "remote", "edits", "patch", "patch_cut")
