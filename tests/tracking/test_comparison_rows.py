"""Which rows flipped, and in which segments one run is worse."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import trackbook as tb
from trackbook.errors import BadInput
from trackbook.tracking.comparison.features import between
from trackbook.tracking.comparison.rows import OURS

ROWS = 4_000
RNG = np.random.default_rng(0)
IDS = np.array([f"u{place}" for place in range(ROWS)])
TRUTH = RNG.integers(0, 2, ROWS)
AGE = RNG.integers(18, 90, ROWS)
CITY = RNG.choice(["Oslo", "Bergen", "Rome", "Nice"], ROWS)
HURT = (AGE > 40) & (CITY == "Oslo")


def keep(run, *args, **options):
    with tb.start_run(run):
        tb.log_predictions(*args, **options)


@pytest.fixture
def two_runs(home):
    """Run a is bad at people over 40 in Oslo, b is the same everywhere."""
    wrong = RNG.random(ROWS) < np.where(HURT, 0.5, 0.1), RNG.random(ROWS) < 0.1
    keep("a", TRUTH, np.where(wrong[0], 1 - TRUTH, TRUTH), key=IDS)
    keep("b", TRUTH, np.where(wrong[1], 1 - TRUTH, TRUTH), key=IDS)
    return pd.DataFrame({"age": AGE, "city": CITY}, index=IDS)


def test_rows_that_flipped_come_first_and_say_which_way(home):
    guess_a, guess_b = TRUTH.copy(), TRUTH.copy()
    guess_a[5], guess_b[9], guess_a[3], guess_b[3] = 1 - TRUTH[5], 1 - TRUTH[9], 1 - TRUTH[3], 1 - TRUTH[3]
    keep("a", TRUTH, guess_a, key=IDS)
    keep("b", TRUTH[::-1], guess_b[::-1], key=IDS[::-1])
    rows = tb.compare_rows("a", "b")
    assert tuple(rows.columns) == OURS
    assert rows["key"].tolist()[:2] == ["u5", "u9"]
    assert rows["change"].tolist()[:2] == ["only b right", "only a right"]
    assert rows["difference"].tolist()[:3] == [1.0, -1.0, 0.0]
    assert rows["change"].value_counts().to_dict() == {
        "both right": ROWS - 3, "only a right": 1, "only b right": 1, "both wrong": 1,
    }  # fmt: skip
    assert rows["y_true"].tolist()[0] == TRUTH[5]
    assert rows["y_pred_a"].dtype.kind == "i"


def test_of_numbers_the_change_of_the_absolute_error_is_told(home):
    amounts = np.arange(30) + 0.5
    keep("a", amounts, amounts + np.where(np.arange(30) == 4, -2.5, 0.5))
    keep("b", amounts, amounts + 0.5 + (np.arange(30) == 6))
    rows = tb.compare_rows("a", "b")
    assert rows["key"].tolist()[:3] == [4, 6, 0]
    assert rows["difference"].tolist()[:3] == pytest.approx([2.0, -1.0, 0.0])
    assert rows["change"].tolist()[:3] == ["b closer", "a closer", "equal"]


def test_of_probabilities_the_label_flips_and_the_error_is_the_log_loss(home):
    truth = np.array(["no", "yes"])[TRUTH[:40]]
    chance = np.where(TRUTH[:40] == 1, 0.8, 0.2)
    other = chance.copy()
    other[3] = 1 - other[3]
    keep("a", truth, chance)
    keep("b", truth, np.column_stack([1 - other, other]))
    first = tb.compare_rows("a", "b").iloc[0]
    assert (first["key"], first["change"]) == (3, "only a right")
    assert first["y_pred_a"] == first["y_true"] == truth[3]
    assert (first["error_a"], first["error_b"]) == pytest.approx((-np.log(0.8), -np.log(0.2)))


def test_labels_left_empty_are_wrong_and_stay_empty(home):
    truth = np.array(["no", "yes"], dtype=object)[TRUTH[:40]]
    silent = truth.copy()
    silent[2] = None
    keep("a", truth, silent)
    keep("b", truth, truth)
    first = tb.compare_rows("a", "b").iloc[0]
    assert first["change"] == "only b right"
    assert pd.isna(first["y_pred_a"])


@pytest.mark.parametrize(
    ("make", "options"),
    [
        pytest.param(lambda frame: frame, {}, id="by index"),
        pytest.param(lambda frame: frame.iloc[::-1], {}, id="in any order"),
        pytest.param(lambda frame: frame.rename_axis("key").reset_index(), {}, id="by its key"),
        pytest.param(lambda frame: frame.rename_axis("who").reset_index(), {"key": "who"}, id="by a named column"),
        pytest.param(lambda frame: pl.from_pandas(frame.rename_axis("key").reset_index()), {}, id="polars"),
    ],
)
def test_features_are_joined_by_key(two_runs, make, options):
    rows = tb.compare_rows("a", "b", make(two_runs), **options).set_index("key").loc[IDS]
    assert rows["age"].tolist() == AGE.tolist()
    assert rows["city"].tolist() == CITY.tolist()


def test_a_row_that_features_do_not_know_has_missing_values(two_runs):
    rows = tb.compare_rows("a", "b", two_runs.drop("u7")).set_index("key")
    assert rows["city"].isna().sum() == 1
    assert pd.isna(rows.loc["u7", "age"])


def test_a_feature_named_as_one_of_ours_keeps_both(two_runs):
    rows = tb.compare_rows("a", "b", two_runs.assign(change=7))
    assert (rows["change_feature"] == 7).all()
    assert set(rows["change"]) <= {"both right", "both wrong", "only a right", "only b right"}


@pytest.mark.parametrize(
    ("make", "options", "words"),
    [
        pytest.param(
            lambda frame: frame.reset_index(drop=True), {}, "such as 'u.*', features such as 0", id="other keys"
        ),
        pytest.param(lambda frame: pd.concat([frame, frame]), {}, "'u0' stands for several rows", id="twice"),
        pytest.param(lambda frame: frame, {"key": "who"}, "no column 'who'. It has: age, city", id="no such column"),
    ],
)
def test_features_that_do_not_fit_are_a_sentence(two_runs, make, options, words):
    with pytest.raises(BadInput, match=words):
        tb.compare_rows("a", "b", make(two_runs), **options)


def test_the_worst_segment_is_found_and_said_in_words(two_runs):
    found = tb.worst_segments(tb.compare_rows("a", "b", two_runs))
    worst = found.iloc[0]
    assert "city = 'Oslo'" in worst["segment"]
    assert "age" in worst["segment"]
    assert worst["error_a"] > 0.4
    assert worst["error_b"] < 0.2
    assert worst["low"] > 0.2
    assert found["rows"].sum() == ROWS
    assert found["difference"].is_monotonic_decreasing


def test_a_segment_in_words_selects_the_rows_that_it_counts(two_runs):
    rows = tb.compare_rows("a", "b", two_runs.rename(columns={"age": "years"}))
    found = tb.worst_segments(rows, ["years"])
    for segment, count in zip(found["segment"], found["rows"], strict=True):
        assert len(rows.query(segment.replace("AND", "and"))) == count


def test_noise_is_not_believed_in_the_half_that_the_tree_has_not_seen(home):
    sure = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        keep("a", TRUTH, np.where(rng.random(ROWS) < 0.8, TRUTH, 1 - TRUTH), key=IDS)
        keep("b", TRUTH, np.where(rng.random(ROWS) < 0.8, TRUTH, 1 - TRUTH), key=IDS)
        noise = pd.DataFrame(rng.random((ROWS, 8)), index=IDS)
        found = tb.worst_segments(tb.compare_rows("a", "b", noise))
        assert found["difference"].abs().max() > 0.02
        sure += (found["low"] > 0).sum() + (found["high"] < 0).sum()
    assert sure <= 6  # of 48 segments, 5 % by chance


def test_missing_values_have_a_side(two_runs):
    income = np.where(HURT, np.nan, 1.5)
    town = pd.Series(np.where(HURT, None, "x"), dtype=object, index=IDS)
    rows = tb.compare_rows("a", "b", pd.DataFrame({"income": income, "town": town}, index=IDS))
    assert tb.worst_segments(rows, ["income"], depth=1)["segment"].tolist() == ["income is missing", "income is known"]
    assert tb.worst_segments(rows, "town", depth=1)["segment"].tolist() == ["town is missing", "town = 'x'"]


def test_rare_values_stand_together_and_ids_part_nothing(two_runs):
    kind = np.where(HURT & (RNG.random(ROWS) < 0.5), RNG.choice([f"rare {n}" for n in range(900)], ROWS), "usual")
    rows = tb.compare_rows("a", "b", two_runs.assign(kind=kind, who=IDS))
    assert tb.worst_segments(rows, ["kind"], depth=1)["segment"].tolist() == ["kind != 'usual'", "kind = 'usual'"]
    with pytest.raises(BadInput, match="None of the columns can part the rows: who"):
        tb.worst_segments(rows, ["who"])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param(pd.Categorical(np.where(HURT, "hurt", "well"), categories=["never", "well", "hurt"]), "v = 'hurt'", id="categorical"),
        pytest.param(HURT, "v = True", id="booleans"),
        pytest.param(pd.array(np.where(HURT, True, None), dtype="boolean"), "v = True", id="booleans with missing ones"),
        pytest.param(pd.array(np.where(HURT, 10**17 + 1, 10**17), dtype="Int64"), "v > 1", id="large whole numbers"),
        pytest.param(np.where(HURT, np.inf, -np.inf), "v > -inf", id="infinities"),
        pytest.param(pd.to_datetime(np.where(HURT, "2026-05-02", "2026-05-01")), "v > 2026-05-01", id="dates"),
        pytest.param(pd.Series(np.where(HURT, "hurt", "well"), dtype="str").to_numpy(), "v = 'hurt'", id="text"),
        pytest.param(np.where(HURT, 1.0 + 1e-9, 1.0), "v > 1", id="close floats"),
    ],
)  # fmt: skip
def test_columns_of_every_kind_part_rows(two_runs, values, words):
    rows = tb.compare_rows("a", "b", pd.DataFrame({"v": values}, index=IDS))
    worst = tb.worst_segments(rows, depth=1).iloc[0]
    assert worst["segment"].startswith(words)
    assert worst["rows"] == HURT.sum()


def test_columns_that_cannot_part_rows_do_no_harm(two_runs):
    frame = two_runs.assign(same=1, gone=None, lists=[[1]] * ROWS, nothing=np.nan)
    found = tb.worst_segments(tb.compare_rows("a", "b"), frame)
    assert "Oslo" in found.iloc[0]["segment"]


def test_few_rows_are_one_segment(home):
    keep("a", TRUTH[:30], TRUTH[:30])
    keep("b", TRUTH[:30], 1 - TRUTH[:30])
    found = tb.worst_segments(tb.compare_rows("a", "b", pd.DataFrame({"x": np.arange(30)})))
    assert found["segment"].tolist() == ["all rows"]
    assert found["difference"].tolist() == [-1.0]


@pytest.mark.parametrize(
    ("features", "words"),
    [
        pytest.param(["height"], "no column height", id="unknown column"),
        pytest.param([], "there are none", id="no columns"),
    ],
)
def test_a_segment_of_nothing_is_a_sentence(two_runs, features, words):
    with pytest.raises(BadInput, match=words):
        tb.worst_segments(tb.compare_rows("a", "b", two_runs), features)


def test_another_frame_is_refused(two_runs):
    with pytest.raises(BadInput, match=r"give what tb.compare_rows\(a, b\) returns"):
        tb.worst_segments(two_runs)


@pytest.mark.parametrize(
    ("low", "high", "cut"),
    [(39.0, 42.0, 40), (0.1, 0.9, 0.5), (1.0, 1.0 + 2**-52, 1.0), (99.9, 100.1, 100), (-3.0, -1.0, -2)],
)
def test_a_cut_is_the_shortest_number_between_its_neighbours(low, high, cut):
    assert between(low, high) == cut
    assert low <= between(low, high) < high
