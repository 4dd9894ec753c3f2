"""`trackbook store …`: looking after the store."""

from __future__ import annotations

import re
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackbook.cli.group import Command, Group, chosen_store
from trackbook.cli.json_text import json_text
from trackbook.cli.progress import bar, watched
from trackbook.cli.terminal import say, widely_spaced
from trackbook.tracking.difference_text import printable
from trackbook.views.numbers import byte_size, count

if TYPE_CHECKING:
    from trackbook.store import StoreInfo
    from trackbook.store.garbage import Garbage

_UNITS = {"h": 3600.0, "d": 86_400.0, "w": 604_800.0}


def _moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    """Read how long ago (30d, 12h, 2w) or since when (2026-11-01); seconds since the epoch."""
    if value is None:
        return None
    if found := re.fullmatch(r"(\d{1,6})([hdw])", value.strip()):
        return time.time() - int(found[1]) * _UNITS[found[2]]
    try:
        return datetime.fromisoformat(value).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value!r} is no age; write 12h, 30d, 2w or a date such as 2026-11-01.") from None


@click.group(cls=Group)
def store() -> None:
    """Look after the store."""


@store.command(cls=Command)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def info(form: str) -> None:
    """Say where the store is and what it holds."""
    from trackbook.store import store_info  # noqa: PLC0415 - `--help` needs none of it

    facts = store_info(chosen_store())
    click.echo(json_text(asdict(facts)) if form == "json" else _info_text(facts))


def _info_text(facts: StoreInfo) -> str:
    rows = {
        "file": f"{printable(facts.file)} ({widely_spaced(byte_size(facts.size))}, schema {facts.schema})",
        "runs": f"{facts.runs:,}" + (f", and {facts.deleted_runs:,} deleted" if facts.deleted_runs else ""),
        "points": f"{facts.points:,}",
        "blobs": f"{facts.blobs:,} ({widely_spaced(byte_size(facts.blob_bytes))})",
        "spools": f"{facts.spools:,}",
        "rejected": f"{facts.rejected:,}",
    }
    return "\n".join(f"{name:8}  {text}" for name, text in rows.items())


@store.command(cls=Command)
def verify() -> None:
    """Check every hash, every count and the chain of decisions.

    What is wrong is written to stdout, a line each, and the exit code is 1.
    """
    from trackbook.store import verify_store  # noqa: PLC0415 - `--help` needs none of it

    faults = verify_store(chosen_store(needed=True), bar("Checking blobs"))
    for fault in faults:
        click.echo(printable(fault))
    if faults:
        say(f"{count(len(faults), 'fault')} found.")
        raise click.exceptions.Exit(1)
    say("Nothing is wrong.")


@store.command(cls=Command)
@click.option(
    "--deleted-before", callback=_moment, metavar="AGE", help="Also runs deleted longer ago than 30d, 12h, 2w."
)
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def gc(deleted_before: float | None, *, dry_run: bool, yes: bool) -> None:
    """Remove what nothing needs: files that no run names, and long deleted runs if asked.

    Shows what would go and asks first. Files younger than a day are spared, and runs
    that versions of registered models were made of, unless these were deleted as long ago.
    """
    from trackbook.store import collect_garbage  # noqa: PLC0415 - `--help` needs none of it
    from trackbook.store.garbage import find_garbage  # noqa: PLC0415

    chosen = chosen_store(needed=True)
    garbage = find_garbage(chosen, deleted_before=deleted_before)
    for run_id, name, versions in garbage.spared:
        say(f"run {run_id} {name} stays: {versions} was made of it.")
    if garbage.is_empty:
        say("There is nothing to remove.")
        return
    click.echo(_garbage_text(garbage), err=not dry_run)
    if dry_run:
        return
    if not yes:
        click.confirm("Remove this for good?", abort=True, err=True)
    files = garbage.files
    with watched("Removing", len(files), lambda: sum(not path.exists() for path in files)):
        runs, blobs = collect_garbage(chosen, deleted_before=deleted_before)
    say(f"{count(runs, 'run')} and {count(blobs, 'blob')} removed.")


def _garbage_text(garbage: Garbage) -> str:
    lines = [
        f"run {run_id} {printable(name)}, deleted {deleted_at.isoformat(timespec='seconds')}Z"
        for run_id, name, deleted_at in garbage.runs
    ]
    blobs = garbage.inside + len(garbage.files)
    return "\n".join([*lines, f"{widely_spaced(count(blobs, 'blob'))} ({widely_spaced(byte_size(garbage.size))})"])


@store.command(cls=Command)
@click.argument("target", type=click.Path(path_type=Path))
def snapshot(target: Path) -> None:
    """Copy the store to a new file TARGET, for other tools and for safe keeping.

    The folder beside it is copied too; move both together.
    """
    from trackbook.store import snapshot as copy_store  # noqa: PLC0415 - `--help` needs none of it

    chosen = chosen_store(needed=True)
    place = target / chosen.location.file.name if target.is_dir() else target
    growing = place.with_name(f".{place.name}.new")
    with watched("Copying", _size(chosen.location.file), lambda: max(_size(place), _size(growing))):
        copy_store(chosen, place)
    say(f"{place} has it all ({byte_size(_size(place))}).")


@store.command(cls=Command)
def merge() -> None:
    """Bring what running and dead processes have logged into the file now.

    Every question does so by itself; this is for scripts that copy the file.
    """
    from trackbook.errors import StoreHeld  # noqa: PLC0415 - `--help` needs none of it

    chosen = chosen_store(needed=True)
    spools = chosen.location.spools
    before = _tree_size(spools)
    with watched("Merging", before, lambda: before - _tree_size(spools)):
        merged = chosen.merge()
    if merged is None:
        raise StoreHeld(chosen.location.file, "another trackbook process, for a long time")
    rejected = f"; {merged.rejected} could not be applied, `trackbook verify` says more" if merged.rejected else ""
    lost = f"; {count(merged.lost_runs, 'run')} lost their process" if merged.lost_runs else ""
    say(f"{count(merged.points, 'point')} and {count(merged.events, 'event')} merged{rejected}{lost}.")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _tree_size(folder: Path) -> int:
    """Sum up what is there; a file may vanish while we look."""
    return sum(_size(path) for path in folder.rglob("*")) if folder.exists() else 0
