"""What the browser may ask of a run table, by name; each question has one method here.

Names of columns, texts of filters and ids of runs are all that it can send; everything is checked before use.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadFilter, BadInput
from trackbook.store.filters import compile_filter
from trackbook.store.run_columns import ask_names
from trackbook.views.numbers import number
from trackbook.views.table.columns import ATTRIBUTES, as_column, is_column, turned
from trackbook.views.table.query import can_group
from trackbook.views.table.terms import typed_term
from trackbook.widgets.questions import Questions
from trackbook.widgets.run_table import actions

if TYPE_CHECKING:
    from trackbook.errors import TrackbookError
    from trackbook.widgets.run_table.actions import Done
    from trackbook.widgets.run_table.panel import RunTable

_RUN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_NAMES = 60
_MOST_UNDONE = 50
_MOST_COMPARED = 1000


class Answers(Questions):
    """Answers the browser's questions about one table."""

    unharmed = "The table is as it was."

    def __init__(self, table: RunTable) -> None:
        super().__init__(table.lock, table.grid)
        self._table = table
        self.top = 0
        """First place in view, as the browser last said."""

        self.visible, self.stale = True, False
        """Whether the table is in view; whether something changed while it was not."""

        self._turn = 0
        """Counts what was selected in the browser, as it last said."""

        self._undo: list[Done] = []

    def refuse(self, content: dict[str, Any], error: TrackbookError) -> None:
        """Say why a question has no answer; of a filter, where its fault is."""
        if isinstance(error, BadFilter):
            self._fault(content, error)
        else:
            super().refuse(content, error)

    def _fault(self, content: dict[str, Any], error: BadFilter) -> None:
        sentence = str(error).split("\n", 1)[0]
        self._send(
            "fault", column=content.get("column", ""), sentence=sentence, text=error.text, position=error.position
        )

    def _on_hello(self, _content: dict[str, Any]) -> None:
        """A page was opened or reloaded: say all."""
        self.top, self.visible = 0, True
        if self.stale:
            self._catch_up()
        else:
            self._table.send_table()
        self.say_selected()
        self._table.verdict.follow()

    def _on_visible(self, content: dict[str, Any]) -> None:
        self.visible = bool(content.get("on"))
        if self.visible and self.stale:
            self._catch_up()

    def _catch_up(self) -> None:
        self.stale = False
        self._table.refresh()

    def _on_rows(self, content: dict[str, Any]) -> None:
        first, last, self.top, left, right = (
            _whole(content.get(name)) for name in ("from", "to", "top", "left", "right")
        )
        shown = self._table.shown
        shown.look_across(left, right)
        rows = shown.page(first, last)
        self._send("rows", version=shown.version, **{"from": first}, page=rows, left=shown.across.start)
        self._table.send_sparks(rows)

    def _on_top(self, content: dict[str, Any]) -> None:
        self.top = _whole(content.get("top"))

    def _on_filter(self, content: dict[str, Any]) -> None:
        text = str(content.get("text", ""))
        compile_filter(text)  # alone first, so that a fault's place is one in this text
        self._send("fault", column="", sentence="", text="", position=0)
        self._table.apply(self._table.shown.with_query(filter=text))

    def _on_term(self, content: dict[str, Any]) -> None:
        key, text = _key(content), str(content.get("text", ""))
        try:
            compile_filter(typed_term(as_column(key, {}), text))
        except BadFilter as error:
            sentence = str(error).split("\n", 1)[0].partition(": ")[2]
            self._send("fault", column=key, sentence=sentence, text=error.text, position=error.position)
            return
        self._send("fault", column=key, sentence="", text="", position=0)
        typed = {**self._table.shown.query.typed, key: text}
        self._table.apply(self._table.shown.with_query(typed={k: t for k, t in typed.items() if t.strip()}))

    def _on_sort(self, content: dict[str, Any]) -> None:
        key, shown = _key(content), self._table.shown
        column = as_column(key, shown.better_of([key]))
        self._table.apply(shown.with_query(sort=tuple(turned(shown.query.sort, column, add=bool(content.get("add"))))))

    def _on_group(self, content: dict[str, Any]) -> None:
        by = str(content.get("by", ""))
        if not can_group(by):
            raise BadInput(f"Runs cannot be grouped by {by!r}.")
        self._table.apply(self._table.shown.with_query(group=by))

    def _on_columns(self, content: dict[str, Any]) -> None:
        keys = content.get("keys")
        chosen = None if keys is None else tuple(dict.fromkeys(str(key) for key in keys if is_column(str(key))))
        self._table.apply(self._table.shown.with_query(columns=chosen))

    def _on_deleted(self, content: dict[str, Any]) -> None:
        self._select([])
        self._table.apply(self._table.shown.with_query(deleted=bool(content.get("on"))))

    def _on_names(self, content: dict[str, Any]) -> None:
        text = str(content.get("text", "")).strip()
        groups = bool(content.get("groups"))
        with self._table.store.asking() as db:
            count, names = ask_names(db, text, _MOST_NAMES, metrics=not groups)
        of_runs = [name for name in ATTRIBUTES if text.lower() in name and (not groups or can_group(name))]
        self._send("names", text=text, keys=[*of_runs, *names], more=count - len(names))

    def _on_fold(self, content: dict[str, Any]) -> None:
        label = content.get("label")
        self._table.shown.fold(None if label is None else str(label), opened=bool(content.get("open")))
        self._table.send_table()

    def _on_select(self, content: dict[str, Any]) -> None:
        if self._is_newest(content):
            self._table.select_quietly(_ids(content))

    def _on_range(self, content: dict[str, Any]) -> None:
        if not self._is_newest(content):
            return
        found, runs = self._table.shown.ids(_whole(content.get("from")), _whole(content.get("to")))
        ids = list(dict.fromkeys([*_ids(content), *found])) if content.get("add") else found
        self._select(ids)
        if runs > len(found):
            self.notice(
                f"Selected the first {number(len(found))} of {number(runs)} runs, which is the most at once; "
                "a filter (/) leaves fewer.",
                "warning",
            )

    def _on_pin(self, content: dict[str, Any]) -> None:
        run_id = _ids(content)[:1]
        now = run_id[0] if run_id and run_id[0] != self._table.shown.query.baseline else ""
        self._table.shown.change(self._table.shown.with_query(baseline=now))
        self._table.follow_query()
        self._table.send_table()

    def _on_compare(self, content: dict[str, Any]) -> None:
        ids = _ids(content)[:_MOST_COMPARED]
        if not ids:
            raise BadInput("Select the runs to compare: click one, Ctrl+click or Space adds more.")
        self._table.below.show_comparison(ids)

    def _on_details(self, content: dict[str, Any]) -> None:
        self._table.below.show_details(next(iter(_ids(content)), None))

    def _on_star(self, content: dict[str, Any]) -> None:
        self._decide(actions.star(self._table.store, _some(content), starred=bool(content.get("on"))))

    def _on_delete(self, content: dict[str, Any]) -> None:
        ids = _some(content)
        self._decide(actions.delete(self._table.store, ids))
        self._unselect(ids)

    def _on_restore(self, content: dict[str, Any]) -> None:
        ids = _some(content)
        self._decide(actions.restore(self._table.store, ids))
        self._unselect(ids)

    def _unselect(self, gone: list[str]) -> None:
        lost = set(gone)
        self._select([run_id for run_id in self._table.selected if run_id not in lost])

    def _select(self, ids: list[str]) -> None:
        self._table.select_quietly(ids)
        self.say_selected()

    def say_selected(self) -> None:
        """Tell the browser what is selected, as an answer to the last that was heard of it."""
        self._send("selected", ids=list(self._table.selected), turn=self._turn)

    def _is_newest(self, content: dict[str, Any]) -> bool:
        """Take note of a turn of the browser; one that was overtaken on another thread counts no more."""
        turn = _whole(content.get("turn"))
        if turn < self._turn:
            return False
        self._turn = turn
        return True

    def _on_rename(self, content: dict[str, Any]) -> None:
        self._decide(actions.rename(self._table.store, _some(content)[0], str(content.get("name", ""))))

    def _on_tag(self, content: dict[str, Any]) -> None:
        name, equals, value = str(content.get("text", "")).partition("=")
        name = name.strip()
        if not equals and not name.startswith("-"):
            raise BadInput("A tag is written name=value; -name takes it away.")
        taken = None if not equals else value.strip()
        self._decide(actions.tag(self._table.store, _some(content), name.lstrip("-") if taken is None else name, taken))

    def _on_note(self, content: dict[str, Any]) -> None:
        self._decide(actions.note(self._table.store, _some(content), str(content.get("text", ""))))

    def _decide(self, done: Done) -> None:
        self._undo = [*self._undo, done][-_MOST_UNDONE:]
        self._table.refresh()
        self.notice(done.text, undo=True)

    def _on_undo(self, _content: dict[str, Any]) -> None:
        if not self._undo:
            self.notice("There is nothing to undo.", "warning")
            return
        done = self._undo.pop()
        done.undo()
        self._table.refresh()
        self.notice(f"Undone: {done.text}", undo=bool(self._undo))


def _whole(value: object) -> int:
    return max(0, int(value)) if isinstance(value, (int, float)) else 0


def _key(content: dict[str, Any]) -> str:
    key = str(content.get("column", ""))
    if not is_column(key):
        raise BadInput(f"There is no column {key!r}.")
    return key


def _ids(content: dict[str, Any]) -> list[str]:
    given = content.get("ids")
    return [each for each in given if isinstance(each, str) and _RUN_ID.fullmatch(each)] if given else []


def _some(content: dict[str, Any]) -> list[str]:
    ids = _ids(content)
    if not ids:
        raise BadInput("Select a run first: click it, or walk to it with the arrow keys.")
    return ids
