"""What a table of runs shows, as one value: filter, order, groups, columns; and the Python call that makes it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.views.table.columns import as_column, is_column
from trackbook.views.table.terms import joined, typed_term

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENOUGH_OF_AN_ID = 18  # the time to the millisecond and twelve random bits
_BY_ATTRIBUTE = ("experiment", "cell")


@dataclass(frozen=True, slots=True)
class TableQuery:
    """Everything a person has chosen about a table."""

    filter: str = ""
    """In the filter language."""

    typed: Mapping[str, str] = field(default_factory=dict)
    """What is typed in the boxes of columns, by column key."""

    sort: tuple[str, ...] = ()
    """As `tb.runs(order_by=…)` takes them; newest first behind them."""

    group: str = ""
    """experiment, cell, params.NAME or tags.NAME; empty for none."""

    columns: tuple[str, ...] | None = None
    """Chosen by hand; None for those that vary."""

    baseline: str = ""
    """Id of the run that others are compared with; empty for none."""

    deleted: bool = False
    """The deleted runs instead."""

    @property
    def whole_filter(self) -> str:
        """The filter and all that is typed above columns, in the filter language."""
        return joined(self.filter, self.terms)

    @property
    def terms(self) -> dict[str, str]:
        """The term of each column in whose box something is typed."""
        return {key: typed_term(as_column(key, {}), text) for key, text in self.typed.items() if text.strip()}

    def call(self) -> str:
        """Write the Python call that makes this table again."""
        words = [repr(self.whole_filter)] if self.whole_filter else []
        if self.sort:
            words.append(f"sort={list(self.sort)!r}")
        if self.group:
            words.append(f"group={self.group!r}")
        if self.columns is not None:
            words.append(f"columns={list(self.columns)!r}")
        if self.baseline:
            words.append(f"baseline={self.baseline[:_ENOUGH_OF_AN_ID]!r}")
        if self.deleted:
            words.append("deleted=True")
        return f"tb.run_table({', '.join(words)})"


def can_group(by: str) -> bool:
    """Tell whether a table can be grouped by this; empty is no groups."""
    return not by or by in _BY_ATTRIBUTE or (is_column(by) and by.startswith(("params.", "tags.")))
