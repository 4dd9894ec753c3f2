"""The `≈` of a table: which runs cannot be told from the best of them, or from the baseline, asked on a thread."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.run_pages import ask_runs
from trackbook.views.table.columns import sorted_by
from trackbook.widgets.run_table.aside import Aside

if TYPE_CHECKING:
    from trackbook.store.run_pages import RunFacts
    from trackbook.views.table.columns import Column
    from trackbook.widgets.run_table.panel import RunTable
    from trackbook.widgets.run_table.shown import Shown

_FIRST_RUNS = 51
"""Runs that are looked at: the first of the table, wherever one has scrolled."""


@dataclass(frozen=True, slots=True)
class _Question:
    version: int
    """Of the table it is about."""

    metrics: tuple[str, ...]
    baseline: RunFacts | None
    """None: the best of the table."""

    numbers: tuple[int, ...]


class NoiseMarks:
    """Tells the browser what cannot be told apart, as far as predictions say; anew after each change."""

    def __init__(self, table: RunTable) -> None:
        self._table = weakref.ref(table)
        self._aside = Aside(self._answer)
        self._said = False
        """Whether the browser has marks that have to go when there are none any more."""

    def follow(self) -> None:
        """Look anew, soon. The caller holds the table's lock."""
        table = self._table()
        if table is None or (metrics_to_ask(table.shown) == () and not self._said):
            return
        self._aside.ask()

    def _answer(self) -> None:
        table = self._table()
        if table is None:
            return
        with table.lock:
            shown = table.shown
            baseline = shown.baseline
            numbers = tuple(int(number) for number in shown.places.numbers[:_FIRST_RUNS])
            question = _Question(shown.version, metrics_to_ask(shown), baseline, numbers)
        reference, marks = self._marks(table, question)
        with table.lock:
            if table.shown.version == question.version and (marks or self._said):
                self._said = bool(marks)
                table.grid.send({"tell": "equal", "to": reference, "marks": marks})
                table.mark_twin(reference, marks)

    def _marks(self, table: RunTable, question: _Question) -> tuple[str, dict[str, list[str]]]:
        if not question.metrics or not question.numbers:
            return "", {}
        from trackbook.tracking.comparison.leaderboard import within_noise  # noqa: PLC0415 - brings numpy and scores

        with table.store.asking() as db:
            runs = ask_runs(db, question.numbers, [f"metrics.{name}" for name in question.metrics])
        reference = question.baseline or runs[0]
        others = [run for run in runs if run.run_id != reference.run_id]
        marks: dict[str, list[str]] = {}
        for name in question.metrics:
            values = {run.run_id: run.metrics[name] for run in (reference, *others) if name in run.metrics}
            found = within_noise(
                table.store,
                reference.run_id,
                values,
                name,
                is_best=question.baseline is None,
                is_wanted=lambda: table.shown.version == question.version,
            )
            if found:
                marks[f"metrics.{name}"] = sorted(found)
        return str(reference.attributes["name"]), marks


def metrics_to_ask(shown: Shown) -> tuple[str, ...]:
    """Which metrics of a table have a run to be compared with: all with a baseline, else the one that sorts it.

    Without a baseline the table must be sorted by one metric, the best on top.
    """
    if shown.query.group:
        return ()
    metrics = [column for column in shown.columns if column.kind == "metric" and column.better]
    if shown.baseline is not None:
        return tuple(_name(column) for column in metrics)
    order = sorted_by(shown.query.sort, metrics)
    return tuple(_name(column) for column in metrics if order.get(column.key) == (1, column.better == "higher"))


def _name(column: Column) -> str:
    return column.key.removeprefix("metrics.")
