"""What a cell showed without being asked: found before and after it, logged to its run."""

from __future__ import annotations

import time
import weakref
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture.cell import analyse
from trackbook.capture.datasets import describe_file, find_datasets
from trackbook.capture.estimators import estimators_read
from trackbook.capture.files import files_read
from trackbook.capture.metrics import find_metrics
from trackbook.capture.params import find_params
from trackbook.capture.snapshot import Snapshot, take_snapshot, with_callees
from trackbook.config import settings
from trackbook.records import FoundMetric, FoundParam
from trackbook.tracking.data import note_dataset
from trackbook.tracking.run import Run, flatten
from trackbook.values import as_number

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from trackbook.capture.facts import CellFacts
    from trackbook.capture.track_line import TrackLine
    from trackbook.records import DatasetFacts

_SHARE = 0.02
"""Of a cell's own time, that our work after it may take where that is more than the budget."""

_MOST_FILES = 10
_TRAINS_COPIES = ("cross_val", "learning_curve", "validation_curve", "permutation_test_score", "clone")
"""Functions that fit copies of what they are given: who calls them does not evaluate the fitted one."""


@dataclass(slots=True)
class Before:
    """What was noted before a cell ran. Holds no object of the user's."""

    source: str
    """The cell's code, as IPython transformed it."""

    facts: CellFacts
    snapshot: Snapshot
    datasets: list[DatasetFacts]
    """Of names that the cell binds anew, whose data would be gone afterwards."""

    folder: Path
    """Working directory; the cell may change it."""


@dataclass(slots=True)
class Findings:
    """What was found."""

    params: list[FoundParam] = field(default_factory=list)
    metrics: list[FoundMetric] = field(default_factory=list)
    datasets: list[DatasetFacts] = field(default_factory=list)
    evaluates: Run | None = None
    """To add to the run that fitted what this cell only used; None for other cells."""


class FittedBy:
    """Which run fitted which estimator, without keeping the estimator alive."""

    def __init__(self) -> None:
        self._runs: dict[int, tuple[weakref.ref[object], Run]] = {}

    def note(self, estimator: object, run: Run) -> None:
        """Remember that a run fitted an estimator; one that allows no weak reference is not remembered."""
        mark = id(estimator)
        later = Run(run.store, run.start, owner=False)
        try:
            self._runs[mark] = (weakref.ref(estimator, lambda _: self._runs.pop(mark, None)), later)
        except TypeError:
            self._runs.pop(mark, None)

    def run_of(self, estimator: object) -> Run | None:
        """Return a handle to add to the run that fitted it, None when none of this kernel did."""
        held = self._runs.get(id(estimator))
        return held[1] if held is not None and held[0]() is estimator else None


def look_before(source: str, namespace: Mapping[str, object], line: TrackLine) -> Before:
    """Note what must be known from before the cell. source: transformed by IPython."""
    facts = with_callees(analyse(source), namespace)
    rebound = [name for name in facts.reads if name in facts.bound]
    wanted = "data" not in line.no_capture and rebound
    datasets = find_datasets(rebound, namespace, settings().data_budget / 2) if wanted else []
    return Before(source, facts, take_snapshot(facts, namespace), datasets, Path.cwd())


def look_after(
    before: Before,
    namespace: Mapping[str, object],
    line: TrackLine,
    *,
    value: object,
    ignored: Collection[str],
    finished: bool,
    seconds: float,
    fitted_by: FittedBy,
    run: Run,
) -> Findings:
    """Find params, metrics, data and the run that is evaluated. value: of the last expression, or MISSING."""
    facts, found = before.facts, Findings()
    estimators = estimators_read(facts, namespace, before.snapshot.unfitted)
    if "metrics" not in line.no_capture:
        found.metrics = find_metrics(facts, before.snapshot.ids, namespace, value, ignored, finished=finished)
        if line.metrics:
            found.metrics = _only_metrics(found.metrics, line.metrics, namespace)
    if "params" not in line.no_capture:
        results = {metric.name for metric in found.metrics}
        found.params = find_params(facts, before.snapshot.values, namespace, estimators, results)
        if line.params:
            found.params = _only_params(found.params, line.params, namespace)
    fits = False
    for _, estimator, part in estimators:
        if part == "fits":
            fits = True
            fitted_by.note(estimator, run)
    if not fits and not any(call.function.startswith(_TRAINS_COPIES) for call in facts.calls):
        found.evaluates = next((by for _, kept, _ in estimators if (by := fitted_by.run_of(kept))), None)
    if "data" not in line.no_capture:
        found.datasets = _data(before, namespace, max(settings().data_budget, _SHARE * seconds))
    return found


def _data(before: Before, namespace: Mapping[str, object], budget: float) -> list[DatasetFacts]:
    began = time.perf_counter()
    kept = [name for name in before.facts.reads if name not in before.facts.bound]
    found = before.datasets + find_datasets(kept, namespace, budget)
    return [*found, *islice(_files(before, namespace, budget, began), _MOST_FILES)]


def _files(before: Before, namespace: Mapping[str, object], budget: float, began: float) -> Iterator[DatasetFacts]:
    """Describe the files that the cell read and that are there."""
    for path in files_read(before.source, namespace):
        left = max(budget - (time.perf_counter() - began), budget / 10)
        places = dict.fromkeys((before.folder, Path.cwd()))
        described = next(filter(None, (describe_file(path, folder, left) for folder in places)), None)
        if described is not None:
            yield described


def _only_params(found: list[FoundParam], wanted: Collection[str], namespace: Mapping[str, object]) -> list[FoundParam]:
    """Keep the params that the user named; a name that nothing found is read from the namespace."""
    kept = [param for param in found if param.name in wanted or param.name.partition(".")[0] in wanted]
    known = {param.name for param in kept} | {param.name.partition(".")[0] for param in kept}
    for name in wanted:
        if name not in known and name in namespace:
            kept += [FoundParam(full, item, "read") for full, item in flatten({name: namespace[name]}).items()]
    return kept


def _only_metrics(
    found: list[FoundMetric], wanted: Collection[str], namespace: Mapping[str, object]
) -> list[FoundMetric]:
    """Keep the metrics that the user named; a name that nothing found is read from the namespace."""
    kept = [metric for metric in found if metric.name in wanted]
    known = {metric.name for metric in kept}
    for name in wanted:
        number = as_number(namespace.get(name)) if name not in known else None
        if number is not None:
            kept.append(FoundMetric(name, number))
    return kept


def log_findings(run: Run, found: Findings, taken: Collection[str]) -> None:
    """Log what was found; what the cell logged itself (of metrics: taken) is not guessed once more."""
    logged = set(run.params)
    for default in (False, True):
        by_source: dict[str, dict[str, object]] = {}
        for param in found.params:
            if param.is_default is default and param.name not in logged:
                by_source.setdefault(param.source, {})[param.name] = param.value
        for source, params in by_source.items():
            run.log_params(params, source=source, default=default)
    for metric in found.metrics:
        if metric.name not in taken:
            run.log_metric(metric.name, metric.value, metric.step)
    for dataset in found.datasets:
        note_dataset(run, dataset)
