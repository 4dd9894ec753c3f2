"""A run as the store knows it, to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import ArtifactNotFound
from trackbook.store import find_run_in, read_blob, run_record
from trackbook.values import check_name

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from trackbook.store import Store


@dataclass(frozen=True, slots=True)
class PastRun:
    """Everything about one run; metrics are last values, `history` has the points."""

    store: Store
    run_id: str
    experiment: str
    name: str
    status: str
    """RUNNING, FINISHED, FAILED or KILLED."""

    ended_by: str | None
    """cell, error, interrupt, stop or lost; None while it runs."""

    started_at: datetime
    """UTC."""

    ended_at: datetime | None
    notebook: str
    cell_id: str
    attempt: int
    """1-based among the attempts of its cell; 0 outside notebooks."""

    code: str
    """The cell as executed."""

    error: str
    traceback: str
    note: str
    parent_run_id: str | None
    evaluates_run_id: str | None
    """The run that fitted what this one scored."""

    git_commit: str
    git_branch: str
    git_edits: int
    git_patch: str
    params: dict[str, Any]
    defaults: dict[str, Any]
    """Hyper-parameters of estimators that the user left alone."""

    metrics: dict[str, float]
    tags: dict[str, str]
    outputs: list[dict[str, Any]]
    """position, kind, name, mime, text or blob, cut."""

    datasets: list[dict[str, Any]]
    artifacts: list[dict[str, Any]]
    """path, kind, size, blob, logged_at."""

    models: list[dict[str, Any]]
    """name, flavors (JSON), size, logged_at, registered (`churn 3`, or None)."""

    environment: dict[str, Any]
    """python, implementation, platform, packages; empty when unknown."""

    def __repr__(self) -> str:
        return f"<PastRun {self.name} {self.run_id[:8]}… {self.status}>"

    @property
    def duration(self) -> float | None:
        """Seconds; None while it runs."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None

    def read_artifact(self, path: str) -> bytes:
        """Return the newest content kept under a path. Raises ArtifactNotFound, StoreDamaged."""
        for artifact in reversed(self.artifacts):
            if artifact["path"] == str(path):
                return read_blob(self.store, artifact["blob"])
        raise ArtifactNotFound(self.name, path, sorted({artifact["path"] for artifact in self.artifacts}))

    def read_output(self, position: int, mime: str = "image/png") -> bytes | str:
        """Return what the cell displayed at a position. Raises ArtifactNotFound."""
        for output in self.outputs:
            if output["position"] == position and output["mime"] == mime:
                return read_blob(self.store, output["blob"]) if output["blob"] else str(output["text"])
        known = [f"{output['position']} {output['mime']}" for output in self.outputs]
        raise ArtifactNotFound(self.name, f"output {position} {mime}", known)

    def history(self, metric: str) -> pd.DataFrame:
        """Return the points of one metric: run_id, step, logged_at, value."""
        from trackbook.store import metric_points  # noqa: PLC0415

        check_name("metric", metric)
        with self.store.asking() as db:
            return metric_points(db, [self.run_id], metric)


def read_run(store: Store, wanted: str) -> PastRun:
    """Read a run. Raises RunNotFound."""
    with store.asking() as db:
        return PastRun(store=store, **run_record(db, find_run_in(db, wanted).run_id))
