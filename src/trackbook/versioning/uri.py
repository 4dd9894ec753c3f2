"""Where a model is: `models:/churn/Production`, `models:/churn@champion`, `models:/churn/3`, `runs:/<id>/model`.

Source of the forms: MLflow's registry URIs. A name may have slashes, since what
stands behind the last one is a version, a stage or nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from trackbook.errors import BadInput

LATEST = "latest"
"""In place of a version: the one with the highest number."""

_HELP = "Write models:/NAME/VERSION, models:/NAME/STAGE, models:/NAME@ALIAS, models:/NAME/latest, or runs:/RUN_ID/NAME."


@dataclass(frozen=True, slots=True)
class RegisteredUri:
    """A version of a registered model, by number, stage or alias."""

    model: str
    version: int | None = None
    stage: str = ""
    alias: str = ""
    """`latest` is the version with the highest number."""


@dataclass(frozen=True, slots=True)
class RunUri:
    """A model that a run logged."""

    run: str
    name: str
    """Empty for the run's newest."""


def read_uri(uri: str) -> RegisteredUri | RunUri:
    """Read a model URI; raises BadInput with the forms there are."""
    scheme, colon, rest = str(uri).partition(":")
    path = rest.lstrip("/")
    if not colon or not path or scheme not in {"models", "runs"}:
        raise BadInput(f"{uri!r} is no model URI. {_HELP}")
    if scheme == "runs":
        run, _, name = path.partition("/")
        return RunUri(run, name)
    model, slash, last = path.rpartition("/")
    name, at, alias = last.rpartition("@")
    if at:
        return RegisteredUri(f"{model}{slash}{name}", alias=alias)
    if not model or not last:
        raise BadInput(f"{uri!r} does not say which version. {_HELP}")
    if last.isdecimal():
        return RegisteredUri(model, version=int(last))
    if last.lower() == LATEST:
        return RegisteredUri(model, alias=LATEST)
    return RegisteredUri(model, stage=last)
