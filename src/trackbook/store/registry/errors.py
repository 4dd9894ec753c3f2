"""What the registry does not find, and what its rules refuse. The roots are in `trackbook.errors`.

NotThere (LookupError)
├── ModelNotFound
├── RegisteredModelNotFound
├── VersionNotFound
└── NothingToRollBack
TrackbookError
└── RegistryRefusal (ValueError)
    ├── UnknownStage
    ├── StageGivenUp
    ├── MoveNotAllowed
    ├── VersionInUse
    ├── GatesFailed
    └── DecidedSince
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from trackbook.errors import NotThere, TrackbookError

if TYPE_CHECKING:
    from collections.abc import Sequence


class ModelNotFound(NotThere):
    """A run logged no model, or none of this name."""

    def __init__(self, run: str, name: str, known: Sequence[str]) -> None:
        self.run, self.name = run, name
        wanted = f"no model {name!r}" if name else "no model"
        has = f"It has: {', '.join(known)}." if known else "Log one with tb.log_model, or %%track --model NAME."
        super().__init__(f"Run {run} has {wanted}. {has}")


class RegisteredModelNotFound(NotThere):
    """No registered model has this name."""

    def __init__(self, name: str, known: Sequence[str], now: str = "") -> None:
        """now: what a model is called that had this name before; empty where none had."""
        self.name = name
        if now in known:
            super().__init__(f"There is no registered model {name!r} any more; it was renamed and is now {now!r}.")
            return
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        others = "tb.registered_models() lists all." if known else "There is none yet; tb.register makes one."
        hint = f"Did you mean {near[0]!r}?" if near else others
        super().__init__(f"There is no registered model {name!r}. {hint}")


class VersionNotFound(NotThere):
    """A registered model has no such version, stage holder or alias."""

    def __init__(self, model: str, wanted: str, way_out: str) -> None:
        self.model, self.wanted = model, wanted
        super().__init__(f"{model!r} has {wanted}. {way_out}")


class NothingToRollBack(NotThere):
    """A stage or alias has not pointed at anything else before."""

    def __init__(self, model: str, slot: str) -> None:
        self.model, self.slot = model, slot
        super().__init__(f"{slot} of {model!r} pointed at nothing else before; there is nothing to roll back to.")


class RegistryRefusal(TrackbookError, ValueError):
    """The registry's rules, the project's or ours, do not allow this; nothing was changed."""


class UnknownStage(RegistryRefusal):
    """The project has no such stage."""

    def __init__(self, stage: object, known: Sequence[str]) -> None:
        self.stage = stage
        if not isinstance(stage, str):
            super().__init__(f"A stage is a name in quotes, and {stage!r} is not. There is: {', '.join(known)}.")
            return
        begun = [name for name in known if stage and name.lower().startswith(stage.lower())]
        near = begun if len(begun) == 1 else get_close_matches(stage, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(known)}."
        super().__init__(f"There is no stage {stage!r}. {hint}")


class StageGivenUp(RegistryRefusal):
    """The project has no such stage any more, though versions still have it."""

    def __init__(self, model: str, stage: str, holders: Sequence[int]) -> None:
        self.model, self.stage, self.holders = model, stage, tuple(holders)
        who = f"version{'s' if len(holders) > 1 else ''} {', '.join(map(str, holders))}"
        super().__init__(
            f"The project has no stage {stage!r} any more, so nothing goes back to it; {who} of {model!r} has it yet. "
            f"Move it on with tb.promote({model!r}, {holders[0]}, STAGE) or tb.archive({model!r}, {holders[0]})."
        )


class MoveNotAllowed(RegistryRefusal):
    """The project does not let a version go from this stage to that."""

    def __init__(self, model: str, version: int, before: str, after: str, allowed: Sequence[str]) -> None:
        self.model, self.version = model, version
        ways = f"From {before} it may go to {', '.join(allowed)}." if allowed else f"From {before} there is no way on."
        super().__init__(f"Version {version} of {model!r} may not go from {before} to {after}. {ways}")


class VersionInUse(RegistryRefusal):
    """A version that a stage or an alias points at cannot be deleted."""

    def __init__(self, model: str, version: int, used_by: str, way_out: str) -> None:
        self.model, self.version = model, version
        super().__init__(f"Version {version} of {model!r} is {used_by}; {way_out}.")


class GatesFailed(RegistryRefusal):
    """A version does not meet what the project asks of one in this stage."""

    def __init__(self, model: str, version: int, stage: str, faults: Sequence[str]) -> None:
        self.model, self.version, self.stage, self.faults = model, version, stage, tuple(faults)
        super().__init__(
            f"Version {version} of {model!r} cannot go to {stage} yet: {' '.join(faults)} "
            "Meet what is asked, or override the gates with a reason, which is kept in the audit trail: override=True, "
            "on the command line --override."
        )


class DecidedSince(RegistryRefusal):
    """What a decision left behind is not so any more, so taking it back would undo somebody else's decision too."""

    def __init__(self, action: str, subject: str) -> None:
        self.action, self.subject = action, subject
        super().__init__(
            f"The {action} of {subject} cannot be undone: somebody has decided about it since. "
            "The history says what; decide anew from what holds now."
        )
