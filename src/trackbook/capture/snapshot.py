"""What has to be remembered from before a cell ran: ids, and the settings that it is going to read.

No array, frame, model or container of the user stays referenced: a reference to an old array would
double their memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.capture.configs import flatten, plain_setting
from trackbook.capture.generators import unseeded_generators
from trackbook.capture.models import Marks, models_in
from trackbook.capture.strangers import MISSING, ask, plain_scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.capture.facts import CellFacts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The namespace before a cell, without its objects."""

    ids: Mapping[str, int] = field(default_factory=dict)
    """id() of every public name's value."""

    values: Mapping[str, object] = field(default_factory=dict)
    """Scalars, short lists of them and flattened configurations of the names that the cell reads or binds."""

    marks: Marks = field(default_factory=Marks)
    """What the models that the cell reads or binds had learnt."""

    generators: Mapping[str, int] = field(default_factory=dict)
    """Fingerprints of the global random generators that nobody had seeded."""


def take_snapshot(facts: CellFacts, namespace: Mapping[str, object]) -> Snapshot:
    """Remember what the namespace held before the cell; call it in `pre_run_cell`, with widened facts."""
    nothing: object = MISSING
    none: list[tuple[str, object]] = []
    values: dict[str, object] = {}
    marks = Marks()
    for name in dict.fromkeys([*facts.reads, *facts.bound]):
        held = namespace.get(name, MISSING)
        if held is MISSING or name.startswith("_"):
            continue
        value = ask(_setting, held, otherwise=nothing)
        if value is not MISSING:
            values[name] = value
        for _, model in ask(models_in, held, otherwise=none):
            ask(marks.note, model, otherwise=None)
    # A copy, because a thread of the user may bind names meanwhile.
    public = (name for name in list(namespace) if isinstance(name, str) and not name.startswith("_"))
    ids = {name: id(namespace.get(name)) for name in public}
    return Snapshot(ids, values, marks, unseeded_generators())


def _setting(held: object) -> object:
    scalar = plain_scalar(held)
    if scalar is MISSING:
        return plain_setting(held) if type(held) in (list, tuple) else flatten(held) or MISSING
    # The old number itself where it is one: while it lives, its id is not given to the cell's new value.
    return held if type(held) in (int, float, str) else scalar
