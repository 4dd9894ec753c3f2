"""What the card after a tracked cell must be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.meaning import Better
    from trackbook.records import Attempt, DatasetFacts, EndedBy, GitState, RunStatus


@dataclass(frozen=True, slots=True)
class CardFacts:
    """One run as its card shows it: what changed, and did it help?"""

    run_id: str
    run_name: str
    experiment: str
    status: RunStatus
    ended_by: EndedBy | None = None
    """None while it is running."""

    attempt: int = 0
    """1-based within its cell; 0 outside notebooks."""

    duration: float = 0.0
    """Seconds, of a running run so far."""

    ended_at: float | None = None
    """Seconds since the epoch, UTC; None while it is running."""

    params: dict[str, object] = field(default_factory=dict)
    """All that the user set, in the order found; those left at their default are not among them."""

    default_count: int = 0
    """How many hyper-parameters were left at their default."""

    defaults: dict[str, object] = field(default_factory=dict)
    """Those hyper-parameters, where known: a param that went back to its default is then not called removed."""

    previous: Attempt | None = None
    """The attempt to compare with, its params without defaults as here; None for a first one."""

    metrics: dict[str, float] = field(default_factory=dict)
    """Last values, in the order first logged. NaN and infinities are values."""

    better: dict[str, Better | None] = field(default_factory=dict)
    """Which way is up, by metric; None or missing leaves its change uncoloured."""

    outputs: int = 0
    """How many outputs were kept, figures among them."""

    figures: int = 0
    """How many of them are pictures."""

    datasets: tuple[DatasetFacts, ...] = ()
    git: GitState | None = None
    """None outside a repository, or while it is still being looked at."""

    artifacts: tuple[tuple[str, int | None], ...] = ()
    """(path, bytes) of files, models and the like that were logged; None where the size is unknown."""

    models: tuple[tuple[str, int], ...] = ()
    """(name, bytes) of the models that were kept."""

    version: str = ""
    """What the model became in the registry, `churn 3`; empty when it was not registered."""

    error: str = ""
    """The error's last line, `ValueError: no rows`; empty when there was none."""

    warnings: tuple[str, ...] = ()
    """One sentence each."""

    offer: str = ""
    """One line that offers to put the store into .gitignore; empty when there is nothing to offer."""

    evaluation_of: str = ""
    """Name of the run whose estimator was evaluated here; empty for other runs."""
