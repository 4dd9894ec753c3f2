"""The `≈` of a table: what cannot be told from the best run, or from the baseline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from trackbook.views.table.cells import Cell
    from trackbook.views.table.columns import Column


def mark_equal(
    rows: Sequence[Sequence[Cell]],
    columns: Sequence[Column],
    run_ids: Sequence[str],
    marks: Mapping[str, Collection[str]],
    reference: str,
) -> list[list[Cell]]:
    """Mark cells as within noise of a run.

    run_ids: one a row. marks: a column's key → ids of the runs that cannot be told from the run called `reference`.
    """
    return [
        [
            replace(cell, equal=reference) if run_id in marks.get(column.key, ()) else cell
            for cell, column in zip(row, columns, strict=True)
        ]
        for row, run_id in zip(rows, run_ids, strict=True)
    ]
