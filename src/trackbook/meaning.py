"""Which way is up: whether more of a metric is better, guessed from its name.

What `define_metric` says wins over this; an unknown name stays unknown, because
a wrong colour is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, TypeAlias

Better: TypeAlias = Literal["higher", "lower"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HIGHER = _set("""
    acc accuracy ap auc aucpr auprc auroc aupr f1 fbeta map ndcg mrr precision recall sensitivity specificity tpr tnr
    r2 score scores bleu rouge rougel rougelsum meteor chrf iou miou dice jaccard mcc kappa psnr ssim
    likelihood loglikelihood elbo correlation spearman pearson kendall reward rewards return returns profit revenue
    throughput fps silhouette purity nmi ari homogeneity completeness sharpe uplift concordance
""")
_LOWER = _set("""
    loss losses logloss mlogloss error errors err merror mse rmse mae mape smape mase msle rmsle rmspe wape l1 l2
    nll nloglik mphe perplexity ppl wer cer ter eer fpr fnr fid kid lpips brier bouldin crps pinball deviance divergence
    distance crossentropy xent entropy hinge regret cost latency duration time runtime walltime seconds milliseconds ms
    aic bic bpc bpb rss mistakes failures crashes timeouts ece impurity inertia emissions
""")
_PHRASES: dict[str, Better] = {
    "explained variance": "higher",
    "exact match": "higher",
    "hit rate": "higher",
    "win rate": "higher",
    "success rate": "higher",
    "pass rate": "higher",
    "true positive": "higher",
    "true positives": "higher",
    "true negative": "higher",
    "true negatives": "higher",
    "false positive": "lower",
    "false positives": "lower",
    "false negative": "lower",
    "false negatives": "lower",
    "brier score": "lower",
    "bouldin score": "lower",
    "bits per byte": "lower",
    "bits per character": "lower",
    "anomaly score": "lower",
    "per second": "higher",
    "per sec": "higher",
    "cross entropy": "lower",
    "edit distance": "lower",
}
"""Where two words together mean something else than the last one alone."""

_PHRASE_STARTS = frozenset(phrase.split()[0] for phrase in _PHRASES)

# A spread, a share or a setting of a metric is not the metric: more of it is neither better nor worse.
_NOT_THE_METRIC = _set("""
    std stddev stdev var variance sem ci weight weights scale scaler threshold coef coefficient norm gap ratio
    delta diff change patience tolerance tol limit target baseline correction
""")
_FLIPS = frozenset({"neg", "negative", "minus"})
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_APART = re.compile(r"[^a-z0-9]+")


def default_better(name: str) -> Better | None:
    """Say whether higher or lower is better for a metric of this name; None when the name does not tell.

    Reads the words of the name, however they are joined: `val_loss`, `train/loss`, `Test.Accuracy`,
    `recall@10`, `validation_0-logloss`. The last word that means something decides, so `score_time` is
    a time; `neg_` turns it round, as scikit-learn's scorers do.
    """
    words = _words(name)
    phrase = _phrase(words)
    if phrase is None and _NOT_THE_METRIC.intersection(words):
        return None
    found = phrase or next(filter(None, map(_word, reversed(words))), None)
    if found is None or not _FLIPS.intersection(words[: _first_meaning(words)]):
        return found
    return "lower" if found == "higher" else "higher"


def _words(name: str) -> list[str]:
    # NFKC makes R² and full-width letters what people mean by them.
    spaced = _CAMEL.sub(" ", unicodedata.normalize("NFKC", name))
    return [word for word in _APART.split(spaced.lower()) if word]


def _phrase(words: list[str]) -> Better | None:
    text = f" {' '.join(words)} "
    return next((better for phrase, better in _PHRASES.items() if f" {phrase} " in text), None)


def _word(word: str) -> Better | None:
    # Exactly first, so that f1, r2 and l2 keep their digit, and loss its s; then mAP50 and rouge1, and accs.
    for form in (word, word.rstrip("0123456789"), word.removesuffix("s")):
        if form in _HIGHER:
            return "higher"
        if form in _LOWER:
            return "lower"
    return None


def _first_meaning(words: list[str]) -> int:
    """Where the metric itself begins, so that the `negative` in `false_negative_rate` flips nothing."""
    return next((at for at, word in enumerate(words) if word in _PHRASE_STARTS or _word(word)), len(words))
