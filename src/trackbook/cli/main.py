"""`trackbook`: what is in the store, without a notebook."""

from __future__ import annotations

import copy

import click

from trackbook.cli.export import export
from trackbook.cli.group import MainGroup
from trackbook.cli.registry import COMMANDS as REGISTRY
from trackbook.cli.runs import diff, metrics, runs, show
from trackbook.cli.sql import sql
from trackbook.cli.stop import knob, stop
from trackbook.cli.store import store


@click.group(cls=MainGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="trackbook", message="trackbook %(version)s")
def main() -> None:
    """Look at the runs that trackbook recorded, compare them, take them elsewhere.

    Data goes to stdout, everything else to stderr. Exit code 0: done; 1: it
    could not be done, and a sentence says why; 2: the command was typed wrongly.
    """


for subject in (runs, show, diff, metrics, sql, export, stop, knob, *REGISTRY, store):
    main.add_command(subject)

# `trackbook verify` is what our own messages say, and what fingers type.
for name, command in store.commands.items():
    short = copy.copy(command)
    short.hidden = True
    main.add_command(short, name)


if __name__ == "__main__":
    main()
