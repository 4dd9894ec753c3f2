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
    tb.log_artifact(folder)
    assert [artifact["path"] for artifact in tb.get_run("x").artifacts] == ["model/deep/a.txt"]


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
