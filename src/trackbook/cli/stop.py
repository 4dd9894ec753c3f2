"""`trackbook stop` and `trackbook knob`: a hand on the loop of a running run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from trackbook.cli.group import Command, chosen_store
from trackbook.cli.tables import format_option, write_frame
from trackbook.cli.terminal import say
from trackbook.errors import BadInput, NotThere

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.store import Store
    from trackbook.store.control import Knob
    from trackbook.store.questions import RunRow

_ID_SHOWN = 13
_LOOK_EVERY = 0.1
_ASK_EVERY = 2.0
"""Seconds between two questions to the store, which finds out that a process died."""

_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@click.command(cls=Command)
@click.argument("run", required=False)
@click.option("--list", "lists", is_flag=True, help="List the running runs, and how far each is.")
@click.option(
    "--wait", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait until it has ended; 1 if it does not."
)
@format_option
def stop(run: str | None, wait: float | None, form: str, *, lists: bool) -> None:
    """Ask a running run to stop after its step.

    RUN is its id, a beginning of it, its name, or "last". A loop over
    tb.loop(…), one that asks tb.should_stop(), and one with a callback of
    trackbook ends after its step; the rest of the cell or script runs.
    """
    if lists is (run is not None):
        raise click.UsageError("Name a RUN, or ask for the --list.")
    store = chosen_store()
    if run is None:
        frame = _running_frame(store, form)
        write_frame(frame, form)
        if frame.empty:
            say("No run is running.")
        return
    row = _running(store, run)
    _ask(store, row)
    if wait is not None:
        _wait(store, row, wait)


def _ask(store: Store, row: RunRow) -> None:
    from trackbook.tracking.control import request_stop  # noqa: PLC0415 - `--help` needs none of it

    named = _named(row)
    before = request_stop(row.run_id, store=store)
    if before.stopped:
        say(f"{named} has left its loop already, as asked before; what comes after the loop is running.")
    elif before.asks:
        again = "was asked before and" if before.stop_requested else "is asked to stop; it"
        say(f"{named} {again} ends after its step.")
    else:
        say(
            f"{named} is asked to stop, but its loop has never listened so far: no tb.loop, no tb.should_stop, no "
            "callback of trackbook. If it has none of these, only an interrupt of its kernel or process will end it."
        )


def _wait(store: Store, row: RunRow, seconds: float) -> None:
    """Wait for the end of a run; exit code 1 when it does not come."""
    from trackbook.tracking.control import find_control  # noqa: PLC0415
    from trackbook.tracking.past import read_run  # noqa: PLC0415

    deadline = time.monotonic() + seconds
    ask_at = 0.0
    while True:
        now = time.monotonic()
        if find_control(row.run_id, store=store) is None or now >= min(ask_at, deadline):
            ask_at = now + _ASK_EVERY
            found = read_run(store, row.run_id)
            if found.status != "RUNNING":
                say(f"{_named(row)} has ended: {found.status} ({found.ended_by}).")
                return
        if now >= deadline:
            raise click.ClickException(f"{_named(row)} has not ended within {seconds:g} seconds.")
        time.sleep(_LOOK_EVERY)


@click.command(cls=Command, context_settings={"ignore_unknown_options": True})
@click.argument("run")
@click.argument("name", required=False)
@click.argument("value", required=False)
@format_option
def knob(run: str, name: str | None, value: str | None, form: str) -> None:
    """Give a knob of a running run another value, or list its knobs.

    RUN is its id, a beginning of it, its name, or "last". The loop reads the
    new VALUE with tb.knob(NAME, default) at its next step.
    """
    from trackbook.tracking.control import find_control, turn_knob  # noqa: PLC0415 - `--help` needs none of it

    store = chosen_store()
    row = _running(store, run)
    state = find_control(row.run_id, store=store)
    knobs = state.knobs if state is not None else {}
    if value is None and name is None:
        write_frame(_knob_frame(knobs), form)
        return
    if value is None:
        raise click.UsageError(f"Give {name} a VALUE.")
    if name not in knobs:
        raise NotThere(f"{_named(row)} has no knob {name!r}. It has: {', '.join(knobs) or 'none'}.")
    old = turn_knob(row.run_id, name, _read(name, value, knobs[name]), store=store)
    say(f"{_named(row)}: {name} is {value} now; it was {old}.")


def _read(name: str, text: str, knob: Knob) -> object:
    """Read what was typed as a value of the knob's type. Raises BadInput."""
    kind = type(knob.default)
    try:
        if kind is bool:
            return {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}[text.lower()]
        return kind(text)
    except (ValueError, KeyError):
        needed = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
        raise BadInput(f"The knob {name!r} needs {needed}, and {text!r} is none.") from None


def _knob_frame(knobs: dict[str, Knob]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    rows = [(name, each.value, each.default, type(each.default).__name__) for name, each in knobs.items()]
    return pd.DataFrame(rows, columns=["knob", "value", "default", "type"], dtype=object)


def _running_frame(store: Store, form: str) -> pd.DataFrame:
    """Make a table of the running runs."""
    import pandas as pd  # noqa: PLC0415

    from trackbook.tracking import client  # noqa: PLC0415
    from trackbook.tracking.control import find_control  # noqa: PLC0415

    frame = client.runs("status = 'RUNNING'")
    states = [find_control(run_id, store=store) for run_id in frame["run_id"]]
    return pd.DataFrame({
        "run": frame["run_id"] if form != "table" else [run_id[:_ID_SHOWN] for run_id in frame["run_id"]],
        "name": frame["name"],
        "started_at": frame["started_at"],
        "steps": [state.done if state is not None else 0 for state in states],
        "of": pd.Series([state.total if state is not None else None for state in states], dtype="Int64"),
        "listens": [state is not None and state.asks for state in states],
        "asked_to_stop": [state is not None and state.stop_requested for state in states],
    })  # fmt: skip


def _running(store: Store, wanted: str) -> RunRow:
    """Find a running run. Raises RunNotFound, NotThere for one that has ended, BadInput for several of that name."""
    from trackbook.store import find_run  # noqa: PLC0415
    from trackbook.tracking import client  # noqa: PLC0415

    frame = client.runs("status = 'RUNNING'")
    alive = list(frame["run_id"])
    same = [run_id for run_id, name in zip(alive, frame["name"], strict=True) if name == wanted]
    if len(same) > 1:
        ids = ", ".join(run_id[:_ID_SHOWN] for run_id in same)
        raise BadInput(f"{len(same)} running runs are named {wanted!r}: {ids}; type the beginning of an id.")
    if wanted == "last" and alive:
        same = alive[:1]
    row = find_run(store, same[0] if same else wanted)
    if row.status != "RUNNING":
        raise NotThere(
            f"{_named(row)} is not running: it is {row.status}. `trackbook stop --list` shows those that are."
        )
    return row


def _named(row: RunRow) -> str:
    return f"{row.name} ({row.run_id[:_ID_SHOWN]})"
