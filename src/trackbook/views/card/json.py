"""The card as facts for our own front end: `application/vnd.trackbook+json`.

    version      1; raised when a field changes its meaning
    run          id, name, experiment, attempt, status, ended_by, duration (s), ended_at (s since the epoch),
                 evaluation_of, compared_with (run id and attempt of the previous one, or null)
    params       [{name, value, before, change}], change: changed, added, removed, same or first
    defaults     how many hyper-parameters were left alone
    metrics      [{name, value, before, better, verdict}], verdict: better, worse or ""
    kept         {outputs, figures, artifacts: [{path, size}], datasets: [{name, kind, rows, columns, digest, sampled}],
                 git: {commit, branch, edits} or null}
    error, warnings, offer

NaN and infinities are the strings of `trackbook.values`. A value whose JSON is longer than 1000 characters
is shown short, as text, and an error is cut there: the notebook is no place for it, and the store has it whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from trackbook.values import to_json
from trackbook.views.card.metrics import metric_changes
from trackbook.views.card.params import param_changes
from trackbook.views.literals import cut, literal

if TYPE_CHECKING:
    from trackbook.views.card.facts import CardFacts

VERSION = 1
_LONGEST_VALUE = 1000


def card_json(facts: CardFacts) -> dict[str, object]:
    """Put the facts of a card into JSON-safe values."""
    previous = facts.previous
    content = {
        "version": VERSION,
        "run": {
            "id": facts.run_id,
            "name": facts.run_name,
            "experiment": facts.experiment,
            "attempt": facts.attempt,
            "status": facts.status,
            "ended_by": facts.ended_by,
            "duration": facts.duration,
            "ended_at": facts.ended_at,
            "evaluation_of": facts.evaluation_of,
            "compared_with": {"id": previous.run_id, "attempt": previous.attempt} if previous else None,
        },
        "params": [
            {"name": param.name, "value": _short(param.value), "before": _short(param.before), "change": param.change}
            for param in param_changes(facts)
        ],
        "defaults": facts.default_count,
        "metrics": [
            {
                "name": metric.name,
                "value": metric.value,
                "before": metric.before,
                "better": facts.better.get(metric.name),
                "verdict": metric.verdict,
            }
            for metric in metric_changes(facts)
        ],
        "kept": _kept(facts),
        "error": cut(facts.error, _LONGEST_VALUE),
        "warnings": facts.warnings,
        "offer": facts.offer,
    }
    return cast("dict[str, object]", json.loads(to_json(content)))


def _kept(facts: CardFacts) -> dict[str, object]:
    git = facts.git
    return {
        "outputs": facts.outputs,
        "figures": facts.figures,
        "artifacts": [{"path": path, "size": size} for path, size in facts.artifacts],
        "datasets": [
            {
                "name": data.name,
                "kind": data.kind,
                "rows": data.rows,
                "columns": data.columns,
                "digest": data.digest,
                "sampled": data.sampled,
            }
            for data in facts.datasets
        ],
        "git": {"commit": git.commit, "branch": git.branch, "edits": git.edits} if git else None,
    }


def _short(value: object) -> object:
    return value if len(to_json(value)) <= _LONGEST_VALUE else literal(value)
