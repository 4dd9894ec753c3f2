"""`trackbook runs`, `show`, `diff` and `metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from trackbook.cli.group import Command, chosen_store
from trackbook.cli.json_text import frame_records, json_text
from trackbook.cli.tables import FORMATS, format_option, write_frame
from trackbook.cli.terminal import say, widely_spaced

if TYPE_CHECKING:
    import pandas as pd

_TABLE_ROWS = 50
_ID_SHOWN = 13
"""Characters: the time of the run to the millisecond; enough to type."""


@click.command(cls=Command)
@click.argument("filter_text", metavar="[FILTER]", default="")
@click.option("--order-by", multiple=True, metavar="TERM", help='Such as "metrics.acc DESC"; may be repeated.')
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="How many at most; a table stops at 50.")
@click.option("--deleted", is_flag=True, help="The deleted runs instead.")
@format_option
def runs(filter_text: str, order_by: tuple[str, ...], limit: int | None, form: str, *, deleted: bool) -> None:
    """List runs, newest first.

    FILTER is an SQL condition: "metrics.acc > 0.9 AND params.opt = 'adam'".
    Params, metrics (last values) and tags are columns; a table leaves out
    the params that every run left at their defaults.
    """
    from trackbook.store import runs_frame  # noqa: PLC0415 - `--help` needs none of it

    for_people = form == "table"
    cautious = for_people and limit is None
    most = _TABLE_ROWS + 1 if cautious else limit
    with chosen_store().asking() as db:
        frame = runs_frame(db, filter_text, order_by=order_by, limit=most, deleted=deleted, defaults=not for_people)
    more = cautious and len(frame) > _TABLE_ROWS
    frame = frame.head(_TABLE_ROWS) if more else frame
    write_frame(_compact(frame) if for_people else frame, form)
    if more:
        say(f"These are {_TABLE_ROWS}, and there are more; `--limit N` or `--format csv` shows them.")
    elif frame.empty:
        say("No run matches." if filter_text else "No run is here.")


def _compact(frame: pd.DataFrame) -> pd.DataFrame:
    """Choose what a person wants to see first: who, when, results, then the params that vary."""
    from trackbook.views.numbers import clock, duration  # noqa: PLC0415

    shown: dict[str, object] = {
        "run": [run_id[:_ID_SHOWN] for run_id in frame["run_id"]],
        "name": frame["name"],
        "status": frame["status"],
        "started": [clock(moment.tz_localize("UTC").timestamp()) for moment in frame["started_at"]],
        "took": [widely_spaced(duration(float(seconds))) for seconds in frame["duration"]],
    }
    if _varies(frame["experiment"]):
        shown["experiment"] = frame["experiment"]
    named = [name for name in frame.columns if name.partition(".")[0] in {"metrics", "params", "tags"}]
    varying = [name for name in named if name.startswith("metrics.") or _varies(frame[name])]
    order = [*sorted(varying, key=_kind), *(name for name in named if name not in varying)]
    shown |= {_title(name, order): frame[name] for name in order}
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(shown)


def _varies(column: pd.Series) -> bool:
    return len(set(column.astype(str))) > 1  # as text, since lists have no hash


def _kind(name: str) -> int:
    return ("metrics", "params", "tags").index(name.partition(".")[0])


def _title(name: str, all_names: list[str]) -> str:
    """Leave the kind away where the name alone is clear."""
    short = name.partition(".")[2]
    taken = {"run", "name", "status", "started", "took", "experiment"}
    return name if short in taken or sum(other.partition(".")[2] == short for other in all_names) > 1 else short


@click.command(cls=Command)
@click.argument("run")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(run: str, form: str) -> None:
    """Show everything about a run.

    RUN is its id, a beginning of it, its name, or "last".
    """
    from trackbook.cli.show import run_facts, run_text  # noqa: PLC0415 - `--help` needs none of it
    from trackbook.store.summaries import run_summaries  # noqa: PLC0415
    from trackbook.tracking.past import read_run  # noqa: PLC0415

    store = chosen_store()
    past = read_run(store, run)
    with store.asking() as db:
        summaries = run_summaries(db, past.run_id)
    click.echo(json_text(run_facts(past, summaries)) if form == "json" else run_text(past, summaries))


@click.command(cls=Command)
@click.argument("a")
@click.argument("b")
@click.option("--format", "form", type=click.Choice(["text", *FORMATS]), default="text", show_default=True)
def diff(a: str, b: str, form: str) -> None:
    """Say what differs between two runs.

    Params, metrics, data, code, git, environment and tags; everything reads from A to B.
    """
    from trackbook.tracking.diff import diff as compare_runs  # noqa: PLC0415 - `--help` needs none of it

    chosen_store()
    difference = compare_runs(a, b)
    if form == "text":
        click.echo(repr(difference))
    elif form == "json":
        click.echo(json_text(frame_records(difference.to_frame())))
    else:
        write_frame(difference.to_frame(), form)


@click.command(cls=Command)
@click.argument("run")
@click.argument("name")
@format_option
def metrics(run: str, name: str, form: str) -> None:
    """List the points of a metric.

    Step, time and value of the metric NAME of a RUN, in the order logged.
    """
    from trackbook.errors import BadInput  # noqa: PLC0415 - `--help` needs none of it
    from trackbook.tracking.past import read_run  # noqa: PLC0415

    past = read_run(chosen_store(), run)
    if name not in past.metrics:
        known = ", ".join(past.metrics) or "none"
        raise BadInput(f"Run {past.name} has no metric {name!r}. It has: {known}.")
    points = past.history(name)
    write_frame(points.drop(columns="run_id") if form == "table" else points, form, nan="NaN")
