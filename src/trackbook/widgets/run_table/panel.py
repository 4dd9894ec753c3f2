"""`tb.run_table()` and `%runs`: all runs in one panel, alive."""

from __future__ import annotations

import logging
import threading
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from trackbook.errors import BadInput
from trackbook.store import find_run, runs_frame
from trackbook.store.filters import compile_query
from trackbook.tracking.start import current_store
from trackbook.views.table.columns import is_column
from trackbook.views.table.html import table_html, table_text
from trackbook.views.table.noise import mark_equal
from trackbook.views.table.query import TableQuery, can_group
from trackbook.views.table.rows import compact
from trackbook.widgets.panel import new_twin, redraw_twin, show_panel
from trackbook.widgets.run_table.answers import Answers
from trackbook.widgets.run_table.below import Below
from trackbook.widgets.run_table.grid import Grid
from trackbook.widgets.run_table.noise import NoiseMarks
from trackbook.widgets.run_table.shown import PAGE, Shown
from trackbook.widgets.run_table.verdict import PairVerdict
from trackbook.widgets.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from trackbook.store import Store

_log = logging.getLogger(__name__)
_TWIN_ROWS = 50
_LONGEST_PAUSE = 1.0  # seconds
_NO_MARKS: Mapping[str, Collection[str]] = MappingProxyType({})


class RunTable(ipywidgets.VBox):
    """A table of runs to look through, sort, filter, group, and act on; follows what any process logs.

    `selected`, `filter`, `sort`, `group` and `baseline` can be read and set; `to_frame()` gives what is shown.
    """

    selected = traitlets.List(traitlets.Unicode(), help="Ids of the selected runs.")
    filter = traitlets.Unicode(help="All that the shown runs fulfil, in the filter language.")
    sort = traitlets.Any(help="Keys of the order, as tb.runs(order_by=...) takes them; newest first behind.")
    group = traitlets.Unicode(help="experiment, cell, params.NAME or tags.NAME; empty for none.")
    baseline = traitlets.Unicode(help="Id of the run that others are compared with; empty for none.")

    def __init__(self, query: TableQuery, store: Store, height: int = 420) -> None:
        """Ask the store for the first page. Raises BadFilter, StoreHeld."""
        self.lock = threading.RLock()
        self.store = store
        self.shown = Shown(store, query)
        self._setting = False
        self._displayed: TableQuery | None = None
        """What the static twin shows; None before there is one."""

        self._watch = Watch(self, store)
        self._marks = NoiseMarks(self)
        self.verdict = PairVerdict(self)
        self.shown.change(query, columns=True)
        self.grid = Grid(twin=new_twin(), first=self._table(0), height=height)
        self.below = Below(store)
        self.answers = Answers(self)
        super().__init__(children=(self.grid, self.below))
        self.follow_query()
        self.grid.on_msg(self.answers.receive)

    def _table(self, first: int, shift: int = 0, *, top: bool = False) -> dict[str, Any]:
        """Say all that the browser needs to draw the table anew."""
        return {
            "tell": "table", **self.shown.head(), "from": first, "page": self.shown.page(first, first + PAGE),
            "left": self.shown.across.start, "shift": shift, "top": top,
        }  # fmt: skip

    def send_table(self, *, shift: int = 0, top: bool = False) -> None:
        """Have the table drawn anew, round the place that is in view.

        shift: how many rows came in above the first one seen. top: these are other rows, shown from the first.
        """
        self.answers.top = 0 if top else self.answers.top + shift
        table = self._table(max(0, self.answers.top - PAGE // 4), shift, top=top)
        self.grid.send(table)
        self.send_sparks(table["page"])
        self._marks.follow()

    def send_sparks(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Send the small lines of a page."""
        if courses := self.shown.sparks([dict(row) for row in rows]):
            self.grid.send({"tell": "sparks", "courses": courses})

    def apply(self, query: TableQuery) -> None:
        """Show another query; columns that vary follow. Raises BadFilter and changes nothing."""
        with self.lock:
            other_runs = (query.whole_filter, query.deleted, query.columns) != (
                self.shown.query.whole_filter, self.shown.query.deleted, self.shown.query.columns,
            )  # fmt: skip
            stays = _rows_of(query) == _rows_of(self.shown.query)
            self.shown.change(query, columns=query.columns is not None)
            self.follow_query()
            self.send_table(top=not stays)
            if other_runs and self.shown.choose_columns():
                self.send_table()

    def follow_query(self) -> None:
        """Set the traits to what is shown."""
        query = self.shown.query
        self._setting = True
        try:
            self.filter, self.sort, self.group = query.whole_filter, list(query.sort), query.group
            self.baseline = query.baseline
        finally:
            self._setting = False

    @traitlets.validate("filter")
    def _check_filter(self, proposal: Any) -> str:  # noqa: ANN401 - traitlets' own
        compile_query(proposal["value"])
        return str(proposal["value"])

    @traitlets.validate("sort")
    def _check_sort(self, proposal: Any) -> list[str]:  # noqa: ANN401
        return _order_terms(proposal["value"])

    @traitlets.validate("group")
    def _check_group(self, proposal: Any) -> str:  # noqa: ANN401
        return _group(proposal["value"])

    @traitlets.validate("baseline")
    def _check_baseline(self, proposal: Any) -> str:  # noqa: ANN401
        return proposal["value"] if self._setting else _run_id(self.store, proposal["value"])

    @traitlets.observe("filter", "sort", "group", "baseline")
    def _chosen(self, change: Any) -> None:  # noqa: ANN401
        if self._setting:
            return
        value = tuple(change["new"]) if change["name"] == "sort" else change["new"]
        more: dict[str, Any] = {"typed": {}} if change["name"] == "filter" else {}
        self.apply(self.shown.with_query(**{change["name"]: value}, **more))

    @traitlets.observe("selected")
    def _selected_changed(self, _change: Any) -> None:  # noqa: ANN401
        if not self._setting:
            self.answers.say_selected()
        self.verdict.follow()

    def select_quietly(self, run_ids: Sequence[str]) -> None:
        """Take over what was selected in the browser, which knows it already."""
        self._setting = True
        try:
            self.selected = list(run_ids)
        finally:
            self._setting = False

    def store_changed(self) -> None:
        """Follow the store without a jump: the rows that were in view stay where they are."""
        began = time.monotonic()
        with self.lock:
            if not self.answers.visible:
                self.answers.stale = True
                return
            # Our own question merges, which looks like a change to whoever watches the files.
            if not self.shown.has_news():
                return
            self.refresh()
        # A store of very many runs is not asked all the time while something is logged.
        time.sleep(min(_LONGEST_PAUSE, 2 * (time.monotonic() - began)))

    def refresh(self) -> None:
        """Ask again what is shown, and keep the place."""
        top = self.answers.top
        rows = self.shown.places.between(top, top + 1)
        self.shown.change(self.shown.query)
        place = self.shown.places.place_of(rows[0]) if rows and top > 0 else None
        self.send_table(shift=place - top if place is not None else 0)
        if self.shown.choose_columns():
            self.send_table()

    def to_frame(self) -> pd.DataFrame:
        """Return all runs of the filter, in the order shown, with the columns shown and the run id."""
        with self.lock, self.store.asking() as db:
            query = self.shown.query
            frame = runs_frame(
                db, query.whole_filter, order_by=query.sort, deleted=query.deleted, defaults=query.columns is not None
            )
        if query.columns is None:
            return compact(frame)
        return frame[[key for key in dict.fromkeys((*query.columns, "run_id")) if key in frame.columns]]

    def close(self) -> None:
        """Follow the store no more and take the panel out of every page."""
        self._watch.end()
        super().close()

    def _ipython_display_(self) -> None:
        with self.lock:
            if self.grid.first["version"] != self.shown.version:
                self.grid.first = self._table(0)
            self._displayed = self.shown.query
            twin = self._twin()
        show_panel(self, self.grid.twin, *twin)
        with self.lock:
            self._marks.follow()

    def mark_twin(self, reference: str, marks: Mapping[str, Collection[str]]) -> None:
        """Put the marks of what is within noise into the picture, if it shows the same query. The lock is held."""
        if marks and self._displayed == self.shown.query:
            redraw_twin(self.grid.twin, *self._twin(reference, marks))

    def _twin(self, reference: str = "", marks: Mapping[str, Collection[str]] = _NO_MARKS) -> tuple[str, str]:
        """Draw the picture that stays in a saved notebook, as HTML and as text."""
        columns, rows, run_ids = self.shown.twin(_TWIN_ROWS)
        rows = mark_equal(rows, columns, run_ids, marks, reference)
        sentence, call = self.shown.head()["sentence"], self.shown.query.call()
        return table_html(columns, rows, sentence, call), table_text(columns, rows, sentence, call)


def run_table(
    filter: str = "",  # noqa: A002 - the field's word, as in `tb.runs`
    *,
    sort: str | Sequence[str] = (),
    group: str = "",
    columns: Sequence[str] | None = None,
    baseline: str | None = None,
    deleted: bool = False,
    height: int = 420,
) -> RunTable:
    """Return the run table as a panel: sorted, filtered and acted on in place, alive.

    filter: as for `tb.runs`. sort: such as "metrics.acc DESC", or several. group: experiment, cell,
    params.NAME or tags.NAME. columns: params.NAME, metrics.NAME, tags.NAME and attributes; None takes those
    that vary. baseline: the run that others are compared with, by id or name. deleted: the deleted runs
    instead. height: pixels of the rows. Raises BadFilter, BadInput, RunNotFound, StoreHeld.
    """
    return table_of(
        current_store(),
        TableQuery(
            filter=filter,
            sort=tuple(_order_terms(sort)),
            group=_group(group),
            columns=None if columns is None else tuple(_columns(columns)),
            baseline=_run_id(current_store(), baseline or ""),
            deleted=deleted,
        ),
        height,
    )


def table_of(store: Store, query: TableQuery, height: int = 420) -> RunTable:
    """Make the table of a store. Raises BadFilter, StoreHeld."""
    return RunTable(query, store, height)


def _rows_of(query: TableQuery) -> tuple[object, ...]:
    """All of a query that decides which rows stand where."""
    return query.whole_filter, query.sort, query.group, query.deleted


def _order_terms(sort: str | Sequence[str]) -> list[str]:
    terms = [sort] if isinstance(sort, str) else [str(term) for term in sort or ()]
    terms = [term for term in terms if term.strip()]
    compile_query("", terms)
    return terms


def _group(group: str) -> str:
    if not can_group(group):
        raise BadInput(f"Runs are grouped by experiment, cell, params.NAME or tags.NAME, and not by {group!r}.")
    return group


def _columns(columns: Sequence[str]) -> list[str]:
    for key in columns:
        if not is_column(key):
            raise BadInput(
                f"There is no column {key!r}. A metric is written metrics.NAME, a param params.NAME, a tag tags.NAME."
            )
    return list(dict.fromkeys(columns))


def _run_id(store: Store, wanted: str) -> str:
    return find_run(store, wanted).run_id if wanted else ""
