"""What a cell showed without being asked: found before and after it, logged to its run."""

from __future__ import annotations

import time
import weakref
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture.callees import with_callees
from trackbook.capture.cell import analyse
from trackbook.capture.datasets import describe_file, find_datasets
from trackbook.capture.estimators import estimators_read, restores_weights, trains_copies
from trackbook.capture.files import files_read
from trackbook.capture.generators import drawn_unseeded
from trackbook.capture.metrics import find_metrics
from trackbook.capture.models import mark_of, parts_of_model
from trackbook.capture.params import SAYS_NOTHING, find_params
from trackbook.capture.snapshot import Snapshot, take_snapshot
from trackbook.config import settings
from trackbook.records import FoundMetric, FoundParam
from trackbook.tracking.data import note_dataset
from trackbook.tracking.run import Run, flatten
from trackbook.values import as_number

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from trackbook.capture.facts import CellFacts
    from trackbook.capture.track_line import TrackLine
    from trackbook.records import DatasetFacts

_SHARE = 0.02
"""Of a cell's own time, that our work after it may take where that is more than the budget."""

_MOST_FILES = 10


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


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a cell found out about the models of an earlier run."""

    run: Run
    metrics: frozenset[str] | None
    """Names of the metrics that are about them; None for all, when the cell evaluates no other run's."""


@dataclass(slots=True)
class Findings:
    """What was found."""

    params: list[FoundParam] = field(default_factory=list)
    metrics: list[FoundMetric] = field(default_factory=list)
    datasets: list[DatasetFacts] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    """To add to the runs that fitted what this cell only used; empty for other cells."""

    fitted: list[tuple[str, object]] = field(default_factory=list)
    """The user's models that the cell fitted, by name; whoever keeps them empties this."""

    unseeded: dict[str, str] = field(default_factory=dict)
    """Libraries whose random numbers the cell drew, unseeded; see `drawn_unseeded`."""

    @property
    def evaluates(self) -> Run | None:
        """The run that this one is linked to: the one whose model the cell names first."""
        return self.evaluations[0].run if self.evaluations else None


class FittedBy:
    """Which run fitted which model, without keeping the model alive."""

    def __init__(self) -> None:
        self._runs: dict[int, tuple[weakref.ref[object], Run, int]] = {}

    def note(self, model: object, run: Run) -> None:
        """Remember that a run fitted a model and its parts; one that allows no weak reference is not remembered."""
        self._note(model, Run(run.store, run.start, owner=False), set())

    def _note(self, model: object, later: Run, seen: set[int]) -> None:
        mark = id(model)
        if mark in seen:
            return
        seen.add(mark)
        try:
            self._runs[mark] = (weakref.ref(model, lambda _: self._runs.pop(mark, None)), later, mark_of(model))
        except TypeError:
            self._runs.pop(mark, None)
        for part in parts_of_model(model):
            self._note(part, later, seen)

    def run_of(self, model: object) -> Run | None:
        """Return a handle to add to the run that fitted it last; None when none of this kernel did."""
        held = self._runs.get(id(model))
        return held[1] if held is not None and held[0]() is model and held[2] == mark_of(model) else None

    def restored(self, model: object) -> None:
        """Take what a model knows now for what its run taught it: kept weights were put back."""
        held = self._runs.get(id(model))
        if held is not None and held[0]() is model:
            self._runs[id(model)] = (held[0], held[1], mark_of(model))

    def of(self, model: object) -> int | None:
        """Return what the model had learnt when its run ended, None when no run fitted it."""
        held = self._runs.get(id(model))
        return held[2] if held is not None and held[0]() is model else None


def look_before(source: str, namespace: Mapping[str, object], line: TrackLine) -> Before:
    """Note what must be known from before the cell. source: transformed by IPython."""
    facts = with_callees(analyse(source), namespace)
    rebound = [name for name in facts.reads if name in facts.bound]
    wanted = "data" not in line.no_capture and rebound
    datasets = find_datasets(rebound, namespace, settings().data_budget / 2) if wanted else []
    return Before(source, facts, take_snapshot(facts, namespace), datasets, _working_folder())


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it was deleted, which keeps no cell from running
        return Path()


def look_after(
    before: Before,
    namespace: Mapping[str, object],
    line: TrackLine,
    *,
    value: object,
    printed: str,
    ignored: AbstractSet[str],
    finished: bool,
    seconds: float,
    fitted_by: FittedBy,
    run: Run,
) -> Findings:
    """Find params, metrics, data and the run that is evaluated. value: of the last expression, or MISSING.

    printed: what the cell wrote to stdout.
    """
    facts, found = before.facts, Findings()
    estimators = estimators_read(facts, namespace, before.snapshot.marks, fitted_by)
    if "metrics" not in line.no_capture:
        found.metrics = find_metrics(
            facts, before.snapshot.ids, namespace, value, ignored, printed=printed, finished=finished
        )
        if line.metrics:
            found.metrics = _only_metrics(found.metrics, line.metrics, namespace)
    if "params" not in line.no_capture:
        results = {metric.name for metric in found.metrics}
        found.params = find_params(facts, before.snapshot.values, namespace, estimators, results)
        found.params = [
            param for param in found.params if ignored.isdisjoint((param.name, param.name.partition(".")[0]))
        ]
        if line.params:
            found.params = _only_params(found.params, line.params, namespace)
    found.fitted = [(name, estimator) for name, estimator, part in estimators if part == "fits"]
    for _, estimator in found.fitted:
        fitted_by.note(estimator, run)
    found.unseeded = drawn_unseeded(before.snapshot.generators, facts, [model for _, model in found.fitted])
    if restores_weights(facts):
        for _, model, _ in estimators:
            fitted_by.restored(model)
    if not found.fitted and not trains_copies(facts):
        of_runs = {name: by for name, kept, _ in estimators if (by := fitted_by.run_of(kept)) is not None}
        found.evaluations = _evaluations(of_runs, facts, found.metrics)
    if "data" not in line.no_capture:
        found.datasets = _data(before, namespace, max(settings().data_budget, _SHARE * seconds))
    return found


def _evaluations(of_runs: Mapping[str, Run], facts: CellFacts, metrics: Collection[FoundMetric]) -> list[Evaluation]:
    """Sort the metrics by the run whose model they are about. of_runs: by the models' names, `rf` or `models.rf`."""
    runs = {run.run_id: run for run in of_runs.values()}
    if len(runs) < 2:  # noqa: PLR2004 - of one run all of it
        return [Evaluation(run, None) for run in runs.values()]
    about: dict[str, set[str]] = {run_id: set() for run_id in runs}
    for metric in {metric.name for metric in metrics}:
        evaluated = {run.run_id for name, run in of_runs.items() if _is_about(metric, name, facts)}
        if len(evaluated) == 1:
            about[evaluated.pop()].add(metric)
    return [Evaluation(run, frozenset(about[run_id])) for run_id, run in runs.items()]


def _is_about(metric: str, model: str, facts: CellFacts) -> bool:
    """Tell whether a metric was reckoned from a model, else whether it bears its name: `rf` in `acc_rf`."""
    root, _, held = model.partition(".")
    if root in _behind(metric.partition(".")[0], facts):
        return not held
    return (held or root).rpartition(".")[2] in {metric, *metric.replace(".", "_").split("_")}


def _behind(metric: str, facts: CellFacts) -> set[str]:
    """Collect the names that a metric was reckoned from, over as many steps as the cell took."""
    last = facts.last
    waiting = [metric]
    if last is not None and last.name == metric and metric not in facts.bound:
        waiting += [last.receiver.partition(".")[0].partition("[")[0], *last.args, *last.operands]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen and (bound := facts.bound.get(name)) is not None:
            waiting += bound.reads
        seen.add(name)
    return seen


def _data(before: Before, namespace: Mapping[str, object], budget: float) -> list[DatasetFacts]:
    began = time.perf_counter()
    kept = [name for name in before.facts.reads if name not in before.facts.bound]
    found = before.datasets + find_datasets(kept, namespace, budget)
    return [*found, *islice(_files(before, namespace, budget, began), _MOST_FILES)]


def _files(before: Before, namespace: Mapping[str, object], budget: float, began: float) -> Iterator[DatasetFacts]:
    """Describe the files that the cell read and that are there."""
    for path in files_read(before.source, namespace):
        left = max(budget - (time.perf_counter() - began), budget / 10)
        places = dict.fromkeys((before.folder, _working_folder()))
        described = next(filter(None, (describe_file(path, folder, left) for folder in places)), None)
        if described is not None:
            yield described


def _only_params(found: list[FoundParam], wanted: Collection[str], namespace: Mapping[str, object]) -> list[FoundParam]:
    """Keep the params that the user named; a name that nothing found is read from the namespace."""
    wanted = {name.removeprefix(SAYS_NOTHING) for name in wanted}
    kept = [param for param in found if param.name in wanted or param.name.partition(".")[0] in wanted]
    known = {param.name for param in kept} | {param.name.partition(".")[0] for param in kept}
    for name in wanted:
        if name not in known and name in namespace:
            settings = flatten({name: namespace[name]})
            kept += [FoundParam(full.removeprefix(SAYS_NOTHING), item, "read") for full, item in settings.items()]
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


def log_evaluations(run: Run, found: Findings) -> None:
    """Link a run to the one whose model it used, and let its metrics stand in the fitting runs' rows too."""
    others = [evaluation for evaluation in found.evaluations if evaluation.run.run_id != run.run_id]
    if others:
        run.store.event("facts", run_id=run.run_id, evaluates=others[0].run.run_id)
    for evaluation in others:
        for name, value in run.last_values().items():
            if evaluation.metrics is None or name in evaluation.metrics:
                # An evaluation is no training step: each stands at step 0, the newest last.
                evaluation.run.log_metric(name, value, 0)


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
