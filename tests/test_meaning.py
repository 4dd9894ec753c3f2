"""Which way is up, read from a metric's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.meaning import default_better

HIGHER = """accuracy acc val_accuracy val_acc test/accuracy Test.Accuracy testAccuracy auc roc_auc roc_auc_score AUROC f1
    f1_macro f1-score precision recall recall@10 ndcg@5 top_5_accuracy top5_acc r2 R² r2_score score test_score mAP mAP50
    mean_average_precision bleu rougeL rouge1 mrr hit_rate@10 explained_variance neg_mean_squared_error neg_log_loss
    tokens_per_second balanced_accuracy accuracy_mean log_likelihood true_positive_rate episode_reward best_score
    silhouette_score exact_match"""
LOWER = """loss val_loss train/loss train.loss eval_loss validation_0-logloss mlogloss log_loss error error_rate mse rmse
    RMSE mae mean_squared_error perplexity wer cer fit_time score_time duration latency p95_latency_ms time_per_step
    brier_score davies_bouldin_score hamming_loss neg_log_likelihood nll false_negative_rate false_positives fid
    loss_total valLoss max_error kl_divergence cross_entropy"""
UNKNOWN = """x n_rows epoch learning_rate lr grad_norm accuracy_std loss_weight best_threshold temperature banana
    accuracy_gap step timestamp lossy"""


@pytest.mark.parametrize("name", HIGHER.split())
def test_more_is_better(name):
    assert default_better(name) == "higher"


@pytest.mark.parametrize("name", LOWER.split())
def test_less_is_better(name):
    assert default_better(name) == "lower"


@pytest.mark.parametrize("name", [*UNKNOWN.split(), "", "___", "Güte", "精度"])
def test_an_unknown_name_stays_unknown(name):
    assert default_better(name) is None


@given(st.text())
def test_any_name_gets_an_answer(name):
    assert default_better(name) in {"higher", "lower", None}


@pytest.mark.parametrize(
    "prefix", ["train_", "val_", "valid_", "validation/", "test.", "eval-", "dev ", "holdout_", "cv_"]
)
def test_the_part_of_the_data_changes_nothing(prefix):
    assert (default_better(prefix + "loss"), default_better(prefix + "accuracy")) == ("lower", "higher")
