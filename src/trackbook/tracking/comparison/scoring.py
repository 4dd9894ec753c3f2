"""A measure of two runs over their common rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.tracking.comparison.cases import as_labels, as_numbers, as_probabilities, as_scores
from trackbook.tracking.comparison.label_measures import score_labels
from trackbook.tracking.comparison.number_measures import score_numbers
from trackbook.tracking.comparison.probability_measures import roc_auc, score_probabilities

if TYPE_CHECKING:
    from trackbook.tracking.comparison.cases import Cases
    from trackbook.tracking.comparison.measures import Scored
    from trackbook.tracking.comparison.pairing import Paired

_OF_LABELS = ("accuracy", "balanced_accuracy", "f1", "f1_macro")
_OF_PROBABILITIES = ("brier", "log_loss")


def score(paired: Paired, metric: str) -> tuple[Cases, Scored]:
    """Compute one of the known measures of both runs. Raises BadInput where the predictions cannot give it."""
    if metric in _OF_LABELS:
        cases = as_labels(paired)
        return cases, score_labels(cases, metric)
    if metric in _OF_PROBABILITIES:
        cases = as_probabilities(paired)
        return cases, score_probabilities(cases, metric)
    if metric == "roc_auc":
        cases = as_scores(paired)
        return cases, roc_auc(cases)
    cases = as_numbers(paired)
    return cases, score_numbers(cases, metric)
