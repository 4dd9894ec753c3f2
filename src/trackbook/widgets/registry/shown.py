"""What a registry browser shows, asked from the store in one question each time. Knows no widget."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, RunNotFound
from trackbook.store import find_run_in, run_record, which_way_is_up
from trackbook.store.questions import metrics_of
from trackbook.store.registry.errors import VersionNotFound
from trackbook.store.registry.listing import model_lines
from trackbook.store.registry.measuring import scored_by
from trackbook.store.registry.reading import find_version, model_names, name_now
from trackbook.store.stamp import Stamp, ask_stamp
from trackbook.tracking.past import PastRun
from trackbook.versioning.history import ModelHistory, play
from trackbook.versioning.rules import read_rules
from trackbook.versioning.version import version_of
from trackbook.views.registry.difference import side_by_side
from trackbook.views.registry.facts import ModelFacts, VersionFacts, read_model_facts
from trackbook.views.registry.html import RegistryPicture, models_picture, versions_picture
from trackbook.views.registry.lineage import lineage
from trackbook.views.registry.models import lines_told, models_sentence, seconds, version_lines
from trackbook.views.registry.signature import signature_fields
from trackbook.views.registry.timeline import MOST_ENTRIES, timeline
from trackbook.views.registry.version import groups_json, overview

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.store import Store


class Shown:
    """What one browser shows. One thread at a time: its owner holds a lock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.text = ""
        """What is searched for among the models."""

        self.model: ModelFacts | None = None
        """None where there is no registered model."""

        self.version: VersionFacts | None = None
        """None where the model has no version."""

        self.lines: list[dict[str, Any]] = []
        self.sentence = ""
        self._stamp: Stamp = ()

    def look(self, model: str = "", version: int = 0) -> None:
        """Ask for everything: the models, one of them, and one of its versions.

        model, version: others than those shown; of a model alone the version furthest on its way.
        Raises RegisteredModelNotFound, VersionNotFound, and changes nothing then.
        """
        with self.store.asking() as db:
            self._list(db)
            wanted = model or self._still_there(db)
            if wanted:
                self._read(db, wanted, version or self._same_version(wanted))
            else:
                self.model = self.version = None
            self._stamp = ask_stamp(db)

    def choose(self, model: str, version: int = 0) -> None:
        """Show a model and one of its versions. Raises RegisteredModelNotFound, VersionNotFound."""
        with self.store.asking() as db:
            self._read(db, model, version)

    def search(self, text: str) -> None:
        """List only models with this in their name, description or tags."""
        self.text = text
        with self.store.asking() as db:
            self._list(db)

    def has_news(self) -> bool:
        """Tell whether anybody has logged or decided anything since the last look."""
        with self.store.asking() as db:
            return ask_stamp(db) != self._stamp

    def _list(self, db: DuckDBPyConnection) -> None:
        found = model_lines(db, self.text)
        self.lines, self.sentence = lines_told(found), models_sentence(len(found), self.text)

    def _still_there(self, db: DuckDBPyConnection) -> str:
        """The model that was shown, else the first."""
        names = model_names(db)
        if self.model is not None:
            if self.model.name in names:
                return self.model.name
            if (renamed := name_now(db, self.model.name)) in names:
                self.model = replace(self.model, name=renamed)
                return renamed
        first = self.lines[0]["name"] if self.lines else ""
        return str(first or next(iter(names), ""))

    def _same_version(self, model: str) -> int:
        is_same = self.model is not None and self.version is not None and self.model.name == model
        return self.version.version.version if is_same and self.version is not None else 0

    def _read(self, db: DuckDBPyConnection, name: str, version: int) -> None:
        model = self._read_model(db, name)
        known = [row.version for row in model.rows]
        if version and version not in known:
            raise VersionNotFound(name, f"no version {version}", f"It has: {', '.join(map(str, known)) or 'none'}.")
        number = version or model.leader() or max(model.held, default=max(known, default=0))
        self.version = self._read_version(db, model, number) if number else None
        self.model = model

    def _read_model(self, db: DuckDBPyConnection, name: str) -> ModelFacts:
        return read_model_facts(db, name, self.store.location.file)

    def _read_version(self, db: DuckDBPyConnection, model: ModelFacts, number: int) -> VersionFacts:
        row = find_version(db, model.name, number, deleted=True)
        version = version_of(self.store, db, row)
        try:
            found = find_run_in(db, row.run_id)
            run, deleted = PastRun(store=self.store, **run_record(db, row.run_id)), found.deleted
        except RunNotFound:
            run, deleted = None, False
        leader = model.leader()
        base = leader if leader != number else row.parent_version
        behind = next((each.run_id for each in model.rows if each.version == base), None)
        return VersionFacts(
            version=version,
            run=run,
            run_deleted=deleted,
            base=(base, metrics_of(db, behind)) if base and behind else None,
            better=which_way_is_up(db),
            scored_by=scored_by(db, row.run_id),
        )

    def models_told(self) -> dict[str, Any]:
        """Write the list of models for the browser."""
        return {"lines": self.lines, "sentence": self.sentence, "text": self.text}

    def model_told(self) -> dict[str, Any] | None:
        """Write the chosen model for the browser."""
        model = self.model
        if model is None:
            return None
        return {
            "name": model.name,
            "description": model.description,
            "versions": version_lines(model),
            "stages": list(model.rules.stages),
            "gated": [stage for stage in model.rules.stages if model.rules.gates.get(stage)],
        }

    def version_told(self) -> dict[str, Any] | None:
        """Write the chosen version for the browser."""
        model, facts = self.model, self.version
        if model is None or facts is None:
            return None
        row, since = facts.version.row, model.in_stage_since(facts.version.version)
        fields = signature_fields(facts.version.signature)
        return {
            "model": model.name,
            "version": row.version,
            "stage": row.stage,
            "deleted": row.deleted,
            "since": None if since is None else seconds(since),
            "aliases": model.aliases_of(row.version),
            "ways": [] if row.deleted else list(model.rules.ways_from(row.stage)),
            "uri": facts.version.uri,
            "description": row.description,
            "groups": groups_json(overview(facts, model)),
            "signature": None if fields is None else [[each.part, each.name, each.type, each.note] for each in fields],
            "lineage": lineage(facts, model),
        }

    def history(self) -> dict[str, Any]:
        """Write the trail of the chosen model for the browser."""
        trail = self.model.trail if self.model is not None else ()
        moments = timeline(trail[-MOST_ENTRIES:])
        return {"entries": [moment.as_json() for moment in moments], "more": max(0, len(trail) - MOST_ENTRIES)}

    def compared(self, other: int) -> dict[str, Any]:
        """Set another version beside the chosen one; other: 0 for the one in use, else the one before.

        Raises VersionNotFound where there is no other, BadInput where there is none at all.
        """
        model, chosen = self.model, self.version
        if model is None or chosen is None:
            raise BadInput("There is no version to compare yet; tb.register makes one.")
        others = [row.version for row in model.rows if row.version != chosen.version.version]
        if not others:
            raise VersionNotFound(model.name, "no other version", "Register one more to compare.")
        wanted = other if other in others else self._default_other(others)
        with self.store.asking() as db:
            facts = self._read_version(db, model, wanted)
        return side_by_side(facts, chosen, chosen.better)

    def _default_other(self, others: list[int]) -> int:
        parent = self.version.version.row.parent_version if self.version is not None else None
        leader = self.model.leader() if self.model is not None else None
        return next((number for number in (leader, parent) if number in others and number is not None), others[0])

    @property
    def newest_decision(self) -> int:
        """Number of the newest entry about the chosen model that was read; 0 before the first."""
        return self.model.trail[-1].seq if self.model is not None and self.model.trail else 0

    def with_rules_of_now(self) -> ModelFacts:
        """Give the chosen model with the project's rules as they are written now. Raises BadInput for faulty ones."""
        if self.model is None:
            raise BadInput("There is no registered model yet; tb.register makes one.")
        self.model = replace(self.model, rules=read_rules(self.store.location.file))
        return self.model

    def past(self) -> ModelHistory:
        """Play the trail of the chosen model again: what its stages and aliases pointed at before."""
        return play(self.model.trail).get(self.model.name, ModelHistory()) if self.model is not None else ModelHistory()

    def picture(self, call: str, *, whole: bool) -> RegistryPicture:
        """Picture what is shown for a saved notebook; whole: the list of models, not one model's versions."""
        if whole or self.model is None:
            return models_picture(self.lines, self.sentence, call)
        return versions_picture(self.model.name, version_lines(self.model), call)
