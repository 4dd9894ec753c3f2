"""The tree of errors. Each takes facts and makes one whole sentence with a way out.

TrackbookError
├── BadInput (ValueError)
│   ├── BadName
│   ├── BadValue
│   ├── OutOfRange
│   ├── BadFilter
│   └── BadTrackLine
├── NotThere (LookupError)
│   ├── RunNotFound
│   └── ArtifactNotFound
├── StoreError (OSError)
│   ├── NotAStore
│   ├── StoreTooNew
│   ├── StoreHeld
│   ├── StoreReadOnly
│   ├── StoreDamaged
│   └── DiskFull
├── NoActiveRun (RuntimeError)
└── MissingPackage (ImportError)

Of models: models/errors.py. Of the registry: store/registry/errors.py.
TrackbookWarning (UserWarning): trouble that stops nobody.
"""

from __future__ import annotations

import os
import sys
import warnings
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


_PACKAGE = str(Path(__file__).parent) + os.sep
_ROUND_A_FAULT = 60
"""Characters shown before and behind a fault in a filter."""


def _ascii(value: object) -> str:
    try:
        return ascii(value)
    except Exception:  # noqa: BLE001 - whatever was given in place of a name, our sentence must come out
        return f"<{type(value).__name__}>"


class TrackbookWarning(UserWarning):
    """Trouble in recording. The user's work goes on."""


TrackbookWarning.__module__ = "trackbook"


def warn(sentence: str) -> None:
    """Warn of trouble at the user's own line: the nearest one that is not in this package."""
    frame, level = sys._getframe(1), 2  # noqa: SLF001 - warnings does it itself from Python 3.12 on
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(sentence, TrackbookWarning, stacklevel=level)


class TrackbookError(Exception):
    """Root of everything we raise."""


class BadInput(TrackbookError, ValueError):
    """Something the user typed cannot be meant."""


class BadName(BadInput):
    """A name of a metric, param, tag, run, experiment or artifact that cannot be kept."""

    def __init__(self, kind: str, name: object, reason: str) -> None:
        self.kind, self.name, self.reason = kind, name, reason
        shown = _ascii(name)
        shown = shown if len(shown) <= 60 else shown[:57] + "…"  # noqa: PLR2004 - one line of a terminal
        super().__init__(f"The {kind} name {shown} {reason}.")


class BadValue(BadInput):
    """A value that is not what its place needs."""

    def __init__(self, what: str, value: object, needed: str) -> None:
        self.what, self.value = what, value
        kind = type(value).__name__
        super().__init__(f"{what} is {'an' if kind[:1].lower() in set('aeiou') else 'a'} {kind}, and {needed}.")


class OutOfRange(BadInput):
    """A number that its place cannot hold."""

    def __init__(self, what: str, reason: str) -> None:
        self.what = what
        super().__init__(f"{what} is out of range: {reason}.")


class BadFilter(BadInput):
    """A filter expression that the filter language does not know."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        self.text, self.position, self.reason = text, position, reason
        # One line round the fault, so that the caret stands below it whatever the text is.
        start = max(0, position - _ROUND_A_FAULT)
        shown = "".join(mark if mark.isprintable() else " " for mark in text[start : position + _ROUND_A_FAULT])
        where = f"{'…' if start else ''}{shown}"
        caret = " " * (position - start + bool(start)) + "^"
        super().__init__(f"Wrong at character {position + 1}: {reason}\n  {where}\n  {caret}")


class BadTrackLine(BadInput):
    """A `%%track` line whose options cannot be read."""

    def __init__(self, problem: str, known: Sequence[str] = (), near: str = "") -> None:
        self.problem = problem
        match = get_close_matches(near, known, n=1) if near else []
        hint = f" Did you mean {match[0]}?" if match else f" There is: {', '.join(known)}." if known else ""
        super().__init__(f"{problem}.{hint}")


class NotThere(TrackbookError, LookupError):
    """Something asked for by name or id does not exist."""


class RunNotFound(NotThere):
    """No run has this id or name."""

    def __init__(self, wanted: str, near: Sequence[str] = ()) -> None:
        self.wanted = wanted
        hint = f"Did you mean {', '.join(near)}?" if near else "tb.runs() lists all."
        super().__init__(f"There is no run {wanted!r} in this store. {hint}")


class RunDeleted(NotThere):
    """The run is deleted, and what would be added to it nobody would see."""

    def __init__(self, name: str, run_id: str) -> None:
        self.name, self.run_id = name, run_id
        super().__init__(f"The run {name} is deleted. In a notebook, %track restore {run_id[:13]} brings it back.")


class ArtifactNotFound(NotThere):
    """A run has no artifact of this path."""

    def __init__(self, run: str, path: str, known: Sequence[str]) -> None:
        self.path = path
        has = ", ".join(known) or "none"
        super().__init__(f"Run {run} has no artifact {path!r}. It has: {has}.")


class StoreError(TrackbookError, OSError):
    """The store's file or folder cannot be used."""


class NotAStore(StoreError):
    """The file is no DuckDB file, or one of another program."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(
            f"{path} is not a trackbook store: {reason}. "
            "Move it away, or set TRACKBOOK_STORE to another path; nothing in it was changed."
        )


class StoreTooNew(StoreError):
    """The file was written by a newer trackbook."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        self.path, self.found, self.known = path, found, known
        super().__init__(
            f"{path} has schema {found}, and this trackbook knows {known}. "
            "Upgrade trackbook and restart the kernel; what is logged meanwhile is kept and merged then."
        )


class StoreHeld(StoreError):
    """Another program has the file open."""

    def __init__(self, path: Path, holder: str) -> None:
        self.path, self.holder = path, holder
        super().__init__(
            f"{path} is held open by {holder}. Close it there and ask again; logging goes on and nothing is lost."
        )


class StoreReadOnly(StoreError):
    """The folder cannot be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} cannot be written. Set TRACKBOOK_STORE to a path in a folder of yours, or copy the store there."
        )


class StoreDamaged(StoreError):
    """A stored file is not what its hash says."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path} is damaged: {reason}. Run `trackbook verify` to see what else is.")


class DiskFull(StoreError):
    """No space for a merge or a blob."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"The disk with {path} is full. Free some space; what was logged before stays as it is.")


class NoActiveRun(TrackbookError, RuntimeError):
    """A log call outside any run."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"{verb} needs a run: put %%track on the cell, or use `with trackbook.start_run():`.")


class MissingPackage(TrackbookError, ImportError):
    """An optional package is needed here."""

    def __init__(self, package: str, purpose: str) -> None:
        self.package = package
        super().__init__(f"{purpose} needs {package}: pip install {package}.")
