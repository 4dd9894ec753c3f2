"""The audit trail of a model in plain words: who did what, when, where and why; the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.store.registry.assignments import DELETED, read_assignments
from trackbook.views.literals import cut, one_line
from trackbook.views.numbers import exact_time
from trackbook.views.registry.models import seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from trackbook.store.registry.reading import AuditEntry

MOST_ENTRIES = 200
"""Decisions shown at once; tb.audit(model) has all."""

_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Moment:
    """One decision."""

    seq: int
    at: float
    """Seconds since the epoch."""

    exact: str
    who: str
    words: str
    """What was decided, in the past tense, without a subject: `promoted version 3 …`."""

    reason: str
    place: str
    """Notebook and cell; empty when unknown."""

    versions: tuple[int, ...]
    """Whom it touched."""

    def as_json(self) -> dict[str, Any]:
        """Write it for the browser."""
        return {
            "seq": self.seq, "at": self.at, "exact": self.exact, "who": self.who, "words": self.words,
            "reason": self.reason, "place": self.place, "versions": list(self.versions),
        }  # fmt: skip


def timeline(entries: Iterable[AuditEntry], zone: tzinfo | None = None) -> list[Moment]:
    """Tell of decisions in words, the newest first. zone: of the clock; None is the local one."""
    return [_moment(entry, zone) for entry in reversed(list(entries))]


def _moment(entry: AuditEntry, zone: tzinfo | None) -> Moment:
    words, versions = _told(entry)
    at = seconds(entry.occurred_at)
    return Moment(
        entry.seq, at, exact_time(at, zone), _line(entry.actor) or "somebody", _line(words), _line(entry.reason),
        _line(entry.place), versions,
    )  # fmt: skip


def _line(text: str) -> str:
    return cut(one_line(text), _LONGEST)


def _told(entry: AuditEntry) -> tuple[str, tuple[int, ...]]:
    subject = entry.subject.removeprefix("model ")
    action, _, slot = entry.action.partition(" ")
    if action == "rename":
        return f"renamed it from {entry.before} to {entry.after}", ()
    if action in {"register", "promote", "archive", "delete", "restore"} or slot:
        return _moved(action, slot, entry)
    if action in {"alias", "rollback"}:
        return _pointed(action, subject.rpartition("@")[2], entry)
    return _said(action, entry, _version(subject))


def _version(subject: str) -> int | None:
    number = subject.rpartition("/")[2]
    return int(number) if "/" in subject and number.isdecimal() else None


def _moved(action: str, slot: str, entry: AuditEntry) -> tuple[str, tuple[int, ...]]:
    before, after = read_assignments(entry.before), read_assignments(entry.after)
    versions = tuple(sorted(after, reverse=True))
    if action == "register":
        return f"registered {_counted(versions)}", versions
    if action in {"delete", "restore"} and versions:
        stage = before.get(versions[0], "") if action == "delete" else after[versions[0]]
        return f"{action}d {_counted(versions)} ({stage})", versions
    moves = [f"version {version} {before.get(version, DELETED)} → {after[version]}" for version in versions]
    verb = {"promote": "promoted", "archive": "archived"}.get(action, f"rolled {slot} back:")
    return f"{verb} {', '.join(moves)}", versions


def _counted(versions: Sequence[int]) -> str:
    return f"version{'s' if len(versions) > 1 else ''} {', '.join(map(str, versions))}"


def _pointed(action: str, alias: str, entry: AuditEntry) -> tuple[str, tuple[int, ...]]:
    versions = tuple(int(number) for number in (entry.after, entry.before) if number)
    verb = "rolled back" if action == "rollback" else "pointed"
    if not entry.after:
        return f"took the alias @{alias} away from version {entry.before}", versions
    was = f"from version {entry.before} " if entry.before else ""
    return f"{verb} @{alias} {was}to version {entry.after}", versions


def _said(action: str, entry: AuditEntry, version: int | None) -> tuple[str, tuple[int, ...]]:
    what = "the model" if version is None else f"version {version}"
    versions = () if version is None else (version,)
    words = {
        "describe": f"described {what}: “{entry.after}”" if entry.after else f"took the description of {what} away",
        "tag": f"tagged {what} with {entry.after}" if entry.after else f"took the tag {entry.before} off {what}",
        "approve": f"approved {what} for {entry.after}",
        "withdraw": f"withdrew the approval of {what} for {entry.before}",
        "override": f"let {what} {entry.after} although: {entry.before}",
    }
    return words.get(action, f"{action} {what}: {entry.before or '–'} → {entry.after or '–'}"), versions
