"""The chain of decisions: each entry carries the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.rows import clean, fetch, moment

if TYPE_CHECKING:
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
    rows = fetch(db, "SELECT seq, hash FROM _tb.audit ORDER BY seq DESC LIMIT 1")
    seq, previous = (rows[0][0] + 1, rows[0][1]) if rows else (1, "")
    entry = {
        "seq": seq,
        "occurred_at": moment(time.time()),
        **{name: clean(getattr(decision, name)) for name in _FIELDS[2:9]},
        "previous_hash": previous,
    }
    digest = entry_hash(entry)
    places = ", ".join(f"${place}" for place in range(1, len(_FIELDS) + 2))
    db.execute(f"INSERT INTO _tb.audit ({', '.join(_FIELDS)}, hash) VALUES ({places})", [*entry.values(), digest])
    return digest


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
