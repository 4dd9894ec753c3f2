"""The chain of decisions: each entry carries the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.rows import clean, fetch, insert_rows, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

_FIELDS = ("seq", "occurred_at", "actor", "action", "subject", "before", "after", "reason", "place", "previous_hash")


@dataclass(frozen=True, slots=True)
class Decision:
    """Something a person decided."""

    actor: str
    """Login name."""

    action: str
    """delete, restore, tag, note, rename, star."""

    subject: str
    """What it is about, `run 0192…`."""

    before: str = ""
    after: str = ""
    reason: str = ""
    place: str = ""
    """Notebook and cell, or command line; empty when unknown."""


def write_audit(db: DuckDBPyConnection, decision: Decision) -> str:
    """Append one entry inside the caller's transaction; returns its hash."""
    return write_audits(db, [decision])[0]


def write_audits(db: DuckDBPyConnection, decisions: Sequence[Decision]) -> list[str]:
    """Append an entry for each of several decisions that are made together; returns their hashes."""
    rows = fetch(db, "SELECT seq, hash FROM _tb.audit ORDER BY seq DESC LIMIT 1")
    seq, previous = rows[0] if rows else (0, "")
    now = moment(time.time())
    entries: list[tuple[object, ...]] = []
    digests: list[str] = []
    for number, decision in enumerate(decisions, start=seq + 1):
        entry = {
            "seq": number,
            "occurred_at": now,
            **{name: clean(getattr(decision, name)) for name in _FIELDS[2:9]},
            "previous_hash": previous,
        }
        previous = entry_hash(entry)
        digests.append(previous)
        entries.append((*entry.values(), previous))
    insert_rows(db, "audit", [*_FIELDS, "hash"], entries)
    return digests


def entry_hash(entry: dict[str, object]) -> str:
    """SHA-256 of an entry's fields as canonical JSON, the previous hash among them."""
    facts = [str(entry[name]) for name in _FIELDS]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=True).encode()).hexdigest()


def broken_entries(db: DuckDBPyConnection) -> list[int]:
    """Numbers of the entries that were edited, or before which one was removed."""
    rows = fetch(db, f"SELECT {', '.join(_FIELDS)}, hash FROM _tb.audit ORDER BY seq")
    broken, previous, expected = [], "", 1
    for *fields, digest in rows:
        entry = dict(zip(_FIELDS, fields, strict=True))
        if entry_hash(entry) != digest or entry["previous_hash"] != previous or entry["seq"] != expected:
            broken.append(entry["seq"])
        previous, expected = digest, entry["seq"] + 1
    return broken
