"""A version of a registered model, as the user holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.store.packages import KeptModel, find_kept_model
from trackbook.store.registry.reading import aliases_of, find_version, tags_of
from trackbook.tracking.past import PastRun, read_run

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from trackbook.store import Store
    from trackbook.store.registry.reading import VersionRow


@dataclass(frozen=True, slots=True)
class Version:
    """One version: where it stands, what it is called, and what it comes from."""

    store: Store
    row: VersionRow
    package: KeptModel
    aliases: tuple[str, ...]
    tags: dict[str, str]

    def __repr__(self) -> str:
        called = "".join(f" @{alias}" for alias in self.aliases)
        return f"<Version {self.model} {self.version} {self.stage}{called}>"

    @property
    def model(self) -> str:
        """Name of the registered model."""
        return self.row.model

    @property
    def version(self) -> int:
        """From 1."""
        return self.row.version

    @property
    def stage(self) -> str:
        """None, Staging, Production, Archived, or one that the project defines."""
        return self.row.stage

    @property
    def description(self) -> str:
        """Markdown; empty without one."""
        return self.row.description

    @property
    def run_id(self) -> str:
        """The run that logged the model."""
        return self.row.run_id

    @property
    def created_at(self) -> datetime:
        """When it was registered, UTC."""
        return self.row.created_at

    @property
    def created_by(self) -> str:
        """Login name of who registered it."""
        return self.row.created_by

    @property
    def parent_version(self) -> int | None:
        """The version that it follows; None for the first."""
        return self.row.parent_version

    @property
    def copied_from(self) -> str:
        """`churn/3` where it is a copy; else empty."""
        return self.row.copied_from

    @property
    def last_loaded_at(self) -> datetime | None:
        """When `load_model` gave it last, UTC; None for never."""
        return self.row.last_loaded_at

    @property
    def steps(self) -> tuple[str, ...]:
        """What a pipeline does before it predicts, `scale: StandardScaler`; empty for other models."""
        return tuple(self.package.facts.get("steps", ()))

    @property
    def uri(self) -> str:
        """What `load_model` takes: `models:/churn/3`."""
        return f"models:/{self.model}/{self.version}"

    @property
    def signature(self) -> Any:  # noqa: ANN401 - JSON
        """Inputs, outputs and params as the MLmodel file has them; None without one."""
        return self.package.signature

    def run(self) -> PastRun:
        """Read the run behind it: cell, code, params, metrics, datasets, git, environment. Raises RunNotFound."""
        return read_run(self.store, self.run_id)


def read_version(store: Store, db: DuckDBPyConnection, model: str, version: int) -> Version:
    """Read one version. Raises RegisteredModelNotFound, VersionNotFound."""
    return version_of(store, db, find_version(db, model, version))


def version_of(store: Store, db: DuckDBPyConnection, row: VersionRow) -> Version:
    """Add to a version's row what belongs to it."""
    aliases = tuple(alias for alias, number in aliases_of(db, row.model).items() if number == row.version)
    package = find_kept_model(db, row.model_id) or _collected(row)
    return Version(store, row, package, aliases, tags_of(db, row.model).get(row.version, {}))


def _collected(row: VersionRow) -> KeptModel:
    """What is known of the package of a deleted version once garbage collection has removed it."""
    return KeptModel(row.model_id, row.run_id, "", (), None, 0, "", {}, row.created_at)
