"""`trackbook export`: runs as one file, or the whole store as a folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackbook.cli.group import Command, chosen_store
from trackbook.cli.json_text import frame_records, json_text, json_value
from trackbook.cli.page import frame_page
from trackbook.cli.progress import bar
from trackbook.cli.tables import frame_csv
from trackbook.cli.terminal import say
from trackbook.errors import BadInput
from trackbook.values import to_json

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.store import Store

_ENDINGS = (".csv", ".json", ".parquet", ".html")


@click.command(cls=Command)
@click.argument("filter_text", metavar="[FILTER]", default="")
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE|FOLDER",
    help="A file ending in .csv, .json, .parquet or .html: one row a run. A folder: everything.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
def export(filter_text: str, to: Path, *, force: bool) -> None:
    """Take runs elsewhere.

    To a FILE goes the table of the runs that FILTER matches, with their params,
    metrics and tags. To a FOLDER, new or empty, goes the whole store: one
    Parquet file for runs, params, metrics, tags, summaries, outputs, datasets
    and artifacts each, and the artifacts themselves below artifacts/RUN_ID/.
    """
    if to.is_dir() or not to.suffix:
        if filter_text:
            raise click.UsageError("A FILTER goes with a file such as runs.csv; a folder takes the whole store.")
        _export_folder(chosen_store(needed=True), to)
        return
    if to.suffix.lower() not in _ENDINGS:
        raise click.UsageError(f"{to.name} ends in none of {', '.join(_ENDINGS)}; a folder's name has no dot.")
    if to.exists() and not force:
        raise BadInput(f"{to} exists; --force replaces it.")
    from trackbook.tracking import client  # noqa: PLC0415 - `--help` needs none of it

    chosen_store(needed=True)
    frame = client.runs(filter_text)
    _replace(to, _content(frame, to.suffix.lower()))
    say(f"{len(frame)} {'run' if len(frame) == 1 else 'runs'} written to {to}.")


def _export_folder(store: Store, folder: Path) -> None:
    from trackbook.store.export import export_store  # noqa: PLC0415

    exported = export_store(store, folder, bar("Exporting"))
    for fault in exported.faults:
        say(fault)
    files = "file" if exported.artifacts == 1 else "files"
    say(f"{len(exported.tables)} tables and {exported.artifacts} {files} written to {folder}.")
    if exported.faults:
        raise click.exceptions.Exit(1)


def _content(frame: pd.DataFrame, ending: str) -> bytes:
    if ending == ".parquet":
        from trackbook.store import frame_to_parquet  # noqa: PLC0415

        return frame_to_parquet(_of_one_kind(frame))
    if ending == ".html":
        return frame_page(frame).encode()
    text = frame_csv(frame) if ending == ".csv" else json_text(frame_records(frame)) + "\n"
    return text.encode("utf-8", "backslashreplace")


def _of_one_kind(frame: pd.DataFrame) -> pd.DataFrame:
    """Make text of columns whose values are of several kinds: a Parquet column has one."""
    import pandas as pd  # noqa: PLC0415

    mixed = [name for name in frame.columns if frame[name].dtype.kind == "O"]
    texts = {name: pd.Series(map(_as_text, frame[name].tolist()), dtype="string") for name in mixed}
    return pd.DataFrame({name: texts.get(name, frame[name]) for name in frame.columns})


def _as_text(value: object) -> str | None:
    known = json_value(value)
    return known if known is None or isinstance(known, str) else to_json(known)


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".trackbook-") as folder:
        made = Path(folder) / path.name
        made.write_bytes(content)
        made.replace(path)
