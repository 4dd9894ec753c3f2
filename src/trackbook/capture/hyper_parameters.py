"""Read an estimator's hyper-parameters, and tell which the user chose and which are the library's defaults."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from trackbook.capture.callees import is_own
from trackbook.capture.configs import plain_setting
from trackbook.capture.models import attributes, is_estimator, is_optimizer
from trackbook.capture.signatures import default_params, init_params
from trackbook.capture.strangers import LONGEST_TEXT, MISSING, ask, library
from trackbook.records import FoundParam

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PARAMS = 200
_TELLING_REPRS = frozenset({"sklearn", "imblearn", "datetime", "pathlib", "fractions", "decimal"})
_MOST_ENTRIES = 20


def hyper_parameters(estimator: object) -> list[FoundParam]:
    """List what `get_params` tells, at most 200, the user's choices first.

    Nested ones are named as the estimator names them: `classifier__max_depth`. Estimators and functions are
    their names, long values a short repr. Nothing of the estimator stays referenced. Empty, never an
    exception, when it has no `get_params` or breaks.
    """
    params = _told_by(estimator)
    found: list[FoundParam] = []
    for name, value in params.items():
        if not isinstance(name, str) or ask(_is_composition, value, otherwise=False):
            continue
        parent = name.rpartition("__")[0]
        default = default_params(type(params.get(parent) if parent else estimator)).get(
            name.rpartition("__")[2], MISSING
        )
        found.append(FoundParam(name, short(value), "estimator", is_default=same_setting(value, default)))
    # The class of a pipeline's step says least: it comes last.
    found.sort(key=lambda param: (param.is_default, is_estimator(params.get(param.name))))
    return [*found, *_found_by_search(estimator)][:MOST_PARAMS]


def _found_by_search(estimator: object) -> list[FoundParam]:
    """List what a finished grid or random search chose: `best.max_depth`."""
    nothing: dict[object, object] = {}
    chosen = ask(lambda: dict(vars(estimator).get("best_params_", {})), otherwise=nothing)
    return [FoundParam(f"best.{name}", short(value), "estimator") for name, value in chosen.items()]


def _told_by(estimator: Any) -> dict[object, object]:  # noqa: ANN401 - scikit-learn's, CatBoost's, a user's own
    nothing: dict[object, object] = {}
    deep = ask(lambda: dict(estimator.get_params(deep=True)), otherwise=nothing)
    told = deep or ask(lambda: dict(estimator.get_params()), otherwise=nothing)
    if told or any("get_params" in vars(base) for base in type(estimator).__mro__):
        return told
    held = attributes(estimator)
    if is_optimizer(estimator):
        settings = held.get("defaults")
        known = init_params(type(estimator))
        return {name: settings[name] for name in known if name in settings} if isinstance(settings, dict) else nothing
    if not is_own(vars(type(estimator)).get("__init__")):
        return nothing
    # A class of the user's own mostly keeps what it was given under the same name.
    return {name: held[name] for name in init_params(type(estimator)) if name in held}


def same_setting(value: object, default: object) -> bool:
    """Tell whether two settings are the same; objects that are no plain settings only when they are one object."""
    if value is default:
        return True
    left, right = plain_setting(value), plain_setting(default)
    if left is MISSING or right is MISSING:
        return False
    # repr, because nan is the default of SimpleImputer and equals nothing.
    return type(left) is type(right) and (left == right or repr(left) == repr(right))


def _is_composition(value: object) -> bool:
    """Tell a list of (name, estimator) pairs: each part is listed under its own name anyway."""
    if not isinstance(value, (list, tuple)) or not value:
        return False
    first = value[0]
    return isinstance(first, tuple) and any(is_estimator(part) for part in first)


def short(value: object, depth: int = 0) -> object:
    """Make any hyper-parameter a small JSON-like value: objects become names, arrays their shape."""
    setting = plain_setting(value)
    if setting is not MISSING:
        return setting
    if isinstance(value, str):
        return value[: LONGEST_TEXT - 1] + "…"
    if isinstance(value, dict) and depth < 2 and len(value) <= _MOST_ENTRIES:  # noqa: PLR2004 - param_grid
        return {
            _cut(str(key)): short(item, depth + 1) for key, item in value.items() if isinstance(key, (str, int, float))
        }
    if isinstance(value, (list, tuple)) and depth < 2 and len(value) <= _MOST_ENTRIES:  # noqa: PLR2004 - list of grids
        return [short(item, depth + 1) for item in value]
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        return f"{type(value).__name__}({len(value)} items)"
    return ask(_described, value, otherwise=type(value).__name__)


def _described(value: object) -> str:
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return _cut(value.__qualname__)
    if library(value) == "numpy" and isinstance(getattr(value, "__name__", None), str):
        return _cut(value.__name__)  # type: ignore[attr-defined]  # a ufunc
    if is_estimator(value):
        return type(value).__name__
    shape = getattr(value, "shape", None) if library(value) in ("numpy", "pandas", "scipy", "torch", "polars") else None
    if shape is not None:
        return f"{type(value).__name__}{_joined(shape)}"
    return _cut(repr(value)) if library(value) in _TELLING_REPRS else type(value).__name__


def _joined(shape: Iterable[object]) -> str:
    return f"({', '.join(str(length) for length in shape)})"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
