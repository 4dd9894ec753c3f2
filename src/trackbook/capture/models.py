"""What counts as a model, which models an object holds, and what one has learnt so far."""

from __future__ import annotations

import weakref
from itertools import islice
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from trackbook.capture.callees import is_own
from trackbook.capture.signatures import init_params
from trackbook.capture.strangers import ask, is_a, is_array_like, loaded_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_USERS = ("get_params", "predict", "transform", "fit_predict", "fit_transform", "score")
_BOOSTERS = (("xgboost", "Booster"), ("lightgbm", "Booster"))
_MOST_HELD = 20
_MOST_ATTRIBUTES = 100
_CONTAINERS = (str, list, tuple, dict, set)
_DEEPEST = 3
_MOST_LOOKED_AT = 500
_KINDS: WeakKeyDictionary[type, bool] = WeakKeyDictionary()
"""Which classes are models' as far as they were asked; looking into a search meets a thousand values."""

_OPAQUE = (str, bytes, int, float, complex, type(None), type, ModuleType, FunctionType, BuiltinFunctionType)


def is_estimator(value: object) -> bool:
    """Tell by its type whether a value can be fitted and used: scikit-learn's protocol, XGBoost, Keras, statsmodels."""
    kind = type(value)
    return not issubclass(kind, type) and makes_estimators(kind)


def makes_estimators(kind: type) -> bool:
    """Tell whether a class is one of estimators."""
    return _has_method(kind, "fit") and any(_has_method(kind, name) for name in _USERS)


def is_model(value: object) -> bool:
    """Tell whether a value is an estimator, a module of torch, or what the native `train` of a booster returns."""
    kind = type(value)
    known = ask(_KINDS.get, kind, otherwise=None)
    if known is None:
        known = is_estimator(value) or is_a(value, "torch.nn", "Module") or _is_booster(value)
        ask(_KINDS.__setitem__, kind, known, otherwise=None)
    return known


def is_optimizer(value: object) -> bool:
    """Tell whether a value is an optimiser of torch: no model, but it knows the learning rate."""
    return is_a(value, "torch.optim", "Optimizer")


def makes_optimizers(kind: type) -> bool:
    """Tell whether a class is one of optimisers, of torch or Keras."""
    bases = (loaded_class("torch.optim", "Optimizer"), loaded_class("keras.optimizers", "Optimizer"))
    return any(base is not None and issubclass(kind, base) for base in bases)


def _is_booster(value: object) -> bool:
    return any(is_a(value, library, name) for library, name in _BOOSTERS)


def _has_method(kind: type, name: str) -> bool:
    return callable(ask(getattr, kind, name, None, otherwise=None))


def is_fitted(value: object) -> bool:
    """Tell whether a model has learnt something: scikit-learn's own word, else attributes that end in `_`."""
    if _has_method(type(value), "__sklearn_is_fitted__"):
        return ask(lambda: bool(value.__sklearn_is_fitted__()), otherwise=False)  # type: ignore[attr-defined]
    if is_a(value, "torch.nn", "Module"):
        return ask(lambda: any(tensor.grad is not None for tensor in _tensors(value)), otherwise=False)
    return _is_booster(value) or bool(_learnt(value)) or (_is_own_kind(value) and _has_gathered(value))


def _is_own_kind(value: object) -> bool:
    """Tell an estimator of the user's own, which need not keep to scikit-learn's conventions."""
    return any(is_own(vars(kind).get("fit")) for kind in type(value).__mro__)


def _has_gathered(model: object) -> bool:
    """Tell whether a model holds more than it was given: a fitted model inside, else any value of its own."""
    parts = parts_of_model(model)
    if parts:
        return any(is_fitted(part) for part in parts)
    given = init_params(type(model))
    own = (item for name, item in attributes(model).items() if name not in given)
    return any(not (item is None or (type(item) in _CONTAINERS and not item)) for item in own)


def _learnt(model: object) -> dict[str, object]:
    """Pick the attributes that hold what a model has learnt."""
    keeps_history = is_a(model, "keras", "Model")
    return {
        name: item
        for name, item in attributes(model).items()
        if (name.endswith("_") and not name.startswith("_"))
        or name == "_Booster"  # XGBoost's and LightGBM's
        or (keeps_history and name == "history")
    }


def attributes(value: object) -> Mapping[str, object]:
    """Look at an object's own attributes without running any code of its class."""
    nothing: dict[str, object] = {}
    held = ask(object.__getattribute__, value, "__dict__", otherwise=nothing)
    return {name: item for name, item in list(held.items()) if isinstance(name, str)} if type(held) is dict else nothing


def models_in(value: object) -> list[tuple[str, object]]:
    """List the models and optimisers that an object holds, by the path to them: `.rf` of `{"rf": ...}`.

    Looks into dicts, lists and tuples of at most 20 entries and into the attributes of objects, three deep.
    A model counts itself, with an empty path; what is inside it is `parts_of_model`'s.
    """
    return [(path, item) for path, item in islice(_walk(value, "", 0), _MOST_LOOKED_AT) if path is not None]


def parts_of_model(model: object) -> list[object]:
    """List the models directly inside one: a pipeline's steps, a search's best, what a user's own class wraps."""
    if is_a(model, "torch.nn", "Module"):
        return []  # its layers are never used alone
    inside = (found for name, item in _entries(model) for found in _walk(item, f".{name}", 1))
    return [part for path, part in islice(inside, _MOST_LOOKED_AT) if path is not None]


def _walk(value: object, path: str, depth: int) -> Iterator[tuple[str | None, object]]:
    """Yield models with their path, and what was looked at in vain without one, so that a caller can lose patience."""
    opaque = issubclass(type(value), _OPAQUE)
    if not opaque and (is_model(value) or is_optimizer(value)):
        yield path, value
        return
    yield None, None
    if depth < _DEEPEST and not opaque:
        for name, item in _entries(value):
            yield from _walk(item, f"{path}.{name}", depth + 1)


def _entries(value: object) -> Iterable[tuple[object, object]]:
    """Go through what a small container or an object holds directly; nothing for data and plain values."""
    if is_array_like(value):
        return ()
    if type(value) is dict:
        few = list(value.items()) if len(value) <= _MOST_HELD else []
        return [(key, item) for key, item in few if isinstance(key, (str, int, float))]
    if type(value) in (list, tuple) and isinstance(value, (list, tuple)):
        return enumerate(value) if len(value) <= _MOST_HELD else ()
    held = attributes(value)
    return held.items() if len(held) <= _MOST_ATTRIBUTES else ()


def mark_of(model: object, depth: int = 0) -> int:
    """Make a number that changes when a model learns, 0 before it has learnt anything.

    Of identities of what it learnt, its parts included; of a torch module's weights, how often they were changed.
    """
    if is_a(model, "torch.nn", "Module"):
        return ask(lambda: hash(tuple((id(tensor), tensor._version) for tensor in _tensors(model))), otherwise=0)  # noqa: SLF001 - torch's own count
    if not is_fitted(model):
        return 0
    learnt = frozenset((name, id(item)) for name, item in _learnt(model).items())
    parts = parts_of_model(model) if depth < _DEEPEST else []
    return hash((learnt, *(mark_of(part, depth + 1) for part in parts))) or 1


def _tensors(module: object) -> Iterator[Any]:
    """Go through a module's weights as torch keeps them; its `parameters()` may be the user's own."""
    held = attributes(module)
    for tensor in held.get("_parameters", {}).values():  # type: ignore[attr-defined]  # dicts of torch
        if tensor is not None:
            yield tensor
    for inner in held.get("_modules", {}).values():  # type: ignore[attr-defined]
        if inner is not None:
            yield from _tensors(inner)


class Marks:
    """What models had learnt at some moment, without keeping any of them alive."""

    def __init__(self) -> None:
        self._marks: dict[int, tuple[weakref.ref[object], int]] = {}

    def note(self, model: object) -> None:
        """Remember what a model and its parts have learnt by now."""
        if id(model) in self._marks or not is_model(model):
            return
        try:
            self._marks[id(model)] = (weakref.ref(model), mark_of(model))
        except TypeError:
            return
        for part in parts_of_model(model):
            self.note(part)

    def of(self, model: object) -> int | None:
        """Return what it had learnt, None when it was not there."""
        held = self._marks.get(id(model))
        return held[1] if held is not None and held[0]() is model else None
