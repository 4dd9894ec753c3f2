"""What a request can be refused for, and which status tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadFilter, BadInput, DiskFull, NotThere, StoreHeld, StoreReadOnly, TrackbookError
from trackbook.store.registry.errors import DecidedSince, RegistryRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class OutsideRoot(BadInput):
    """A path that leaves the folder that the server shows."""

    def __init__(self) -> None:
        super().__init__(
            "This path leaves the folder that the Jupyter server was started in; nothing outside it is opened."
        )


class ChangedSince(TrackbookError):
    """What somebody decided upon is not so any more."""

    def __init__(self, was: Mapping[str, Any], now: Mapping[str, Any], sentence: str = "") -> None:
        self.was, self.now = was, now
        super().__init__(
            sentence or "Somebody has decided about this meanwhile. Nothing was changed: look at what holds now."
        )


class StillTrying(TrackbookError):
    """Gates that take longer than a page waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The gates have not answered within {seconds:g} s and are still being tried. "
            "The history of the model will say whether it was decided."
        )


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (OutsideRoot, 403),
    (ChangedSince, 409),
    (DecidedSince, 409),
    (NotThere, 404),
    (StoreHeld, 423),
    (StoreReadOnly, 403),
    (DiskFull, 500),
    (StillTrying, 500),
    (BadInput, 400),
    (RegistryRefusal, 400),
    (TrackbookError, 400),
)


def status_of(error: TrackbookError) -> int:
    """Choose the status of an answer that tells of an error of ours."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def fault_of(error: TrackbookError) -> dict[str, Any]:
    """Write an error of ours for the browser: one sentence, and what helps to show it."""
    fault: dict[str, Any] = {"message": str(error)}
    if isinstance(error, BadFilter):
        fault["position"] = error.position
    if isinstance(error, ChangedSince):
        fault |= {"was": error.was, "is": error.now}
    return fault
