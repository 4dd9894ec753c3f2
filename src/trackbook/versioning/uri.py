"""Where a model is: `models:/churn/Production`, `models:/churn@champion`, `models:/churn/3`, `runs:/<id>/model`.

Source of the forms: MLflow's registry URIs. A name may have slashes, since what
stands behind the last one is a version, a stage or nothing else; so it may not end
like a version itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from trackbook.errors import BadInput, BadName
from trackbook.values import check_name

LATEST = "latest"
"""In place of a version: the one with the highest number."""

_MOST_DIGITS = 20
"""No number of a version has as many; Python itself refuses to read thousands."""

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


def check_model_name(name: str) -> str:
    """Return a name that a registered model can have, since its URIs and its trail can be read back; raises BadName."""
    check_name("model", name)
    if name != name.strip():
        raise BadName("model", name, "begins or ends with a space; take it out")
    if name != name.strip("/"):
        raise BadName("model", name, "begins or ends with a slash, and could not stand in models:/NAME/VERSION")
    _, slash, last = name.rpartition("/")
    if slash and last.isdecimal():
        raise BadName("model", name, f"ends like a version, /{last}; put a letter before the number")
    return name


def check_alias(alias: str) -> str:
    """Return an alias that can stand in a URI, without the @ that it is shown with; raises BadName."""
    alias = check_name("alias", check_name("alias", alias).removeprefix("@"))
    if alias.lower() == LATEST:
        raise BadName("alias", alias, "is reserved: it is always the highest version")
    if alias != alias.strip() or "/" in alias or "@" in alias or alias.isdecimal():
        raise BadName("alias", alias, "cannot stand in models:/NAME@ALIAS; take letters, digits, - and _")
    return alias


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
    if at and alias:
        return RegisteredUri(f"{model}{slash}{name}", alias=alias)
    if not model or not last:
        raise BadInput(f"{uri!r} does not say which version. {_HELP}")
    if last.isdecimal():
        return RegisteredUri(model, version=int(last[:_MOST_DIGITS]))
    if last.lower() == LATEST:
        return RegisteredUri(model, alias=LATEST)
    return RegisteredUri(model, stage=last)
