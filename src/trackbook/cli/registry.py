"""`trackbook models`, `versions`, `promote`, `archive`, `rollback`, `alias`, `audit` and `registry-at`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from trackbook.cli.group import Command, chosen_store
from trackbook.cli.tables import format_option, write_frame
from trackbook.cli.terminal import say

if TYPE_CHECKING:
    import pandas as pd

reason_option = click.option("--reason", default="", metavar="TEXT", help="Why; it stays in the audit trail.")

_ID_SHOWN = 13
_HASH_SHOWN = 12


@click.command(cls=Command)
@click.argument("text", default="")
@format_option
def models(text: str, form: str) -> None:
    """List registered models and who is in which stage.

    TEXT: only those with it in their name, description, tags, aliases or stages.
    """
    from trackbook.versioning.asking import registered_models  # noqa: PLC0415 - `--help` needs none of it

    chosen_store()
    frame = registered_models(text)
    if form == "table":
        frame = frame.assign(
            stages=[_stages(has) for has in frame["stages"]],
            aliases=[" ".join(f"@{alias}→{version}" for alias, version in has.items()) for has in frame["aliases"]],
            tags=[" ".join(f"{name}={value}" for name, value in has.items()) for has in frame["tags"]],
        )
    write_frame(frame, form)
    if frame.empty:
        say("No model matches." if text else "No model is registered; tb.register(NAME) registers the last run's.")


def _stages(held: dict[str, list[int]]) -> str:
    """Say who has which stage, but for those that any number of versions have."""
    from trackbook.store.registry.assignments import CROWDED  # noqa: PLC0415 - as above

    used = {stage: versions for stage, versions in held.items() if stage not in CROWDED}
    return ", ".join(f"{stage} {' '.join(map(str, versions))}" for stage, versions in used.items())


@click.command(cls=Command)
@click.argument("model", required=False)
@click.option("--stage", help="Only those in this stage.")
@click.option("--alias", help="Only the one that this alias points at.")
@click.option("--filter", "filter_text", default="", help='On the runs behind them: "metrics.accuracy > 0.9".')
@click.option("--text", default="", help="Only those with it in their name, description or tags.")
@click.option("--unused-for", metavar="AGE", help="Not loaded for so long: 12h, 90d, 8w; and in no stage that is used.")
@format_option
def versions(
    model: str | None,
    stage: str | None,
    alias: str | None,
    filter_text: str,
    text: str,
    unused_for: str | None,
    form: str,
) -> None:
    """List versions of registered models, the newest first.

    MODEL: only of this one.
    """
    from trackbook.versioning.asking import versions as ask  # noqa: PLC0415 - `--help` needs none of it

    chosen_store()
    frame = ask(model, stage=stage, alias=alias, filter=filter_text, text=text, unused_for=unused_for)
    write_frame(_compact(frame) if form == "table" else frame, form)
    if frame.empty:
        say("No version matches.")


def _compact(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    metrics = {name.removeprefix("metrics."): frame[name] for name in frame.columns if name.startswith("metrics.")}
    return pd.DataFrame(
        {
            "model": frame["model"],
            "version": frame["version"],
            "stage": frame["stage"],
            "aliases": [" ".join(f"@{alias}" for alias in aliases) for aliases in frame["aliases"]],
            "created": frame["created_at"],
            "run": [run_id[:_ID_SHOWN] for run_id in frame["run_id"]],
            **metrics,
            "description": frame["description"],
        }
    )


@click.command(cls=Command)
@click.argument("model")
@click.argument("version", type=click.IntRange(min=1))
@click.argument("stage", default="Production")
@reason_option
@click.option("--keep-existing", is_flag=True, help="Leave the version that holds the stage there too.")
@click.option("--override", is_flag=True, help="Although gates fail; takes a --reason.")
def promote(model: str, version: int, stage: str, reason: str, *, keep_existing: bool, override: bool) -> None:
    """Move a VERSION of a MODEL to a STAGE.

    The version that holds the stage is archived. Gates of the project are tried first.
    """
    from trackbook.versioning.moving import promote as move  # noqa: PLC0415 - `--help` needs none of it

    chosen_store(needed=True)
    moved = move(model, version, stage, reason=reason, archive_existing=not keep_existing, override=override)
    say(f"{moved.model} version {moved.version} is in {moved.stage}.")


@click.command(cls=Command)
@click.argument("model")
@click.argument("version", type=click.IntRange(min=1))
@reason_option
def archive(model: str, version: int, reason: str) -> None:
    """Take a VERSION of a MODEL out of its stage."""
    from trackbook.versioning.moving import archive as move  # noqa: PLC0415 - `--help` needs none of it

    chosen_store(needed=True)
    moved = move(model, version, reason=reason)
    say(f"{moved.model} version {moved.version} is archived.")


@click.command(cls=Command)
@click.argument("model")
@click.argument("stage_or_alias", metavar="[STAGE|@ALIAS]", default="Production")
@reason_option
def rollback(model: str, stage_or_alias: str, reason: str) -> None:
    """Return a stage or an @alias of a MODEL to what it pointed at before.

    Twice goes two back. It is a new entry of the audit trail; nothing is taken back.
    """
    from trackbook.versioning.moving import rollback as back  # noqa: PLC0415 - `--help` needs none of it

    chosen_store(needed=True)
    found = back(model, stage_or_alias, reason=reason)
    say(f"{stage_or_alias} of {found.model} is version {found.version} again.")


@click.command(cls=Command)
@click.argument("model")
@click.argument("alias")
@click.argument("version", type=click.IntRange(min=1), required=False)
@click.option("--delete", is_flag=True, help="Take the alias away.")
@reason_option
def alias(model: str, alias: str, version: int | None, reason: str, *, delete: bool) -> None:
    """Point an ALIAS of a MODEL, such as champion, at a VERSION."""
    from trackbook.versioning.naming import delete_alias, set_alias  # noqa: PLC0415 - `--help` needs none of it

    if delete == (version is not None):
        raise click.UsageError("Name the version that the alias points at, or --delete.")
    chosen_store(needed=True)
    alias = alias.removeprefix("@")
    if version is None:
        delete_alias(model, alias, reason=reason)
        say(f"{model} has no @{alias} any more.")
    else:
        set_alias(model, alias, version, reason=reason)
        say(f"@{alias} of {model} is version {version}.")


@click.command(cls=Command)
@click.argument("model", default="")
@click.option("--verify", is_flag=True, help="Check the chain of hashes instead; exit code 1 when it is broken.")
@click.option("--head", is_flag=True, help="Print the newest hash instead, to be kept elsewhere.")
@format_option
def audit(model: str, form: str, *, verify: bool, head: bool) -> None:
    """List who decided what, when, where and why.

    MODEL: only about this one. A chain without a witness outside cannot prove that its newest entries were not cut
    off: keep --head elsewhere from time to time.
    """
    from trackbook.errors import BadInput  # noqa: PLC0415 - `--help` needs none of it
    from trackbook.versioning import asking  # noqa: PLC0415

    chosen_store()
    if verify:
        if broken := asking.verify_audit():
            entries = ", ".join(map(str, broken[:10]))
            raise BadInput(f"The trail is broken: entry {entries} was changed, or one before it removed.")
        say("The chain of decisions is whole.")
    elif head:
        click.echo(asking.newest_audit_hash())
    else:
        frame = asking.audit(model)
        write_frame(frame.assign(hash=frame["hash"].str[:_HASH_SHOWN]) if form == "table" else frame, form)


@click.command("registry-at", cls=Command)
@click.argument("moment")
@format_option
def registry_at(moment: str, form: str) -> None:
    """Say which version was where at a MOMENT, such as 2026-03-01 or "2026-03-01 14:30"."""
    from trackbook.versioning.asking import registry_at as ask  # noqa: PLC0415 - `--help` needs none of it

    chosen_store()
    frame = ask(moment)
    write_frame(frame, form)
    if frame.empty:
        say("No model was registered then.")


@click.command(cls=Command)
@click.argument("model")
@click.argument("run", default="last")
@click.option("--description", default="", metavar="MARKDOWN")
@reason_option
def register(model: str, run: str, description: str, reason: str) -> None:
    """Make the model that a RUN logged the next version of MODEL.

    RUN is an id, a beginning of it, a name, "last", or runs:/ID/NAME.
    """
    from trackbook.versioning.registering import register as add  # noqa: PLC0415 - `--help` needs none of it

    chosen_store(needed=True)
    version = add(model, run, description=description, reason=reason)
    say(f"{version.model} has a version {version.version}.")


COMMANDS = (models, versions, register, promote, archive, rollback, alias, audit, registry_at)
