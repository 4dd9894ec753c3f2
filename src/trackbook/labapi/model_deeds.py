"""Decisions about registered models as a browser asks for them: planned, gated, made, found in the trail."""

from __future__ import annotations

import base64
import binascii
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput
from trackbook.labapi import words
from trackbook.labapi.errors import ChangedSince
from trackbook.labapi.run_deeds import PLACE
from trackbook.labapi.undos import Deeded
from trackbook.store.registry.errors import RegistryRefusal
from trackbook.tracking.place import deciding_from
from trackbook.tracking.start import working_in
from trackbook.versioning.deciding import decided_upon
from trackbook.versioning.deeds import Deed, Done, decide, written
from trackbook.versioning.gates.passing import run_gates
from trackbook.versioning.history import ModelHistory, play
from trackbook.versioning.trail import read_trail
from trackbook.views.registry.facts import read_model_facts
from trackbook.views.registry.plan import plan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.store import Store
    from trackbook.store.registry.change import Change
    from trackbook.views.registry.facts import ModelFacts
    from trackbook.views.registry.plan import Plan

_DEEDS = ("promote", "archive", "rollback", "alias", "unalias")
_LONGEST_REASON = 2000


def read_deed(body: dict[str, Any]) -> Deed:
    """Read what somebody wants to decide. Raises BadInput."""
    what, model, version = words.text(body, "deed"), words.text(body, "model"), words.whole(body, "version")
    stage, alias = words.text(body, "stage").strip(), words.text(body, "alias").strip().removeprefix("@")
    if what not in _DEEDS:
        raise BadInput(f"There is no decision {what[:40]!r}. There is: {', '.join(_DEEDS)}.")
    if what in {"alias", "unalias"} and not alias:
        raise BadInput("An alias has a name, such as champion.")
    if what == "promote" and not stage:
        raise BadInput("A promotion names its stage, such as Production.")
    slot = {"alias": alias, "unalias": alias, "rollback": stage or (f"@{alias}" if alias else "")}.get(what, stage)
    return Deed(what, model, version, "" if what == "archive" else slot)


def preview(store: Store, deed: Deed) -> dict[str, Any]:
    """Say what a decision would change, and try its gates; nothing is decided.

    Raises RegistryRefusal where it cannot be made, RegisteredModelNotFound, BadInput.
    """
    with store.asking() as db:
        model, made = _planned(db, store, deed)
    if made.refusal:
        raise RegistryRefusal(made.refusal)
    gates = []
    if made.gates:
        with working_in(store):
            results = run_gates(store, deed.model, deed.version, deed.slot, model.rules)
        gates = [
            {"name": each.gate, "passed": each.fault is None, "sentence": each.fault or "passed"} for each in results
        ]
    return _told(made, gates)


def make_decision(store: Store, deed: Deed, body: dict[str, Any]) -> Deeded:
    """Make a decision. Raises ChangedSince when what the browser saw is not so any more, GatesFailed, and the like."""
    reason, override = words.text(body, "reason").strip(), words.flag(body, "override")
    if len(reason) > _LONGEST_REASON:
        raise BadInput(f"A reason has at most {_LONGEST_REASON:,} characters.")
    seen = words.text(body, "seen")
    was = _read_seen(seen) if seen else None

    def check(db: DuckDBPyConnection) -> Plan:
        _, now = _planned(db, store, deed)
        told = _told(now, [])
        if was is not None and was["changes"] != told["changes"]:
            raise ChangedSince({**was, "seen": seen}, told, now.refusal)
        return now

    def check_inside(change: Change) -> None:
        check(change.db)

    with store.asking() as db:  # before gates take their time; inside the decision it is asked again
        made = check(db)
        known = _newest(db, deed.model)
    deed = made.deed  # a rollback that names no slot has one now
    with working_in(store), deciding_from(PLACE), decided_upon(check_inside):
        text = decide(deed, reason, override=override)
    with store.asking() as db:
        entry = written(read_trail(db, deed.model), known, deed.what, reason)
    if entry is None:
        return Deeded(f"{text} It was so already.")
    return Deeded(text, partial(_take_back, store, Done(text, entry)))


def _take_back(store: Store, done: Done) -> None:
    with working_in(store), deciding_from(PLACE):
        done.undo()


def _planned(db: DuckDBPyConnection, store: Store, deed: Deed) -> tuple[ModelFacts, Plan]:
    model = read_model_facts(db, deed.model, store.location.file)
    history = play(model.trail).get(model.name, ModelHistory()) if deed.what == "rollback" else None
    return model, plan(deed, model, history)


def _newest(db: DuckDBPyConnection, model: str) -> int:
    trail = read_trail(db, model)
    return trail[-1].seq if trail else 0


def _told(made: Plan, gates: list[dict[str, Any]]) -> dict[str, Any]:
    changes = [{"what": each.what, "before": each.before, "after": each.after} for each in made.changes]
    told: dict[str, Any] = {"changes": changes, "gates": gates}
    return {**told, "seen": base64.urlsafe_b64encode(json.dumps(told).encode()).decode()}


def _read_seen(seen: str) -> dict[str, Any]:
    """Read back what a browser was shown: it carries it, so that a restarted server still knows."""
    try:
        found = json.loads(base64.b64decode(seen.encode(), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("changes"), list):
        raise BadInput("What was seen cannot be read; ask for the preview again.")
    return {"changes": found["changes"], "gates": found.get("gates", [])}
