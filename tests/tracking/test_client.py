"""Asking: frames, SQL and connections."""

from __future__ import annotations

import pytest

import trackbook as tb
from trackbook.errors import BadInput, RunNotFound
from trackbook.tracking.start import start_run, use_store


@pytest.fixture
def two(home):
    for number, name in enumerate(["a", "b"]):
        with start_run(name) as run:
            run.log_params({"lr": number})
            for value in range(3):
                run.log_metric("loss", float(value * number))
    return home


def test_runs_sees_what_was_logged_a_moment_ago(two):
    run = start_run("running")
    run.log_metric("loss", 9.0)
    frame = tb.runs()
    assert frame["name"].tolist() == ["running", "b", "a"]
    assert frame["metrics.loss"].tolist() == [9.0, 2.0, 0.0]
    assert tb.runs("metrics.loss > 1", order_by="metrics.loss")["name"].tolist() == ["b", "running"]


def test_several_stores_are_searched_together(two, tmp_path):
    other = use_store(tmp_path / "other" / "trackbook.duckdb", keep=False)
    (tmp_path / "other").mkdir()
    with start_run("c", store=other):
        pass
    frame = tb.runs(stores=[two.location.file, tmp_path / "other"])
    assert frame["name"].tolist() == ["b", "a", "c"]
    assert frame["store"].nunique() == 2
    with pytest.raises(BadInput, match="There is no store at"):
        tb.runs(stores=[tmp_path / "nowhere.duckdb"])
    assert not (tmp_path / "nowhere.duckdb").exists()


def test_points_of_one_metric_of_several_runs(two):
    frame = tb.metrics(tb.runs(), "loss")
    assert list(frame.columns) == ["run_id", "step", "logged_at", "value"]
    assert sorted(frame["value"]) == [0.0, 0.0, 0.0, 0.0, 1.0, 2.0]
    assert len(tb.metrics(tb.get_run("b").run_id, "loss")) == 3
    assert len(tb.metrics([], "loss")) == len(tb.metrics("b", "nothing")) == 0


def test_sql_takes_parameters(two):
    assert tb.sql("SELECT name FROM runs WHERE name = $1", ["a"])["name"].tolist() == ["a"]


def test_a_connection_of_the_users_own_sees_the_views(two):
    with tb.connect() as db:
        assert db.execute("SELECT count(*) FROM metrics").fetchone() == (6,)
        with start_run("meanwhile") as run:
            run.log_metric("loss", 1.0)
        assert len(tb.runs()) == 3


def test_a_connection_cannot_reach_other_files(two, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with tb.connect() as db, pytest.raises(Exception, match="disabled"):
        db.execute(f"SELECT * FROM '{tmp_path / 'secret.csv'}'")


@pytest.mark.parametrize("wanted", ["nobody", "", "0192", "%", "'; DROP TABLE _tb.runs; --", "last "])
def test_a_run_that_is_not_there_is_a_sentence(two, wanted):
    if wanted.strip() == "last":
        assert tb.get_run(wanted).name == "b"
        return
    with pytest.raises((RunNotFound, BadInput)):
        tb.get_run(wanted)


def test_the_beginning_of_several_ids_asks_for_more(two):
    with pytest.raises(BadInput, match="is the beginning of several runs"):
        tb.get_run(tb.get_run("a").run_id[:4])


def test_a_name_that_looks_like_an_id_is_found(home):
    with start_run("cafe"):
        pass
    assert tb.get_run("cafe").name == "cafe"


def test_the_newest_of_several_runs_of_one_name_is_meant(home):
    for value in (1.0, 2.0):
        with start_run("same") as run:
            run.log_metric("loss", value)
    assert tb.get_run("same").metrics == {"loss": 2.0}
