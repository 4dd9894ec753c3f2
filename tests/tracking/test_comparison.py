"""Is it really better? Two runs with stored predictions, and a sentence."""

import numpy as np
import pandas as pd
import pytest

import trackbook as tb
from trackbook.errors import BadInput, BadValue, NotThere, RunNotFound

ROWS = 2_000
TRUTH = np.random.default_rng(0).integers(0, 2, ROWS)
IDS = np.array([f"u{place}" for place in range(ROWS)])


def right(share, seed, truth=TRUTH):
    """Labels of which a share is right."""
    return np.where(np.random.default_rng(seed).random(len(truth)) < share, truth, 1 - truth)


def keep(run, *args, **options):
    with tb.start_run(run) as started:
        tb.log_predictions(*args, **options)
    return started


def test_a_better_run_is_called_better_and_the_sentence_says_by_how_much(home):
    keep("newer", TRUTH, right(0.92, 1), key=IDS)
    keep("older", TRUTH, right(0.85, 2), key=IDS)
    found = tb.is_better("newer", "older")
    assert (found.verdict, found.metric, found.rows, found.left_out) == ("better", "accuracy", ROWS, 0)
    assert 0 < found.low < found.difference < found.high
    assert found.sentence.startswith("newer is better than older: accuracy +0.0")
    assert found.sentence.endswith("2,000 rows, paired bootstrap")
    assert "95 % interval [+0.0" in found.sentence
    assert repr(found) == found.sentence
    assert tb.is_better("older", "newer").verdict == "worse"


def test_lower_is_better_where_it_is(home):
    amounts = np.random.default_rng(3).normal(50, 9, ROWS)
    keep("newer", amounts, amounts + right(0.9, 4))
    keep("older", amounts, amounts + 3 * right(0.9, 5))
    found = tb.is_better("newer", "older")
    assert (found.metric, found.verdict) == ("rmse", "better")
    assert found.high < 0
    assert "(lower is better)" in found.sentence
    assert tb.is_better("newer", "older", "test_r2").verdict == "better"


def test_runs_that_cannot_be_told_apart_are_within_noise(home):
    keep("newer", TRUTH, right(0.9, 1))
    keep("older", TRUTH, right(0.9, 2))
    found = tb.is_better("newer", "older")
    assert found.verdict == "within noise"
    assert found.sentence.startswith("newer is within noise of older: accuracy ")


def test_a_run_is_within_noise_of_itself(home):
    run = keep("only", TRUTH, right(0.9, 1))
    found = tb.is_better(run, tb.get_run("only"))
    assert (found.verdict, found.difference, found.low, found.high) == ("within noise", 0, 0, 0)
    assert "0 of them tell the two apart" in found.sentence


def test_a_handful_of_rows_makes_nobody_better(home):
    sure = TRUTH.copy()
    sure[:6] = 1 - sure[:6]
    keep("newer", TRUTH, TRUTH)
    keep("older", TRUTH, sure)
    found = tb.is_better("newer", "older")
    assert found.low > 0
    assert found.verdict == "within noise"
    assert "6 of them tell the two apart" in found.sentence


def test_rows_are_paired_by_key_whatever_their_order(home):
    shuffled = np.random.default_rng(6).permutation(ROWS)[:1500]
    guess = right(0.8, 1)
    keep("newer", TRUTH, guess, key=IDS)
    keep("older", TRUTH[shuffled], guess[shuffled], key=IDS[shuffled])
    found = tb.is_better("newer", "older")
    assert (found.rows, found.left_out, found.differing) == (1500, 500, 0)
    assert "1,500 rows (500 left out)" in found.sentence


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(np.arange(ROWS) + 10**12, id="large integers"),
        pytest.param(pd.date_range("2026-01-01", periods=ROWS, freq="h").to_numpy(), id="dates"),
        pytest.param(np.array([f"{place}-ø" for place in range(ROWS)], dtype=object), id="text"),
        pytest.param(np.arange(ROWS) / 4, id="floats"),
    ],
)
def test_any_key_pairs(home, keys):
    keep("newer", TRUTH, right(0.9, 1), key=keys)
    keep("older", TRUTH[::-1], right(0.8, 2)[::-1], key=keys[::-1])
    assert tb.is_better("newer", "older").rows == ROWS


def test_labels_are_text_too(home):
    words = np.array(["cat", "dog"])
    keep("newer", words[TRUTH], words[right(0.95, 1)], key=IDS)
    keep("older", list(words[TRUTH]), list(words[right(0.85, 2)]), key=IDS)
    assert tb.is_better("newer", "older").verdict == "better"
    assert tb.is_better("newer", "older", "balanced_accuracy").verdict == "better"


def test_probabilities_are_compared_by_log_loss_or_as_asked(home):
    def sure(strength):
        odds = np.random.default_rng(8).normal((2 * TRUTH - 1) * strength)
        return 1 / (1 + np.exp(-2 * strength * odds))

    keep("newer", TRUTH, np.column_stack([1 - sure(1.1), sure(1.1)]))
    keep("older", TRUTH, sure(0.8))
    for metric in (None, "brier", "roc_auc", "accuracy"):
        assert tb.is_better("newer", "older", metric).verdict == "better"
    assert tb.is_better("newer", "older").metric == "log_loss"


def test_a_run_may_have_several_predictions_and_the_newest_of_a_name_counts(home):
    keep("newer", TRUTH, right(0.5, 1))
    with tb.start_run("older"):
        tb.log_predictions(TRUTH, right(0.2, 3), name="test")
        tb.log_predictions(TRUTH, right(0.1, 3))
        tb.log_predictions(TRUTH, right(0.9, 3))
    assert tb.is_better("newer", "older").verdict == "worse"
    with pytest.raises(NotThere, match=r"newer has no predictions 'test'. It has: predictions"):
        tb.is_better("newer", "older", name="test")


def other_truth():
    truth = TRUTH.copy()
    truth[7] = 1 - truth[7]
    return truth


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        pytest.param((TRUTH, TRUTH, IDS), (other_truth(), TRUTH, IDS), r"y_true in 1 row of 2,000 \(key 'u7': ", id="truth"),
        pytest.param((TRUTH, TRUTH, IDS), (TRUTH, TRUTH, IDS[np.arange(ROWS) % 1000]), "1,000 rows repeat a key", id="keys twice"),
        pytest.param((TRUTH, TRUTH, IDS), (TRUTH, TRUTH, np.arange(ROWS)), "0 rows in common.*'u0', of the other 0", id="other keys"),
        pytest.param((TRUTH[:19], TRUTH[:19], IDS[:19]), (TRUTH, TRUTH, IDS), "19 rows in common, and 20", id="few"),
    ],
)  # fmt: skip
def test_what_cannot_be_paired_is_refused_with_a_way_out(home, a, b, words):
    for run, (truth, guess, key) in (("newer", a), ("older", b)):
        keep(run, truth, guess, key=key)
    with pytest.raises(BadInput, match=words) as refused:
        tb.is_better("newer", "older")
    assert "key" in str(refused.value)


def test_truth_of_single_precision_is_the_same_truth(home):
    amounts = np.random.default_rng(3).normal(50, 9, ROWS)
    keep("newer", amounts.astype(np.float32), amounts + 1)
    keep("older", amounts, amounts + right(0.5, 1))
    assert tb.is_better("newer", "older").rows == ROWS


def test_settings_that_make_no_interval_are_refused(home):
    with pytest.raises(BadInput, match="needs at least 20,000 resamples, not 2,000"):
        tb.is_better("a", "b", confidence=0.999)
    with pytest.raises(BadInput, match="between 0 and 1"):
        tb.is_better("a", "b", confidence=95)


def test_a_run_without_predictions_says_how_to_keep_them(home):
    keep("newer", TRUTH, TRUTH)
    with tb.start_run("empty"):
        pass
    with pytest.raises(NotThere, match=r"empty has kept no predictions: tb.log_predictions"):
        tb.is_better("newer", "empty")
    with pytest.raises(RunNotFound):
        tb.is_better("newer", "nobody")
    with pytest.raises(BadValue):
        tb.is_better("newer", 7)


def test_a_name_cannot_steer_a_terminal(home):
    keep("newer \u202e", TRUTH, right(0.9, 1))
    keep("older", TRUTH, right(0.9, 2))
    assert "\u202e" not in tb.is_better("last", "newer \u202e").sentence


def test_a_difference_of_runs_has_a_line_with_the_verdict(home):
    keep("<b>older</b>", TRUTH, right(0.8, 2), key=IDS)
    keep("newer", TRUTH, right(0.95, 1), key=IDS)
    found = tb.diff("<b>older</b>", "newer")
    assert found.predictions.verdict == "better"
    assert "predictions\n  newer is better than <b>older</b>: accuracy +0.1" in repr(found)
    shown = found._repr_html_()
    assert "newer is better than &lt;b&gt;older&lt;/b&gt;" in shown
    assert "<b>older" not in shown
    row = found.to_frame().query("what == 'predictions'").iloc[0]
    assert (row["name"], row["verdict"], row["same"]) == ("accuracy", "better", False)
    assert row["b"] - row["a"] == pytest.approx(row["delta"])


def test_a_difference_of_runs_without_comparable_predictions_has_no_such_line(home):
    keep("older", other_truth(), right(0.8, 2))
    keep("newer", TRUTH, right(0.95, 1))
    with tb.start_run("empty"):
        pass
    for a, b in (("older", "newer"), ("newer", "empty"), ("empty", "newer")):
        found = tb.diff(a, b)
        assert found.predictions is None
        assert "predictions" not in repr(found)
        assert "predictions" not in set(found.to_frame()["what"])
