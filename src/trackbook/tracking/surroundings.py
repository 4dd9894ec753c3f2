"""Environment and repository, looked at in the background while cells and scripts run.

Nobody waits for `git` or for a list of packages: each run gets the newest look, and a run
that ended before the look did gets it a moment later. Only the end of a script waits.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import logging
import os
import threading
import time
import weakref
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from trackbook.capture.environment import describe_environment
from trackbook.capture.git import git_ignores, last_write, read_git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.records import Environment, GitState
    from trackbook.tracking.run import Run

_LOG = logging.getLogger(__name__)
_FRESH_SECONDS = 2.0
"""Two cells within this time share a look at the repository, unless git wrote in between."""

_ENVIRONMENT_SECONDS = 60.0
_GIT_SECONDS = 10.0
_LOOK_SECONDS = 15.0
_FORK_SECONDS = 2.0


_all: weakref.WeakSet[Lookout] = weakref.WeakSet()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One look around."""

    environment: Environment | None
    git: GitState | None
    """None outside a repository."""

    store_is_exposed: bool
    """True in a repository that does not ignore the store's file."""


class Lookout:
    """Looks around on a thread of its own, and tells whoever asked."""

    def __init__(self, folder: Path, store_file: Path) -> None:
        """folder: where the notebook is."""
        self._folder, self._store_file = folder, store_file
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        _all.add(self)
        self._waiting: list[Callable[[Surroundings], None]] = []
        self._busy = False
        self._latest: Surroundings | None = None
        self._looked_at = self._environment_at = self._git_wrote_at = 0.0
        self._written: set[tuple[int, str]] = set()

    def look(self) -> None:
        """Begin a look, unless the last one is fresh or one is under way."""
        wrote_at = last_write(self._folder)
        with self._lock:
            fresh = wrote_at == self._git_wrote_at and time.monotonic() - self._looked_at < _FRESH_SECONDS
            if self._busy or (self._latest is not None and fresh):
                return
            self._busy, self._git_wrote_at = True, wrote_at
            self._thread = threading.Thread(target=self._look, name="trackbook-lookout", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Let a look that is under way come to its end, and those be told who asked."""
        if self._thread is not None:
            self._thread.join(seconds)

    def latest(self) -> Surroundings | None:
        """Return the newest finished look, None while the first or a newer one is under way."""
        with self._lock:
            return None if self._busy else self._latest

    def tell(self, listener: Callable[[Surroundings], None]) -> None:
        """Call the listener once: now when nothing is under way, else from the lookout's thread."""
        with self._lock:
            if self._busy:
                self._waiting.append(listener)
                return
            latest = self._latest
        if latest is not None:
            listener(latest)

    def _look(self) -> None:
        try:
            found = self._around()
        except Exception:  # noqa: BLE001 - a run without its surroundings is better than none
            _LOG.debug("could not look around", exc_info=True)
            found = self._latest or Surroundings(None, None, store_is_exposed=False)
        with self._lock:
            self._latest, self._looked_at, self._busy = found, time.monotonic(), False
            listeners, self._waiting = self._waiting, []
        for listener in listeners:
            try:
                listener(found)
            except Exception:  # noqa: BLE001 - the others want to be told all the same
                _LOG.debug("could not tell of the surroundings", exc_info=True)

    def _around(self) -> Surroundings:
        environment = self._latest.environment if self._latest is not None else None
        if environment is None or time.monotonic() - self._environment_at > _ENVIRONMENT_SECONDS:
            environment, self._environment_at = describe_environment(), time.monotonic()
        git = read_git(self._folder, _GIT_SECONDS)
        exposed = git is not None and not git_ignores(self._store_file.parent, self._store_file)
        return Surroundings(environment, git, store_is_exposed=exposed)

    def write(self, run: Run, around: Surroundings, *, environment: bool = True, git: bool = True) -> None:
        """Note the surroundings of a run; each is written whole once and then named by its hash."""
        if environment and around.environment is not None:
            digest = around.environment.digest
            whole = asdict(around.environment) | {"at": time.time()} if self._is_new(run, digest) else {}
            run.store.event("environment", run_id=run.run_id, digest=digest, **whole)
        if git and around.git is not None:
            facts = asdict(around.git)
            digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
            short = {name: facts[name] for name in ("commit", "branch", "edits")}
            run.store.event("git", run_id=run.run_id, digest=digest, **(facts if self._is_new(run, digest) else short))

    def _is_new(self, run: Run, digest: str) -> bool:
        mark = (id(run.store.spool), digest)
        if mark in self._written:
            return False
        self._written.add(mark)
        return True


_lookouts: dict[tuple[Path, Path], Lookout] = {}
"""By folder and store, of runs that no cell began."""


def note_surroundings(run: Run, folder: Path) -> None:
    """Have a run's environment and the repository of its script's folder noted in the background."""
    key = (folder, run.store.location.file)
    lookout = _lookouts.get(key)
    if lookout is None:
        lookout = _lookouts.setdefault(key, Lookout(*key))
    lookout.look()
    lookout.tell(lambda around: lookout.write(run, around))


def _wait_for_all(seconds: float = _LOOK_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    for lookout in list(_all):
        lookout.wait(max(0.0, deadline - time.monotonic()))


atexit.register(_wait_for_all)  # before the keeper's last merge, which was registered earlier
if hasattr(os, "register_at_fork"):
    # A child must not inherit the locks of a look under way: its own would wait for them for ever.
    os.register_at_fork(before=lambda: _wait_for_all(_FORK_SECONDS), after_in_child=_lookouts.clear)
