"""Files of a run."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import trackbook as tb
from trackbook.errors import ArtifactNotFound, BadInput, BadName


@pytest.fixture
def run(home):
    return tb.start_run("x")


def read(path):
    return tb.get_run("x").read_artifact(path)


def test_texts_dicts_and_files_come_back(run, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\x00\x01")
    tb.log_text("grüße", "notes/hello.txt")
    tb.log_dict({"lr": float("nan"), "deep": {"a": [1]}}, "config.json")
    tb.log_artifact(tmp_path / "a.bin")
    tb.log_artifact(tmp_path / "a.bin", "models")
    assert read("notes/hello.txt").decode() == "grüße"
    assert json.loads(read("config.json")) == {"lr": "NaN", "deep": {"a": [1]}}
    assert read("a.bin") == read("models/a.bin") == b"\x00\x01"
    assert [path for path, _ in run.artifacts] == ["notes/hello.txt", "config.json", "a.bin", "models/a.bin"]


def test_a_folder_is_kept_whole_without_what_its_links_point_at(run, tmp_path):
    folder = tmp_path / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.txt").write_text("a")
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    with pytest.warns(tb.TrackbookWarning, match=r"was kept without links to folders or out of it \(link\)\."):
        tb.log_artifact(folder)
    assert [artifact["path"] for artifact in tb.get_run("x").artifacts] == ["model/deep/a.txt"]


def kept():
    return sorted(artifact["path"] for artifact in tb.get_run("x").artifacts)


def test_the_store_is_not_kept_in_itself(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tb.log_metric("loss", 1.0)
    assert len(tb.runs()) == 1
    (tmp_path / "data.csv").write_text("a")
    (tmp_path / "trackbook.duckdb.csv").write_text("only called like it")
    (tmp_path / "alias").symlink_to("trackbook.duckdb")
    with pytest.warns(tb.TrackbookWarning) as warned:
        tb.log_artifact(".")
    [text] = [str(each.message) for each in warned]
    assert text == "'.' was kept without the store itself (trackbook.duckdb.d, alias, trackbook.duckdb)."
    assert kept() == ["data.csv", "trackbook.duckdb.csv"]
    with pytest.raises(BadInput, match="is the store itself; `trackbook store snapshot` copies it"):
        tb.log_artifact("trackbook.duckdb")


def test_whatever_lies_in_a_folder_the_rest_is_kept_and_one_warning_says_what_is_not(run, tmp_path):
    import os

    folder = tmp_path / "odd"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "good.txt").write_text("good")
    (folder / "deep" / "same.txt").symlink_to("good.txt")
    (folder / "all").symlink_to("..")
    (folder / "loop").symlink_to("loop")
    (folder / "gone").symlink_to("nowhere")
    (folder / "back\\slash").write_text("x")
    (folder / "odd\x1bname").write_text("x")
    os.mkfifo(folder / "pipe")  # reading it would wait for ever
    with pytest.warns(tb.TrackbookWarning) as warned:
        tb.log_artifact(folder)
    [text] = [str(each.message) for each in warned]
    assert "what could not be read (gone, loop)" in text
    assert "links to folders or out of it (all)" in text
    assert r"names that cannot be kept (back\slash, 'odd\x1bname')" in text
    assert "pipes, sockets and devices (pipe)" in text
    assert kept() == ["odd/deep/good.txt", "odd/deep/same.txt"]


def test_files_that_cannot_be_read_are_counted_in_one_sentence(run, tmp_path, monkeypatch):
    from pathlib import Path

    for number in range(6):
        (tmp_path / f"file{number}").write_text("x")
    plain = Path.open

    def guarded(self, *arguments, **more):
        if self.name.startswith("file") and self.name != "file5":
            raise PermissionError(13, "Permission denied", str(self))
        return plain(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", guarded)
    with pytest.warns(tb.TrackbookWarning, match=r"file2: Permission denied and 2 more\)\.$"):
        tb.log_artifact(tmp_path)
    assert kept() == [f"{tmp_path.name}/file5"]
    with pytest.raises(BadInput, match="cannot be read"):
        tb.log_artifact(tmp_path / "file0")


def test_a_full_disk_is_said_once_for_a_whole_folder(run, tmp_path, monkeypatch):
    from trackbook.errors import DiskFull
    from trackbook.store import Store

    for number in range(5):
        (tmp_path / f"file{number}").write_text("x")

    def full(store, content):
        raise DiskFull(store.location.blobs)

    monkeypatch.setattr(Store, "put_blob", full)
    with pytest.warns(tb.TrackbookWarning) as warned:
        tb.log_artifact(tmp_path)
    [text] = [str(each.message) for each in warned]
    assert "everything from here on (file0: The disk with" in text


@pytest.mark.parametrize("path", [None, 3, "", b"a.txt", "a\x00", ["a.txt"]])
def test_what_is_no_path_is_a_sentence(run, path):
    with pytest.raises(BadInput, match="log_artifact keeps a file or a folder: give its path, not "):
        tb.log_artifact(path)


def test_a_pipe_is_no_file(run, tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="is neither a file nor a folder"):
        tb.log_artifact(tmp_path / "pipe")


def test_the_folder_above_has_its_own_name(run, tmp_path, monkeypatch):
    inside = tmp_path / "project" / "notebooks"
    inside.mkdir(parents=True)
    (tmp_path / "project" / "a.txt").write_text("a")
    monkeypatch.chdir(inside)
    tb.log_artifact("..")
    assert kept() == ["project/a.txt"]


def test_the_newest_of_one_path_is_read(run):
    tb.log_text("old", "a.txt")
    tb.log_text("new", "a.txt")
    assert read("a.txt") == b"new"


@pytest.mark.parametrize("path", ["../a", "/etc/passwd", "a/../b", "a//b", "./a", "a\\b", "C:/a", "", "a\x00", "a/."])
def test_a_path_cannot_leave_the_run(run, path):
    with pytest.raises(BadName):
        tb.log_text("x", path)
    assert tb.get_run("x").artifacts == []


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".json"])
def test_a_table_is_kept_in_the_format_of_its_ending(run, ending):
    import io

    table = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    tb.log_table(table, f"t{ending}")
    content = read(f"t{ending}")
    if ending == ".parquet":
        from trackbook.store import parquet_to_frame

        back = parquet_to_frame(content)
    else:
        back = (
            pd.read_csv(io.BytesIO(content)) if ending == ".csv" else pd.read_json(io.BytesIO(content), orient="split")
        )
    assert back["a"].tolist() == [1, 2]
    assert back["b"].isna().tolist() == [False, True]


def test_polars_and_plain_columns_are_tables_too(run):
    import polars as pl

    tb.log_table(pl.DataFrame({"a": [1]}), "p.csv")
    tb.log_table({"a": [1]}, "d.csv")
    assert read("p.csv") == read("d.csv") == b"a\n1\n"


def test_wrong_usage_is_a_sentence(run, tmp_path):
    with pytest.raises(BadInput, match="There is no file"):
        tb.log_artifact(tmp_path / "nothing")
    with pytest.raises(BadName, match=r"neither \.parquet nor \.csv nor \.json"):
        tb.log_table({"a": [1]}, "t.xlsx")
    with pytest.raises(BadInput, match="no figure of matplotlib, plotly or PIL"):
        tb.log_figure(object(), "f.png")
    with pytest.raises(ArtifactNotFound, match=r"It has: none\."):
        read("nothing.txt")


def test_a_figure_is_kept_as_its_ending_says(run):
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2])
    tb.log_figure(figure, "f.png")
    tb.log_figure(axes, "f.svg")
    assert read("f.png").startswith(b"\x89PNG")
    assert b"<svg" in read("f.svg")
