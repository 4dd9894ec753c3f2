"""What all commands share: where the store is, and how errors and warnings are said."""

from __future__ import annotations

import errno
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trackbook.cli.terminal import say, sentence
from trackbook.config import STORE_VARIABLE, settings
from trackbook.errors import BadInput, TrackbookError

if TYPE_CHECKING:
    from trackbook.store import Store

_CHOSEN = "trackbook.store"


def _choose(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_CHOSEN] = value


def store_option(variable: str | None = None) -> click.Option:
    """Make `--store`; known before and after the command's name, because people type it in both places."""
    return click.Option(
        ["--store"],
        metavar="PATH",
        envvar=variable,
        show_envvar=variable is not None,
        expose_value=False,
        callback=_choose,
        help="The store's file, or the folder it is in. Otherwise the nearest trackbook.duckdb.",
    )


class Command(click.Command):
    """A command that takes `--store` too."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **options)
        self.params.append(store_option())


class Group(click.Group):
    """Commands of one subject."""

    command_class = Command


class MainGroup(Group):
    """The whole command line; where errors become one sentence and an exit code."""

    group_class = Group

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **options)
        self.params.append(store_option(STORE_VARIABLE))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. What a user can mend is one sentence and exit code 1."""
        _survive_narrow_encodings()
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = lambda message, *_, **__: say(f"Warning: {message}")
            try:
                return super().invoke(ctx)
            except TrackbookError as error:
                raise click.ClickException(sentence(str(error))) from None
            except OSError as error:
                if error.errno == errno.EPIPE:  # click ends quietly
                    raise
                raise click.ClickException(sentence(_plainly(error))) from None


def _survive_narrow_encodings() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _plainly(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}."


def chosen_store(*, needed: bool = False) -> Store:
    """Return the store that the command is about, made this process's own.

    A path that somebody named has to exist; otherwise, unless it is needed, a
    store that is not there yet is an empty one, and stderr says so. Raises BadInput.
    """
    from trackbook.store import locate  # noqa: PLC0415 - `--help` needs none of it
    from trackbook.store.merge import has_spools  # noqa: PLC0415
    from trackbook.tracking.place import deciding_from  # noqa: PLC0415
    from trackbook.tracking.start import use_store  # noqa: PLC0415

    context = click.get_current_context()
    context.with_resource(deciding_from("command line"))
    named = context.meta.get(_CHOSEN)
    location = locate(chosen=settings().store, environ={STORE_VARIABLE: str(Path(named))} if named else {})
    if not location.file.exists() and not has_spools(location):
        if needed or named:
            raise BadInput(f"There is no store at {location.file}; `--store PATH` names another.")
        say(f"There is no store at {location.file} yet; put %%track on a cell, or name one with --store PATH.")
    return use_store(location.file)
