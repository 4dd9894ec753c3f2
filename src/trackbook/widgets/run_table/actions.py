"""What one does to runs from the table: audited decisions, each with the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store import delete_runs, note_runs, rename_run, restore_runs, star_runs, tag_runs
from trackbook.tracking.start import user_name
from trackbook.views.numbers import count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackbook.store import Store

_PLACE = "run table"


@dataclass(frozen=True, slots=True)
class Done:
    """A decision that was made."""

    text: str
    """What was done, in one sentence."""

    undo: Callable[[], object]
    """Makes the decision that takes it back."""


def star(store: Store, run_ids: Sequence[str], *, starred: bool) -> Done:
    """Put a star on runs, or take it off. Raises RunNotFound."""
    before = star_runs(store, dict.fromkeys(run_ids, starred), actor=user_name(), place=_PLACE)
    verb = "Starred" if starred else "Took the star off"
    return Done(
        f"{verb} {count(len(run_ids), 'run')}.",
        lambda: star_runs(store, before, actor=user_name(), place=_PLACE),
    )


def delete(store: Store, run_ids: Sequence[str]) -> Done:
    """Hide runs from every view. Raises RunNotFound."""
    runs = delete_runs(store, run_ids, actor=user_name(), place=_PLACE)
    what = runs[0].name if len(runs) == 1 else count(len(runs), "run")
    return Done(
        f"Deleted {what}; the table of deleted runs brings it back.",
        lambda: restore_runs(store, run_ids, actor=user_name(), place=_PLACE),
    )


def restore(store: Store, run_ids: Sequence[str]) -> Done:
    """Bring deleted runs back. Raises RunNotFound."""
    runs = restore_runs(store, run_ids, actor=user_name(), place=_PLACE)
    what = runs[0].name if len(runs) == 1 else count(len(runs), "run")
    return Done(f"Restored {what}.", lambda: delete_runs(store, run_ids, actor=user_name(), place=_PLACE))


def rename(store: Store, run_id: str, name: str) -> Done:
    """Give a run another name. Raises RunNotFound, BadName."""
    before = rename_run(store, run_id, name.strip(), actor=user_name(), place=_PLACE)
    return Done(
        f"Renamed {before.name} to {name.strip()}.",
        lambda: rename_run(store, run_id, before.name, actor=user_name(), place=_PLACE),
    )


def tag(store: Store, run_ids: Sequence[str], name: str, value: str | None) -> Done:
    """Set a tag of runs; None takes it away. Raises RunNotFound, BadName."""
    before = tag_runs(store, name, dict.fromkeys(run_ids, value), actor=user_name(), place=_PLACE)
    runs = count(len(run_ids), "run")
    text = f"Took the tag {name} off {runs}." if value is None else f"Tagged {runs} with {name}={value}."
    return Done(text, lambda: tag_runs(store, name, before, actor=user_name(), place=_PLACE))


def note(store: Store, run_ids: Sequence[str], text: str) -> Done:
    """Write a note about runs. Raises RunNotFound."""
    before = note_runs(store, dict.fromkeys(run_ids, text), actor=user_name(), place=_PLACE)
    verb = "Noted on" if text else "Took the note off"
    return Done(
        f"{verb} {count(len(run_ids), 'run')}.",
        lambda: note_runs(store, before, actor=user_name(), place=_PLACE),
    )
