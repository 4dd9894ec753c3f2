"""Somebody else has the file: logging goes on, and asking says who it is."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from trackbook.errors import NotAStore, StoreHeld
from trackbook.tracking.start import start_run


@pytest.fixture
def logged(home):
    with start_run("first", store=home) as run:
        run.log_metric("loss", 1.0)
    home.merge()
    return home


HOLDER = "import duckdb, sys; db = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.readline()"


def test_another_program_holds_it(logged, child):
    holder = child(HOLDER, logged.location.file)
    assert holder.hear() == "held"
    with start_run("second", store=logged) as run:
        run.log_metric("loss", 2.0)
    with (
        pytest.raises(
            StoreHeld, match=rf"held open by .*python.*\(process {holder.pid}\)\. Close it there and ask again"
        ),
        logged.asking(),
    ):
        pass
    with pytest.raises(StoreHeld), logged.deciding():
        pass
    holder.say("let go")
    holder.finish()
    with logged.asking() as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (2,)


def test_the_users_own_connection_in_this_kernel_holds_it(logged, until):
    def connected():
        try:
            return duckdb.connect(str(logged.location.file))
        except duckdb.ConnectionException:  # a merge at the end of the run is under way
            return None

    with until(connected):
        with start_run("second", store=logged) as run:
            run.log_metric("loss", 2.0)
        with pytest.raises(StoreHeld, match="this very process, through a connection"), logged.asking():
            pass
    with logged.asking() as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (2,)


def is_locked_for_others(file):
    code = f"import duckdb; duckdb.connect({str(file)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return "Conflicting lock" in done.stderr


@pytest.mark.parametrize("ask", ["merge", "asking", "deciding", "snapshot"])
def test_asking_beside_a_users_connection_leaves_its_lock_in_place(logged, tmp_path, ask):
    """POSIX gives a process's locks back when it closes any descriptor of the file; two writers would ruin it."""
    from trackbook.store import snapshot

    with logged.connect() as db:
        start_run("second", store=logged)
        if ask == "merge":
            logged.merge()
        elif ask == "snapshot":
            snapshot(logged, tmp_path / "copy.duckdb")
        else:
            with getattr(logged, ask)():
                pass
        assert is_locked_for_others(logged.location.file)
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (2,)
    assert not is_locked_for_others(logged.location.file)


def test_connect_waits_for_other_processes_of_ours(logged, child):
    """Between a question and the user's connection nobody of ours can slip in."""
    busy = child(
        "import trackbook as tb\nfrom trackbook.tracking.start import current_store\nprint('busy', flush=True)\n"
        "for _ in range(30):\n    with current_store().asking(): pass\n"
    )
    assert busy.hear() == "busy"
    for _ in range(4):
        with logged.lock.held(60), logged.connect() as db:
            assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    busy.finish()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"a,b\n1,2\n" * 100, "it is no DuckDB file", id="a CSV file"),
        pytest.param(b"SQLite format 3\x00" * 10, "it is no DuckDB file", id="a SQLite file"),
        pytest.param(b"x", "it is no DuckDB file", id="one letter"),
    ],
)
def test_a_file_that_is_no_store_is_left_as_it_is(home, content, reason):
    home.location.file.write_bytes(content)
    with start_run("kept", store=home) as run:
        run.log_metric("loss", 1.0)
    with pytest.raises(NotAStore, match=reason), home.asking():
        pass
    assert home.location.file.read_bytes() == content
    home.location.file.unlink()
    with home.asking() as db:
        assert db.execute("SELECT count FROM summaries").fetchall() == [(1,)]


def test_what_a_killed_maker_left_does_not_stop_the_next(home):
    home.location.prepare()
    (home.location.folder / "new.duckdb").write_bytes(b"half")
    (home.location.folder / "new.duckdb.wal").write_bytes(b"half")
    start_run("kept", store=home)
    with home.asking() as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    assert not (home.location.folder / "new.duckdb").exists()


def test_an_empty_file_becomes_a_store(home):
    home.location.file.touch()
    start_run("kept", store=home)
    with home.asking() as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_the_database_of_another_program_is_left_as_it_is(home):
    with duckdb.connect(str(home.location.file)) as db:
        db.execute("CREATE TABLE runs (a INTEGER)")
    start_run("kept", store=home)
    with pytest.raises(NotAStore, match="another program, with runs"), home.asking():
        pass
    with duckdb.connect(str(home.location.file)) as db:
        assert db.execute("SELECT table_name FROM information_schema.tables").fetchall() == [("runs",)]


def test_a_folder_in_place_of_the_file_is_a_sentence(home):
    home.location.file.mkdir()
    with pytest.raises(NotAStore, match="it is a folder"), home.asking():
        pass
