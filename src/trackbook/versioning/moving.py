"""Promoting, archiving, rolling back: each one decision, with its entry in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.store.registry.assignments import ARCHIVED
from trackbook.store.registry.errors import GatesFailed, NothingToRollBack, StageGivenUp, VersionNotFound
from trackbook.store.registry.reading import check_registered, find_version, stages_of
from trackbook.tracking.start import current_store
from trackbook.versioning.deciding import deciding, rules, whole_number
from trackbook.versioning.gates.passing import GateResult, run_gates
from trackbook.versioning.gates.progress import shown
from trackbook.versioning.history import ROLLBACK, ModelHistory, play
from trackbook.versioning.stages import held_stage, known_stage, promoted, rolled_back
from trackbook.versioning.trail import read_trail
from trackbook.versioning.version import Version, read_version

if TYPE_CHECKING:
    from trackbook.store.registry.change import Change
    from trackbook.versioning.gates.progress import Progress


def promote(
    model: str,
    version: int,
    stage: str = "Production",
    *,
    reason: str = "",
    archive_existing: bool = True,
    override: bool = False,
    progress: Progress = shown,
) -> Version:
    """Move a version to a stage; returns it as it is then.

        tb.promote("churn", 3, reason="beats version 2 on the holdout")

    The version that holds the stage is archived unless archive_existing=False. Where the project has
    gates for the stage, all are tried first; override: go on although some fail, which takes a reason
    and is an entry of its own. progress: wraps the names of gates, as tqdm does; left out, a line says which is
    tried, once that takes longer than a moment.
    Raises RegisteredModelNotFound, VersionNotFound, UnknownStage, MoveNotAllowed, GatesFailed.
    """
    number, project = whole_number(version), rules()
    stage = known_stage(stage, project)
    if override and not (isinstance(reason, str) and reason.strip()):
        raise BadInput("Overriding a gate takes a reason: it is what the audit trail will say.")
    while True:
        results = run_gates(current_store(), model, number, stage, project, progress=progress)
        failed = [result for result in results if result.fault]
        with deciding(reason) as change:
            row = find_version(change.db, model, number)
            held = stages_of(change.db, model)
            changed = promoted(model, held, number, stage, project, archive_existing=archive_existing)
            if any(not result.still_holds(row, held) for result in results):
                continue  # somebody else was promoted while the gates ran: they compared with another version
            if number in changed:
                _refuse_or_note(change, model, number, stage, failed, override=override)
            change.set_stages(model, changed, "promote")
            return read_version(change.store, change.db, model, number)


def _refuse_or_note(
    change: Change, model: str, version: int, stage: str, failed: list[GateResult], *, override: bool
) -> None:
    if not failed:
        return
    faults = [str(result.fault) for result in failed]
    if not override:
        raise GatesFailed(model, version, stage, faults)
    change.note("override", model, version, " ".join(faults), f"to {stage} all the same")


def archive(model: str, version: int, *, reason: str = "") -> Version:
    """Take a version out of its stage; it stays loadable by its number.

    Raises RegisteredModelNotFound, VersionNotFound, MoveNotAllowed.
    """
    number, project = whole_number(version), rules()
    with deciding(reason) as change:
        find_version(change.db, model, number)
        changed = promoted(model, stages_of(change.db, model), number, ARCHIVED, project)
        change.set_stages(model, changed, "archive")
        return read_version(change.store, change.db, model, number)


def rollback(model: str, stage_or_alias: str = "Production", *, reason: str = "") -> Version:
    """Return a stage, or an alias written `@name`, to what it pointed at before; twice goes two back.

        tb.rollback("churn")
        tb.rollback("churn", "@champion", reason="complaints from the call centre")

    A new entry of the trail: nothing is taken back, no gate is asked. Returns the version that is there
    again (of several the newest). Raises NothingToRollBack, and VersionNotFound when that version is deleted.
    """
    slot, project = stage_or_alias, rules()
    with deciding(reason) as change:
        held = stages_of(change.db, check_registered(change.db, model))
        if not (isinstance(slot, str) and slot.startswith("@")):
            slot = held_stage(slot, project, held.values())
            if slot not in project.stages:
                raise StageGivenUp(model, slot, sorted(version for version, stage in held.items() if stage == slot))
        earlier = play(read_trail(change.db, model)).get(model, ModelHistory()).before(slot)
        if not earlier:
            raise NothingToRollBack(model, slot)
        if gone := sorted(earlier - held.keys()):
            way_out = f"tb.restore_version({model!r}, {gone[0]}) brings it back first."
            raise VersionNotFound(model, f"a version {gone[0]} that was deleted", way_out)
        if slot.startswith("@"):
            change.set_alias(model, slot[1:], min(earlier), ROLLBACK)
        else:
            change.set_stages(model, rolled_back(held, slot, earlier), f"{ROLLBACK} {slot}")
        return read_version(change.store, change.db, model, max(earlier))
