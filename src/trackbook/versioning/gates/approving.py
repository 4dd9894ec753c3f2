"""A gate that asks for somebody else's word, and the function that gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.store.registry.reading import find_version
from trackbook.versioning.deciding import deciding, rules, whole_number
from trackbook.versioning.gates.asked import asked_number
from trackbook.versioning.stages import known_stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.store.registry.reading import AuditEntry
    from trackbook.versioning.gates.facts import GateFacts

APPROVE, WITHDRAW = "approve", "withdraw"


def approve(model: str, version: int, stage: str = "Production", *, reason: str) -> None:
    """Say that a version may enter a stage; the project's `approval` gate counts it, unless you promote it yourself.

    reason: what you looked at; it is in the audit trail.
    Raises RegisteredModelNotFound, VersionNotFound, UnknownStage.
    """
    number, stage = whole_number(version), known_stage(stage, rules())
    if not str(reason).strip():
        raise BadInput("An approval takes a reason: say what you looked at.")
    with deciding(reason) as change:
        find_version(change.db, model, number)
        change.note(APPROVE, model, number, "", stage)


def approved_by(trail: Iterable[AuditEntry], stage: str) -> set[str]:
    """Say who has approved a version for a stage, and not withdrawn it since. trail: what was decided about it."""
    people = set[str]()
    for entry in trail:
        if (entry.action, entry.after) == (APPROVE, stage):
            people.add(entry.actor)
        elif (entry.action, entry.before) == (WITHDRAW, stage):
            people.discard(entry.actor)
    return people


def approved(facts: GateFacts, asked: Any) -> str | None:  # noqa: ANN401
    """`approval = 1`: so many others than the one who promotes have approved it for this stage."""
    needed = int(asked_number("approval", asked, if_true=1))
    others = approved_by(facts.trail, facts.stage) - {facts.actor}
    if len(others) >= needed:
        return None
    model, version = facts.version.model, facts.version.version
    people = "one other person" if needed == 1 else f"{needed} other people"
    return (
        f"It needs the approval of {people}, and has {len(others)}: "
        f"they run tb.approve({model!r}, {version}, {facts.stage!r}, reason='…')."
    )
