"""Which columns a table of runs shows, what each is called, and how the filter language names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from trackbook.views.literals import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.store.run_columns import ColumnFacts

Kind: TypeAlias = Literal["name", "status", "when", "took", "whole", "metric", "param", "text"]

MOST_COLUMNS = 40
"""Shown unless columns are chosen by hand; the menu finds the others."""

_MOST_OF_A_KIND = 14
_TITLES = {"name": "run", "started_at": "when", "duration": "took", "git_commit": "git", "attempt": "#"}
_KINDS: dict[str, Kind] = {
    "name": "name", "status": "status", "started_at": "when", "ended_at": "when", "duration": "took",
    "attempt": "whole", "git_edits": "whole",
}  # fmt: skip
_FIRST = ("name", "attempt", "status", "started_at", "duration")
_LAST = ("experiment", "notebook", "git_commit", "note", "error")
ATTRIBUTES = (*_FIRST, *_LAST, "ended_by", "ended_at", "cell_id", "run_by", "host", "git_branch", "git_edits")
"""Attributes that can be columns."""

LONG_TABLES = ("metrics.", "params.", "tags.")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table."""

    key: str
    """As in a runs frame: params.lr, metrics.acc, tags.team, or an attribute."""

    title: str
    kind: Kind
    better: str = ""
    """higher or lower, of a metric of which it is known."""

    @property
    def is_number(self) -> bool:
        """Whether it is set flush right."""
        return self.kind in {"metric", "took", "whole"}


def as_column(key: str, better: Mapping[str, str]) -> Column:
    """Make a column of a key; better: which way is up, by metric."""
    for prefix in LONG_TABLES:
        if key.startswith(prefix):
            name = key.removeprefix(prefix)
            kind: Kind = {"metrics.": "metric", "params.": "param", "tags.": "text"}[prefix]  # type: ignore[assignment]
            return Column(key, one_line(name), kind, better.get(name, "") if kind == "metric" else "")
    return Column(key, _TITLES.get(key, key.replace("_", " ")), _KINDS.get(key, "text"))


def is_column(key: str) -> bool:
    """Tell whether a key can be a column at all."""
    return key in ATTRIBUTES or any(key.startswith(prefix) and len(key) > len(prefix) for prefix in LONG_TABLES)


def varying(runs: int, facts: Sequence[ColumnFacts]) -> list[str]:
    """Choose the columns that tell runs apart, as `run_rows.compact` does from a whole frame.

    The status is left out when all went well. Of thousands of metrics or params only the first few
    of each kind are shown.
    """
    many = runs > 1
    by_key = {fact.key: fact for fact in facts}

    def of(prefix: str, *, vary: bool) -> list[str]:
        fit = [f.key for f in facts if f.key.startswith(prefix) and (f.varies if vary and many else f.says)]
        return fit[:_MOST_OF_A_KIND]

    last = [key for key in _LAST if (fact := by_key.get(key)) and fact.says and fact.varies and many]
    first = [key for key in _FIRST if key != "status" or (fact := by_key.get(key)) is None or fact.says]
    chosen = [*first, *of("metrics.", vary=False), *of("params.", vary=True), *of("tags.", vary=False), *last]
    return chosen[:MOST_COLUMNS]


def reference(key: str) -> str:
    """Write a column as the filter language names it: metrics.acc, metrics.`val/loss`."""
    for prefix in LONG_TABLES:
        if key.startswith(prefix):
            name = key.removeprefix(prefix)
            # A plain last part could be taken for a summary (.min) or an attribute's part.
            return prefix + (name if _PLAIN.fullmatch(name) else "`" + name.replace("`", "``") + "`")
    return key


def order_term(key: str, *, descending: bool) -> str:
    """Write a key of the order as `tb.runs(order_by=…)` takes it."""
    return f"{reference(key)} {'DESC' if descending else 'ASC'}"


def first_direction(column: Column) -> bool:
    """Tell whether a first click sorts a column downwards: the best, the newest and the longest come first."""
    if column.kind == "metric":
        return column.better != "lower"
    return column.kind in {"when", "took", "whole"}


def turned(terms: Sequence[str], column: Column, *, add: bool) -> list[str]:
    """Change the order after a click on a header: sort, turn round, then sort no more.

    add: keep the other keys (Shift).
    """
    down = first_direction(column)
    first, second = order_term(column.key, descending=down), order_term(column.key, descending=not down)
    terms = list(terms)
    if not add:
        return [second] if terms == [first] else [] if terms == [second] else [first]
    if first in terms:
        terms[terms.index(first)] = second
    elif second in terms:
        terms.remove(second)
    else:
        terms.append(first)
    return terms


def sorted_by(terms: Sequence[str], columns: Iterable[Column]) -> dict[str, tuple[int, bool]]:
    """Tell of each column that is a key of the order: its rank from 1, and whether downwards."""
    places = {term: at for at, term in enumerate(terms, start=1)}
    found: dict[str, tuple[int, bool]] = {}
    for column in columns:
        for down in (True, False):
            term = order_term(column.key, descending=down)
            at = places.get(term) or (None if down else places.get(term.removesuffix(" ASC")))
            if at:
                found[column.key] = (at, down)
    return found
