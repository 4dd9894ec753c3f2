"""The bootstrap and its interval: right as often as it says, and the same as others compute."""

import numpy as np
import pytest

from trackbook.tracking.comparison.bootstrap import MOST_DRAWN, interval, resample_means
from trackbook.tracking.comparison.pairing import Paired
from trackbook.tracking.comparison.student import t_quantile
from trackbook.tracking.comparison.verdict import judge

MANY = MOST_DRAWN + 3_001


def paired(truth, a, b):
    truth = np.asarray(truth)
    return Paired("a", "b", np.arange(len(truth)), truth, np.asarray(a), np.asarray(b), np.unique(truth), 0)


def labels(rng, rows, skill):
    """Two classes of which a guess is right with a probability."""
    truth = rng.integers(0, 2, rows)
    return truth, [np.where(rng.random(rows) < each, truth, 1 - truth) for each in skill]


def squares(rng, rows):
    truth = rng.exponential(size=rows)
    return truth, [truth + rng.standard_normal(rows) * rng.exponential(size=rows) for _ in range(2)]


def covered(make, metric, true, pairs, confidence):
    """Share of simulated pairs of runs whose interval has the true difference."""
    found = (
        judge(paired(*make(seed)), metric, confidence=confidence, resamples=500, seed=seed) for seed in range(pairs)
    )
    return np.mean([verdict.low <= true <= verdict.high for verdict in found])


def test_a_90_percent_interval_of_accuracy_has_the_truth_in_about_90_percent_of_cases():
    def make(seed):
        truth, (a, b) = labels(np.random.default_rng(seed), 300, (0.85, 0.80))
        return truth, a, b

    assert 0.84 <= covered(make, "accuracy", 0.05, 300, 0.90) <= 0.95


def plain_errors(rng, rows):
    truth = rng.standard_normal(rows)
    return truth, [truth + rng.standard_normal(rows) for _ in range(2)]


@pytest.mark.parametrize(
    ("rows", "errors"),
    [pytest.param(25, plain_errors, id="25 rows"), pytest.param(400, squares, id="400 rows with long tails")],
)
def test_a_90_percent_interval_of_rmse_has_the_truth_in_about_90_percent_of_cases(rows, errors):
    def make(seed):
        truth, (a, b) = errors(np.random.default_rng(seed), rows)
        return truth, a, b

    assert 0.84 <= covered(make, "rmse", 0.0, 300, 0.90) <= 0.95


def test_the_interval_of_an_area_has_the_truth_in_about_90_percent_of_cases():
    def make(seed):
        rng = np.random.default_rng(seed)
        truth = (rng.random(300) < 0.3).astype(int)
        return truth, *(truth + rng.standard_normal(300) for _ in range(2))

    assert 0.84 <= covered(make, "roc_auc", 0.0, 300, 0.90) <= 0.95


def test_equal_runs_are_seldom_called_better():
    called = 0
    for seed in range(200):
        truth, (a, b) = labels(np.random.default_rng(seed), 200, (0.9, 0.9))
        called += judge(paired(truth, a, b), resamples=500, seed=seed).verdict != "within noise"
    assert called <= 20


def test_scipy_finds_the_same_interval():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    truth, (a, b) = squares(rng, 500)
    theirs = stats.bootstrap(
        (truth, a, b),
        lambda t, x, y: np.sqrt(np.mean((x - t) ** 2)) - np.sqrt(np.mean((y - t) ** 2)),
        paired=True, vectorized=False, n_resamples=3000, method="percentile",
    ).confidence_interval  # fmt: skip
    ours = judge(paired(truth, a, b), "rmse", resamples=3000)
    assert [ours.low, ours.high] == pytest.approx(list(theirs), abs=0.08 * (theirs.high - theirs.low))


def test_weights_of_many_rows_spread_means_as_drawing_does():
    rows = np.random.default_rng(0).exponential(size=(MANY, 2)) * [1.0, 1e6] + [0.0, 1e9]
    means = resample_means(rows, None, 3000, seed=0)
    assert means.mean(axis=0) == pytest.approx(rows.mean(axis=0), rel=1e-3)
    assert means.std(axis=0) == pytest.approx(rows.std(axis=0) / np.sqrt(MANY), rel=0.06)
    assert np.corrcoef(means.T)[0, 1] == pytest.approx(np.corrcoef(rows.T)[0, 1], abs=0.06)


@pytest.mark.parametrize("rows", [MOST_DRAWN, MANY, 8192, 8193, 16_385])
def test_every_row_counts_equally(rows):
    """A mean of ones is one, also in the last block, and a single row that stands out moves it as often as any."""
    columns = np.zeros((rows, 2))
    columns[:, 0] = 1.0
    columns[-1, 1] = rows
    means = resample_means(columns, None, 4000, seed=2)
    assert means[:, 0] == pytest.approx(1.0)
    assert means[:, 1].mean() == pytest.approx(1.0, abs=0.07)
    assert means[:, 1].var() == pytest.approx(1.0, abs=0.15)
    assert ((means[:, 1] - 1) ** 3).mean() == pytest.approx(1.0, abs=0.35)


@pytest.mark.parametrize("width", [1, 3, 4, 9])
def test_any_number_of_columns_can_be_resampled_together(width):
    rows = np.random.default_rng(4).standard_normal((MANY, width)) + np.arange(width)
    means = resample_means(rows, None, 1000, seed=3)
    assert means.shape == (1000, width)
    assert means.mean(axis=0) == pytest.approx(rows.mean(axis=0), abs=2e-3)
    assert means.std(axis=0) == pytest.approx(rows.std(axis=0) / np.sqrt(MANY), rel=0.1)


@pytest.mark.parametrize("metric", ["rmse", "r2", "roc_auc"])
def test_an_interval_by_weights_is_that_of_drawing_rows_and_scoring_them_anew(metric):
    metrics = pytest.importorskip("sklearn.metrics")
    of = {"rmse": metrics.root_mean_squared_error, "r2": metrics.r2_score, "roc_auc": metrics.roc_auc_score}[metric]
    rng = np.random.default_rng(6)
    truth = (rng.random(MANY) < 0.3).astype(int) if metric == "roc_auc" else rng.exponential(size=MANY)
    a, b = (truth + noise * rng.standard_normal(MANY) for noise in (1.0, 1.1))
    drawn = [
        of(truth[rows], a[rows]) - of(truth[rows], b[rows]) for rows in rng.integers(0, MANY, (600, MANY), dtype=int)
    ]
    plain = np.quantile(drawn, [0.025, 0.975])
    ours = judge(paired(truth, a, b), metric)
    assert [ours.low, ours.high] == pytest.approx(plain, abs=0.15 * (plain[1] - plain[0]))


def test_counted_rows_are_resampled_as_the_rows_themselves():
    lines, counts = np.array([[1.0], [-1.0], [0.0]]), np.array([300, 200, 3500])
    counted = resample_means(lines, counts, 4000, seed=0)
    drawn = resample_means(np.repeat(lines, counts, axis=0), None, 4000, seed=1)
    assert counted.mean() == pytest.approx(drawn.mean(), abs=3e-4)
    assert counted.std() == pytest.approx(drawn.std(), rel=0.06)


@pytest.mark.parametrize("rows", [50, MANY])
def test_the_same_seed_gives_the_same_interval(rows):
    truth, (a, b) = squares(np.random.default_rng(0), rows)
    first, again, other = (judge(paired(truth, a, b), seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_resampling_many_rows_takes_little_memory():
    import tracemalloc

    rows = np.random.default_rng(0).random((100_000, 1))
    tracemalloc.start()
    try:
        resample_means(rows, None, 200, seed=0)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


def test_a_resample_without_a_value_is_left_out_of_the_interval():
    drawn = np.array([np.nan, *np.linspace(0, 1, 1001)])
    assert interval(drawn, 10**6, 0.9) == pytest.approx((0.05, 0.95), abs=1e-3)
    assert np.isnan(interval(np.full(10, np.nan), 100, 0.9)).all()


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 29, 99, 100, 1_000_000])
@pytest.mark.parametrize("share", [0.5, 0.02, 0.9, 0.975, 0.9995])
def test_students_t_is_what_scipy_says(share, freedom):
    stats = pytest.importorskip("scipy.stats")
    assert t_quantile(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=1e-7, abs=1e-12)
