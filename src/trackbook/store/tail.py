"""A run followed while it runs, in whatever process: what is new since the last look, without a merge.

What was merged before the first look, and what was merged and deleted between
two looks, comes from the store; how far it is in there is written in the same
transaction, so nothing is missed and nothing comes twice.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.errors import TrackbookError
from trackbook.store.reading import Place
from trackbook.store.run_so_far import RunSoFar, run_so_far
from trackbook.store.spool_tail import SpoolTail, is_dead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.store.journal import Event
    from trackbook.store.spool_tail import Part
    from trackbook.store.store import Store

_OTHERS_SECONDS = 1.0
"""How often spools that have shown nothing of the run are looked at, and new ones looked for."""

_ALIVE_SECONDS = 2.0
"""How often the run's process is asked for a sign of life."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found."""

    points: list[Part] = field(default_factory=list)
    """In the order logged."""

    events: list[Event] = field(default_factory=list)
    """What happened to the run: run, resume, end, facts, control, and the key of each new metric."""

    whole: RunSoFar | None = None
    """Everything so far, from the store: what was known before is replaced. None between."""


class Tail:
    """Follows one run. Not for two threads at once."""

    def __init__(self, store: Store, run_id: str, *, fresh: bool = False) -> None:
        """fresh: the run begins now in this process, so nothing of it is in the store and everything is to come."""
        self._store, self._run_id = store, run_id
        self._tails: dict[str, SpoolTail] = {}
        self._near: set[str] = set()
        """Spools that have had something of the run."""

        self._home = ""
        """The spool of the process that owns the run, once it is known."""

        self._looked_for_others = self._asked_for_life = 0.0
        self.over = False
        """The run has ended, as far as its own process or the store says."""

        self.trouble = ""
        """Why the store could not be asked, in a sentence; the spools are followed all the same."""

        self.must_ask = not fresh
        """The next look asks the store, which may take long."""

        self._behind_since = 0.0
        if fresh and store.has_logged:
            self._home = store.spool.spool_id
            self._near.add(self._home)
        if fresh:
            for name in self._spools():
                self._tails[name] = SpoolTail(store.location.spools / name, run_id)

    def look(self) -> Look:
        """Return what is new. Raises nothing for spools that come and go."""
        whole = None
        if self.must_ask:
            whole = self._catch_up()
        points: list[Part] = []
        events: list[Event] = []
        for name in self._due():
            tail = self._tails[name]
            found, happened = tail.look()
            points += found
            events += happened
            if found or happened:
                self._near.add(name)
            if any(event["e"] in {"run", "resume"} for event in happened):
                self._home, self.over = name, False
            if tail.lost:
                self._lose(name)
        if any(event["e"] == "end" for event in events):
            self.over = True
        if not self.over and self._home and self._is_time_for_life() and is_dead(self._folder(self._home)):
            self.must_ask = True  # the store will say what became of it
        return Look(points, events, whole)

    def close(self) -> None:
        """Let go of all open files."""
        for tail in self._tails.values():
            tail.close()
        self._tails.clear()

    def _lose(self, name: str) -> None:
        """Go on without a spool that was merged under our eyes; what it had of the run is in the store."""
        self._tails.pop(name).close()
        if name in self._near or self._folder(name).exists():
            self.must_ask = True

    def _due(self) -> list[str]:
        """List the spools to look at: near ones always, the others now and then."""
        now = time.monotonic()
        if now - self._looked_for_others < _OTHERS_SECONDS:
            return [name for name in self._near if name in self._tails]
        self._looked_for_others = now
        for name in self._spools():
            if name not in self._tails:
                self._tails[name] = SpoolTail(self._folder(name), self._run_id, Place())
        return list(self._tails)

    def _is_time_for_life(self) -> bool:
        now = time.monotonic()
        if now - self._asked_for_life < _ALIVE_SECONDS:
            return False
        self._asked_for_life = now
        return True

    def _catch_up(self) -> RunSoFar | None:
        """Ask the store for everything, and go on behind it. Where it cannot be asked, the spools must do."""
        now = time.monotonic()
        if now - self._behind_since < _ALIVE_SECONDS and self._behind_since:
            return None
        self._behind_since = now
        try:
            whole = run_so_far(self._store, self._run_id)
        except (TrackbookError, OSError) as error:
            self.trouble = str(error)
            return None
        self.must_ask, self.trouble = False, ""
        self.close()
        self._home = whole.spool_id
        self.over = whole.status != "RUNNING"
        self._near = {whole.spool_id, *whole.keys}
        for name in self._spools():
            tail = SpoolTail(self._folder(name), self._run_id, whole.places.get(name, Place()))
            tail.know(whole.keys.get(name, {}))
            self._tails[name] = tail
        return whole

    def _folder(self, name: str) -> Path:
        return self._store.location.spools / name

    def _spools(self) -> Iterator[str]:
        try:
            names = os.listdir(self._store.location.spools)
        except OSError:
            return iter(())
        return (name for name in names if not name.startswith("."))
