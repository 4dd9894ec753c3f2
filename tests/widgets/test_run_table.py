"""The run table without a browser: what it answers to the browser's words, and what Python reads and sets."""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

import trackbook as tb
from trackbook.errors import BadFilter, BadInput, RunNotFound
from trackbook.store import delete_run
from trackbook.tracking.data import log_predictions
from trackbook.tracking.start import start_run
from trackbook.widgets import watch


@pytest.fixture
def runs(home):
    made = {}
    for name, depth, acc in (("a", 2, 0.8), ("b", 4, 0.9), ("c", 4, 0.7)):
        with start_run(name, experiment="churn") as run:
            run.log_params({"depth": depth})
            run.log_metric("acc", acc)
            for step in range(3):
                run.log_metric("loss", 1 / (step + 1), step=step)
        made[name] = run.run_id
    return made


@pytest.fixture
def table(runs):
    table = tb.run_table()
    yield table
    table.close()


@pytest.fixture
def ask(table):
    """Say something as the browser does; returns what Python told, which must be JSON."""
    told = []
    table.grid.send = lambda content, buffers=None: told.append(json.loads(json.dumps(content, allow_nan=False)))

    def said(word, **facts):
        del told[:]
        table.answers.receive(table.grid, {"ask": word, **facts}, [])
        return told.copy()

    return said


def rows(first, last, left=1, right=99):
    return {"from": first, "to": last, "top": 0, "left": left, "right": right}


def names(told):
    page = next(each for each in reversed(told) if each["tell"] in {"table", "rows"})["page"]
    return [row["cells"][0]["t"] for row in page]


def of(told, tell):
    return next((each for each in told if each["tell"] == tell), None)


def test_the_first_page_is_there_before_anybody_asks(table, runs):
    first = table.grid.first
    assert [row["id"] for row in first["page"]] == [runs["c"], runs["b"], runs["a"]]
    assert (first["rows"], first["sentence"], first["call"]) == (3, "3 runs", "tb.run_table()")
    assert [column["key"] for column in first["columns"]][:3] == ["name", "attempt", "started_at"]


def test_a_page_and_its_small_lines_are_asked_by_place(ask, runs):
    told = ask("rows", **rows(1, 3))
    assert names(told) == ["b", "a"]
    assert set(of(told, "sparks")["courses"]) == {runs["a"], runs["b"]}
    assert of(told, "sparks")["courses"][runs["a"]] == {"metrics.loss": [31, 8, 0]}


def test_of_many_columns_those_in_view_are_sent_beside_the_first(home, runs):
    with start_run("wide") as run:
        run.log_metrics({f"m{at:03}": float(at) for at in range(300)})
    keys = ["name", *(f"metrics.m{at:03}" for at in range(300))]
    table = tb.run_table("name = 'wide'", columns=keys)
    first = table.grid.first
    assert len(first["columns"]) == 301
    assert [cell["t"] for cell in first["page"][0]["cells"][:3]] == ["wide", "0", "1"]
    assert len(first["page"][0]["cells"]) < 30
    told = []
    table.grid.send = lambda content, buffers=None: told.append(content)
    table.answers.receive(table.grid, {"ask": "rows", **rows(0, 1, 201, 204)}, [])
    assert told[0]["left"] == 201
    assert [cell["t"] for cell in told[0]["page"][0]["cells"]] == ["wide", "200", "201", "202"]
    table.close()


def test_sorting_filtering_and_typing_change_what_python_reads(table, ask, runs):
    assert names(ask("sort", column="metrics.acc", add=False)) == ["b", "a", "c"]
    assert table.sort == ["metrics.acc DESC"]
    assert names(ask("filter", text="params.depth = 4")) == ["b", "c"]
    assert names(ask("term", column="metrics.acc", text="> 0.8")) == ["b"]
    assert table.filter == "params.depth = 4 AND metrics.acc > 0.8"
    assert list(table.to_frame()["run_id"]) == [runs["b"]]
    ask("columns", keys=["name", "metrics.acc"])
    assert list(table.to_frame().columns) == ["name", "metrics.acc", "run_id"]


def test_a_fault_says_where_and_nothing_else_breaks(table, ask):
    fault = of(ask("filter", text="params.depth >> 4"), "fault")
    assert fault["position"] == 14
    assert fault["sentence"].startswith("Wrong at character 15")
    assert of(ask("term", column="metrics.acc", text="> > 1"), "fault")["column"] == "metrics.acc"
    assert table.filter == ""
    assert names(ask("rows", **rows(0, 9))) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("word", "facts"),
    [
        ("sort", {"column": "metrics; DROP TABLE x"}),
        ("group", {"by": "metrics.acc"}),
        ("rename", {"ids": ["'; DROP TABLE x"], "name": "x"}),
        ("rename", {"ids": ["00000000-0000-7000-8000-000000000000"], "name": "x"}),
        ("tag", {"ids": ["00000000-0000-7000-8000-000000000000"], "text": "no equals"}),
        ("compare", {"ids": []}),
        ("columns", {"keys": 7}),
    ],
)
def test_what_cannot_be_meant_becomes_a_sentence(ask, word, facts):
    notice = of(ask(word, **facts), "notice")
    assert notice["tone"] == "error"
    assert notice["text"].endswith((".", "?")) or ":" in notice["text"]


@pytest.mark.parametrize("content", [None, 7, {}, {"ask": "close"}, {"ask": "receive"}, {"ask": None}, []])
def test_words_that_are_none_of_ours_are_passed_over(table, ask, content):
    table.answers.receive(table.grid, content, [])
    assert names(ask("hello")) == ["c", "b", "a"]


def test_groups_fold_and_are_selected_whole(table, ask, runs):
    told = ask("group", by="params.depth")
    assert names(told) == ["depth = 4 (2 runs)", "depth = 2 (1 run)"]
    ask("range", **{"from": 0, "to": 0, "add": False, "ids": []})
    assert table.selected == [runs["c"], runs["b"]]
    assert names(ask("fold", label="4", open=True)) == ["depth = 4 (2 runs)", "c", "b", "depth = 2 (1 run)"]
    assert names(ask("fold", label="4", open=False)) == ["depth = 4 (2 runs)", "depth = 2 (1 run)"]


def test_a_selection_that_was_overtaken_counts_no_more(table, ask, runs):
    ask("select", ids=[runs["a"], runs["b"]], turn=2)
    ask("select", ids=[runs["a"]], turn=1)
    assert ask("range", **{"from": 0, "to": 0, "add": False, "ids": [], "turn": 1}) == []
    assert table.selected == [runs["a"], runs["b"]]
    assert of(ask("hello"), "selected") == {"tell": "selected", "ids": [runs["a"], runs["b"]], "turn": 2}


def test_the_place_is_kept_unless_other_rows_are_shown(table, ask, runs):
    ask("top", top=2)
    assert of(ask("pin", ids=[runs["a"]]), "table")["top"] is False
    assert of(ask("columns", keys=["name"]), "table")["top"] is False
    assert table.answers.top == 2
    assert of(ask("sort", column="name", add=False), "table")["top"] is True
    assert table.answers.top == 0


def test_more_than_can_be_selected_is_said(table, ask, runs, monkeypatch):
    monkeypatch.setattr("trackbook.widgets.run_table.shown.MOST_SELECTED", 2)
    told = ask("range", **{"from": 0, "to": 2, "add": False, "ids": []})
    assert of(told, "selected")["ids"] == table.selected == [runs["c"], runs["b"]]
    assert of(told, "notice")["text"].startswith("Selected the first 2 of 3 runs")


def test_only_what_can_be_grouped_by_is_offered_for_it(ask):
    assert of(ask("names", text="", groups=True), "names")["keys"] == ["experiment", "params.depth"]
    assert "metrics.acc" in of(ask("names", text="", groups=False), "names")["keys"]


def test_every_decision_is_undone_in_turn(home, table, ask, runs):
    ids = [runs["a"]]
    ask("star", ids=ids, on=True)
    ask("rename", ids=ids, name="better")
    ask("tag", ids=ids, text="stage=x")
    ask("note", ids=ids, text="look")
    told = ask("delete", ids=ids)
    assert names(told) == ["c", "b"]
    assert of(told, "notice") == {
        "tell": "notice", "text": "Deleted better; the table of deleted runs brings it back.", "tone": "done", "undo": True,
    }  # fmt: skip
    for _ in range(5):
        told = ask("undo")
    assert names(told) == ["c", "b", "a"]
    assert of(told, "notice")["undo"] is False
    assert of(ask("undo"), "notice")["text"] == "There is nothing to undo."
    with home.asking() as db:
        assert db.execute("SELECT name, note, starred FROM runs WHERE run_id = $1", ids).fetchall() == [
            ("a", "", False)
        ]
        assert db.execute("SELECT count(*) FROM tags").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM audit").fetchone() == (10,)


def test_a_pinned_run_is_what_others_are_compared_with(table, ask, runs):
    told = ask("pin", ids=[runs["a"]])
    place = [column["key"] for column in told[0]["columns"]].index("metrics.acc")
    cells = {row["id"]: row["cells"][place] for row in told[0]["page"]}
    assert cells[runs["b"]]["d"] == "+0.1"
    assert cells[runs["b"]]["c"] == "good"
    assert cells[runs["a"]]["c"] == "base"
    assert table.baseline == runs["a"]
    ask("pin", ids=[runs["a"]])
    assert table.baseline == ""


def test_new_runs_of_anybody_come_in_and_the_place_is_kept(table, ask, runs):
    ask("top", top=1)
    arrived = threading.Event()
    told = []
    table.grid.send = lambda content, buffers=None: (told.append(content), arrived.set())
    with start_run("d"):
        pass
    assert arrived.wait(20)
    assert told[0]["shift"] == 1
    assert told[0]["rows"] == 4


def test_one_change_is_drawn_once(table, runs, monkeypatch):
    told, looks = [], []
    look = watch.change_mark
    monkeypatch.setattr(watch, "change_mark", lambda location: looks.append(len(told)) or look(location))
    table.grid.send = lambda content, buffers=None: told.append(content["tell"])
    with start_run("d"):
        pass
    while "table" not in told or looks[-4:] != [len(told)] * 4:
        time.sleep(0.05)
    assert told.count("table") in {1, 2}  # begun, and ended: two changes if the table was quick
    del told[:]
    table.store_changed()
    assert told == []


@pytest.fixture
def judged(home):
    """Four runs, of which three kept predictions; a name for each id."""
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 2000)
    ids = {}
    for name, share in (("best", 0.9), ("near", 0.895), ("worse", 0.7), ("no predictions", None)):
        with start_run(name) as run:
            guess = np.where(random.random(2000) < (share or 1), truth, 1 - truth)
            run.log_metric("accuracy", 0.89 if share is None else float((guess == truth).mean()))
            if share is not None:
                log_predictions(truth, guess, run=run)
        ids[run.run_id] = name
    return ids


def test_what_cannot_be_told_from_the_best_or_the_baseline_is_marked(judged):
    ids, table = judged, tb.run_table()
    told, arrived = [], threading.Event()
    table.grid.send = lambda content, buffers=None: (
        (told.append(content), arrived.set()) if content["tell"] == "equal" else None
    )

    def marked(**said):
        arrived.clear()
        table.answers.receive(table.grid, said, [])
        assert arrived.wait(60)
        return told[-1]["to"], [ids[run_id] for run_id in told[-1]["marks"].get("metrics.accuracy", [])]

    assert marked(ask="sort", column="metrics.accuracy", add=False) == ("best", ["near"])
    assert marked(ask="sort", column="name", add=False) == ("", [])
    pinned = next(run_id for run_id, name in ids.items() if name == "near")
    assert marked(ask="pin", ids=[pinned]) == ("near", ["best"])
    table.close()


def test_of_two_selected_runs_the_table_says_whether_one_is_really_better(judged):
    ids, table = {name: run_id for run_id, name in judged.items()}, tb.run_table()
    told, arrived = [], threading.Event()
    table.grid.send = lambda content, buffers=None: (
        (told.append(content), arrived.set()) if content["tell"] == "verdict" else None
    )
    for pair in (("worse", "no predictions"), ("worse", "best")):
        table.answers.receive(table.grid, {"ask": "select", "ids": [ids[name] for name in pair], "turn": 1}, [])
    assert arrived.wait(60)
    assert len(told) == 1
    assert told[0]["sentence"].startswith("worse is worse than best: accuracy -0.")
    assert "95 % interval [" in told[0]["sentence"]
    assert told[0]["ids"] == [ids["worse"], ids["best"]]
    table.close()


def test_the_picture_that_stays_is_marked_as_soon_as_that_is_known(judged, shell):
    marked = threading.Event()
    pictures = []

    def publish(data, *_, update=False, **__):
        pictures.append(data.get("text/html", ""))
        if update:
            marked.set()

    shell.display_pub.publish = publish
    table = tb.run_table(sort="metrics.accuracy DESC")
    table._ipython_display_()
    assert marked.wait(60)
    table.close()
    assert "≈" not in pictures[0]
    assert pictures[-1].count("≈") == 1
    assert "cannot be told from best" in pictures[-1]


def test_nobody_asks_the_store_for_what_nobody_sees(table, ask):
    ask("visible", on=False)
    with start_run("d"):
        pass
    table.store_changed()
    assert table.answers.stale
    assert names(ask("visible", on=True)) == ["d", "c", "b", "a"]


def test_traits_are_set_from_python_and_checked(table, ask, runs):
    table.filter = "params.depth = 4"
    table.sort = "metrics.acc DESC"
    table.group = "params.depth"
    table.baseline = "a"
    assert (table.sort, table.baseline) == (["metrics.acc DESC"], runs["a"])
    assert table.shown.head()["sentence"] == "2 of 3 runs"
    for trait, value, error in (
        ("filter", "nonsense", BadFilter), ("sort", "1", BadFilter), ("group", "name", BadInput), ("baseline", "nobody", RunNotFound),
    ):  # fmt: skip
        before = getattr(table, trait)
        with pytest.raises(error):
            setattr(table, trait, value)
        assert getattr(table, trait) == before


def test_runs_deleted_meanwhile_leave_the_table_whole(home, table, ask, runs):
    delete_run(home, runs["b"], actor="somebody")
    assert of(ask("details", ids=[runs["c"]]), "notice") is None
    assert "<table" in table.below.children[1].value
    ask("details", ids=[])
    assert table.below.children == ()
    with home.deciding() as db:
        db.execute("DELETE FROM _tb.runs WHERE run_id = $1", [runs["c"]])
    gone = of(ask("details", ids=[runs["c"]]), "notice")
    assert "There is no run" in gone["text"]


def test_bad_calls_raise_where_they_are_typed(runs):
    for call, error in (
        ({"filter": "nonsense"}, BadFilter), ({"group": "name"}, BadInput), ({"columns": ["acc"]}, BadInput),
        ({"sort": "nonsense"}, BadFilter), ({"baseline": "nobody"}, RunNotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            tb.run_table(**call)


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_the_notebook_keeps_a_table_and_the_call(table, shell):
    shown = []
    shell.display_pub.publish = lambda data, *_, **__: shown.append(data)
    table._ipython_display_()
    assert table.grid.twin in shown[0]["text/html"]
    assert "tb.run_table()" in shown[0]["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in shown[1]
