"""Cells of the run table: typeset, compared with a baseline, summed up for groups; places of grouped rows; the twin."""

from __future__ import annotations

import math
from datetime import UTC

import numpy as np
import pytest

from trackbook.store.run_groups import GroupFacts, MetricOfGroup
from trackbook.store.run_pages import RunFacts
from trackbook.views.table.cells import aligned, group_cells, run_cells
from trackbook.views.table.columns import as_column
from trackbook.views.table.html import count_sentence, table_html, table_text
from trackbook.views.table.noise import mark_equal
from trackbook.views.table.places import GroupAt, Places, RunAt

BETTER = {"acc": "higher", "loss": "lower"}
EVIL = "<img src=x onerror=alert(1)>"


def run(run_id="1", **facts):
    attributes = {
        "name": "otter", "status": "FINISHED", "ended_by": "cell", "started_at": 1e9, "duration": 72.0, "attempt": 3,
        "error": "", "note": "", "git_commit": "abcdef0123", "git_edits": 2, "experiment": "churn",
    } | facts.pop("attributes", {})  # fmt: skip
    return RunFacts(1, run_id, attributes, **facts)


def columns(*keys):
    return [as_column(key, BETTER) for key in keys]


def test_values_are_typeset_and_exact_on_hover():
    made = run(metrics={"acc": 0.9123456}, params={"lr": 0.30000000000000004}, tags={"team": "ads"})
    keys = (
        "name",
        "status",
        "started_at",
        "duration",
        "attempt",
        "metrics.acc",
        "params.lr",
        "tags.team",
        "git_commit",
    )
    cells = run_cells(made, columns(*keys, "metrics.none"), zone=UTC)
    assert [cell.text for cell in cells] == [
        "otter",
        "",
        "",
        "1\u202fmin 12\u202fs",
        "3",
        "0.912",
        "0.3",
        "ads",
        "abcdef0+2",
        "",
    ]
    assert cells[2].moment == 1e9
    assert cells[2].hover == "2001-09-09 01:46:40 UTC"
    assert cells[5].hover == "0.9123456"


@pytest.mark.parametrize(
    ("value", "text"), [(0.91, "0.910"), (2.0, "2"), (1.9, "1.90"), (math.nan, "NaN"), (123.4, "123"), (1e-9, "1e-9")]
)
def test_numbers_of_a_column_line_up(value, text):
    assert aligned(value) == text


@pytest.mark.parametrize(
    ("metric", "now", "tone", "delta", "direction"),
    [
        ("acc", 0.92, "good", "+0.02", 1),
        ("acc", 0.88, "bad", "−0.02", -1),
        ("loss", 0.88, "good", "−0.02", -1),
        ("loss", 0.92, "bad", "+0.02", 1),
        ("other", 0.92, "", "+0.02", 1),
        ("acc", 0.9, "", "=", 0),
        ("acc", math.nan, "", "=", 0),
    ],
)
def test_a_difference_is_good_where_up_is_good(metric, now, tone, delta, direction):
    base = run("base", metrics={metric: 0.9})
    cell = run_cells(run(metrics={metric: now}), columns(f"metrics.{metric}"), base)[0]
    if math.isnan(now):
        assert cell.delta != "+0.02"
        return
    assert (cell.tone, cell.delta, cell.direction) == (tone, delta, direction)
    assert run_cells(base, columns(f"metrics.{metric}"), base)[0].tone == "base"


def test_numbers_line_up_beside_a_difference_too():
    base = run("base", metrics={"acc": 0.92})
    made = [run_cells(run(metrics={"acc": acc}), columns("metrics.acc"), base)[0] for acc in (0.91, 0.9199)]
    assert [(cell.text, cell.delta) for cell in made] == [("0.910", "−0.01"), ("0.9199", "−0.0001")]


def test_how_a_run_ended_is_a_word():
    failed = run(attributes={"status": "FAILED", "ended_by": "error", "error": "ValueError: no rows"})
    cell = run_cells(failed, columns("status"))[0]
    assert (cell.text, cell.tone) == ("FAILED", "bad")
    assert "no rows" in cell.hover


def test_a_group_shows_mean_spread_best_and_ranges():
    group = GroupFacts("4", 1e9, 30.0, "otter", "credit.ipynb", "c1")
    group.metrics = {"acc": MetricOfGroup(3, 0.90, 0.92, 0.911, 0.004)}
    group.numbers, group.texts = (
        {"params.depth": (2.0, 12.0)},
        {"tags.team": ["ads", "search"], "params.model": ["svm"]},
    )
    keys = ("name", "metrics.acc", "params.depth", "tags.team", "params.model", "status")
    cells = group_cells(group, "depth = 4", 3, columns(*keys))
    assert [cell.text for cell in cells] == ["depth = 4 (3 runs)", "0.911 ± 0.004", "2–12", "…", "svm", ""]
    assert cells[1].delta == "best 0.92"


def test_groups_stand_in_the_order_of_their_first_run_and_open_in_place():
    numbers = np.arange(10, 16)
    labels = np.array(["b", None, "a", "b", None, "a"], dtype=object)
    closed = Places(numbers, labels)
    assert closed.between(0, 9) == [GroupAt("b", 2, False), GroupAt(None, 2, False), GroupAt("a", 2, False)]
    opened = Places(numbers, labels, ["a", None])
    assert opened.rows == 7
    whole = opened.between(0, 99)
    assert whole[2:4] == [RunAt(11, 1), RunAt(14, 1)]
    for first in range(8):
        for last in range(first, 8):
            assert opened.between(first, last) == whole[first:last]
    for place, row in enumerate(whole):
        assert opened.place_of(row) == place
    assert opened.place_of(RunAt(10, 1)) is None
    assert opened.members(["b"]) == [10, 13]
    assert Places(numbers).between(4, 99) == [RunAt(14, 0), RunAt(15, 0)]


def test_the_twin_escapes_all_that_users_typed():
    made = run(
        attributes={"name": EVIL, "error": EVIL, "status": "FAILED"},
        params={EVIL: EVIL},
        tags={EVIL: EVIL},
        metrics={EVIL: 1.0},
    )
    shown = columns("name", "status", "error", f"params.{EVIL}", f"tags.{EVIL}", f"metrics.{EVIL}")
    html = table_html(shown, [run_cells(made, shown)], "1 run", f"tb.run_table({EVIL!r})")
    assert "<img" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") >= 7
    assert "1 run" in table_text(shown, [run_cells(made, shown)], "1 run", "tb.run_table()")


def test_the_twin_marks_what_is_within_noise_of_the_best():
    best, near = run(attributes={"name": "best"}, metrics={"acc": 0.91}), run(metrics={"acc": 0.9})
    shown = columns("name", "metrics.acc")
    rows = mark_equal(
        [run_cells(best, shown), run_cells(near, shown)], shown, ["a", "b"], {"metrics.acc": ["b"]}, "<b>est"
    )
    html = table_html(shown, rows, "2 runs", "tb.run_table()")
    assert html.count("≈") == 1
    assert "cannot be told from &lt;b&gt;est" in html
    lines = table_text(shown, rows, "2 runs", "tb.run_table()").splitlines()
    assert ["≈" in line for line in lines[2:4]] == [False, True]


def test_how_many_and_what_to_do_when_there_are_none():
    assert count_sentence(1284, 100_000, filtered=True).replace("\u202f", "") == "1284 of 100000 runs"
    assert count_sentence(1, 1, filtered=False) == "1 run"
    assert "%%track" in count_sentence(0, 0, filtered=True)
    assert "%runs shows all" in count_sentence(0, 7, filtered=True)
    assert count_sentence(0, 0, filtered=False, deleted=True) == "No run is deleted."
