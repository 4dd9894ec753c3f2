"""Runs that go elsewhere."""

import json

import pandas as pd
import pytest

import trackbook as tb
from trackbook.store.export import VIEWS


def test_runs_go_to_csv_with_all_digits(call, two_runs, tmp_path):
    with tb.start_run("digits"):
        tb.log_metric("acc", 0.1 + 0.2)
    assert call("export", "--to", tmp_path / "runs.csv").code == 0
    frame = pd.read_csv(tmp_path / "runs.csv")
    assert frame["metrics.acc"].tolist() == [0.1 + 0.2, 0.914, 0.908]
    assert frame["started_at"].str.endswith("Z").all()


def test_runs_go_to_json(call, two_runs, tmp_path):
    call("export", "metrics.acc > 0.91", "--to", tmp_path / "runs.json")
    assert [run["name"] for run in json.loads((tmp_path / "runs.json").read_text())] == ["calm-fox"]


def test_runs_go_to_parquet_even_with_params_of_several_kinds(call, tmp_path):
    for value in (1, "auto", [1, 2], None, True):
        with tb.start_run():
            tb.log_params({"mixed": value, "number": 3, "rare" if value is None else "usual": "x"})
    assert call("export", "--to", tmp_path / "runs.parquet").code == 0
    frame = pd.read_parquet(tmp_path / "runs.parquet").iloc[::-1]
    assert frame["params.mixed"].fillna("missing").tolist() == ["1", "auto", "[1, 2]", "missing", "true"]
    assert frame["params.number"].tolist() == [3] * 5
    assert str(frame["started_at"].dtype).startswith("datetime64")


def test_runs_go_to_a_page_on_which_nothing_runs(call, tmp_path):
    with tb.start_run("<script>alert(1)</script>"):
        tb.log_params({"<img src=x onerror=alert(1)>": '"><script>'})
    call("export", "--to", tmp_path / "runs.html")
    page = (tmp_path / "runs.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<tr>") == 2


def test_no_file_is_replaced_without_being_told_to(call, two_runs, tmp_path):
    target = tmp_path / "runs.csv"
    target.write_text("mine")
    assert call("export", "--to", target).code == 1
    assert target.read_text() == "mine"
    assert call("export", "--to", target, "--force").code == 0
    assert target.read_text().startswith("run_id,")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".trackbook-")] == []


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--to", "runs.xlsx"], id="an unknown ending"),
        pytest.param(["metrics.acc > 0", "--to", "folder"], id="a filter for a folder"),
        pytest.param([], id="no target"),
    ],
)
def test_a_wrong_target_is_wrong_usage(call, two_runs, words):
    assert call("export", *words).code == 2


def test_the_whole_store_goes_to_a_folder(call, two_runs, tmp_path):
    with tb.start_run("files"):
        tb.log_text("hello", "notes/hello.txt")
        tb.log_text("old", "twice.txt")
        tb.log_text("new", "twice.txt")
        tb.log_text("large" * 50_000, "large.txt")
    folder = tmp_path / "all"
    answer = call("export", "--to", folder)
    assert (answer.code, answer.out) == (0, "")
    tables = {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}
    assert set(tables) == set(VIEWS)
    runs = tables["runs"].set_index("name")
    assert runs.loc["calm-fox", "run_id"] == two_runs[1].run_id
    assert len(tables["metrics"]) == 5
    place = folder / "artifacts" / runs.loc["files", "run_id"]
    assert {path.relative_to(place).as_posix(): path.read_text()[:5] for path in place.rglob("*.txt")} == {
        "notes/hello.txt": "hello",
        "twice.txt": "new",
        "large.txt": "large",
    }


def test_a_folder_with_something_in_it_is_left_alone(call, two_runs, tmp_path):
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "runs.parquet").write_text("mine")
    answer = call("export", "--to", folder)
    assert answer.code == 1
    assert "empty folder" in answer.err
    assert (folder / "runs.parquet").read_text() == "mine"


def test_a_foreign_store_cannot_write_outside_the_folder(call, store, tmp_path):
    with tb.start_run("mailed"):
        tb.log_text("fine", "fine.txt")
        tb.log_text("evil", "evil.txt")
    with store.deciding() as db:
        db.execute("UPDATE _tb.artifacts SET path = '../../../evil.txt' WHERE path = 'evil.txt'")
    answer = call("export", "--to", tmp_path / "all")
    assert answer.code == 1
    assert "leaves the run's folder" in answer.err
    assert list(tmp_path.rglob("evil.txt")) == []
    assert len(list(tmp_path.rglob("fine.txt"))) == 1


def test_a_foreign_stores_views_cannot_read_other_files(call, store, tmp_path):
    with tb.start_run("mailed"):
        pass
    (tmp_path / "secret.csv").write_text("password\nhunter2\n")
    import duckdb

    store.merge()
    with store.lock.held(60), duckdb.connect(str(store.location.file)) as db:
        db.execute(f"CREATE OR REPLACE VIEW tags AS SELECT * FROM read_csv('{tmp_path}/secret.csv')")
    answer = call("export", "--to", tmp_path / "all")
    assert answer.code == 1
    assert not (tmp_path / "all" / "tags.parquet").exists()
    assert "Traceback" not in answer.err


def test_an_artifact_that_is_damaged_is_left_out_and_named(call, store, tmp_path):
    from trackbook.store.blobs import blob_files

    with tb.start_run("files"):
        tb.log_text("large" * 50_000, "large.txt")
    store.merge()
    (blob,) = blob_files(store.location)
    blob.write_bytes(b"other")
    answer = call("export", "--to", tmp_path / "all")
    assert answer.code == 1
    assert "'large.txt'" in answer.err
    assert list((tmp_path / "all" / "artifacts").rglob("*.txt")) == []
