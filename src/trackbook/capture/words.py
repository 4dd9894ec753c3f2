"""What the names in a notebook give away: results, counters, settings, and which split of the data."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from trackbook.errors import BadName
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Iterable


def word_set(text: str) -> frozenset[str]:
    """Make a set of the words of a text."""
    return frozenset(text.split())


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_GLUED_SPLIT = re.compile(r"[xy](train|test|valid|val|dev|tr|te)")

RESULTS = word_set(
    "acc accuracy aic ap auc auprc auroc bic bleu brier cer chrf corr correlation dice err error f1 fbeta fnr fpr gini "
    "inertia iou jaccard kappa ks likelihood loglik logloss loss losses mae map mape mcc metric metrics mrr mse msle "
    "ndcg nll perplexity ppl precision psnr r2 recall result results reward rewards rmse rmsle roc rouge rsquared "
    "score scores sensitivity silhouette specificity ssim tnr tpr wer"
)
_ABOUT_RESULTS = word_set(
    "alpha coef cutoff fn func function goal lambda limit name scale scaling target thresh threshold tol tolerance "
    "type weight weights"
)
COUNTERS = word_set(
    "batch cnt col cols column columns count counter counts dim dims duration elapsed end epoch epochs height idx "
    "index iter iteration iterations iters len length n ndim nrows ncols num number offset pid port pos position row "
    "rows seed seeds size start step steps t0 t1 tic time timestamp toc took width"
)
_SETTINGS = word_set("arg args cfg conf config configs hparam hparams kwargs opts options param params settings")
_TIMES = word_set("time times seconds secs sec ms millis milliseconds minutes duration latency runtime walltime")
_SPLITS = {name: name for name in word_set("train test val valid validation dev holdout oof oob")} | {
    "training": "train",
    "tr": "train",
    "te": "test",
    "tst": "test",
    "testing": "test",
    "va": "val",
}


def is_name(text: str) -> bool:
    """Tell whether the store can keep a name; a user's dict may have any key."""
    try:
        check_name("found", text)
    except BadName:
        return False
    return True


def words(name: str) -> list[str]:
    """Take a name apart: `bestValLoss_2` is best, val, loss, 2; `f1` and `r2` stay whole."""
    parts: list[str] = []
    for word in _WORD.findall(name):
        if word.isdigit() and parts and parts[-1] + word in RESULTS | COUNTERS:
            parts[-1] += word
        else:
            parts.append(word.lower())
    return parts


def is_result_name(name: str) -> bool:
    """Tell whether a name speaks of a result: `val_loss`, `f1`, but not `loss_weight` or `n_errors`."""
    parts = words(name)
    if not parts or parts[0] in ("n", "num"):
        return False
    spoken = {*parts, *(part.removesuffix("s") for part in parts)}  # accs, inertias
    return not RESULTS.isdisjoint(spoken) and _ABOUT_RESULTS.isdisjoint(parts)


def is_counter_name(name: str) -> bool:
    """Tell whether a name speaks of a count, an index, a size or a time: `n_rows`, `i`, `elapsed`."""
    return name in ("i", "j", "k") or not COUNTERS.isdisjoint(words(name))


def is_time_name(name: str) -> bool:
    """Tell whether a name speaks of how long something took: `fit_time`, `latency_ms`."""
    return not _TIMES.isdisjoint(words(name))


def is_settings_name(name: str) -> bool:
    """Tell whether a name speaks of settings: `cfg`, `best_params_`, `get_config`."""
    return not _SETTINGS.isdisjoint(words(name))


def split_of(names: Iterable[str]) -> str:
    """Say which part of the data some names mean: `X_test, y_test` is test; empty when none or undecided."""
    votes: Counter[str] = Counter()
    for name in names:
        for word in words(name):
            glued = _GLUED_SPLIT.fullmatch(word)
            split = _SPLITS.get(glued.group(1) if glued else word)
            if split:
                votes[split] += 1
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]
