"""Find the estimators that a cell fits, builds or reads, by their names in the namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trackbook.capture.facts import FITTING, CellFacts, How
from trackbook.capture.strangers import MISSING, ask

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Part = Literal["fits", "builds", "reads"]
Found = tuple[str, object, Part]
_ORDER = {"fits": 0, "builds": 1, "reads": 2}
_USERS = ("get_params", "predict", "transform", "fit_predict", "fit_transform", "score")
_MOST_HELD = 20


def is_estimator(value: object) -> bool:
    """Tell by its type whether a value can be fitted and used: scikit-learn's protocol, XGBoost, Keras, statsmodels."""
    kind = type(value)
    if issubclass(kind, type):
        return False
    return _has_method(kind, "fit") and any(_has_method(kind, name) for name in _USERS)


def _has_method(kind: type, name: str) -> bool:
    return callable(ask(getattr, kind, name, None, otherwise=None))


def is_fitted(value: object) -> bool:
    """Tell whether an estimator has learnt something: scikit-learn's own word, else attributes that end in `_`."""
    if _has_method(type(value), "__sklearn_is_fitted__"):
        return ask(lambda: bool(value.__sklearn_is_fitted__()), otherwise=False)  # type: ignore[attr-defined]
    return ask(lambda: any(name.endswith("_") and not name.startswith("_") for name in vars(value)), otherwise=False)


def estimators_read(facts: CellFacts, namespace: Mapping[str, object], unfitted: Collection[str] = ()) -> list[Found]:
    """List the cell's estimators as (name, object, part): fits before builds before reads, each object once.

    namespace: as it is after the cell. unfitted: names whose estimator nobody had fitted before the cell, so
    that a fit inside a function is seen too. Estimators inside small dicts and lists count (`models.rf`);
    one that is a part of another listed one does not count twice, unless it was fitted itself.
    The references are for immediate use: whoever keeps them keeps the user's memory.
    """
    nothing: list[tuple[str, object]] = []
    trained = {receiver.partition(".")[0].partition("[")[0] for receiver in facts.fits}
    loops = [name for name, bound in facts.bound.items() if bound.how is How.LOOP]
    if not trained.isdisjoint(loops):
        # `for name, model in models.items(): model.fit(X, y)` trains what the container holds.
        trained |= {name for name in (*facts.reads, *facts.bound) if type(namespace.get(name)) in (dict, list)}
    found: list[Found] = []
    for name in [*(name for name in facts.bound if name not in loops), *facts.reads, *loops]:
        if not name.startswith("_"):
            for path, value in ask(_held_by, name, namespace.get(name, MISSING), otherwise=nothing):
                found.append((path, value, _part(path, value, facts, trained, unfitted)))
    found.sort(key=lambda entry: _ORDER[entry[2]])
    inner = {id(part) for _, value, _ in found for part in _parts(value)}
    once: dict[int, Found] = {}
    for entry in found:
        if entry[2] == "fits" or id(entry[1]) not in inner:
            once.setdefault(id(entry[1]), entry)
    return list(once.values())


def _held_by(name: str, value: object) -> list[tuple[str, object]]:
    if type(value) is dict and len(value) <= _MOST_HELD:
        return [(f"{name}.{key}", item) for key, item in value.items() if isinstance(key, str) and is_estimator(item)]
    if type(value) is list and len(value) <= _MOST_HELD:
        return [(f"{name}.{position}", item) for position, item in enumerate(value) if is_estimator(item)]
    return [(name, value)] if is_estimator(value) else []


def _part(path: str, value: object, facts: CellFacts, trained: set[str], unfitted: Collection[str]) -> Part:
    name = path.partition(".")[0]
    bound = facts.bound.get(name)
    if bound is not None:
        chained, _, function = bound.call.rpartition(".")
        if name in trained or (chained and function in FITTING):
            return "fits"
        return "builds" if bound.how in (How.COMPUTED, How.CONSTANT) else "reads"
    return "fits" if name in trained or (name in unfitted and is_fitted(value)) else "reads"


def _parts(value: object) -> list[object]:
    """List the estimators inside one: a pipeline's steps, a search's model."""
    if not _has_method(type(value), "get_params"):
        return []
    nothing: list[object] = []
    return ask(lambda: [part for part in value.get_params(deep=True).values() if is_estimator(part)], otherwise=nothing)  # type: ignore[attr-defined]
