"""What the card says after a tracked cell."""

import json
import math
from dataclasses import replace
from datetime import UTC

import pytest

from trackbook.records import Attempt, DatasetFacts, EndedBy, GitState, RunStatus
from trackbook.views.card.card import MIME_TYPE, CardFacts, card_lines, mime_bundle
from trackbook.views.card.text import card_text

ENDED = 1_795_442_000.0
RUN = CardFacts(
    run_id="0192f0aa",
    run_name="churn-baseline",
    experiment="credit",
    status=RunStatus.FINISHED,
    ended_by=EndedBy.CELL,
    attempt=7,
    duration=12.43,
    ended_at=ENDED,
)
BEFORE = Attempt("0192f0a0", 6, {"max_depth": 4, "n_estimators": 200}, {"accuracy": 0.908, "f1": 0.873, "loss": 0.3})


def said(now=None, **facts):
    """The lines of a card as text, with plain spaces and minus signs."""
    text = card_text(card_lines(replace(RUN, **facts), now, UTC))
    return text.replace("\u202f", " ").replace("\u2212", "-").replace("\u00d7", "x").split("\n")


def line(label, **facts):
    return next(
        (each.strip().removeprefix(label).strip() for each in said(**facts) if each.strip().startswith(label)), None
    )


def test_a_whole_card_reads_like_a_page_of_a_laboratory_book():
    facts = {
        "params": {"n_estimators": 200, "learning_rate": 0.1, "max_depth": 6},
        "default_count": 14,
        "previous": replace(BEFORE, params={**BEFORE.params, "learning_rate": 0.1}),
        "metrics": {"accuracy": 0.9142, "f1": 0.871, "fit_time": 8.1},
        "better": {"accuracy": "higher", "f1": "higher"},
        "artifacts": (("model", 1_200_000),),
        "outputs": 2,
        "figures": 2,
        "datasets": (DatasetFacts("X_train", "pandas", "9f3a" + "0" * 60, sampled=False, rows=120_000, columns=42),),
        "git": GitState("4c1d2e" + "0" * 34, "main", "", 3, "", patch_cut=False),
        "warnings": ("unseeded: RandomForestClassifier has no random_state",),
        "offer": "Add trackbook.duckdb to .gitignore",
    }
    assert said(**facts) == [
        "● churn-baseline #7 of this cell · 12.4 s · 2026-11-23 13:53",
        "  params   max_depth 6 ← 4   n_estimators 200   learning_rate 0.1   (+14 defaults)",
        "  metrics  accuracy 0.914 ▲ +0.006 better   f1 0.871 ▼ -0.002 worse   fit_time 8.1   vs #6",
        "  kept     model (1.2 MB) · 2 figures · X_train 120 000 x 42 #9f3a… · git 4c1d2e +3 edits",
        "  ⚠ unseeded: RandomForestClassifier has no random_state",
        "  → Add trackbook.duckdb to .gitignore",
    ]


@pytest.mark.parametrize(
    ("facts", "head"),
    [
        pytest.param({"attempt": 0}, "● churn-baseline · 12.4 s · 2026-11-23 13:53", id="a script has no attempts"),
        pytest.param(
            {"status": RunStatus.RUNNING, "ended_by": None, "ended_at": None},
            "● running churn-baseline #7 of this cell · 12.4 s",
            id="running",
        ),
        pytest.param(
            {"evaluation_of": "fit"},
            "● churn-baseline #7 of this cell · evaluates fit · 12.4 s · 2026-11-23 13:53",
            id="evaluation",
        ),
        pytest.param({"now": ENDED + 200}, "● churn-baseline #7 of this cell · 12.4 s · 3 min ago", id="relative"),
        pytest.param({"ended_at": 1e20}, "● churn-baseline #7 of this cell · 12.4 s", id="a time in no calendar"),
        pytest.param({"run_name": "\n"}, "● 0192f0aa #7 of this cell · 12.4 s · 2026-11-23 13:53", id="no name"),
    ],
)
def test_the_head_says_which_run_this_is(facts, head):
    assert said(**facts)[0] == head


@pytest.mark.parametrize(
    ("status", "ended_by", "word"),
    [
        (RunStatus.FINISHED, EndedBy.CELL, "churn-baseline"),
        (RunStatus.FINISHED, EndedBy.STOP, "stopped"),
        (RunStatus.FAILED, EndedBy.ERROR, "failed"),
        (RunStatus.FAILED, EndedBy.INTERRUPT, "interrupted"),
        (RunStatus.KILLED, EndedBy.INTERRUPT, "interrupted"),
        (RunStatus.KILLED, EndedBy.LOST, "lost"),
        (RunStatus.KILLED, None, "killed"),
        (RunStatus.RUNNING, None, "running"),
    ],
)
def test_an_end_that_was_not_planned_has_a_word(status, ended_by, word):
    assert said(status=status, ended_by=ended_by)[0].split()[1] == word


@pytest.mark.parametrize(
    ("facts", "params"),
    [
        pytest.param({}, None, id="none at all"),
        pytest.param({"default_count": 1}, "(+1 default)", id="only a default"),
        pytest.param({"params": {"a": 1, "b": "x"}}, "a 1   b x", id="a first attempt is not all new"),
        pytest.param(
            {"params": {"lr": 0.1, "n_estimators": 200, "max_depth": 6}, "previous": BEFORE},
            "max_depth 6 ← 4   lr 0.1 new   n_estimators 200",
            id="what differs comes first",
        ),
        pytest.param(
            {"params": {"max_depth": 4}, "previous": BEFORE},
            "without n_estimators (was 200)   max_depth 4",
            id="what is gone is said",
        ),
        pytest.param(
            {"params": {"n_estimators": 200}, "defaults": {"max_depth": None}, "default_count": 1, "previous": BEFORE},
            "max_depth None ← 4   n_estimators 200   (+1 default)",
            id="back at its default is a change",
        ),
        pytest.param(
            {"params": {"a": 1}, "previous": replace(BEFORE, params={"a": "1"})},
            "a 1 ← '1'",
            id="look-alikes are told apart",
        ),
        pytest.param(
            {"params": {"a": 0.1 * 3}, "previous": replace(BEFORE, params={"a": 0.3})},
            "a 0.30000000000000004 ← 0.3",
            id="all digits where they matter",
        ),
        pytest.param(
            {"params": {"a": math.nan}, "previous": replace(BEFORE, params={"a": math.nan})}, "a NaN", id="NaN stays"
        ),
        pytest.param(
            {"params": {f"p{n}": n for n in range(13)}},
            "p0 0   p1 1   p2 2   p3 3   p4 4   p5 5   p6 6   p7 7   +5 more",
            id="eight fit on a line",
        ),
        pytest.param(
            {"params": {"a": "x" * 99, "b" * 99: 1, "c": 3}},
            f"a {'x' * 39}…   {'b' * 39}… 1   c 3",
            id="long ones are cut",
        ),
    ],
)
def test_params_say_what_changed(facts, params):
    assert line("params", **facts) == params


@pytest.mark.parametrize(
    ("metrics", "better", "told"),
    [
        pytest.param({}, {}, None, id="none"),
        pytest.param({"accuracy": 0.9}, {}, "accuracy 0.900 ▼ -0.008   vs #6", id="no judgement when nobody knows"),
        pytest.param({"loss": 0.2}, {"loss": "lower"}, "loss 0.2 ▼ -0.1 better   vs #6", id="down is good for a loss"),
        pytest.param({"loss": 0.4}, {"loss": "lower"}, "loss 0.4 ▲ +0.1 worse   vs #6", id="up is bad for a loss"),
        pytest.param({"loss": 0.3}, {"loss": "lower"}, "loss 0.3 =   vs #6", id="unchanged"),
        pytest.param({"loss": math.nan}, {"loss": "lower"}, "loss NaN ← 0.3   vs #6", id="NaN"),
        pytest.param({"loss": math.inf}, {"loss": "lower"}, "loss infinity ← 0.3 worse   vs #6", id="diverged"),
        pytest.param({"new": 12345}, {}, "new 12 345", id="nothing to compare with"),
        pytest.param(
            {"g.mean": 0.9141, "g.std": 0.0211, "g": 0.93}, {}, "g 0.914 ± 0.021", id="a short array is one item"
        ),
        pytest.param(
            {"g.mean": 0.5, "g": 0.25, "x.std": 2}, {}, "g.mean 0.5   g 0.25   x.std 2", id="only halves of it"
        ),
    ],
)
def test_metrics_say_whether_it_helped(metrics, better, told):
    assert line("metrics", metrics=metrics, better=better, previous=BEFORE) == told


def test_an_error_stands_where_the_metrics_were():
    failed = {"status": RunStatus.FAILED, "metrics": {"a": 1}, "error": "ValueError: no\nrows"}
    assert line("error", ended_by=EndedBy.ERROR, **failed) == "ValueError: no rows"
    assert line("metrics", ended_by=EndedBy.ERROR, **failed) is None


def test_a_very_long_error_is_cut_in_every_form_of_the_card():
    facts = replace(RUN, status=RunStatus.FAILED, ended_by=EndedBy.ERROR, error="ValueError: " + "x" * 5000)
    bundle = mime_bundle(facts)
    assert all(len(json.dumps(form)) < 6000 for form in bundle.values())
    assert line("error", status=facts.status, ended_by=facts.ended_by, error=facts.error) == f"ValueError: {'x' * 187}…"


def test_an_interrupted_training_keeps_its_metrics():
    stopped = {
        "status": RunStatus.FAILED,
        "ended_by": EndedBy.INTERRUPT,
        "error": "KeyboardInterrupt",
        "metrics": {"a": 1},
    }
    assert line("metrics", **stopped) == "a 1"
    assert line("error", **stopped) is None


@pytest.mark.parametrize(
    ("facts", "kept"),
    [
        pytest.param({"outputs": 3, "figures": 1}, "1 figure · 2 other outputs", id="figures among outputs"),
        pytest.param({"outputs": 1}, "1 output", id="only text"),
        pytest.param(
            {"artifacts": (("a", None), ("b", 5), ("c", 1), ("d", 1))}, "a · b (5 B) · c (1 B) · +1 more", id="files"
        ),
        pytest.param(
            {"datasets": (DatasetFacts("x", "numpy", "ab12ff", sampled=True, rows=9, columns=None),)},
            "x 9 #ab12… sampled",
            id="a sampled array",
        ),
        pytest.param(
            {"datasets": (DatasetFacts("d.csv", "file", "", sampled=False, rows=None, columns=None, size=2000),)},
            "d.csv 2 kB",
            id="an unread file",
        ),
        pytest.param(
            {"git": GitState("", "main", "", 1, "", patch_cut=False)},
            "git no commit yet +1 edit",
            id="a young repository",
        ),
    ],
)
def test_what_is_kept_is_listed(facts, kept):
    assert line("kept", **facts) == kept


def test_many_warnings_do_not_bury_the_card():
    assert said(warnings=tuple("abcdefgh"))[1:] == ["  ⚠ a", "  ⚠ b", "  ⚠ c", "  ⚠ d", "  ⚠ e", "  ⚠ +3 more"]


def test_the_front_end_gets_facts_it_can_compute_with():
    previous = replace(BEFORE, metrics={"loss": 0.3})
    facts = replace(
        RUN, params={"max_depth": 6}, metrics={"loss": math.nan}, better={"loss": "lower"}, previous=previous
    )
    card = mime_bundle(facts)[MIME_TYPE]
    assert card["version"] == 1
    assert card["run"]["status"] == "FINISHED"
    assert card["run"]["compared_with"] == {"id": "0192f0a0", "attempt": 6}
    assert card["params"][0] == {"name": "max_depth", "value": 6, "before": 4, "change": "changed"}
    assert card["metrics"] == [{"name": "loss", "value": "NaN", "before": 0.3, "better": "lower", "verdict": ""}]
    assert json.loads(json.dumps(card, allow_nan=False)) == card


def test_a_long_value_does_not_fill_the_notebook():
    bundle = mime_bundle(replace(RUN, params={"ids": list(range(100_000))}))
    assert len(json.dumps(bundle)) < 10_000
