"""Find the params of a cell.

| what                                                                   | source    |
|------------------------------------------------------------------------|-----------|
| `lr = 1e-3`, `layers = [64, 32]`, `steps = 10 * 60`                     | assigned  |
| `cfg = {"model": {"depth": 6}}` -> `cfg.model.depth`; `cfg["lr"] = 0.1` | assigned  |
| `args = parser.parse_args()`, `cfg = Config(lr=0.1)` -> `args.lr`       | assigned  |
| `warmup = steps // 10`, arithmetic of settings only                     | assigned  |
| `params = {"depth": 6}` -> `depth`, the word `params` says nothing      | assigned  |
| scalars and configurations of other cells that this one reads           | read      |
| constants given to what trains: `train(depth=6)` of the user's, or      | assigned  |
| `model.fit(X, y, epochs=3)`, `Net(hidden=16)`                           |           |
| what estimators of the cell tell; the bare name, or `clf.max_depth` when | estimator |
| another of them, or a param above, has another value                    |           |

Left out: modules, functions, `_names`, secrets, floats under a result's name (`acc`), counters of
this cell, texts over 250 characters, and more than 200 entries of one configuration.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackbook.capture.configs import entries_of, flatten, plain_setting
from trackbook.capture.constructions import Constructions
from trackbook.capture.estimator_params import Owned, params_of_estimators, several
from trackbook.capture.facts import Bound, CellFacts, Edit, How, Origin
from trackbook.capture.hyper_parameters import same_setting
from trackbook.capture.secrets import mask_secrets
from trackbook.capture.strangers import MISSING, ask, plain_scalar
from trackbook.capture.words import is_name, is_result_name, word_set
from trackbook.records import FoundParam

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

SAYS_NOTHING = "params."
"""Begins the names of what a dict called `params` holds: they are params anyway, and found as `params.depth`."""

_CONFIG_MAKERS = word_set("load safe_load full_load loads parse_args parse_known_args vars asdict to_container")


def find_params(
    facts: CellFacts,
    before: Mapping[str, object],
    after: Mapping[str, object],
    estimators: Iterable[tuple[str, object, str]] = (),
    results: Collection[str] = (),
) -> list[FoundParam]:
    """List the params of a cell, each name once; the user's own constants win over what estimators tell.

    before: values at the cell's start, as `take_snapshot` keeps them. after: the namespace at its end.
    estimators: as `estimators_read` returns them. results: names that are known to hold results.
    """
    nothing: list[FoundParam] = []
    unowned: list[Owned] = []
    found: dict[str, FoundParam] = {}
    for name in facts.reads:
        if name not in results:
            found |= {param.name: param for param in ask(_read, name, facts, before, otherwise=nothing)}
    for name, bound in facts.bound.items():
        if name in results and is_result_name(name):
            continue
        found |= {param.name: param for param in ask(_assigned, name, bound, facts, after, otherwise=nothing)}
    for edit in facts.edits:
        found |= {param.name: param for param in ask(_edited, edit, facts, before, after, otherwise=nothing)}
    made = ask(Constructions, facts, after, before, otherwise=Constructions(CellFacts(), {}, {}))
    for param in ask(lambda: list(_arguments(made)), otherwise=nothing):
        found.setdefault(param.name, param)
    found = _bare(found)
    for param in _of_estimators(ask(params_of_estimators, estimators, made.made, otherwise=unowned), found):
        found.setdefault(param.name, param)
    return list(found.values())


def _bare(found: Mapping[str, FoundParam]) -> dict[str, FoundParam]:
    """Take the first word off what a dict called `params` holds, unless a param of that name has another value."""
    bare: dict[str, FoundParam] = {}
    for name, param in found.items():
        short = name.removeprefix(SAYS_NOTHING)
        taken = found.get(short)
        is_free = is_name(short) and (taken is None or same_setting(taken.value, param.value))
        bare[short if is_free else name] = replace(param, name=short) if is_free else param
    return bare


def _assigned(name: str, bound: Bound, facts: CellFacts, after: Mapping[str, object]) -> list[FoundParam]:
    if name.startswith("_") or name in facts.filled:
        return []
    held = after.get(name, MISSING)
    if bound.how is How.CONSTANT:
        return _params(name, bound.value if bound.sure and bound.value is not MISSING else held, "assigned")
    if bound.how is How.COMPUTED and _makes_settings(name, bound, after):
        return _params(name, held, "assigned")
    return []


def _makes_settings(name: str, bound: Bound, after: Mapping[str, object]) -> bool:
    """Tell whether a computed name holds settings: a record, a loaded file, or arithmetic of settings."""
    value = after.get(name, MISSING)
    if is_result_name(name) or any(is_result_name(operand) for operand in bound.operands):
        return False
    if bound.origin is Origin.NAME:
        scalars = (plain_scalar(after.get(operand, MISSING)) for operand in bound.operands)
        return bool(bound.operands) and all(scalar is not MISSING for scalar in scalars)
    if isinstance(value, dict):
        return bound.call.rpartition(".")[2] in _CONFIG_MAKERS
    return entries_of(value) is not None


def _read(name: str, facts: CellFacts, before: Mapping[str, object]) -> list[FoundParam]:
    value = before.get(name, MISSING)
    if value is MISSING or value is None or isinstance(value, (list, tuple)):
        return []
    displayed = facts.last is not None and facts.last.bare and facts.last.source == name
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if name.startswith("_") or name in facts.filled or (displayed and number):
        return []
    return [param for param in _params(name, value, "read") if not _is_result(param)]


def _is_result(param: FoundParam) -> bool:
    """Tell a float that an earlier cell reckoned by its name; `precision = 16` is a setting all the same."""
    values = param.value if isinstance(param.value, list) else [param.value]
    root, last = param.name.partition(".")[0], param.name.rpartition(".")[2]
    return any(isinstance(value, float) for value in values) and (is_result_name(root) or is_result_name(last))


def _edited(
    edit: Edit, facts: CellFacts, before: Mapping[str, object], after: Mapping[str, object]
) -> list[FoundParam]:
    is_setting = edit.root in before or edit.root in facts.bound
    if edit.root.startswith("_") or not is_setting or edit.root in facts.filled or not flatten(after.get(edit.root)):
        return []
    return _params(".".join((edit.root, *edit.path)), edit.value, "assigned")


def _params(name: str, value: object, source: str) -> list[FoundParam]:
    setting = plain_setting(value)
    settings = {name: setting}
    if setting is MISSING:
        settings = {f"{name}.{key}": item for key, item in flatten(value).items()}
    return [
        FoundParam(full, item, source)
        for full, item in settings.items()
        if is_name(full) and not _is_secret(full, item)
    ]


def _arguments(made: Constructions) -> Iterator[FoundParam]:
    """List what functions that train were given, and at what their other parameters were left."""
    for name, values in made.arguments.items():
        if not name.startswith("_") and values and (several_of := several(values)) is not None:
            yield from _params(name, several_of, "assigned")
    for name, default in made.defaults.items():
        if not name.startswith("_") and name not in made.arguments and default is not None:
            yield from (replace(param, is_default=True) for param in _params(name, default, "assigned"))


def _of_estimators(listed: Collection[Owned], taken: Mapping[str, FoundParam]) -> Iterator[FoundParam]:
    told: dict[str, list[FoundParam]] = {}
    for _, params in listed:
        for param in params:
            told.setdefault(param.name, []).append(param)
    for name, params in listed:
        for param in params:
            other = taken.get(param.name)
            same = all(same_setting(param.value, each.value) for each in told[param.name])
            clash = not same or (other is not None and not same_setting(other.value, param.value))
            full = f"{name}.{param.name}" if clash else param.name
            if is_name(full) and not _is_secret(full, param.value):
                yield FoundParam(full, param.value, param.source, is_default=param.is_default)


def _is_secret(name: str, value: object) -> bool:
    if not isinstance(value, str):
        return False
    written = f"{name.rpartition('.')[2]} = {value!r}"
    return mask_secrets(written) != written
