"""Spools into the file: what each process logged becomes rows, exactly once.

In one transaction go the rows and how far each spool was consumed; a spool's
files go after the commit, its offsets when the files are gone. So nothing is
lost or doubled wherever anybody is killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.store.batch import COLUMNS, Batch
from trackbook.store.blobs import drop_blob_file
from trackbook.store.checkpoints import checkpoint, log_bytes
from trackbook.store.control import pages_there, sweep_pages
from trackbook.store.inline_blobs import take_in_blobs
from trackbook.store.packages import drop_old_models, note_loads
from trackbook.store.reading import Place, Reading, SpoolFolder, tidy
from trackbook.store.rows import fetch, insert_rows, moment, update_rows
from trackbook.store.series import write_points
from trackbook.store.writing import write_environments, write_runs, write_values

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.store.location import Location

_STILLBORN_SECONDS = 3600.0
_ENOUGH_BYTES = 64_000_000
_CHECKPOINT_POINTS, _CHECKPOINT_BYTES = 1_000_000, 16_000_000
"""What a checkpoint takes of memory grows with what was committed since the last, of which the log holds some."""

_MOST_SPOOLS = 200
"""Read in one pass, so that neither memory nor open files grow with what has piled up."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did."""

    points: int
    events: int
    rejected: int
    lost_runs: int
    """Runs whose process was found dead."""

    newer: int = 0
    """Spools in a format of a newer trackbook, left for it."""


def merge_spools(db: DuckDBPyConnection, location: Location, *, inline_limit: int) -> Merged:
    """Merge every spool there is, in passes of bounded size. The caller holds the store's lock."""
    total = Merged(0, 0, 0, 0)
    pages = pages_there(location)
    waiting = _spool_names(location)
    fresh = 0
    while True:
        with contextlib.ExitStack() as stack:
            done, readings, waiting = _one_pass(db, location, stack, inline_limit, waiting)
            for reading in readings:
                tidy(reading)
        fresh += done.points
        if waiting and (fresh >= _CHECKPOINT_POINTS or log_bytes(location.file) > _CHECKPOINT_BYTES):
            checkpoint(db, location.file)
            fresh = 0
        total = Merged(
            total.points + done.points,
            total.events + done.events,
            total.rejected + done.rejected,
            total.lost_runs + done.lost_runs,
            total.newer + done.newer,
        )
        if not waiting:
            sweep_pages(db, location, pages)
            return total


def has_spools(location: Location) -> bool:
    """Tell whether there is anything a merge could look at."""
    with contextlib.suppress(OSError):
        return any(not name.startswith(".") for name in os.listdir(location.spools))
    return False


def _one_pass(
    db: DuckDBPyConnection, location: Location, stack: contextlib.ExitStack, inline_limit: int, names: list[str]
) -> tuple[Merged, list[Reading], list[str]]:
    """Merge as much of these spools as a pass takes; returns what was read, and the spools to go on with."""
    now = time.time()
    places = {row[0]: Place(*row[1:]) for row in fetch(db, _PLACES)}
    present = {*_spool_names(location), *names}
    readings, waiting, newer = _read_some(location, stack, names, places, now)
    batch = Batch()
    for reading in readings:
        for line in reading.lines:
            batch.add_line(reading.spool_id, line, now)
        if reading.damaged:
            batch.reject_points(reading.spool_id, reading.damaged, "a wrong checksum", now)
    db.execute("BEGIN")
    try:
        inside = take_in_blobs(db, location, batch, inline_limit, now)
        points = _write(db, batch, readings, now)
        lost = _mark_lost(db, readings, present, now)
        _write_places(db, readings, places, present)
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(Exception):
            db.execute("ROLLBACK")
        raise
    for digest in inside:
        drop_blob_file(location, digest)
    lines = sum(len(reading.lines) for reading in readings)
    return Merged(points, lines, len(batch.rejected), lost, newer), readings, waiting


_PLACES = "SELECT spool_id, points_segment, points_record, events_journal, events_byte FROM _tb.spools"


def _spool_names(location: Location) -> list[str]:
    """List the spools that are there, oldest first; a place is forgotten only when its spool is not among them."""
    names = sorted(os.listdir(location.spools))
    for name in names:
        if name.startswith("."):
            _remove_stillborn(location.spools / name)
    return [name for name in names if not name.startswith(".")]


def _read_some(
    location: Location, stack: contextlib.ExitStack, names: list[str], places: dict[str, Place], now: float
) -> tuple[list[Reading], list[str], int]:
    """Read spools until a pass has enough, so that memory stays flat; also those to go on with, and how many are newer.

    Newer is one in a format that only a newer trackbook knows.
    """
    readings: list[Reading] = []
    again: list[str] = []
    size = newer = 0
    for count, name in enumerate(names):
        if size > _ENOUGH_BYTES or len(readings) == _MOST_SPOOLS:
            return readings, [*again, *names[count:]], newer
        # One may vanish while we look, and one may be of a kind that we cannot read.
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            folder = SpoolFolder(location.spools / name)
            stack.callback(folder.close)
            newer += folder.too_new
            if not folder.too_new:
                reading = folder.read(places.get(name, Place()), now)
                readings.append(reading)
                size += sum(map(len, reading.lines)) + sum(part.nbytes for part in reading.records)
                again += [name] if reading.more else []
    return readings, again, newer


def _remove_stillborn(path: Path) -> None:
    """Remove a spool whose process died before it had its name."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > _STILLBORN_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _write(db: DuckDBPyConnection, batch: Batch, readings: list[Reading], now: float) -> int:
    """Write everything of one pass; returns how many points."""
    counters = dict(fetch(db, _COUNTERS))
    if counters.pop("lost"):
        _revive(db, readings)
    before = dict(counters)
    fresh = write_runs(db, batch, counters)
    write_values(db, batch, fresh)
    for table, columns in COLUMNS.items():
        insert_rows(db, table, columns, batch.grown[table])
    write_environments(db, batch)
    note_loads(db, batch.loads)
    if batch.grown["models"]:
        drop_old_models(db)
    points = write_points(db, batch, readings, counters, fresh, now)
    insert_rows(db, "rejected", ("spool_id", "place", "event", "reason", "rejected_at"), batch.rejected)
    if counters != before:
        values = [counters[name] for name in ("runs", "series", "points")]
        db.execute(_COUNTED, values)
    return points


_COUNTERS = """
    SELECT name, value FROM _tb.counters
    UNION ALL
    SELECT 'lost', count(*) FROM _tb.runs WHERE ended_by = 'lost'
"""
_COUNTED = """
    UPDATE _tb.counters
    SET value = CASE name WHEN 'runs' THEN $1 WHEN 'series' THEN $2 ELSE $3 END
    WHERE name IN ('runs', 'series', 'points')
"""


def _revive(db: DuckDBPyConnection, readings: Iterable[Reading]) -> None:
    """Undo KILLED for runs whose owner writes again."""
    for reading in readings:
        if reading.alive and (reading.lines or any(len(part) for part in reading.records)):
            db.execute(
                "UPDATE _tb.runs SET status = 'RUNNING', ended_by = NULL, ended_at = NULL "
                "WHERE spool_id = $1 AND ended_by = 'lost'",
                [reading.spool_id],
            )


def _mark_lost(db: DuckDBPyConnection, readings: list[Reading], present: set[str], now: float) -> int:
    """Mark the runs of dead processes KILLED, with their last sign of life; returns how many.

    Dead is a process whose spool's lock is free, or whose spool is gone.
    """
    lost = 0
    running = fetch(db, "SELECT DISTINCT spool_id FROM _tb.runs WHERE status = 'RUNNING'")
    readable = {reading.spool_id: reading for reading in readings}
    for (spool_id,) in running:
        reading = readable.get(spool_id)
        if (reading is None and spool_id in present) or (reading is not None and (reading.alive or reading.more)):
            continue
        seen = moment(reading.last_seen if reading is not None else now)
        lost += len(
            fetch(
                db,
                "UPDATE _tb.runs SET status = 'KILLED', ended_by = 'lost', last_seen_at = $2, ended_at = $2 "
                "WHERE spool_id = $1 AND status = 'RUNNING' RETURNING run_id",
                [spool_id, seen],
            )
        )
    return lost


def _write_places(db: DuckDBPyConnection, readings: list[Reading], places: dict[str, Place], present: set[str]) -> None:
    """Write how far each spool is consumed; forget those whose files are gone."""
    gone = [spool_id for spool_id in places if spool_id not in present]
    for table in ("spools", "spool_keys") if gone else ():
        db.execute(f"DELETE FROM _tb.{table} WHERE spool_id IN (SELECT unnest(CAST($1 AS TEXT[])))", [gone])
    fresh, older = [], []
    for reading in readings:
        if reading.spool_id not in places:
            fresh.append((reading.host, *_place_row(reading)))
        elif places[reading.spool_id] != reading.place:
            older.append(_place_row(reading))
    insert_rows(db, "spools", ("host", "spool_id", *_PLACE_COLUMNS), fresh)
    update_rows(db, "spools", "spool_id", _PLACE_COLUMNS, older)


_PLACE_COLUMNS = ("points_segment", "points_record", "events_journal", "events_byte", "last_seen_at")


def _place_row(reading: Reading) -> tuple[object, ...]:
    place = reading.place
    return (
        reading.spool_id, place.points_segment, place.points_record, place.events_journal, place.events_byte,
        moment(reading.last_seen),
    )  # fmt: skip
