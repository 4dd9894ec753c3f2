"""The control page of a running run: others write what they want of its loop, the loop reads it for next to nothing.

A file of 8,192 bytes, little-endian. Eight bytes say what it is, in which format; then u64 each: stop wanted,
somebody asks, somebody stopped, number of the newest knobs, steps done, steps in all (0 unknown). From byte 64
two slots: number (u64), length (u32), CRC-32 of number and text (u32), text: {"lr": [default, value]}, the value
missing until somebody turned the knob. An even number's knobs are in the first slot. A writer locks the file,
fills the slot that nobody reads and moves the number last: killed at any moment, it leaves the newest whole text.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import struct
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import crc32

import portalocker

from trackbook.config import PLAIN_WRITES_VARIABLE
from trackbook.errors import BadInput
from trackbook.store.fields import read_id
from trackbook.store.filesystem import is_network_file_system
from trackbook.store.lock import LockTimeoutError, try_lock
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.store.location import Location

KnobValue: TypeAlias = bool | int | float | str
Knobs: TypeAlias = dict[str, list[Any]]

PAGE_BYTES = 8192
STOP, ASKS, STOPPED = 8, 16, 24
_MAGIC = b"TBctrl\x01\x00"
NUMBER = slice(32, 40)
PROGRESS = slice(40, 56)
_SLOTS = 64
_SLOT = (PAGE_BYTES - _SLOTS) // 2
_HEAD = struct.Struct("<QII")
YES = (1).to_bytes(8, "little")
_PAUSE = 0.002


@dataclass(frozen=True, slots=True)
class Knob:
    """A value that others may change while a run goes on."""

    default: KnobValue
    """What the code gave first; its type is the knob's."""

    value: KnobValue
    """The newest; the default until somebody turned it."""


@dataclass(frozen=True, slots=True)
class ControlState:
    """What a control page says."""

    run_id: str
    asks: bool
    """Its loop has asked at least once, so it will hear."""

    stop_requested: bool
    stopped: bool
    """Its loop was told to stop, and did."""

    done: int = 0
    """Steps of its outermost `loop`."""

    total: int | None = None
    """Steps in all; None when unknown."""

    knobs: dict[str, Knob] = field(default_factory=dict)


def page_path(location: Location, run_id: str) -> Path:
    """Name a run's page; raises ValueError for what is no run id, which so never becomes a path."""
    return location.folder / "control" / read_id(run_id)


def make_page(location: Location, run_id: str) -> None:
    """Make the page of a run that begins, or clear the one it left. Raises OSError."""
    path = page_path(location, run_id)
    try:
        descriptor = _create(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _create(path)
    try:  # real zeros: a map of a sparse file would kill the process on a full disk
        os.write(descriptor, _MAGIC.ljust(PAGE_BYTES, b"\x00"))
    finally:
        os.close(descriptor)


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)


def remove_page(location: Location, run_id: str) -> bool:
    """Remove the page of a run that ends; tells whether its loop stopped because somebody asked."""
    path = page_path(location, run_id)
    try:
        stopped = path.read_bytes()[STOPPED : STOPPED + 1] == YES[:1]
        path.unlink()
    except OSError:
        return False
    return stopped


def read_page(location: Location, run_id: str) -> ControlState | None:
    """Read a run's page from any process; None when it has none. Raises BadInput for another version's."""
    path = page_path(location, run_id)
    try:
        return _state(run_id, checked(path.read_bytes(), path))
    except FileNotFoundError:
        return None


def _state(run_id: str, raw: bytes) -> ControlState:
    done, total = struct.unpack("<QQ", raw[PROGRESS])
    _, knobs = newest_knobs(raw) or (b"", {})
    return ControlState(
        run_id=read_id(run_id),
        asks=raw[ASKS] != 0,
        stop_requested=raw[STOP] != 0,
        stopped=raw[STOPPED] != 0,
        done=done,
        total=total or None,
        knobs={name: Knob(entry[0], entry[-1]) for name, entry in knobs.items()},
    )


def raise_flag(location: Location, run_id: str, flag: int, patience: float) -> ControlState:
    """Set one of the flags; returns the page as it was before. Raises OSError, BadInput, LockTimeoutError."""
    path = page_path(location, run_id)
    with _locked(path, patience) as descriptor:
        before = _state(run_id, checked(os.pread(descriptor, PAGE_BYTES, 0), path))
        os.pwrite(descriptor, YES, flag)
    return before


def change_knobs(location: Location, run_id: str, change: Callable[[Knobs], None], patience: float) -> None:
    """Let `change` work on the newest knobs and write them. Raises OSError, BadInput, LockTimeoutError."""
    path = page_path(location, run_id)
    with _locked(path, patience) as descriptor:
        raw = checked(os.pread(descriptor, PAGE_BYTES, 0), path)
        number, knobs = newest_knobs(raw) or (raw[NUMBER], {})
        change(knobs)
        _write_knobs(descriptor, int.from_bytes(number, "little") + 1, knobs)


def _write_knobs(descriptor: int, number: int, knobs: Knobs) -> None:
    text = json.dumps(knobs, separators=(",", ":")).encode("ascii")
    if len(text) > _SLOT - _HEAD.size:
        raise BadInput(
            f"The knobs of this run would take {len(text):,} bytes, and {_SLOT - _HEAD.size:,} is the most; "
            "shorten names and texts."
        )
    counted = number.to_bytes(8, "little")
    head = _HEAD.pack(number, len(text), crc32(counted + text))
    os.pwrite(descriptor, head + text, _SLOTS + _SLOT * (number & 1))
    os.pwrite(descriptor, counted, NUMBER.start)


@contextmanager
def _locked(path: Path, patience: float) -> Iterator[int]:
    """Keep other writers out; readers never wait."""
    deadline = time.monotonic() + patience
    with path.open("r+") as file:
        while not try_lock(file):
            if time.monotonic() >= deadline:
                raise LockTimeoutError
            time.sleep(_PAUSE)
        try:
            # Before the change, not after: a quick loop may hear it and have ended by then.
            if os.fstat(file.fileno()).st_nlink == 0:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
            yield file.fileno()
            if is_polled(path.parent):
                os.fsync(file.fileno())
        finally:  # not left to closing: a child forked meanwhile has the file open too
            portalocker.unlock(file)


def is_polled(folder: Path) -> bool:
    """Tell whether a page here is read now and then instead of mapped."""
    return os.environ.get(PLAIN_WRITES_VARIABLE) == "1" or is_network_file_system(folder)


def checked(raw: bytes, path: Path) -> bytes:
    """Return a page that is one of ours; raises BadInput."""
    if len(raw) < PAGE_BYTES or raw[: len(_MAGIC)] != _MAGIC:
        raise BadInput(f"{path} is not a control page of this trackbook's format; upgrade the older of the two.")
    return raw


def newest_knobs(raw: bytes) -> tuple[bytes, Knobs] | None:
    """Take the number of the newest knobs, and them, out of a page; None when it was read between two writes."""
    counted = raw[NUMBER]
    number = int.from_bytes(counted, "little")
    if number == 0:
        return counted, {}
    start = _SLOTS + _SLOT * (number & 1)
    found, length, seal = _HEAD.unpack_from(raw, start)
    text = raw[start + _HEAD.size : start + min(_HEAD.size + length, _SLOT)]
    if found != number or crc32(counted + text) != seal:
        return None
    knobs: Knobs = json.loads(text)
    return counted, knobs


def pages_there(location: Location) -> list[str]:
    """List the runs that have a page."""
    found = []
    with contextlib.suppress(OSError):
        for name in os.listdir(location.folder / "control"):
            with contextlib.suppress(ValueError):
                if read_id(name) == name:
                    found.append(name)
    return found


def sweep_pages(db: DuckDBPyConnection, location: Location, run_ids: list[str]) -> None:
    """Remove the pages of runs that ended without doing so themselves.

    run_ids: listed before the spools were merged. A page is made after its run said that it begins, so a run that
    is taken up again is never among those that have ended here.
    """
    if not run_ids:
        return
    among = "run_id IN (SELECT unnest(CAST($1 AS UUID[])))"
    for run_id, ended_by, spool_id in fetch(
        db,
        f"SELECT CAST(run_id AS VARCHAR), ended_by, spool_id FROM _tb.runs WHERE {among} AND status <> 'RUNNING'",
        [run_ids],
    ):
        # On another host a lost process may come back as long as its spool is there.
        if ended_by != "lost" or not (location.spools / spool_id).exists():
            with contextlib.suppress(OSError):
                page_path(location, run_id).unlink(missing_ok=True)
