"""Keeping a fitted model with the run that fitted it."""

from __future__ import annotations

import hashlib
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.ids import new_id
from trackbook.models.errors import NeedsExtra
from trackbook.models.manifest import canonical, manifest_of
from trackbook.models.package import write_package
from trackbook.models.signing import sign
from trackbook.store.packages import keep_file
from trackbook.tracking.active import active_run
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.models.facts import PackageFacts
    from trackbook.models.manifest import PackageFile
    from trackbook.models.signature import Signature
    from trackbook.tracking.run import Run


def log_model(
    model: Any,  # noqa: ANN401 - of any framework
    name: str = "model",
    *,
    input_example: Any = None,  # noqa: ANN401
    signature: Signature | None = None,
    flavor: str | None = None,
    code_paths: Sequence[str | Path] = (),
    requirements: Sequence[str] | None = None,
    metadata: Mapping[str, object] | None = None,
    serialization_format: str | None = None,
    run: Run | None = None,
) -> PackageFacts:
    """Keep a fitted model with the active run, as a package in MLflow's MLmodel format.

        tb.log_model(clf, input_example=X_train[:5])

    name: inside the run. input_example: some rows that it predicts on; the signature is inferred from them.
    flavor: found from the model's type; "python_function" takes any callable or object with `predict`.
    serialization_format: one of the flavor's, such as "cloudpickle" for scikit-learn; left out, the safest.
    The same model twice costs nothing: files are kept by their content.
    Raises NoFlavor, ModelNotFitted, CannotPack, SignatureMismatch, BadName, NoActiveRun, DiskFull.
    """
    run = active_run("log_model") if run is None else run
    check_name("model", name)
    with tempfile.TemporaryDirectory(prefix="trackbook-model-") as private:
        folder = Path(private) / "model"
        facts = write_package(
            folder, model, flavor=flavor, input_example=input_example, signature=signature, code_paths=code_paths,
            requirements=requirements, metadata=metadata, serialization_format=serialization_format, run_id=run.run_id,
        )  # fmt: skip
        keep_package(run, name, folder, facts, signer=sealed(folder), steps=steps_of(model))
    return facts


def keep_package(
    run: Run,
    name: str,
    folder: Path,
    facts: PackageFacts,
    *,
    signer: str = "",
    steps: Sequence[str] = (),
    asked: bool = True,
) -> str:
    """Keep a package that lies in a folder with a run; returns its model id. Raises DiskFull.

    asked: by the user; of those that are not, the newest three attempts of a cell keep theirs.
    Files go first, then the event that names them: whoever sees the model has its files.
    """
    manifest = manifest_of(folder)
    for file in manifest:
        keep_file(run.store, folder / file.path, file.sha256)
    model_id = new_id()
    run.store.event(
        "model",
        model_id=model_id,
        run_id=run.run_id,
        name=name,
        flavors=list(facts.flavors),
        signature=facts.signature.to_json() if facts.signature is not None else None,
        manifest=hashlib.sha256(canonical(manifest)).hexdigest(),
        files=[_event_file(file) for file in manifest],
        asked=asked,
        facts=_stored_facts(facts) | {"signer": signer, "steps": list(steps)},
        at=time.time(),
    )
    return model_id


def sealed(folder: Path) -> str:
    """Sign a package, so that its maker's other notebooks load it without asking; empty without the means."""
    try:
        return sign(folder)
    except (NeedsExtra, OSError):
        return ""


def steps_of(model: Any) -> list[str]:  # noqa: ANN401
    """Name the steps of a pipeline with their classes, `scale: StandardScaler`; empty for other models."""
    steps = getattr(model, "steps", None)
    if not isinstance(steps, list) or not all(isinstance(step, tuple) and len(step) == 2 for step in steps):  # noqa: PLR2004 - name, step
        return []
    return [f"{name}: {step if isinstance(step, str) else type(step).__name__}" for name, step in steps]


def _event_file(file: PackageFile) -> dict[str, object]:
    return {"path": file.path, "blob": file.sha256, "size": file.size}


def _stored_facts(facts: PackageFacts) -> dict[str, object]:
    """Everything about a package but what has a column of its own."""
    kept = asdict(facts)
    return {name: kept[name] for name in ("requirements", "python", "formats", "needs_trust", "metadata")}
