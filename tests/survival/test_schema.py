"""Old and new code at one file."""

from __future__ import annotations

import pytest

from trackbook.errors import StoreTooNew
from trackbook.store.database import opened
from trackbook.store.migrations import MIGRATIONS, migrate, schema_version
from trackbook.tracking.start import start_run


def test_an_old_file_is_migrated_once_when_two_processes_open_it_at_the_same_moment(home, child):
    home.location.prepare()
    with opened(home.location.file) as db:
        migrate(db, home.location.file, MIGRATIONS[:2])
    code = (
        "import sys\nfrom trackbook.tracking.start import current_store\nstore = current_store()\nimport duckdb\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with store.asking() as db: print(db.execute('SELECT count(*) FROM runs').fetchone()[0])\n"
    )
    openers = [child(code) for _ in range(2)]
    for one in openers:
        assert one.hear() == "ready"
    for one in openers:
        one.say("go")
    assert [one.finish().strip() for one in openers] == ["0", "0"]
    with home.asking() as db:
        steps = db.execute("SELECT number, name FROM _tb.migrations ORDER BY number").fetchall()
    assert steps == [(number, step.__name__) for number, step in enumerate(MIGRATIONS, start=1)]


@pytest.mark.parametrize("failing", range(1, len(MIGRATIONS) + 1))
def test_a_step_that_fails_leaves_the_file_at_the_step_before(tmp_path, failing):
    file = tmp_path / "trackbook.duckdb"

    def broken(db):
        MIGRATIONS[failing - 1](db)
        raise RuntimeError("half-way")

    with opened(file) as db, pytest.raises(RuntimeError, match="half-way"):
        migrate(db, file, [*MIGRATIONS[: failing - 1], broken])
    with opened(file) as db:
        assert schema_version(db) == failing - 1
        assert migrate(db, file) == len(MIGRATIONS)


def test_old_code_goes_on_logging_and_new_code_merges_what_it_logged(home):
    run = start_run("old code", store=home)
    run.log_metric("loss", 1.0)
    home.merge()
    with opened(home.location.file) as db:
        db.execute("INSERT INTO _tb.migrations VALUES ($1, 'm999_of_tomorrow', now())", [len(MIGRATIONS) + 1])
    run.log_metric("loss", 2.0)
    run.log_params({"still": "logging"})
    run.end()
    known = len(MIGRATIONS)
    sentence = rf"has schema {known + 1}, and this trackbook knows {known}\. Upgrade"
    with pytest.raises(StoreTooNew, match=sentence), home.asking():
        pass
    with pytest.raises(StoreTooNew):
        home.merge()
    run.store.spool.abandon()
    with opened(home.location.file) as db:  # the new code
        db.execute("DELETE FROM _tb.migrations WHERE number > $1", [known])
    with home.asking() as db:
        assert db.execute("SELECT value FROM metrics ORDER BY seq").fetchall() == [(1.0,), (2.0,)]
        assert db.execute("SELECT name, status FROM runs").fetchall() == [("old code", "FINISHED")]
        assert db.execute("SELECT value FROM params").fetchall() == [("logging",)]
