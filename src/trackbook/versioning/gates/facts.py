"""What a gate looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from trackbook.store import Store
    from trackbook.store.registry.reading import AuditEntry
    from trackbook.versioning.version import Version


@dataclass(frozen=True, slots=True)
class GateFacts:
    """One version on its way to one stage."""

    store: Store
    version: Version
    stage: str
    holders: tuple[Version, ...]
    """The versions that have the stage now."""

    actor: str
    """Who wants to promote it."""

    trail: tuple[AuditEntry, ...]
    """What was decided about the version so far."""


class Gate(Protocol):
    """A function of the group `trackbook.gates`; its name there is its name in trackbook.toml."""

    def __call__(self, facts: GateFacts, asked: Any, /) -> str | None:  # noqa: ANN401 - what the project wrote
        """Look at a version. asked: the value in trackbook.toml.

        Returns None when it passes, else one sentence: what is missing and how to meet it.
        """
