"""What the events of one merge come to, before anything is written.

Pure: events in, rows out. An event that cannot be understood is rejected with
its reason and blocks nobody.
"""

from __future__ import annotations

import json
import math
import uuid
from typing import TYPE_CHECKING, Any

from trackbook.store.rows import clean, moment
from trackbook.values import as_number, plain, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

Event = dict[str, Any]
Row = tuple[object, ...]
Pair = tuple[str, str]

COLUMNS = {
    "outputs": ("run_id", "position", "kind", "name", "mime", "text", "blob", "cut"),
    "datasets": (
        "run_id", "name", "role", "kind", "digest", "sampled", "row_count", "column_count", "columns", "size", "path",
        "blob", "logged_at",
    ),
    "artifacts": ("run_id", "path", "kind", "size", "blob", "logged_at"),
    "predictions": ("run_id", "name", "row_count", "blob", "logged_at"),
    "history": ("session_id", "position", "cell_id", "source", "executed_at", "run_id", "succeeded"),
    "run_events": ("run_id", "kind", "detail", "occurred_at"),
}  # fmt: skip
"""Tables that only grow, and the order of their columns in a row."""


_INTEGER = 2**31 - 1
"""Highest number of an INTEGER column."""

_HIGHEST_KEY = 10_000_000
"""Keys are counted from 1; a table of this size is no burden."""


class Batch:
    """Rows on their way to the tables."""

    def __init__(self) -> None:
        self.new_runs: dict[str, dict[str, object]] = {}
        self.run_changes: dict[str, dict[str, object]] = {}
        self.params: dict[Pair, Row] = {}
        self.tags: dict[Pair, Row] = {}
        self.keys: list[tuple[str, int, str, str]] = []
        """(spool_id, key, run_id, metric)"""
        self.grown: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self.environments: dict[str, Row] = {}
        self.git_states: dict[str, Row] = {}
        self.ignored: dict[str, float] = {}
        self.meanings: dict[str, tuple[str, float]] = {}
        self.blobs: dict[str, int] = {}
        """Digest and size of every blob named."""
        self.rejected: list[Row] = []

    def add_line(self, spool_id: str, line: bytes, now: float) -> None:
        """Take one line of a journal; reject it when it makes no sense."""
        try:
            event = json.loads(line)
            _APPLY[event["e"]](self, spool_id, event)
        except Exception as error:  # noqa: BLE001 - any line of any version, torn or hostile, must not stop a merge
            reason = f"{type(error).__name__}: {error}"
            text = line[:100_000].decode("utf-8", "replace")
            self.rejected.append((spool_id, "events", clean(text), clean(reason[:1000]), moment(now)))

    def reject_points(self, spool_id: str, count: int, reason: str, now: float) -> None:
        """Note points that could not be taken."""
        self.rejected.append((spool_id, "points", f"{count} points", reason, moment(now)))

    def change_run(self, run_id: str, **changes: object) -> None:
        """Set columns of a run, new or old."""
        (self.new_runs.get(run_id) or self.run_changes.setdefault(run_id, {})).update(changes)


def _id(value: object) -> str:
    return str(uuid.UUID(str(value)))


def _maybe_id(value: object) -> str | None:
    return _id(value) if value else None


def _whole(value: Any, most: int = 2**63 - 1) -> int:  # noqa: ANN401 - whatever stands in the line
    """Read an integer that its column can hold."""
    number = int(value)
    if not -most - 1 <= number <= most:
        raise ValueError(f"{number} is beyond {most}")
    return number


def _maybe_whole(value: Any) -> int | None:  # noqa: ANN401
    return None if value is None else _whole(value)


def _seconds(value: Any) -> float:  # noqa: ANN401
    """Read seconds since the epoch that a TIMESTAMP can hold."""
    seconds = float(value)
    moment(seconds)
    return seconds


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, {type(value).__name__} found")
    return clean(value)


def _run(batch: Batch, spool_id: str, event: Event) -> None:
    run_id = _id(event["run_id"])
    if run_id in batch.new_runs:
        return
    batch.new_runs[run_id] = {
        "run_id": run_id,
        "experiment": _text(event["experiment"]),
        "name": _text(event["name"]),
        "status": "RUNNING",
        "started_at": moment(event["started_at"]),
        "notebook": _text(event.get("notebook", "")),
        "cell_id": _text(event.get("cell_id", "")),
        "cell_key": _text(event.get("cell_key", "")),
        "attempt": _whole(event.get("attempt", 0), _INTEGER),
        "code": _text(event.get("code", "")),
        "parent_run_id": _maybe_id(event.get("parent_run_id")),
        "session_id": _text(event.get("session_id", "")),
        "run_by": _text(event.get("run_by", "")),
        "host": _text(event.get("host", "")),
        "spool_id": spool_id,
        "starred": False,
    } | batch.run_changes.pop(run_id, {})


def _resume(batch: Batch, spool_id: str, event: Event) -> None:
    run_id = _id(event["run_id"])
    batch.change_run(run_id, status="RUNNING", ended_by=None, ended_at=None, spool_id=spool_id)
    batch.grown["run_events"].append((run_id, "resumed", "", moment(event["at"])))


def _end(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    batch.change_run(
        _id(event["run_id"]),
        status=_text(event["status"]),
        ended_by=_text(event["ended_by"]),
        ended_at=moment(event["ended_at"]),
        error=_text(event.get("error", "")),
        traceback=_text(event.get("traceback", "")),
    )


def _facts(batch: Batch, spool_id: str, event: Event) -> None:
    """Set what became known after the start: the name, or which run is evaluated."""
    del spool_id
    changes: dict[str, object] = {}
    if event.get("name"):
        changes["name"] = _text(event["name"])
    if event.get("evaluates"):
        changes["evaluates_run_id"] = _id(event["evaluates"])
    batch.change_run(_id(event["run_id"]), **changes)


def _params(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    run_id = _id(event["run_id"])
    default = bool(event.get("default"))
    for name, value in event["params"].items():
        number = None if isinstance(value, (bool, str, list, dict)) else as_number(value)
        written = clean(to_json(value))
        text = clean(value) if isinstance(value, str) else written.strip('"') if _odd(number) else written
        batch.params[run_id, clean(name)] = (
            run_id, clean(name), written, number, text, _text(event.get("source", "logged")), default,
        )  # fmt: skip


def _odd(number: float | None) -> bool:
    return number is not None and not math.isfinite(number)


def _tags(batch: Batch, spool_id: str, event: Event) -> None:
    run_id, at = _id(event["run_id"]), float(event["at"])
    for name, value in event["tags"].items():
        pair = (run_id, clean(name))
        row = (*pair, clean(value if isinstance(value, str) else to_json(value)), moment(at), spool_id)
        older = batch.tags.get(pair)
        if older is None or (older[3], older[4]) <= (row[3], row[4]):  # type: ignore[operator]
            batch.tags[pair] = row


def _key(batch: Batch, spool_id: str, event: Event) -> None:
    batch.keys.append((spool_id, _whole(event["key"], _HIGHEST_KEY), _id(event["run_id"]), _text(event["name"])))


def _named_blob(batch: Batch, event: Event) -> str:
    digest = _text(event["blob"])
    batch.blobs[digest] = _whole(event["size"])
    return digest


def _output(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    blob = _named_blob(batch, event) if event.get("blob") else None
    text = _text(event["text"]) if event.get("text") is not None else None
    batch.grown["outputs"].append((
        _id(event["run_id"]), _whole(event["position"], _INTEGER), _text(event["kind"]), _text(event["name"]),
        _text(event["mime"]), text, blob, _whole(event.get("cut", 0)),
    ))  # fmt: skip


def _dataset(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    facts = event["facts"]
    blob = _named_blob(batch, event) if event.get("blob") else None
    batch.grown["datasets"].append((
        _id(event["run_id"]), _text(facts["name"]), _text(facts.get("role", "")), _text(facts["kind"]),
        _text(facts["digest"]), bool(facts["sampled"]), _maybe_whole(facts["rows"]), _maybe_whole(facts["columns"]),
        clean(json.dumps(plain(facts["schema"]), ensure_ascii=False)), _maybe_whole(facts.get("size")),
        _text(facts.get("path", "")), blob, moment(event["at"]),
    ))  # fmt: skip


def _artifact(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    blob = _named_blob(batch, event)
    batch.grown["artifacts"].append((
        _id(event["run_id"]), _text(event["path"]), _text(event["kind"]), _whole(event["size"]), blob, moment(event["at"]),
    ))  # fmt: skip


def _predictions(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    blob = _named_blob(batch, event)
    row = (_id(event["run_id"]), _text(event["name"]), _whole(event["rows"]), blob, moment(event["at"]))
    batch.grown["predictions"].append(row)


def _environment(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    digest = _text(event["digest"])
    if "python" in event:
        batch.environments[digest] = (
            digest, _text(event["python"]), _text(event["implementation"]), _text(event["platform"]),
            clean(json.dumps(event["packages"], ensure_ascii=False)), moment(event["at"]),
        )  # fmt: skip
    batch.change_run(_id(event["run_id"]), environment=digest)


def _git(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    digest, commit, branch = _text(event["digest"]), _text(event["commit"]), _text(event["branch"])
    edits = _whole(event["edits"], _INTEGER)
    if "patch" in event:
        remote, patch = _text(event["remote"]), _text(event["patch"])
        batch.git_states[digest] = (digest, commit, branch, remote, edits, patch, bool(event["patch_cut"]))
    batch.change_run(_id(event["run_id"]), git_commit=commit, git_branch=branch, git_edits=edits, git_state=digest)


def _cell(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    batch.grown["history"].append((
        _text(event["session_id"]), _whole(event["position"], _INTEGER), clean(event.get("cell_id") or ""), _text(event["source"]),
        moment(event["executed_at"]), _maybe_id(event.get("run_id")), bool(event.get("succeeded", True)),
    ))  # fmt: skip


def _meaning(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    if event["better"] not in {"lower", "higher"}:
        raise ValueError("better is lower or higher")
    batch.meanings[_text(event["metric"])] = (event["better"], _seconds(event["at"]))


def _ignore(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    batch.ignored[_text(event["name"])] = _seconds(event["at"])


_APPLY: dict[str, Callable[[Batch, str, Event], None]] = {
    "run": _run,
    "resume": _resume,
    "end": _end,
    "facts": _facts,
    "params": _params,
    "tags": _tags,
    "key": _key,
    "output": _output,
    "dataset": _dataset,
    "artifact": _artifact,
    "predictions": _predictions,
    "environment": _environment,
    "git": _git,
    "cell": _cell,
    "meaning": _meaning,
    "ignore": _ignore,
}
