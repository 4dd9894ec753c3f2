"""Making a logged model a version of a registered model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.store import find_run_in
from trackbook.store.packages import find_model
from trackbook.store.registry.assignments import CROWDED
from trackbook.store.registry.reading import model_names, stages_of
from trackbook.tracking.past import PastRun
from trackbook.tracking.run import Run
from trackbook.versioning.background import wait_for_packing
from trackbook.versioning.deciding import deciding, rules
from trackbook.versioning.resolving import version_at
from trackbook.versioning.texts import check_text
from trackbook.versioning.uri import RegisteredUri, RunUri, check_alias, check_model_name, read_uri
from trackbook.versioning.version import Version, read_version, version_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.store.packages import KeptModel
    from trackbook.versioning.rules import Rules


def register(
    name: str, model: Run | PastRun | str = "last", *, description: str = "", alias: str = "", reason: str = ""
) -> Version:
    """Make the model that a run logged the next version of a registered model; returns the version.

        tb.register("churn")
        tb.register("churn", run, description="with November's data")
        tb.register("churn", "runs:/0192…/model")

    name: a registered model, or a new one. model: a run, its id or name, "last", or a URI of a model.
    alias: one to point at the new version. Numbers go from 1 without gaps, whatever registers at once.
    Raises RunNotFound, ModelNotFound, BadName, StoreDamaged when a file of the model is not there.
    """
    check_model_name(name)
    if alias:
        alias = check_alias(alias)
    check_text("A description", description)
    project = rules()
    wait_for_packing()
    with deciding(reason) as change:
        kept = _meant(change.db, model)
        parent = _parent(stages_of(change.db, name), project) if name in model_names(change.db) else None
        number = change.add_version(name, kept, parent=parent)
        change.describe(name, number, "", description)
        if alias:
            change.set_alias(name, alias, number)
        return read_version(change.store, change.db, name, number)


def copy_version(source: str, name: str, *, reason: str = "") -> Version:
    """Make a version of one registered model the next version of another; its files are not copied.

        tb.copy_version("models:/churn-dev/Production", "churn")

    Raises BadInput for another kind of URI, VersionNotFound, BadName.
    """
    check_model_name(name)
    uri = read_uri(source)
    if not isinstance(uri, RegisteredUri):
        raise BadInput(f"{source!r} is no version of a registered model; tb.register takes a run's model.")
    project = rules()
    with deciding(reason) as change:
        row = version_at(change.db, uri, project)
        parent = _parent(stages_of(change.db, name), project) if name in model_names(change.db) else None
        kept = version_of(change.store, change.db, row).package
        number = change.add_version(name, kept, parent=parent, copied_from=f"{row.model}/{row.version}")
        change.describe(name, number, "", row.description)
        return read_version(change.store, change.db, name, number)


def _meant(db: DuckDBPyConnection, model: Run | PastRun | str) -> KeptModel:
    if isinstance(model, Run | PastRun):
        return find_model(db, model.run_id)
    if not isinstance(model, str):
        raise BadInput(
            f"An object of type {type(model).__name__} is no logged model; "
            "log it first: tb.log_model(model), then tb.register(name)."
        )
    if ":/" not in model:
        return find_model(db, find_run_in(db, model).run_id)
    uri = read_uri(model)
    if not isinstance(uri, RunUri):
        raise BadInput(f"{model!r} is registered already; tb.copy_version makes it a version of another model.")
    return find_model(db, find_run_in(db, uri.run).run_id, uri.name)


def _parent(held: dict[int, str], project: Rules) -> int | None:
    """The version that a new one follows: the one furthest on its way, else the newest."""
    for stage in reversed(project.stages):
        holders = [version for version, has in held.items() if has == stage]
        if holders and stage not in CROWDED:
            return max(holders)
    return max(held, default=None)
