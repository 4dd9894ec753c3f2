"""DuckDB stays between two looks into the store, and the file does not stay with it."""

from __future__ import annotations

import os
import subprocess
import sys

import duckdb
import pytest

from trackbook.errors import BadInput
from trackbook.store import engine
from trackbook.store.user_sql import read_only_sql
from trackbook.tracking.start import start_run, use_store


def names(store):
    with store.asking() as db:
        return [name for (name,) in db.execute("SELECT name FROM runs ORDER BY name").fetchall()]


def test_two_questions_are_answered_by_one_duckdb(home):
    with start_run("first", store=home):
        pass
    assert names(home) == ["first"]
    kept = home._engine._root
    with start_run("second", store=home):
        pass
    assert names(home) == ["first", "second"]
    assert kept is not None
    assert home._engine._root is kept


def test_between_two_questions_any_program_can_have_the_file(home):
    with start_run("first", store=home) as run:
        pass
    assert names(home) == ["first"]
    code = (
        "import duckdb, sys; db = duckdb.connect(sys.argv[1]); "
        "db.execute('UPDATE _tb.runs SET name = $1', ['renamed outside'])"
    )
    with home.lock.held(60):  # the merge at the run's end is over
        subprocess.run([sys.executable, "-c", code, home.location.file], check=True)
    assert names(home) == ["renamed outside"]
    assert run.status == "FINISHED"


def test_a_file_that_was_replaced_meanwhile_is_the_one_that_is_read(home, tmp_path):
    with start_run("first", store=home):
        pass
    assert names(home) == ["first"]
    other = use_store(tmp_path / "elsewhere" / "trackbook.duckdb", keep=False)
    with start_run("from elsewhere", store=other):
        pass
    assert names(other) == ["from elsewhere"]
    with home.lock.held(60), other.lock.held(60):
        other.location.file.replace(home.location.file)
    assert "from elsewhere" in names(home)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_csv('{secret}')",
        "COPY (SELECT 1) TO '{secret}'",
        "ATTACH '{secret}.duckdb' AS other",
        "SET enable_external_access = true",
        "SET allowed_paths = ['{secret}']",
    ],
)
def test_no_query_reaches_another_file(home, tmp_path, query):
    secret = tmp_path / "secret.txt"
    secret.write_text("mine")
    names(home)
    with start_run("any", store=home):
        pass
    with pytest.raises(BadInput):
        read_only_sql(home, query.format(secret=secret))
    with pytest.raises(BadInput):
        read_only_sql(home, "SELECT * FROM read_text($1)", [str(secret)])
    assert secret.read_text() == "mine"


@pytest.mark.parametrize("name", ["memory", "temp", "System", "it's", 'a "b" c', "main", "sp ace é", "2026.11"])
def test_a_store_may_have_any_name(home, tmp_path, name):
    store = use_store(tmp_path / f"{name}.duckdb", keep=False)
    for run in ("first", "second"):
        with start_run(run, store=store):
            pass
        assert run in names(store)
    with store.deciding() as db:
        db.execute("UPDATE _tb.runs SET note = 'x'")
        with store.asking() as inner:  # sees what was committed before
            assert inner.execute("SELECT note FROM runs").fetchall() == [(None,), (None,)]


def test_a_view_can_be_named_with_its_store_before_it(home):
    with start_run("first", store=home):
        pass
    assert read_only_sql(home, "SELECT name FROM trackbook.main.runs")["name"].tolist() == ["first"]


def test_an_error_in_a_question_costs_the_next_one_nothing_but_time(home):
    with start_run("first", store=home):
        pass
    for _ in range(2):
        with pytest.raises(duckdb.Error), home.asking() as db:
            db.execute("SELECT * FROM nowhere")
        assert names(home) == ["first"]


def test_of_many_stores_only_the_last_keeps_its_duckdb(home, tmp_path):
    stores = [use_store(tmp_path / str(number) / "trackbook.duckdb", keep=False) for number in range(4)]
    for store in stores:
        with start_run("any", store=store):
            pass
        store.merge()
    assert names(stores[-1]) == ["any"]
    for store in stores:
        with store.lock.held(60):  # no merge in the background
            pass
    assert sum(store._engine._root is not None for store in stores) == 1
    assert len(engine._kept) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_inherits_no_duckdb(home):
    with start_run("first", store=home):
        pass
    assert names(home) == ["first"]
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if home._engine._root is None and names(home) == ["first"] else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert names(home) == ["first"]
