"""What can be wrong with a model package. The roots are in `trackbook.errors`.

TrackbookError
└── ModelError
    ├── NoFlavor (TypeError)
    ├── ModelNotFitted (ValueError)
    ├── CannotPack (TypeError)
    ├── BadPackage (ValueError)
    │   ├── PackageChanged
    │   └── BadSignature
    ├── UntrustedModel (PermissionError)
    └── SignatureMismatch (ValueError)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import MissingPackage, TrackbookError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FEW = 5


class ModelError(TrackbookError):
    """A model that cannot be packed, or a package that cannot be used."""


class NoFlavor(ModelError, TypeError):
    """No flavor knows how to keep this object."""

    def __init__(self, model: object, known: Sequence[str]) -> None:
        self.type = type(model)
        super().__init__(
            f"An object of type {type(model).__name__} is no model that we know (there are {', '.join(known)}). "
            'Pass flavor="python_function" when it is callable or has a predict method.'
        )


class UnknownFlavor(ModelError, LookupError):
    """No flavor has this name."""

    def __init__(self, wanted: str, known: Sequence[str]) -> None:
        self.wanted = wanted
        super().__init__(f"There is no flavor {wanted!r} here. There are: {', '.join(known)}.")


class ModelNotFitted(ModelError, ValueError):
    """The model has not seen data yet."""

    def __init__(self, model: object) -> None:
        self.type = type(model)
        super().__init__(f"This {type(model).__name__} is not fitted yet. Call its fit method first, then keep it.")


class CannotPack(ModelError, TypeError):
    """The chosen format cannot hold this model."""

    def __init__(self, model: object, reason: str, way_out: str) -> None:
        self.type = type(model)
        super().__init__(f"This {type(model).__name__} cannot be packed: {reason}. {way_out}")


class BadPackage(ModelError, ValueError):
    """A package that is not what the MLmodel format says."""

    def __init__(self, folder: Path, file: str, reason: str) -> None:
        self.folder, self.file = folder, file
        super().__init__(
            f"{file!r} in the model package {folder.name} {reason}. "
            "Get the package again from where it came from, or pack the model anew."
        )


class PackageChanged(BadPackage):
    """The files are not those that were written down."""

    def __init__(self, folder: Path, missing: Sequence[str], altered: Sequence[str], extra: Sequence[str]) -> None:
        self.missing, self.altered, self.extra = tuple(missing), tuple(altered), tuple(extra)
        kinds = {"missing": self.missing, "altered": self.altered, "extra": self.extra}
        said = "; ".join(f"{kind}: {_some(files)}" for kind, files in kinds.items() if files)
        first = next(iter((*self.missing, *self.altered, *self.extra)))
        super().__init__(folder, first, f"is not as it was packed ({said})")


class BadSignature(BadPackage):
    """The package's seal does not fit its files."""


class UntrustedModel(ModelError, PermissionError):
    """Loading would run code that travels with the package."""

    def __init__(self, folder: Path, reason: str, signer: str | None) -> None:
        self.folder, self.signer = folder, signer
        who = f"Its signer {signer} is not among your trusted_signers" if signer else "Nobody signed it"
        trust = f", or add {signer} to trusted_signers when you know who that is" if signer else ""
        super().__init__(
            f"The model package {folder.name} was not loaded: {reason}, which can do anything that you can do. {who}. "
            f"If you know where it comes from, pass trust=True for this call{trust}."
        )


class SignatureMismatch(ModelError, ValueError):
    """The data is not what the model's signature asks for."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            f"The data does not fit the model's signature: {'; '.join(self.problems)}. "
            "Give it the columns and types that it was fitted on."
        )


class NeedsExtra(MissingPackage):
    """A package of the `models` extra is needed here."""

    def __init__(self, package: str, purpose: str) -> None:
        super().__init__(package, purpose)
        self.msg = f"{purpose} needs {package}: pip install 'trackbook[models]'."
        self.args = (self.msg,)


def _some(files: Sequence[str]) -> str:
    shown = ", ".join(files[:_FEW])
    return f"{shown} and {len(files) - _FEW} more" if len(files) > _FEW else shown
