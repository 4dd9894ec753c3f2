"""What a run table shows, asked from the store: the order once a change, then page by page. Knows no widget."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.meaning import default_better
from trackbook.store.questions import which_way_is_up
from trackbook.store.run_columns import ask_columns
from trackbook.store.run_groups import ask_groups
from trackbook.store.run_pages import RunFacts, ask_ids, ask_numbers, ask_order, ask_runs
from trackbook.store.sparks import ask_sparks
from trackbook.store.stamp import Stamp, ask_stamp
from trackbook.views.table.cells import group_cells, run_cells
from trackbook.views.table.columns import LONG_TABLES, MOST_COLUMNS, Column, as_column, sorted_by, varying
from trackbook.views.table.html import count_sentence
from trackbook.views.table.places import GroupAt, Places, Row, RunAt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from trackbook.store import Store
    from trackbook.views.table.cells import Cell
    from trackbook.views.table.query import TableQuery

PAGE = 60
"""Rows sent at first."""

MOST_ROWS = 400
"""Rows sent at once, whatever is asked for."""

FIRST_COLUMNS = range(1, 24)
"""Whose cells are sent at first, beside those of the first column."""

MOST_COLUMNS_SENT = 200
"""Whose cells are sent at once, whatever is asked for."""

MOST_SELECTED = 10_000
"""Runs that can be selected at once."""


class Shown:
    """The rows and columns of one table. One thread at a time: its owner holds a lock."""

    def __init__(self, store: Store, query: TableQuery) -> None:
        self.store, self.query = store, query
        self.version = 0
        """Counts changes of the order, so that a page of an older one is known as such."""

        self.columns: list[Column] = []
        self.across = FIRST_COLUMNS
        """Places of the columns that the browser looks at; the first column stays in view and is always sent."""

        self.places = Places(_no_numbers())
        self.total = 0
        self.hidden = 0
        """Columns that vary and are not shown because there are too many."""

        self._opened: set[str | None] = set()
        self._stamp: Stamp = ()
        self._baseline: RunFacts | None = None
        self._better: dict[str, str] = {}

    def change(self, query: TableQuery, *, columns: bool = False) -> None:
        """Show another query; columns: look anew which vary. Raises BadFilter and leaves all as it was."""
        if query.group != self.query.group:
            self._opened = set()
        with self.store.asking() as db:
            order = ask_order(db, query.whole_filter, query.sort, group=query.group, deleted=query.deleted)
            self._stamp = ask_stamp(db)
            self.query, self.total = query, order.total
            self.places = Places(order.numbers, order.labels, self._opened)
            self.version += 1
            self._better = which_way_is_up(db)
            if columns or not self.columns:
                self._choose_columns(db)
            self._read_baseline(db)

    @property
    def baseline(self) -> RunFacts | None:
        """The run that others are compared with."""
        return self._baseline

    def has_news(self) -> bool:
        """Tell whether anybody has logged or decided anything since the last change."""
        with self.store.asking() as db:
            return ask_stamp(db) != self._stamp

    def choose_columns(self) -> bool:
        """Look anew which columns vary; tells whether they are others than before."""
        before = self.columns
        with self.store.asking() as db:
            self._choose_columns(db)
            if self.columns != before:
                self.version += 1
                self._read_baseline(db)
        return self.columns != before

    def _choose_columns(self, db: DuckDBPyConnection) -> None:
        if self.query.columns is not None:
            keys, self.hidden = list(self.query.columns), 0
        else:
            runs, facts = ask_columns(db, self.query.whole_filter, deleted=self.query.deleted)
            keys = varying(runs, facts)
            self.hidden = sum(1 for fact in facts if fact.key.startswith(LONG_TABLES)) - sum(
                1 for key in keys if key.startswith(LONG_TABLES)
            )
        # A box that has something typed in it stays, and so does a key of the order.
        keys += [key for key in self.query.typed if key not in keys]
        self.columns = [as_column(key, self.better_of([key])) for key in keys]

    def better_of(self, keys: Sequence[str]) -> dict[str, str]:
        """Say of metrics which way is up, as the store knows or their names tell."""
        names = [key.removeprefix("metrics.") for key in keys if key.startswith("metrics.")]
        return {name: better for name in names if (better := self._better.get(name) or default_better(name))}

    def _read_baseline(self, db: DuckDBPyConnection) -> None:
        numbers = ask_numbers(db, [self.query.baseline]) if self.query.baseline else {}
        found = ask_runs(db, list(numbers.values()), _keys(self.columns)) if numbers else []
        self._baseline = found[0] if found else None

    def head(self) -> dict[str, Any]:
        """Say all about the table but its rows."""
        query, order = self.query, sorted_by(self.query.sort, self.columns)
        filtered = bool(query.whole_filter)
        return {
            "version": self.version,
            "rows": self.places.rows,
            "runs": len(self.places.numbers),
            "total": self.total,
            "sentence": count_sentence(
                len(self.places.numbers), self.total, filtered=filtered, deleted=query.deleted
            ),
            "columns": [
                {
                    "key": column.key, "title": column.title, "kind": column.kind, "better": column.better,
                    "sort": order.get(column.key, (0, False)), "typed": query.typed.get(column.key, ""),
                }
                for column in self.columns
            ],
            "hidden": self.hidden,
            "byHand": query.columns is not None,
            "filter": query.filter,
            "group": query.group,
            "deleted": query.deleted,
            "baseline": self._baseline.run_id if self._baseline else "",
            "baselineName": self._baseline.attributes["name"] if self._baseline else "",
            "call": query.call(),
        }  # fmt: skip

    def look_across(self, left: int, right: int) -> None:
        """Look at other columns from now on: those of places left, …, right - 1."""
        self.across = range(max(1, left), min(right, left + MOST_COLUMNS_SENT))

    def page(self, first: int, last: int) -> list[dict[str, Any]]:
        """Read the rows of places first, …, last - 1; a run deleted meanwhile is an empty row.

        Each has the cell of the first column and those of `across`.
        """
        rows = self.places.between(first, min(last, first + MOST_ROWS))
        columns = [*self.columns[:1], *self.columns[self.across.start : self.across.stop]]
        with self.store.asking() as db:
            runs, groups = self._facts(db, rows, _keys(columns))
        return [self._row(row, runs, groups, columns) for row in rows]

    def _facts(
        self, db: DuckDBPyConnection, rows: Sequence[Row], keys: Sequence[str]
    ) -> tuple[dict[int, RunFacts], dict[Any, Any]]:
        numbers = [row.number for row in rows if isinstance(row, RunAt)]
        labels = [row.label for row in rows if isinstance(row, GroupAt)]
        runs = {run.number: run for run in ask_runs(db, numbers, keys)} if numbers else {}
        query = self.query
        groups = ask_groups(db, query.whole_filter, query.group, labels, keys, deleted=query.deleted) if labels else {}
        return runs, groups

    def _row(
        self, row: Row, runs: dict[int, RunFacts], groups: dict[Any, Any], columns: Sequence[Column]
    ) -> dict[str, Any]:
        if isinstance(row, GroupAt):
            group = groups.get(row.label)
            cells = group_cells(group, self._title(row, group), row.count, columns) if group else []
            return {
                "group": row.label, "count": row.count, "open": row.opened, "cells": [cell.as_json() for cell in cells],
            }  # fmt: skip
        run = runs.get(row.number)
        if run is None:
            return {"id": "", "level": row.level, "cells": []}
        return {
            "id": run.run_id,
            "name": run.attributes["name"],
            "level": row.level,
            "star": run.attributes["starred"],
            "note": run.attributes["note"] or "",
            "cells": [cell.as_json() for cell in run_cells(run, columns, self._baseline)],
            "course": [name for name, count in run.counts.items() if count > 1],
        }

    def _title(self, row: GroupAt, group: Any) -> str:  # noqa: ANN401 - GroupFacts, or None for what is gone
        if self.query.group == "cell":
            if row.label is None or group is None:
                return "outside notebooks"
            return " · ".join(filter(None, [f"cell of {group.name}", group.notebook]))
        kind, _, name = self.query.group.partition(".")
        if row.label is None:
            return f"no {name or kind}"
        return f"{name} = {row.label}" if name else row.label

    def sparks(self, rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, list[float | None]]]:
        """Read the course of each metric of a page that has more than one point, by run id and column."""
        shown = {column.key for column in self.columns if column.kind == "metric"}
        wanted = {row["id"]: row["course"] for row in rows if row.get("course")}
        names = sorted({name for course in wanted.values() for name in course if f"metrics.{name}" in shown})
        if not names:
            return {}
        with self.store.asking() as db:
            found = ask_sparks(db, list(wanted), names)
        courses: dict[str, dict[str, list[float | None]]] = {}
        for (run_id, name), course in found.items():
            courses.setdefault(run_id, {})[f"metrics.{name}"] = _rounded(course)
        return courses

    def fold(self, label: str | None, *, opened: bool) -> None:
        """Open or close a group."""
        self._opened = self._opened | {label} if opened else self._opened - {label}
        self.change(self.query)

    def ids(self, first: int, last: int) -> tuple[list[str], int]:
        """Give the ids of the runs at these places, both included, and how many runs these are.

        A closed group's head stands for its runs. Of more than MOST_SELECTED runs the ids of the first are given.
        """
        numbers: list[int] = []
        for row in self.places.between(min(first, last), max(first, last) + 1):
            if isinstance(row, RunAt):
                numbers.append(row.number)
            elif not row.opened:
                numbers += self.places.members([row.label])
        with self.store.asking() as db:
            return ask_ids(db, numbers[:MOST_SELECTED]), len(numbers)

    def with_query(self, **changes: Any) -> TableQuery:  # noqa: ANN401 - fields of TableQuery
        """Give the query with some of its fields changed."""
        return replace(self.query, **changes)

    def twin(self, most: int = 50) -> tuple[list[Column], list[list[Cell]], list[str]]:
        """Give the first columns, and the first runs as cells and ids, for the picture that a saved notebook keeps."""
        columns = self.columns[:MOST_COLUMNS]
        with self.store.asking() as db:
            runs = ask_runs(db, [int(number) for number in self.places.numbers[:most]], _keys(columns))
        return columns, [run_cells(run, columns, self._baseline) for run in runs], [run.run_id for run in runs]


def _keys(columns: Sequence[Column]) -> list[str]:
    return [column.key for column in columns]


def _rounded(course: Sequence[float | None]) -> list[float | None]:
    """Place a course between 0 and 31, which is all that the height of a line can show."""
    known = [value for value in course if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    width = (high - low) or 1.0
    return [None if value is None else round((value - low) / width * 31) for value in course]


def _no_numbers() -> Any:  # noqa: ANN401 - an empty array of numpy, which is imported late
    import numpy as np  # noqa: PLC0415

    return np.empty(0, dtype=np.int64)
