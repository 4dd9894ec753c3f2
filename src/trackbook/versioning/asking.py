"""Asking about registered models, as DataFrames."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.store.audit import broken_entries
from trackbook.store.registry.assignments import CROWDED
from trackbook.store.registry.frames import audit_frame, models_frame, versions_frame
from trackbook.store.registry.reading import audit_entries, audit_head, check_registered
from trackbook.tracking.start import current_store
from trackbook.values import check_name, check_pairs
from trackbook.versioning.deciding import rules
from trackbook.versioning.history import play
from trackbook.versioning.stages import held_stage
from trackbook.versioning.trail import read_trail

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

_AGE = re.compile(r"(\d+)\s*([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def registered_models(text: str = "") -> pd.DataFrame:
    """One row a registered model: versions, who is in which stage, aliases, tags, description; by name.

    text: only those with this in their name, description, tags, aliases or stages that are used, in any case.
    """
    _check_text(text)
    with current_store().asking() as db:
        return models_frame(db, text)


def versions(
    model: str | None = None,
    *,
    stage: str | None = None,
    alias: str | None = None,
    tags: dict[str, str] | None = None,
    filter: str = "",  # noqa: A002 - the field's word, as in tb.runs
    text: str = "",
    unused_for: str | None = None,
) -> pd.DataFrame:
    """One row a version: model, version, stage, aliases, tags, lineage, and the metrics of the run behind it.

        tb.versions("churn", stage="Archived")
        tb.versions(filter="metrics.accuracy > 0.9")
        tb.versions(unused_for="90d")

    filter: in the language of tb.runs, over the run behind. text: in name, description or tags.
    unused_for: neither loaded nor registered for so long, such as 12h, 90d, 8w, and in no stage that is used.
    Newest first within a model. Raises RegisteredModelNotFound, UnknownStage, BadFilter, BadInput.
    """
    since = _before(unused_for) if unused_for is not None else None
    wanted = check_pairs("tb.versions(tags=…)", tags or {})
    called = check_name("alias", alias).removeprefix("@") if alias is not None else None
    _check_text(text)
    with current_store().asking() as db:
        if model is not None:
            check_registered(db, model)
        found = versions_frame(db, model, run_filter=filter)
    if stage is not None:
        found = found[found["stage"] == _stage(stage, set(found["stage"]))]
    if called is not None:
        found = _where(found, lambda row: called in row.aliases)
    if wanted:
        found = _where(found, lambda row: all(row.tags.get(name) == str(value) for name, value in wanted.items()))
    if text:
        found = _where(found, lambda row: text.lower() in f"{row.model} {row.description} {row.tags}".lower())
    if since is not None:
        used = found["last_loaded_at"].fillna(found["created_at"])
        found = found[(used < since) & found["stage"].isin(CROWDED)]
    return found.reset_index(drop=True)


def _where(frame: pd.DataFrame, passes: Callable[[Any], bool]) -> pd.DataFrame:
    """Choose rows of a frame, also of an empty one, of which a list of no truths would choose no columns."""
    import numpy as np  # noqa: PLC0415

    asked = frame[["model", "aliases", "tags", "description"]].itertuples(index=False)
    return frame[np.fromiter(map(passes, asked), dtype=bool, count=len(frame))]


def _stage(wanted: str, held: set[str]) -> str:
    """Return a stage as it is written, one that the project has no more only where versions still have it."""
    return held_stage(wanted, rules(), held)


def _check_text(text: str) -> None:
    if not isinstance(text, str):
        raise BadInput(f"What is looked for is a text, and {text!r} is not.")


def _before(age: str) -> datetime:
    match = _AGE.fullmatch(str(age).strip())
    if match is None:
        raise BadInput(f"{age!r} is no length of time; write 12h, 90d or 8w.")
    unit = {_UNITS[match[2]]: int(match[1])}
    try:
        return datetime.now(UTC).replace(tzinfo=None) - timedelta(**unit)
    except OverflowError as error:
        raise BadInput(f"{age} is before the calendar begins; write 12h, 90d or 8w.") from error


def registry_at(moment: str | date) -> pd.DataFrame:
    """Say what was in which stage, and where aliases pointed, at a moment: one row a version that was somewhere.

        tb.registry_at("2026-03-01")

    moment: a day (its beginning), or a date with a time; without a zone it is local time. From the audit trail
    alone. Columns: model, version, stage, aliases. Raises BadInput for what is no moment.
    """
    import pandas as pd  # noqa: PLC0415

    with current_store().asking() as db:
        entries = audit_entries(db, until=_utc(moment))
    rows = [
        (name, version, stage, [alias for alias, pointed in model.aliases.items() if pointed == version])
        for name, model in sorted(play(entries).items())
        for version, stage in sorted(model.stages.items(), reverse=True)
    ]
    return pd.DataFrame(rows, columns=["model", "version", "stage", "aliases"])


def _utc(moment: str | date) -> datetime:
    try:
        # By way of text: a Timestamp of pandas is a datetime that does not know the local zone.
        return datetime.fromisoformat(str(moment)).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{moment!r} is no moment; write 2026-03-01 or 2026-03-01 14:30.") from error


def audit(subject: str = "") -> pd.DataFrame:
    """One row a decision, in their order: who, when, where, what changed from what to what, why.

    subject: a registered model's name, also for what was decided while it had another one; left out, everything
    that was decided in this store. Raises RegisteredModelNotFound.
    """
    with current_store().asking() as db:
        if not subject:
            return audit_frame(audit_entries(db))
        check_registered(db, subject)
        return audit_frame(read_trail(db, subject))


def verify_audit() -> list[int]:
    """Numbers of the entries of the trail that were edited, or before which one was removed; empty is sound.

    A chain alone cannot show that its newest entries were cut off, or all of it rewritten: for that keep
    `audit_head` elsewhere from time to time.
    """
    with current_store().asking() as db:
        return broken_entries(db)


def newest_audit_hash() -> str:
    """Return the hash of the newest entry, to be kept elsewhere: whoever has it can show that the trail was not cut."""
    with current_store().asking() as db:
        return audit_head(db)
