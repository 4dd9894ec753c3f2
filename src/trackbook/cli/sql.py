"""`trackbook sql`: the user's own questions."""

from __future__ import annotations

import sys

import click

from trackbook.cli.group import Command, chosen_store
from trackbook.cli.tables import format_option, write_frame


@click.command(cls=Command)
@click.argument("query")
@format_option
def sql(query: str, form: str) -> None:
    """Answer a query in SQL.

    QUERY is text, or "-" to read it from stdin. The views are runs, params,
    metrics, summaries, tags, outputs, datasets, artifacts, environments,
    history, versions and audit. Nothing can be changed.
    """
    from trackbook.store.user_sql import read_only_sql  # noqa: PLC0415 - `--help` needs none of it

    text = sys.stdin.read() if query == "-" else query
    if not text.strip():
        raise click.UsageError('The query is empty; try "SELECT * FROM runs".')
    write_frame(read_only_sql(chosen_store(), text), form)
