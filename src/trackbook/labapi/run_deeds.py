"""What people do with runs from the side bar, each with its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.labapi import words
from trackbook.labapi.undos import Deeded
from trackbook.store import delete_runs, note_runs, rename_run, restore_runs, star_runs, tag_runs
from trackbook.store.registry.errors import DecidedSince
from trackbook.store.run_pages import ask_numbers, ask_runs
from trackbook.tracking.control import request_stop, turn_knob
from trackbook.tracking.place import deciding_from
from trackbook.tracking.start import user_name, working_in
from trackbook.versioning.naming import delete_version
from trackbook.versioning.registering import register
from trackbook.views.numbers import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.store import Store

PLACE = "side bar"
"""Where the audit trail says that it was decided."""


def change_runs(store: Store, body: dict[str, Any]) -> Deeded:
    """Do what a request asks. Raises BadInput, RunNotFound and what the deed itself raises."""
    deed = words.text(body, "deed")
    maker = _DEEDS.get(deed)
    if maker is None:
        raise BadInput(f"Nothing is called {deed[:40]!r} here. There is: {', '.join(_DEEDS)}.")
    return maker(store, words.run_ids(body), body)


def _star(store: Store, ids: list[str], *, on: bool) -> Deeded:
    before = star_runs(store, dict.fromkeys(ids, on), actor=user_name(), place=PLACE)
    changed = {run_id: was for run_id, was in before.items() if was != on}

    def undo() -> None:
        _back(store, "star", "starred", dict.fromkeys(changed, on))
        star_runs(store, changed, actor=user_name(), place=PLACE)

    what = "Starred" if on else "Took the star off"
    return Deeded(f"{what} {count(len(ids), 'run')}.", undo if changed else None)


def _note(store: Store, ids: list[str], body: dict[str, Any]) -> Deeded:
    text = words.text(body, "text")
    before = note_runs(store, dict.fromkeys(ids, text), actor=user_name(), place=PLACE)

    def undo() -> None:
        _back(store, "note", "note", dict.fromkeys(before, text))
        note_runs(store, before, actor=user_name(), place=PLACE)

    return Deeded(f"Noted on {count(len(ids), 'run')}.", undo)


def _tag(store: Store, ids: list[str], body: dict[str, Any]) -> Deeded:
    name, equals, value = words.text(body, "text").partition("=")
    name = name.strip()
    if not equals and not name.startswith("-"):
        raise BadInput("A tag is written name=value; -name takes it away.")
    name, given = (name, value.strip()) if equals else (name.removeprefix("-").strip(), None)
    before = tag_runs(store, name, dict.fromkeys(ids, given), actor=user_name(), place=PLACE)

    def undo() -> None:
        _back(store, "tag", f"tags.{name}", dict.fromkeys(before, given))
        tag_runs(store, name, before, actor=user_name(), place=PLACE)

    what = f"Tagged {count(len(ids), 'run')} with {name}={given}." if equals else f"Took the tag {name} away."
    return Deeded(what, undo)


def _rename(store: Store, ids: list[str], body: dict[str, Any]) -> Deeded:
    name, run_id = words.text(body, "text").strip(), _only(ids)
    before = rename_run(store, run_id, name, actor=user_name(), place=PLACE).name

    def undo() -> None:
        _back(store, "rename", "name", {run_id: name})
        rename_run(store, run_id, before, actor=user_name(), place=PLACE)

    return Deeded(f"Renamed {before} to {name}.", undo if before != name else None)


def _delete(store: Store, ids: list[str], body: dict[str, Any]) -> Deeded:
    runs = delete_runs(store, ids, actor=user_name(), reason=words.text(body, "text"), place=PLACE)
    gone = [run.run_id for run in runs if not run.deleted]

    def undo() -> None:
        restore_runs(store, gone, actor=user_name(), place=PLACE)

    return Deeded(f"Deleted {count(len(ids), 'run')}.", undo if gone else None)


def _restore(store: Store, ids: list[str], body: dict[str, Any]) -> Deeded:
    runs = restore_runs(store, ids, actor=user_name(), reason=words.text(body, "text"), place=PLACE)
    back = [run.run_id for run in runs if run.deleted]

    def undo() -> None:
        delete_runs(store, back, actor=user_name(), place=PLACE)

    return Deeded(f"Brought {count(len(ids), 'run')} back.", undo if back else None)


def _stop(store: Store, ids: list[str], _body: dict[str, Any]) -> Deeded:
    pages = [request_stop(run_id, store=store) for run_id in ids]
    deaf = sum(not page.asks for page in pages)
    text = f"Asked {count(len(ids), 'run')} to stop after the step."
    if deaf:
        who = "Its loop has" if len(ids) == 1 else f"{deaf} of them have"
        text += f" {who} not asked so far and may not hear; interrupting the kernel ends the cell."
    return Deeded(text)


def _knob(store: Store, ids: list[str], body: dict[str, Any]) -> Deeded:
    name, value, run_id = words.text(body, "knob"), body.get("value"), _only(ids)
    if not isinstance(value, bool | int | float | str):
        raise BadInput("A knob's value is a number, a text, true or false.")
    before = turn_knob(run_id, name, value, store=store)

    def undo() -> None:
        turn_knob(run_id, name, before, store=store)

    return Deeded(f"Set {name} to {value}, from {before}.", undo)


def _register(store: Store, ids: list[str], body: dict[str, Any]) -> Deeded:
    name = words.text(body, "text").strip()
    with working_in(store), deciding_from(PLACE):
        made = register(name, _only(ids), reason=words.text(body, "reason"))

    def undo() -> None:
        with working_in(store), deciding_from(PLACE):
            delete_version(name, made.version, reason=f"undo of registering version {made.version}")

    return Deeded(f"Registered {name} {made.version}.", undo)


def _back(store: Store, action: str, column: str, left: Mapping[str, object]) -> None:
    """Look whether runs still are as a deed left them. Raises DecidedSince: undoing would undo somebody else's deed."""
    with store.asking() as db:
        runs = ask_runs(db, list(ask_numbers(db, list(left)).values()), [column])
    for run in runs:
        kind, _, name = column.partition(".")
        now = run.tags.get(name) if kind == "tags" else run.attributes[column]
        if (now or None) != (left[run.run_id] or None):
            raise DecidedSince(action, f"run {run.attributes['name']}")


def _only(ids: list[str]) -> str:
    if len(ids) != 1:
        raise BadInput("This is done with one run at a time.")
    return ids[0]


_DEEDS: dict[str, Callable[[Store, list[str], dict[str, Any]], Deeded]] = {
    "star": lambda store, ids, _body: _star(store, ids, on=True),
    "unstar": lambda store, ids, _body: _star(store, ids, on=False),
    "note": _note,
    "tag": _tag,
    "rename": _rename,
    "delete": _delete,
    "restore": _restore,
    "stop": _stop,
    "knob": _knob,
    "register": _register,
}
