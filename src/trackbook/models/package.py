"""Write a model as a package: MLflow's folder, file for file."""

from __future__ import annotations

import json
import platform
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadValue, MissingPackage
from trackbook.models.errors import BadPackage, CannotPack, ModelNotFitted, NoFlavor
from trackbook.models.examples import as_example, write_example
from trackbook.models.facts import PackageFacts, read_facts
from trackbook.models.fitting import check_signature
from trackbook.models.flavors import flavor_named, flavor_of, known_flavors
from trackbook.models.flavors.protocol import Packed, Wish
from trackbook.models.inference import infer_signature
from trackbook.models.mlmodel import PYTHON_FUNCTION, MLmodel, write_mlmodel
from trackbook.models.paths import walk
from trackbook.models.requirement_files import write_environment
from trackbook.models.requirements import infer_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.models.flavors.protocol import Flavor
    from trackbook.models.signature import Signature

_NOT_CODE = shutil.ignore_patterns("__pycache__", "*.pyc", ".git", ".ipynb_checkpoints", ".DS_Store")


def write_package(
    folder: Path,
    model: object,
    *,
    flavor: str | None = None,
    input_example: object = None,
    signature: Signature | None = None,
    code_paths: Sequence[str | Path] = (),
    requirements: Sequence[str] | None = None,
    metadata: Mapping[str, object] | None = None,
    serialization_format: str | None = None,
    run_id: str = "",
    model_id: str = "",
) -> PackageFacts:
    """Write a model into a new folder as a package that MLflow loads too, and return what can be said about it.

    flavor: its name; None finds it by the model's type.
    input_example: a few rows; the first hundred are kept, and the signature is inferred from them where none is given.
    code_paths: files and folders that the model's classes come from; they travel in `code/`.
    requirements: lines of requirements.txt; None finds what the model imports.
    serialization_format: one of the flavor's ("cloudpickle" for scikit-learn); None takes the safest.
    Equal models give equal files, but for the small MLmodel. On any error the folder is removed again.
    Raises NoFlavor, ModelNotFitted, CannotPack, BadValue, and SignatureMismatch for an example of another signature.
    """
    name = flavor or flavor_of(model)
    if name is None:
        raise NoFlavor(model, list(known_flavors()))
    keeper = flavor_named(name)
    if keeper.is_fitted(model) is False:
        raise ModelNotFitted(model)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BadValue(f"The folder {str(folder)!r}", folder, "there is something in it; choose an empty or a new one")
    try:
        plain = _plain_metadata(metadata)
        example = None if input_example is None else as_example(input_example)
        packed, signature = _save(keeper, model, folder, Wish(example, signature, serialization_format))
        _copy_code(folder, code_paths)
        _describe(
            folder,
            keeper,
            packed,
            requirements=_requirements_of(keeper, model, example, packed) if requirements is None else requirements,
            example={} if example is None else write_example(folder, example),
            said=_Said(signature, plain, run_id, model_id),
        )
        return read_facts(folder, packed.look)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@dataclass(frozen=True, slots=True)
class _Said:
    signature: Signature | None
    metadata: dict[str, object]
    run_id: str
    model_id: str


def _save(flavor: Flavor, model: object, folder: Path, wish: Wish) -> tuple[Packed, Signature | None]:
    """Write the model's files, with the signature that the example shows."""
    signature = wish.signature
    if signature is None and wish.example is not None:
        signature = infer_signature(wish.example)
    elif signature is not None and wish.example is not None:
        check_signature(signature, wish.example)
    packed = flavor.save(model, folder, Wish(wish.example, signature, wish.serialization_format))
    if wish.signature is None and wish.example is not None:
        signature = _with_outputs(flavor, model, packed, wish.example)
    return packed, signature


def _with_outputs(flavor: Flavor, model: object, packed: Packed, example: object) -> Signature:
    """Infer the whole signature, or that of the input alone when the output is nothing a signature can describe."""
    try:
        outputs = flavor.predictor(model, packed.settings)(example, None)
    except MissingPackage:  # a model may be packed where it cannot run
        return infer_signature(example)
    except Exception as error:
        raise CannotPack(
            model,
            f"it does not predict on the input example ({type(error).__name__}: {str(error)[:200]})",
            "Pass rows as the model takes them, or none.",
        ) from error
    try:
        return infer_signature(example, outputs)
    except BadValue:
        return infer_signature(example)


def _requirements_of(flavor: Flavor, model: object, example: object, packed: Packed) -> tuple[str, ...]:
    """Return what loading takes; a function says nothing of its data's library, so the example's counts there."""
    parts = (model, example) if flavor.name == PYTHON_FUNCTION else model
    return infer_requirements(parts, packed.packages)


def _plain_metadata(metadata: Mapping[str, object] | None) -> dict[str, object]:
    """Return metadata as YAML can hold it; raise BadValue for what is no plain value."""
    try:
        text = json.dumps(dict(metadata or {}), default=lambda value: value.item())  # numpy's scalars
    except (TypeError, ValueError, AttributeError) as error:
        raise BadValue("The metadata", metadata, "it has something that is no plain value") from error
    plain: dict[str, object] = json.loads(text)
    return plain


def _describe(
    folder: Path, flavor: Flavor, packed: Packed, *, requirements: Iterable[str], example: dict[str, Any], said: _Said
) -> None:
    """Write the environment and, last, the MLmodel file."""
    generic = {
        "env": write_environment(folder, tuple(requirements)),
        "python_version": platform.python_version(),
        **packed.generic,
    }
    native = {} if flavor.name == PYTHON_FUNCTION else {flavor.name: dict(packed.settings)}
    if (folder / "code").is_dir():
        for settings in (generic, *native.values()):
            settings["code"] = "code"
    write_mlmodel(
        folder,
        MLmodel(
            flavors={PYTHON_FUNCTION: generic, **native},
            signature=said.signature,
            example=example,
            metadata=said.metadata,
            run_id=said.run_id,
            model_id=said.model_id,
            size=sum(entry.stat(follow_symlinks=False).st_size for _, entry in walk(folder)),
            created=datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" "),
        ),
    )


def _copy_code(folder: Path, code_paths: Sequence[str | Path]) -> None:
    """Copy files and folders into `code/`; raise BadValue for one that is not there and BadPackage for a twin."""
    for path in map(Path, code_paths):
        target = folder / "code" / path.resolve().name
        if not path.exists():
            raise BadValue(f"The code path {str(path)!r}", path, "there is nothing at that place")
        if target.exists():
            raise BadPackage(folder, f"code/{target.name}", "is there twice; rename one of the code paths")
        target.parent.mkdir(exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, target, ignore=_NOT_CODE)
        else:
            shutil.copyfile(path, target)
