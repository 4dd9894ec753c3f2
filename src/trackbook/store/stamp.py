"""Whether anything is new in the store since a question before, as a question of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Stamp: TypeAlias = tuple[object, ...]
"""Equal stamps: nobody has logged, decided, collected or lost anything in between."""


def ask_stamp(db: DuckDBPyConnection) -> Stamp:
    """Sum up all that was ever merged or decided.

    `change_mark` tells without opening the store, but it also tells of a merge that our own question made.
    What is merged shows in how far the spools were consumed, a decision in the audit, a lost run in the
    runs that are running.
    """
    return fetch(
        db,
        """
        SELECT (SELECT sum(value) FROM _tb.counters), (SELECT max(seq) FROM _tb.audit),
               (SELECT count(*) FROM _tb.spools),
               (SELECT sum(events_journal * 1.0e9 + events_byte) FROM _tb.spools),
               (SELECT sum(points_segment * 1.0e9 + points_record) FROM _tb.spools),
               (SELECT count(*) FROM _tb.runs), (SELECT count(*) FROM _tb.runs WHERE status = 'RUNNING')
        """,
    )[0]
