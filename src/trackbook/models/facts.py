"""What can be said about a package without loading its model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.models.flavors import reading_of
from trackbook.models.mlmodel import read_mlmodel
from trackbook.models.paths import walk
from trackbook.models.requirement_files import read_python, read_requirements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackbook.models.flavors.protocol import Look
    from trackbook.models.signature import Signature


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """A package, described."""

    flavors: tuple[str, ...]
    """Names in MLmodel, the native one first: ("sklearn", "python_function")."""

    signature: Signature | None
    """None when nobody said what goes in."""

    size: int
    """Bytes of all files."""

    requirements: tuple[str, ...]
    """Lines of requirements.txt: `scikit-learn==1.9.1`."""

    python: str
    """Version of Python that packed it; empty when not said."""

    formats: tuple[str, ...]
    """What it takes to load: ("skops",), ("cloudpickle",), ("ubj",)."""

    needs_trust: bool
    """True where loading would unpickle or run code that travels with the package."""

    metadata: Mapping[str, object]
    """What the user kept beside the model."""


def read_facts(folder: Path, known: Look | None = None) -> PackageFacts:
    """Describe a package; raise BadPackage, naming the file, when it is none.

    known: what loading takes, from whoever has just written the package; else it is looked at.
    """
    files = [(path, entry.stat(follow_symlinks=False).st_size) for path, entry in walk(folder)]
    description = read_mlmodel(folder)
    reading = known or reading_of(folder, description)
    return PackageFacts(
        flavors=tuple(sorted(description.flavors, key=lambda name: (name == "python_function", name))),
        signature=description.signature,
        size=sum(size for _, size in files),
        requirements=read_requirements(folder),
        python=read_python(folder, description),
        formats=reading.formats,
        needs_trust=bool(reading.danger),
        metadata=description.metadata,
    )
