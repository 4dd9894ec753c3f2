"""What the events of one merge come to, before anything is written.

Pure: events in, rows out. An event that cannot be understood is rejected with
its reason and blocks nobody.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from trackbook.store.fields import maybe_id, maybe_whole, read_id, seconds, text_of, whole
from trackbook.store.model_events import loaded_event, model_event
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
    "models": ("model_id", "run_id", "name", "flavors", "signature", "size", "manifest", "facts", "asked", "logged_at"),
    "model_files": ("model_id", "path", "size", "blob"),
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
        self.loads: dict[tuple[str, int], float] = {}
        """When a version was loaded last, in seconds since the epoch."""
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

    def name_blob(self, event: Event) -> str:
        """Note a blob that an event names, with its size; returns its digest."""
        digest = text_of(event["blob"])
        self.blobs[digest] = whole(event["size"])
        return digest

    def change_run(self, run_id: str, **changes: object) -> None:
        """Set columns of a run, new or old."""
        (self.new_runs.get(run_id) or self.run_changes.setdefault(run_id, {})).update(changes)


def _run(batch: Batch, spool_id: str, event: Event) -> None:
    run_id = read_id(event["run_id"])
    if run_id in batch.new_runs:
        return
    batch.new_runs[run_id] = {
        "run_id": run_id,
        "experiment": text_of(event["experiment"]),
        "name": text_of(event["name"]),
        "status": "RUNNING",
        "started_at": moment(event["started_at"]),
        "notebook": text_of(event.get("notebook", "")),
        "cell_id": text_of(event.get("cell_id", "")),
        "cell_key": text_of(event.get("cell_key", "")),
        "attempt": whole(event.get("attempt", 0), _INTEGER),
        "code": text_of(event.get("code", "")),
        "parent_run_id": maybe_id(event.get("parent_run_id")),
        "session_id": text_of(event.get("session_id", "")),
        "run_by": text_of(event.get("run_by", "")),
        "host": text_of(event.get("host", "")),
        "spool_id": spool_id,
        "starred": False,
    } | batch.run_changes.pop(run_id, {})


def _resume(batch: Batch, spool_id: str, event: Event) -> None:
    run_id = read_id(event["run_id"])
    batch.change_run(run_id, status="RUNNING", ended_by=None, ended_at=None, spool_id=spool_id)
    batch.grown["run_events"].append((run_id, "resumed", "", moment(event["at"])))


def _control(batch: Batch, spool_id: str, event: Event) -> None:
    """Note what somebody did with a run's loop: asked it to stop, turned a knob; and that it stopped."""
    del spool_id
    row = (read_id(event["run_id"]), text_of(event["kind"]), text_of(event["detail"]), moment(event["at"]))
    batch.grown["run_events"].append(row)


def _end(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    batch.change_run(
        read_id(event["run_id"]),
        status=text_of(event["status"]),
        ended_by=text_of(event["ended_by"]),
        ended_at=moment(event["ended_at"]),
        error=text_of(event.get("error", "")),
        traceback=text_of(event.get("traceback", "")),
    )


def _facts(batch: Batch, spool_id: str, event: Event) -> None:
    """Set what became known after the start: the name, or which run is evaluated."""
    del spool_id
    changes: dict[str, object] = {}
    if event.get("name"):
        changes["name"] = text_of(event["name"])
    if event.get("evaluates"):
        changes["evaluates_run_id"] = read_id(event["evaluates"])
    batch.change_run(read_id(event["run_id"]), **changes)


def _params(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    run_id = read_id(event["run_id"])
    default = bool(event.get("default"))
    for name, value in event["params"].items():
        number = None if isinstance(value, (bool, str, list, dict)) else as_number(value)
        written = clean(to_json(value))
        text = clean(value) if isinstance(value, str) else written.strip('"') if _odd(number) else written
        batch.params[run_id, clean(name)] = (
            run_id, clean(name), written, number, text, text_of(event.get("source", "logged")), default,
        )  # fmt: skip


def _odd(number: float | None) -> bool:
    return number is not None and not math.isfinite(number)


def _tags(batch: Batch, spool_id: str, event: Event) -> None:
    run_id, at = read_id(event["run_id"]), float(event["at"])
    for name, value in event["tags"].items():
        pair = (run_id, clean(name))
        row = (*pair, clean(value if isinstance(value, str) else to_json(value)), moment(at), spool_id)
        older = batch.tags.get(pair)
        if older is None or (older[3], older[4]) <= (row[3], row[4]):
            batch.tags[pair] = row


def _key(batch: Batch, spool_id: str, event: Event) -> None:
    batch.keys.append((spool_id, whole(event["key"], _HIGHEST_KEY), read_id(event["run_id"]), text_of(event["name"])))


def _output(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    blob = batch.name_blob(event) if event.get("blob") else None
    text = text_of(event["text"]) if event.get("text") is not None else None
    batch.grown["outputs"].append((
        read_id(event["run_id"]), whole(event["position"], _INTEGER), text_of(event["kind"]), text_of(event["name"]),
        text_of(event["mime"]), text, blob, whole(event.get("cut", 0)),
    ))  # fmt: skip


def _dataset(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    facts = event["facts"]
    blob = batch.name_blob(event) if event.get("blob") else None
    batch.grown["datasets"].append((
        read_id(event["run_id"]), text_of(facts["name"]), text_of(facts.get("role", "")), text_of(facts["kind"]),
        text_of(facts["digest"]), bool(facts["sampled"]), maybe_whole(facts["rows"]), maybe_whole(facts["columns"]),
        clean(json.dumps(plain(facts["schema"]), ensure_ascii=False)), maybe_whole(facts.get("size")),
        text_of(facts.get("path", "")), blob, moment(event["at"]),
    ))  # fmt: skip


def _artifact(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    blob = batch.name_blob(event)
    batch.grown["artifacts"].append((
        read_id(event["run_id"]), text_of(event["path"]), text_of(event["kind"]), whole(event["size"]), blob,
        moment(event["at"]),
    ))  # fmt: skip


def _predictions(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    blob = batch.name_blob(event)
    row = (read_id(event["run_id"]), text_of(event["name"]), whole(event["rows"]), blob, moment(event["at"]))
    batch.grown["predictions"].append(row)


def _environment(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    digest = text_of(event["digest"])
    if "python" in event:
        batch.environments[digest] = (
            digest, text_of(event["python"]), text_of(event["implementation"]), text_of(event["platform"]),
            clean(json.dumps(event["packages"], ensure_ascii=False)), moment(event["at"]),
        )  # fmt: skip
    batch.change_run(read_id(event["run_id"]), environment=digest)


def _git(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    digest, commit, branch = text_of(event["digest"]), text_of(event["commit"]), text_of(event["branch"])
    edits = whole(event["edits"], _INTEGER)
    if "patch" in event:
        remote, patch = text_of(event["remote"]), text_of(event["patch"])
        batch.git_states[digest] = (digest, commit, branch, remote, edits, patch, bool(event["patch_cut"]))
    batch.change_run(read_id(event["run_id"]), git_commit=commit, git_branch=branch, git_edits=edits, git_state=digest)


def _cell(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    batch.grown["history"].append((
        text_of(event["session_id"]), whole(event["position"], _INTEGER), clean(event.get("cell_id") or ""),
        text_of(event["source"]), moment(event["executed_at"]), maybe_id(event.get("run_id")),
        bool(event.get("succeeded", True)),
    ))  # fmt: skip


def _meaning(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    if event["better"] not in {"lower", "higher"}:
        raise ValueError("better is lower or higher")
    batch.meanings[text_of(event["metric"])] = (event["better"], seconds(event["at"]))


def _ignore(batch: Batch, spool_id: str, event: Event) -> None:
    del spool_id
    batch.ignored[text_of(event["name"])] = seconds(event["at"])


_APPLY: dict[str, Callable[[Batch, str, Event], None]] = {
    "run": _run,
    "resume": _resume,
    "control": _control,
    "end": _end,
    "facts": _facts,
    "params": _params,
    "tags": _tags,
    "key": _key,
    "output": _output,
    "dataset": _dataset,
    "artifact": _artifact,
    "predictions": _predictions,
    "model": model_event,
    "loaded": loaded_event,
    "environment": _environment,
    "git": _git,
    "cell": _cell,
    "meaning": _meaning,
    "ignore": _ignore,
}
