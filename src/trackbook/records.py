"""What travels between the floors: frozen records, each field explained beneath.

Times are float seconds since the epoch, UTC, until they enter the store.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run is in its life."""

    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


class EndedBy(StrEnum):
    """What ended a run."""

    CELL = "cell"
    """Its cell, `with` block or script came to its end."""

    ERROR = "error"
    """An exception left the cell or the block."""

    INTERRUPT = "interrupt"
    """The user pressed stop (KeyboardInterrupt)."""

    STOP = "stop"
    """Somebody asked it to stop after its step, and it did."""

    LOST = "lost"
    """Its process died without a word; found by a later process."""


@dataclass(frozen=True, slots=True)
class FoundParam:
    """One parameter that a cell showed without being asked."""

    name: str
    """Dotted for nested configuration: `optimizer.lr`."""

    value: object
    """JSON-like: None, bool, int, float (NaN allowed), str, or lists and dicts of these."""

    source: str
    """assigned (a constant in the cell), read (assigned elsewhere), estimator, or logged."""

    is_default: bool = False
    """True for an estimator's hyper-parameter that the user left alone."""


@dataclass(frozen=True, slots=True)
class FoundMetric:
    """One number that a cell computed and that looks like a result."""

    name: str
    value: float
    """In the metric's own unit; NaN and infinities are values."""

    step: int | None = None
    """0-based; None is the next step of that metric."""

    source: str = "assigned"
    """expression (the cell's last expression), assigned (newly bound name), or logged."""


@dataclass(frozen=True, slots=True)
class Output:
    """One thing a cell displayed, as a front end would show it at the end."""

    position: int
    """0-based, in display order."""

    kind: str
    """stream, display_data, execute_result or error."""

    name: str
    """stdout or stderr for streams; the error's class name for errors; else empty."""

    data: dict[str, str | bytes]
    """By MIME type. Text as str (images too where they came as SVG), decoded binaries as bytes.
    Streams use text/plain; errors text/plain with the traceback, without colours."""

    cut: int = 0
    """How many bytes were left out; 0 is none."""


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What a run knows of data that it read: enough to tell whether it was the same."""

    name: str
    """The variable's or file's name."""

    kind: str
    """pandas, polars, numpy, torch, arrow or file."""

    digest: str
    """Hex SHA-256 of content (or of the sample, when sampled). Equal content, equal digest."""

    sampled: bool
    """True when only part of the data was hashed because of the time budget."""

    rows: int | None
    """None where rows mean nothing, such as for an unread file."""

    columns: int | None

    schema: tuple[tuple[str, str], ...] = ()
    """(column, dtype) in order; for arrays one entry ("values", dtype and shape)."""

    size: int | None = None
    """Bytes in memory or on disk; None when unknown."""

    role: str = ""
    """train, test, … as the user named it; empty when only found."""

    path: str = ""
    """For files: as the code named it. Empty otherwise."""


@dataclass(frozen=True, slots=True)
class GitState:
    """The repository around the notebook at the time of the run."""

    commit: str
    """40 hex digits; empty before the first commit."""

    branch: str
    """Empty when detached."""

    remote: str
    """URL of origin without user name and password; empty without one."""

    edits: int
    """Files that differ from the commit, notebooks counted by their source cells only."""

    patch: str
    """Unified diff of the uncommitted changes, secrets masked; empty when clean."""

    patch_cut: bool
    """True when the patch was longer than the limit and only its beginning is kept."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a run ran: enough to build the same again."""

    python: str
    """3.11.7"""

    implementation: str
    """CPython, PyPy"""

    platform: str
    """Linux-6.1.0-x86_64-with-glibc2.36"""

    packages: tuple[tuple[str, str], ...]
    """(name, version), sorted by name."""

    @property
    def digest(self) -> str:
        """Hex SHA-256; the same environment has the same digest on every machine."""
        facts = [self.python, self.implementation, self.platform, list(self.packages)]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ExecutedCell:
    """One cell as the kernel executed it; the raw material of a slice."""

    session_id: str
    """Of the kernel's life: restarts get a new one."""

    position: int
    """In[position]; 1-based as in the notebook's gutter."""

    source: str
    executed_at: float
    cell_id: str | None = None
    """The front end's cell id; None under nbval, nbconvert and plain IPython."""

    run_id: str | None = None
    """The run this execution was, None when untracked."""

    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class RunStart:
    """Everything known about a run when it begins."""

    run_id: str
    """UUIDv7 as text."""

    experiment: str
    name: str
    started_at: float
    notebook: str = ""
    """Path of the notebook or script, relative to the store's folder where it lies below; empty when unknown."""

    cell_id: str = ""
    cell_key: str = ""
    """Groups attempts: equal for near-equal cells of one notebook. Empty outside notebooks."""

    attempt: int = 0
    """1-based within its cell key; 0 outside notebooks."""

    code: str = ""
    """The cell as executed; for scripts empty (the git state tells)."""

    parent_run_id: str = ""
    session_id: str = ""
    run_by: str = ""
    """The user's login name."""

    host: str = ""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended."""

    run_id: str
    status: RunStatus
    ended_by: EndedBy
    ended_at: float
    error: str = ""
    """The error's last line, `ValueError: no rows`; empty when there was none."""

    traceback: str = ""
    """Plain text, no colours."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the card and the diff need to know about an earlier run of the same cell."""

    run_id: str
    attempt: int
    params: dict[str, object] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    """Last values."""
