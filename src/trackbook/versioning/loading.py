"""Loading a model: by version, stage, alias or run; verified first, and nothing unpickled without a word."""

from __future__ import annotations

import atexit
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, DiskFull, StoreReadOnly
from trackbook.models.loading import load_package, load_python_function
from trackbook.models.mlmodel import PYTHON_FUNCTION
from trackbook.store import find_run_in
from trackbook.store.packages import find_model
from trackbook.tracking.start import current_store
from trackbook.versioning.background import wait_for_packing
from trackbook.versioning.deciding import rules
from trackbook.versioning.materialising import export_version, materialised
from trackbook.versioning.resolving import version_at
from trackbook.versioning.uri import RunUri, read_uri
from trackbook.versioning.version import Version, version_of

if TYPE_CHECKING:
    from trackbook.store.packages import KeptModel


def load_model(uri: str, *, trust: bool = False, flavor: str | None = None) -> Any:  # noqa: ANN401 - what was logged
    """Load a model as its framework knows it.

        tb.load_model("models:/churn/Production")       "models:/churn@champion"
        tb.load_model("models:/churn/3")                "runs:/0192…/model"
        tb.load_model("models:/churn/3", flavor="python_function").predict(frame)

    Says on standard error which version a stage or an alias gave. trust: load it although that runs code which
    travels with it (pickles, code folders); without it only what a trusted signer sealed.
    flavor: "python_function" gives what predicts alike whatever the framework: it orders and widens columns as the
    signature asks, and raises SignatureMismatch that names each one which does not fit.
    Raises BadInput for another URI or flavor, VersionNotFound, ModelNotFound, StoreDamaged, UntrustedModel.
    """
    if flavor is not None and flavor != PYTHON_FUNCTION:
        raise BadInput(f"A model is loaded as its framework knows it, or as {PYTHON_FUNCTION!r}, not as {flavor!r}.")
    load = load_package if flavor is None else load_python_function
    found = _find(uri)
    kept = found.package if isinstance(found, Version) else found
    store = current_store()
    with ExitStack() as held:
        folder = held.enter_context(materialised(store, kept))
        model = load(folder, trust=trust)
        if (folder / "code").is_dir():  # what its code imports later is read from there
            atexit.register(held.pop_all().close)
    if isinstance(found, Version):
        with suppress(StoreReadOnly, DiskFull):  # whoever may only read cannot note that he did
            store.event("loaded", model=found.model, version=found.version, at=time.time())
        if uri.rpartition("/")[2] != str(found.version):
            print(f"{uri} is version {found.version}.", file=sys.stderr)  # noqa: T201 - what the user asked to be told
    return model


def get_version(uri: str) -> Version:
    """Return the version that a URI means just now, without loading it.

    Raises BadInput for a URI of no registered model, RegisteredModelNotFound, VersionNotFound, UnknownStage.
    """
    found = _find(uri)
    if isinstance(found, Version):
        return found
    raise BadInput(f"{uri!r} is a run's model; tb.register makes a version of it.")


def export_model(uri: str, folder: str | Path) -> Path:
    """Write a version's package to a new folder, in the MLmodel format that MLflow loads; returns the folder.

    Raises as `get_version`, and BadInput when the folder exists.
    """
    if not isinstance(folder, str | Path):
        raise BadInput(f"A folder is a path, and {folder!r} is none.")
    return export_version(get_version(uri), Path(folder))


def _find(uri: str) -> Version | KeptModel:
    wanted, store, project = read_uri(uri), current_store(), rules()
    if isinstance(wanted, RunUri):
        wait_for_packing()
    with store.asking() as db:
        if isinstance(wanted, RunUri):
            return find_model(db, find_run_in(db, wanted.run).run_id, wanted.name)
        return version_of(store, db, version_at(db, wanted, project))
