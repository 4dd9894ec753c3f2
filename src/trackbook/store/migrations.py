"""The schema, one numbered step after another; each is one transaction with its own record.

SQL is written in the dialect that DuckDB and PostgreSQL share. There are no
primary keys on purpose: all writing happens under the store's lock, which
keeps things unique, and an index would cost every merge. Times are UTC.
A step is never edited after its release.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from trackbook.errors import NotAStore, StoreTooNew

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    Migration = Callable[[DuckDBPyConnection], None]

MIGRATIONS: list[Migration] = []


def migration(step: Migration) -> Migration:
    """Add a step; its number is its place in the list."""
    MIGRATIONS.append(step)
    assert step.__name__.startswith(f"m{len(MIGRATIONS):03d}_"), step.__name__
    return step


def schema_version(db: DuckDBPyConnection) -> int:
    """Read how far this file has come; 0 is a new one."""
    import duckdb  # noqa: PLC0415

    try:  # asking information_schema first would cost every question 10 ms
        row = db.execute("SELECT max(number) FROM _tb.migrations").fetchone()
    except duckdb.CatalogException:
        return 0
    return int(row[0] or 0) if row else 0


def _tables_of_others(db: DuckDBPyConnection) -> list[str]:
    rows = db.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database() "
        "ORDER BY table_name LIMIT 3"
    ).fetchall()
    return [str(name) for (name,) in rows]


def migrate(db: DuckDBPyConnection, path: Path, steps: Sequence[Migration] | None = None) -> int:
    """Bring the file up to date and return its version. The caller holds the store's lock.

    Raises StoreTooNew when the file is ahead of this code, NotAStore when
    another program has its tables in it.
    """
    steps = MIGRATIONS if steps is None else steps
    version = schema_version(db)
    if version > len(steps):
        raise StoreTooNew(path, version, len(steps))
    if version == 0 and (others := _tables_of_others(db)):
        raise NotAStore(path, f"it is a database of another program, with {', '.join(others)}")
    for number, step in enumerate(steps[version:], start=version + 1):
        db.execute("BEGIN")
        try:
            if number == 1:
                db.execute("CREATE SCHEMA IF NOT EXISTS _tb")
                db.execute("CREATE TABLE _tb.migrations (number INTEGER, name TEXT, applied_at TIMESTAMP)")
            step(db)
            now = datetime.now(UTC).replace(tzinfo=None)
            db.execute("INSERT INTO _tb.migrations VALUES ($1, $2, $3)", [number, step.__name__, now])
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
    return len(steps)


@migration
def m001_runs(db: DuckDBPyConnection) -> None:
    """Runs with what was given to them and what came out of them."""
    db.execute("""
        CREATE TABLE _tb.runs (
            run_id UUID, seq BIGINT, experiment TEXT, name TEXT, status TEXT, ended_by TEXT,
            started_at TIMESTAMP, ended_at TIMESTAMP, last_seen_at TIMESTAMP,
            notebook TEXT, cell_id TEXT, cell_key TEXT, attempt INTEGER, code TEXT,
            parent_run_id UUID, evaluates_run_id UUID, session_id TEXT, run_by TEXT, host TEXT, spool_id TEXT,
            git_commit TEXT, git_branch TEXT, git_edits INTEGER, git_state TEXT,
            environment TEXT, error TEXT, traceback TEXT, note TEXT, starred BOOLEAN, deleted_at TIMESTAMP)
    """)
    db.execute("""
        CREATE TABLE _tb.params (
            run_id UUID, name TEXT, value TEXT, number DOUBLE PRECISION, text TEXT, source TEXT, is_default BOOLEAN)
    """)
    db.execute("CREATE TABLE _tb.tags (run_id UUID, name TEXT, value TEXT, set_at TIMESTAMP, spool_id TEXT)")
    db.execute("""
        CREATE TABLE _tb.series (
            series_id BIGINT, run_id UUID, name TEXT, count BIGINT, valued BIGINT, first DOUBLE PRECISION,
            last DOUBLE PRECISION, min DOUBLE PRECISION, max DOUBLE PRECISION, total DOUBLE PRECISION,
            last_step BIGINT, last_at TIMESTAMP)
    """)
    db.execute("""
        CREATE TABLE _tb.points (
            series_id BIGINT, seq BIGINT, step BIGINT, logged_at TIMESTAMP, value DOUBLE PRECISION)
    """)
    db.execute("CREATE TABLE _tb.meanings (metric TEXT, better TEXT, set_at TIMESTAMP)")
    db.execute("CREATE TABLE _tb.ignored (name TEXT, set_at TIMESTAMP)")


@migration
def m002_spools(db: DuckDBPyConnection) -> None:
    """How far each spool is merged, in the same transaction as what was merged."""
    db.execute("""
        CREATE TABLE _tb.spools (
            spool_id TEXT, host TEXT, points_segment BIGINT, points_record BIGINT,
            events_journal BIGINT, events_byte BIGINT, last_seen_at TIMESTAMP)
    """)
    db.execute("CREATE TABLE _tb.spool_keys (spool_id TEXT, key BIGINT, series_id BIGINT)")
    db.execute("""
        CREATE TABLE _tb.rejected (spool_id TEXT, place TEXT, event TEXT, reason TEXT, rejected_at TIMESTAMP)
    """)
    db.execute("CREATE TABLE _tb.counters (name TEXT, value BIGINT)")
    db.execute("INSERT INTO _tb.counters VALUES ('runs', 0), ('series', 0), ('points', 0), ('audit', 0)")


@migration
def m003_contents(db: DuckDBPyConnection) -> None:
    """What a run kept: outputs, data, files, environment, and the kernel's history for slices."""
    db.execute("""
        CREATE TABLE _tb.outputs (
            run_id UUID, position INTEGER, kind TEXT, name TEXT, mime TEXT, text TEXT, blob TEXT, cut BIGINT)
    """)
    db.execute("""
        CREATE TABLE _tb.datasets (
            run_id UUID, name TEXT, role TEXT, kind TEXT, digest TEXT, sampled BOOLEAN, row_count BIGINT,
            column_count BIGINT, columns TEXT, size BIGINT, path TEXT, blob TEXT, logged_at TIMESTAMP)
    """)
    db.execute("""
        CREATE TABLE _tb.artifacts (
            run_id UUID, path TEXT, kind TEXT, size BIGINT, blob TEXT, logged_at TIMESTAMP)
    """)
    db.execute(
        "CREATE TABLE _tb.predictions (run_id UUID, name TEXT, row_count BIGINT, blob TEXT, logged_at TIMESTAMP)"
    )
    db.execute("CREATE TABLE _tb.blobs (digest TEXT, size BIGINT, content BYTEA, kept_at TIMESTAMP)")
    db.execute("""
        CREATE TABLE _tb.environments (
            digest TEXT, python TEXT, implementation TEXT, platform TEXT, packages TEXT, first_seen_at TIMESTAMP)
    """)
    db.execute("""
        CREATE TABLE _tb.git_states (
            digest TEXT, git_commit TEXT, branch TEXT, remote TEXT, edits INTEGER, patch TEXT, patch_cut BOOLEAN)
    """)
    db.execute("""
        CREATE TABLE _tb.history (
            session_id TEXT, position INTEGER, cell_id TEXT, source TEXT, executed_at TIMESTAMP, run_id UUID,
            succeeded BOOLEAN)
    """)
    db.execute("CREATE TABLE _tb.run_events (run_id UUID, kind TEXT, detail TEXT, occurred_at TIMESTAMP)")


@migration
def m004_registry(db: DuckDBPyConnection) -> None:
    """Models with their versions, stages and aliases, and the chain of decisions."""
    db.execute("""
        CREATE TABLE _tb.models (
            model_id UUID, run_id UUID, name TEXT, flavors TEXT, signature TEXT, size BIGINT, manifest TEXT,
            logged_at TIMESTAMP)
    """)
    db.execute("CREATE TABLE _tb.registered_models (model TEXT, description TEXT, created_at TIMESTAMP)")
    db.execute("""
        CREATE TABLE _tb.versions (
            model TEXT, version INTEGER, stage TEXT, model_id UUID, run_id UUID, description TEXT,
            created_at TIMESTAMP, last_loaded_at TIMESTAMP, deleted_at TIMESTAMP)
    """)
    db.execute("CREATE TABLE _tb.aliases (model TEXT, alias TEXT, version INTEGER)")
    db.execute("CREATE TABLE _tb.model_tags (model TEXT, version INTEGER, name TEXT, value TEXT)")
    db.execute("""
        CREATE TABLE _tb.audit (
            seq BIGINT, occurred_at TIMESTAMP, actor TEXT, action TEXT, subject TEXT, before TEXT, after TEXT,
            reason TEXT, place TEXT, previous_hash TEXT, hash TEXT)
    """)


@migration
def m005_views(db: DuckDBPyConnection) -> None:
    """The user's SQL contract; tables may change behind it."""
    db.execute("""
        CREATE VIEW _tb.metric_summaries AS
        SELECT s.run_id, s.name, s.first, s.last, s.min, s.max,
               CASE WHEN s.valued > 0 THEN s.total / s.valued END AS mean,
               CASE WHEN m.better = 'lower' THEN s.min WHEN m.better = 'higher' THEN s.max END AS best,
               s.count, s.last_step, s.last_at, s.series_id, m.better
        FROM _tb.series AS s
        LEFT JOIN _tb.meanings AS m ON m.metric = s.name
    """)
    db.execute("""
        CREATE VIEW runs AS
        SELECT run_id, experiment, name, status, ended_by, started_at, ended_at,
               EXTRACT(epoch FROM (ended_at - started_at)) AS duration,
               last_seen_at, notebook, cell_id, attempt, parent_run_id, evaluates_run_id, run_by, host,
               git_commit, git_branch, git_edits, git_state, environment, error, note, starred, code, cell_key,
               session_id
        FROM _tb.runs
        WHERE deleted_at IS NULL
    """)
    visible = "run_id IN (SELECT run_id FROM _tb.runs WHERE deleted_at IS NULL)"
    db.execute(f"""
        CREATE VIEW params AS
        SELECT run_id, name, text AS value, number, value AS json, source, is_default
        FROM _tb.params WHERE {visible}
    """)
    db.execute(f"CREATE VIEW tags AS SELECT run_id, name, value, set_at FROM _tb.tags WHERE {visible}")
    db.execute(f"""
        CREATE VIEW metrics AS
        SELECT s.run_id, s.name, p.step, p.logged_at, p.value, p.seq
        FROM _tb.points AS p
        JOIN _tb.series AS s ON s.series_id = p.series_id
        WHERE s.{visible}
    """)
    db.execute(f"""
        CREATE VIEW summaries AS
        SELECT run_id, name, first, last, min, max, mean, best, count FROM _tb.metric_summaries WHERE {visible}
    """)
    db.execute(f"CREATE VIEW outputs AS SELECT * FROM _tb.outputs WHERE {visible}")
    db.execute(f"CREATE VIEW datasets AS SELECT * FROM _tb.datasets WHERE {visible}")
    db.execute(f"CREATE VIEW artifacts AS SELECT * FROM _tb.artifacts WHERE {visible}")
    db.execute("CREATE VIEW environments AS SELECT * FROM _tb.environments")
    db.execute("CREATE VIEW git_states AS SELECT * FROM _tb.git_states")
    db.execute("CREATE VIEW history AS SELECT * FROM _tb.history")
    db.execute("""
        CREATE VIEW versions AS
        SELECT model, version, stage, run_id, created_at, description, last_loaded_at
        FROM _tb.versions WHERE deleted_at IS NULL
    """)
    db.execute("""
        CREATE VIEW audit AS
        SELECT seq, occurred_at, actor, action, subject, before, after, reason, hash FROM _tb.audit
    """)


@migration
def m006_packages(db: DuckDBPyConnection) -> None:
    """Models as packages of content-addressed files, and what a version must remember to be answered for."""
    db.execute("ALTER TABLE _tb.models ADD COLUMN facts TEXT")
    db.execute("ALTER TABLE _tb.models ADD COLUMN asked BOOLEAN")
    db.execute("CREATE TABLE _tb.model_files (model_id UUID, path TEXT, size BIGINT, blob TEXT)")
    for column in ("parent_version INTEGER", "created_by TEXT", "copied_from TEXT", "registration TEXT"):
        db.execute(f"ALTER TABLE _tb.versions ADD COLUMN {column}")
    db.execute("""
        CREATE VIEW _tb.model_blobs AS
        SELECT CASE WHEN v.model_id IS NULL THEN m.run_id END AS run_id, f.blob
        FROM _tb.model_files AS f
        JOIN _tb.models AS m ON m.model_id = f.model_id
        LEFT JOIN (SELECT DISTINCT model_id FROM _tb.versions) AS v ON v.model_id = f.model_id
    """)
    db.execute("DROP VIEW versions")
    db.execute("""
        CREATE VIEW versions AS
        SELECT model, version, stage, run_id, created_at, description, created_by, parent_version, copied_from,
               last_loaded_at, model_id
        FROM _tb.versions WHERE deleted_at IS NULL
    """)
    db.execute("""
        CREATE VIEW models AS
        SELECT model_id, run_id, name, flavors, signature, size, logged_at, facts FROM _tb.models
    """)
    db.execute("CREATE VIEW registered_models AS SELECT model, description, created_at FROM _tb.registered_models")
    db.execute("CREATE VIEW aliases AS SELECT model, alias, version FROM _tb.aliases")
    db.execute("DROP VIEW audit")
    db.execute("""
        CREATE VIEW audit AS
        SELECT seq, occurred_at, actor, action, subject, before, after, reason, place, hash FROM _tb.audit
    """)


@migration
def m007_model_tags(db: DuckDBPyConnection) -> None:
    """Tags of models and of their versions are asked for in SQL, and exported, like all else about them."""
    db.execute("""
        CREATE VIEW model_tags AS
        SELECT t.model, t.version, t.name, t.value
        FROM _tb.model_tags AS t
        LEFT JOIN _tb.versions AS v ON v.model = t.model AND v.version = t.version
        WHERE v.deleted_at IS NULL
    """)
