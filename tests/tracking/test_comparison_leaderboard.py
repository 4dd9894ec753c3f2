"""Seed replicates, and a leaderboard that does not call noise a winner."""

import numpy as np
import pandas as pd
import pytest

import trackbook as tb
from trackbook.errors import BadInput, NotThere
from trackbook.tracking.comparison.leaderboard import within_noise
from trackbook.tracking.comparison.replicates import find_replicates, is_seed

ROWS = 3_000
TRUTH = np.random.default_rng(0).integers(0, 2, ROWS)


def run(name, accuracy=None, experiment="e", guess=None, **params):
    with tb.start_run(name, experiment=experiment):
        tb.log_params(params)
        if guess is not None:
            tb.log_predictions(TRUTH, guess)
            accuracy = float((guess == TRUTH).mean()) if accuracy is None else accuracy
        if accuracy is not None:
            tb.log_metric("accuracy", accuracy)


def right(share, seed):
    return np.where(np.random.default_rng(seed).random(ROWS) < share, TRUTH, 1 - TRUTH)


@pytest.mark.parametrize(
    ("param", "seed"),
    [
        ("seed", True), ("random_state", True), ("model.random_state", True), ("torch_seed", True), ("Seed", True),
        ("seeds_per_row", False), ("seed_count", False), ("reseed", False), ("seed.lr", False), ("lr", False),
    ],
)  # fmt: skip
def test_a_seed_is_known_by_its_name(param, seed):
    assert is_seed(param) is seed


def test_runs_that_differ_in_their_seed_only_are_replicates(home):
    for seed, accuracy in enumerate([0.90, 0.92, 0.94]):
        run(f"deep {seed}", accuracy, seed=seed, depth=9)
    run("flat", 0.5, seed=1, depth=2)
    run("elsewhere", 0.6, experiment="other", seed=5, depth=9)
    deep, *others = sorted(find_replicates(tb.runs(), "accuracy"), key=lambda group: -group.n)
    assert (deep.n, deep.name) == (3, "deep 2")
    assert (deep.mean, deep.std) == pytest.approx((0.92, 0.02))
    half = 4.302653 * 0.02 / np.sqrt(3)  # Student's t with two degrees of freedom
    assert (deep.low, deep.high) == pytest.approx((0.92 - half, 0.92 + half))
    assert sorted((group.n, group.mean) for group in others) == [(1, 0.5), (1, 0.6)]
    assert all(np.isnan(group.low) for group in others)


def test_the_same_seed_again_is_no_new_replicate_and_a_run_without_seed_is_none(home):
    for _ in range(2):
        run("again", 0.9, seed=1, lr=0.1)
        run("unseeded", 0.8, lr=0.1)
        run("undefined seed", 0.8, lr=0.1, random_state=None)
    assert sorted(group.n for group in find_replicates(tb.runs(), "accuracy")) == [1] * 5


def test_unfinished_runs_and_runs_without_the_metric_are_no_replicates(home):
    run("done", 0.9, seed=1)
    run("silent", seed=2)
    failing = tb.start_run("failed", experiment="e")
    failing.log_params({"seed": 3})
    failing.log_metric("accuracy", 0.1)
    failing.end("FAILED")
    (only,) = find_replicates(tb.runs(), "accuracy")
    assert (only.n, only.mean) == (1, 0.9)


def test_groups_of_seeds_are_told_from_the_best_by_their_means(home):
    rng = np.random.default_rng(1)
    for name, mean in {"best": 0.90, "equal": 0.899, "worse": 0.80}.items():
        for seed in range(5):
            run(name, mean + 0.01 * rng.standard_normal(), seed=seed, model=name)
    board = tb.leaderboard("accuracy")
    assert set(board["name"][:2]) == {"best", "equal"}
    assert board["standing"].tolist() == ["best", "within noise", "worse"]
    assert board["best_or_equal"].tolist() == [True, True, False]
    assert board["n"].tolist() == [5, 5, 5]
    assert board["told_by"].tolist() == ["", "seeds", "seeds"]
    assert (board["low"] < board["value"]).all()
    assert (board["value"] < board["high"]).all()


def test_single_runs_are_told_from_the_best_by_their_predictions(home):
    run("worse", guess=right(0.7, 1))
    run("near", guess=right(0.899, 2))
    run("best", guess=right(0.91, 3))
    board = tb.leaderboard("accuracy")
    assert board["name"].tolist() == ["best", "near", "worse"]
    assert board["standing"].tolist() == ["best", "within noise", "worse"]
    assert board["told_by"].tolist() == ["", "predictions", "predictions"]


def test_what_nothing_can_tell_apart_is_unknown(home):
    run("best", guess=right(0.95, 1))
    run("no predictions", 0.5)
    run("other predictions", 0.9, guess=right(0.7, 2))
    for seed in range(3):
        run("seeds", 0.6 + seed / 100, seed=seed)
    board = tb.leaderboard("accuracy").set_index("name")
    assert board.loc[["no predictions", "other predictions", "seeds"], "standing"].unique().tolist() == ["unknown"]
    assert board["best_or_equal"].isna().sum() == 3
    assert board.loc["best", "standing"] == "best"


def test_many_equal_runs_are_seldom_called_worse(home):
    for seed in range(12):
        run(f"run {seed}", guess=right(0.9, seed))
    assert set(tb.leaderboard("accuracy")["standing"]) == {"best", "within noise"}


def test_a_metric_of_which_less_is_better_is_sorted_so(home):
    for loss in (0.3, 0.1, 0.2, np.nan):
        with tb.start_run(f"loss {loss}"):
            tb.log_metric("loss", loss)
    assert tb.leaderboard("loss")["value"].tolist() == [0.1, 0.2, 0.3]
    assert tb.leaderboard("loss", limit=1)["name"].tolist() == ["loss 0.1"]


def test_a_filter_chooses_the_runs(home):
    run("a", 0.9, lr=0.1)
    run("b", 0.8, lr=0.2)
    assert tb.leaderboard("accuracy", "params.lr > 0.1")["name"].tolist() == ["b"]


def test_a_board_of_nothing_is_a_sentence(home):
    run("a", 0.9)
    with tb.start_run("b"):
        tb.log_metric("wobble", 1.0)
    with pytest.raises(NotThere, match=r"No run .* metric 'f1'. There is: accuracy, wobble"):
        tb.leaderboard("f1")
    with pytest.raises(BadInput, match=r'tb.define_metric\("wobble", better="higher"\)'):
        tb.leaderboard("wobble")
    tb.define_metric("wobble", better="higher")
    assert isinstance(tb.leaderboard("wobble"), pd.DataFrame)


def logged(metric="accuracy", *names):
    """Ids and values as a table has them, best first."""
    frame = tb.runs().sort_values(f"metrics.{metric}", ascending=False)
    frame = frame[frame["name"].isin(names)] if names else frame
    return dict(zip(frame["run_id"], frame[f"metrics.{metric}"], strict=True))


def marked(home, reference, values=None, *, is_best=True, **options):
    ids = {name: tb.get_run(name).run_id for name in tb.runs()["name"]}
    found = within_noise(home, ids[reference], values or logged(), "accuracy", is_best=is_best, **options)
    return {name for name, run_id in ids.items() if run_id in found}


def test_runs_that_cannot_be_told_from_the_best_are_marked(home):
    run("best", guess=right(0.91, 3))
    run("near", guess=right(0.899, 2))
    run("worse", guess=right(0.7, 1))
    run("no predictions", 0.905)
    run("logged otherwise", 0.909, guess=right(0.7, 4))
    run("elsewhere", guess=right(0.9, 5), experiment="other")
    assert marked(home, "best") == {"near"}
    assert tb.leaderboard("accuracy", "experiment = 'e'").set_index("name").loc["near", "standing"] == "within noise"


def test_a_baseline_marks_what_is_as_good_and_not_what_is_better(home):
    run("baseline", guess=right(0.8, 1))
    run("equal", guess=right(0.802, 2))
    run("better", guess=right(0.9, 3))
    assert marked(home, "baseline", is_best=False) == {"equal"}


def test_other_rows_mark_nothing(home):
    run("best", guess=right(0.9, 1))
    with tb.start_run("short", experiment="e"):
        tb.log_predictions(1 - TRUTH[:500], 1 - TRUTH[:500])
        tb.log_metric("accuracy", 0.9)
    assert marked(home, "best") == set()


def test_an_evaluation_speaks_for_the_run_that_it_evaluates(home):
    guess = right(0.899, 2)
    run("best", guess=right(0.9, 1))
    run("fitted", float((guess == TRUTH).mean()))
    with tb.start_run("evaluation", experiment="e") as evaluation:
        tb.log_predictions(TRUTH, guess)
        home.event("facts", run_id=evaluation.run_id, evaluates=tb.get_run("fitted").run_id)
    assert marked(home, "best") == {"fitted"}


def test_a_pair_is_compared_once_and_remembered(home, monkeypatch):
    run("best", guess=right(0.9, 11))
    run("near", guess=right(0.9, 12))
    assert marked(home, "best", is_wanted=lambda: False) == set()
    assert marked(home, "best") == {"near"}
    monkeypatch.setattr("trackbook.tracking.comparison.leaderboard.read_predictions", None)
    assert marked(home, "best", is_wanted=lambda: False) == {"near"}


def test_equal_predictions_are_marked_and_only_the_first_fifty_are_looked_at(home):
    same = right(0.9, 21)
    for place in range(53):
        run(f"run-{place}", guess=same)
    assert len(marked(home, "run-0")) == 50


def test_a_reference_without_predictions_and_ids_that_are_gone_mark_nothing(home):
    run("bare", 0.9)
    run("kept", guess=right(0.9, 31))
    gone = "01930000-0000-7000-8000-000000000000"
    assert marked(home, "bare") == set()
    assert within_noise(home, gone, {gone: 0.9, **logged()}, "accuracy", is_best=True) == frozenset()


def test_predictions_that_are_damaged_mark_nothing(home):
    run("best", guess=right(0.9, 41))
    run("near", guess=right(0.9, 42))
    for blob in home.location.blobs.rglob("*"):
        if blob.is_file():
            blob.write_bytes(b"broken")
    with home.deciding() as db:
        db.execute("UPDATE _tb.blobs SET content = 'broken' WHERE content IS NOT NULL")
    assert marked(home, "best") == set()
