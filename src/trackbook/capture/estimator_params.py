"""Put together what the estimators of a cell were set to: those that are still there, and those only constructed.

| cell                                              | params                                            |
|---------------------------------------------------|---------------------------------------------------|
| `clf = Forest(max_depth=3)`                        | `max_depth` 3                                     |
| `cross_val_score(Forest(max_depth=3), X, y)`       | `max_depth` 3, as the cell's text shows            |
| `for d in [1, 2]: clf = Forest(max_depth=d)`       | `max_depth` [1, 2]                                |
| the same over what only execution knows            | none: the last one alone would say the wrong thing |
| `for m in [Ridge(alpha=1), Lasso(alpha=2)]`        | `Ridge.alpha` 1, `Lasso.alpha` 2                  |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.capture.configs import plain_setting
from trackbook.capture.facts import ANY, Varying
from trackbook.capture.hyper_parameters import hyper_parameters, same_setting, short
from trackbook.capture.models import attributes, is_estimator
from trackbook.capture.signatures import default_params
from trackbook.capture.strangers import MISSING, ask
from trackbook.records import FoundParam

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.capture.constructions import Construction

Owned = tuple[str, list[FoundParam]]
"""What an estimator is called, and its hyper-parameters."""


def params_of_estimators(estimators: Iterable[tuple[str, object, str]], made: Sequence[Construction]) -> list[Owned]:
    """List the hyper-parameters of each estimator. estimators: as `estimators_read` returns them."""
    living = [(name, estimator, _family(estimator)) for name, estimator, _ in estimators]
    given: dict[int, dict[str, object]] = {}
    gone: list[Construction] = []
    for construction in made:
        matches = {
            id(part): (at, prefix)
            for at, (_, _, family) in enumerate(living)
            for prefix, part in family
            if _may_be_of(part, construction)
        }
        if not matches and construction.sure:
            gone.append(construction)
        elif len(matches) == 1:
            [(at, prefix)] = matches.values()
            given.setdefault(at, {}).update({f"{prefix}{name}": item for name, item in construction.given.items()})
    found = [
        (name, list(_with_loops(hyper_parameters(estimator), given.get(at, {}))))
        for at, (name, estimator, _) in enumerate(living)
    ]
    kinds = dict.fromkeys(construction.kind for construction in gone)
    return found + [(kind.__name__, _merged(kind, [each for each in gone if each.kind is kind])) for kind in kinds]


def _family(estimator: object) -> list[tuple[str, object]]:
    """List an estimator and those that it is composed of, each with what stands before its params' names."""
    nothing: dict[str, object] = {}
    told = ask(lambda: dict(estimator.get_params(deep=True)), otherwise=nothing)  # type: ignore[attr-defined]
    return [("", estimator), *((f"{name}__", part) for name, part in told.items() if is_estimator(part))]


def _may_be_of(estimator: object, construction: Construction) -> bool:
    """Tell whether an estimator was made by a construction, as far as what it was given shows."""
    if type(estimator) is not construction.kind:
        return False
    held = attributes(estimator)
    for name, given in construction.given.items():
        setting = plain_setting(held.get(name, MISSING))
        if setting is MISSING:
            continue
        allowed = given.values if isinstance(given, Varying) else (given,)
        if allowed and not any(same_setting(setting, plain_setting(value)) for value in allowed):
            return False
    return True


def _with_loops(params: Iterable[FoundParam], given: Mapping[str, object]) -> Iterable[FoundParam]:
    """Put all that a loop gave in place of what the last estimator has; leave out what nobody can know."""
    for param in params:
        item = given.get(param.name)
        parent, inner, _ = param.name.rpartition("__")
        if isinstance(item, Varying):
            if item.values:
                yield FoundParam(param.name, several(item.values), param.source)
        elif item is not None or param.is_default or f"{parent}{inner}{ANY}" not in given:
            yield param


def _merged(kind: type, made: Sequence[Construction]) -> list[FoundParam]:
    """Tell what all constructions of one class were given, and its defaults for the rest."""
    given: dict[str, list[object]] = {}
    unknown: set[str] = set()
    for construction in made:
        for name, item in construction.given.items():
            values = item.values if isinstance(item, Varying) else (item,)
            given.setdefault(name, []).extend(values)
            unknown.update([] if values else [name])
    defaults = default_params(kind)
    found = [
        FoundParam(
            name,
            several(values),
            "estimator",
            is_default=all(same_setting(value, defaults.get(name, MISSING)) for value in values),
        )
        for name, values in given.items()
        if values and name not in unknown
    ]
    rest = [
        FoundParam(name, short(value), "estimator", is_default=True)
        for name, value in defaults.items()
        if name not in given and ANY not in given
    ]
    return sorted(found, key=lambda param: param.is_default) + rest


def several(values: Sequence[object]) -> object:
    """Make one value of those that a param took: itself when there is one, else the list of all, each once."""
    once: list[object] = []
    for value in map(short, values):
        if not any(same_setting(value, seen) or value is seen for seen in once):
            once.append(value)
    return once[0] if len(once) == 1 else short(once)
