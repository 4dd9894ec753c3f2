"""The card's first question: what changed since the previous attempt?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from trackbook.views.literals import cut, full_literal, literal, one_line, same_value
from trackbook.views.pieces import Item, Line, Piece, Tone, and_more, item

if TYPE_CHECKING:
    from trackbook.views.card.facts import CardFacts


@dataclass(frozen=True, slots=True)
class ParamChange:
    """One param beside what it was in the previous attempt."""

    name: str
    change: Literal["changed", "added", "removed", "same", "first"]
    """first when there are no previous params to compare with."""

    value: object = None
    """Now; None for a removed one."""

    before: object = None
    """In the previous attempt; None for an added or first one."""


def param_changes(facts: CardFacts) -> list[ParamChange]:
    """Put each param beside its previous value: changed ones first, then added, removed, and the same."""
    # One that logged no params at all was cut short, or logged by hand: nothing there is new.
    if facts.previous is None or not facts.previous.params:
        return [ParamChange(name, "first", value) for name, value in facts.params.items()]
    earlier = facts.previous.params
    # A param set before and now left at its default has changed; it was not removed.
    back = {name: value for name, value in facts.defaults.items() if name in earlier}
    found: dict[str, list[ParamChange]] = {"changed": [], "added": [], "removed": [], "same": []}
    for name, value in (back | facts.params).items():
        if name not in earlier:
            found["added"].append(ParamChange(name, "added", value))
        elif not same_value(value, earlier[name]):
            found["changed"].append(ParamChange(name, "changed", value, earlier[name]))
        elif name in facts.params:
            found["same"].append(ParamChange(name, "same", value, value))
    found["removed"] += [
        ParamChange(name, "removed", before=value)
        for name, value in earlier.items()
        if name not in facts.params and name not in facts.defaults
    ]
    return list(chain.from_iterable(found.values()))


def params_line(facts: CardFacts) -> Line | None:
    """Write the params on one line; None when the run has none."""
    items = and_more([_item(param) for param in param_changes(facts)])
    if facts.default_count:
        hover = "\n".join(f"{one_line(name)} {literal(value)}" for name, value in list(facts.defaults.items())[:40])
        plural = "" if facts.default_count == 1 else "s"
        items.append(item(Piece(f"(+{facts.default_count} default{plural})", Tone.QUIET, hover)))
    return Line("params", tuple(items), "params") if items else None


def _item(param: ParamChange) -> Item:
    name = Piece(cut(one_line(param.name)), Tone.QUIET, one_line(param.name))
    if param.change == "removed":
        before = Piece(f"(was {literal(param.before)})", Tone.QUIET, full_literal(param.before))
        return item(Piece("without", Tone.STRONG), name, before)
    if param.change == "changed":
        now, before_text = literal(param.value), literal(param.before)
        if now == before_text:  # "1" and 1, or digits beyond the short form
            now, before_text = full_literal(param.value), full_literal(param.before)
        value = Piece(now, Tone.STRONG, full_literal(param.value))
        return item(name, value, Piece(f"← {before_text}", Tone.QUIET, f"before: {full_literal(param.before)}"))
    value = Piece(literal(param.value), Tone.PLAIN, full_literal(param.value))
    return item(name, value, Piece("new" if param.change == "added" else "", Tone.STRONG))
