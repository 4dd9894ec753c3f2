"""What the card is told: a tracked cell's run, put together for the view."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from trackbook.capture.code_secrets import lines_with_secrets
from trackbook.ids import new_id
from trackbook.meaning import default_better
from trackbook.records import EndedBy, RunStatus
from trackbook.views.card.card import CardFacts, mime_bundle
from trackbook.views.card.warnings import left_out, secrets_in, uncommitted, unseeded, went_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.magics.attempts import Attempts
    from trackbook.magics.cells import EndedCell, StartingCell
    from trackbook.magics.model_keeping import Kept
    from trackbook.magics.recorder import TrackedCell
    from trackbook.meaning import Better
    from trackbook.records import GitState, Output
    from trackbook.store import Location
    from trackbook.store.questions import RunRow

_STATUS = {EndedBy.ERROR: RunStatus.FAILED, EndedBy.INTERRUPT: RunStatus.KILLED}
P = ParamSpec("P")
_PICTURES = ("image/", "application/vnd.plotly")


def card_facts(token: TrackedCell, ended: EndedCell, outputs: list[Output], attempts: Attempts) -> CardFacts:
    """Tell the card of a run, all but its surroundings. attempts: what the store remembers of the notebook."""
    run, found = token.run, token.findings
    shown = [output for output in outputs if output.kind != "error"]  # that has a line of its own
    metrics = run.last_values()
    error = _sentence(ended.error) if ended.error is not None else ""
    adds_to, status = token.adds_to, _STATUS.get(ended.ended_by, RunStatus.FINISHED)
    warnings = _warnings(outputs, attempts.trouble)
    if ended.succeeded:
        warnings += [went_on(output.name) for output in outputs if output.kind == "error"][:1]
        warnings += [unseeded(library, kind) for library, kind in found.unseeded.items()]
    if "code" not in token.line.no_capture:
        warnings += _secrets(token.cell)
    if adds_to is not None and status is not RunStatus.FINISHED:
        warnings.insert(0, _of_another(adds_to, status, error))
    return CardFacts(
        run_id=run.run_id,
        run_name=run.name,
        experiment=run.experiment,
        status=status if adds_to is None else RunStatus(adds_to.status),
        ended_by=ended.ended_by if adds_to is None else None,
        attempt=token.number,
        duration=ended.ended_at - token.began_at,
        ended_at=ended.ended_at,
        params=dict(run.params),
        default_count=len(run.defaults),
        defaults=dict(run.defaults),
        previous=token.previous,
        metrics=metrics,
        better={name: cast("Better | None", attempts.better.get(name)) or default_better(name) for name in metrics},
        outputs=len(shown),
        figures=sum(any(mime.startswith(_PICTURES) for mime in output.data) for output in shown),
        datasets=tuple(found.datasets),
        artifacts=tuple(run.artifacts),
        error=error if adds_to is None else "",
        warnings=tuple(warnings),
        evaluation_of=found.evaluates.name if found.evaluates is not None else "",
    )


def _sentence(error: BaseException) -> str:
    # A SyntaxError's own text ends with the made-up name of the cell's file.
    said = error.msg if isinstance(error, SyntaxError) else error
    return f"{type(error).__name__}: {said}"


def _secrets(cell: StartingCell) -> list[str]:
    above = cell.raw.count("\n") - cell.source.count("\n")  # a line that went: its cell magic had to be the first
    lines = [line + above for line in lines_with_secrets(cell.source)]
    return [secrets_in(lines)] if lines else []


def _of_another(run: RunRow, status: RunStatus, error: str) -> str:
    """Say how a cell ended that only added to a run: the run keeps the end that it had."""
    what = f"failed ({error})" if status is RunStatus.FAILED else "was interrupted"
    return f"this cell {what}; {run.name} stays {run.status.lower()}"


def _warnings(outputs: list[Output], trouble: str) -> list[str]:
    found = [trouble] if trouble else []
    if size := sum(output.cut for output in outputs):
        found.append(left_out(size))
    return found


def with_git(facts: CardFacts, git: GitState | None) -> CardFacts:
    """Add the repository's state, and say it when code is not committed."""
    if git is None:
        return facts
    warnings = facts.warnings
    if git.edits:
        warnings = (*warnings, uncommitted(git.edits, patch_cut=git.patch_cut))
    return replace(facts, git=git, warnings=warnings)


def with_models(facts: CardFacts, kept: Kept) -> CardFacts:
    """Add what became of the models that the cell fitted."""
    return replace(
        facts,
        models=(*facts.models, *kept.models),
        version=kept.version or facts.version,
        warnings=(*facts.warnings, *kept.warnings),
    )


class ShownCard:
    """A card that learns more after it was shown, from several threads: surroundings, models."""

    def __init__(self, facts: CardFacts, show_again: Callable[[dict[str, object], str], None] | None) -> None:
        """show_again: updates a display by its id; None where no card is wanted."""
        self._facts, self._show_again = facts, show_again
        self._display_id = f"trackbook-{new_id()}"
        self._lock = threading.Lock()
        self._is_shown = False

    def change(self, how: Callable[Concatenate[CardFacts, P], CardFacts], *args: P.args, **kwargs: P.kwargs) -> None:
        """Change what the card knows, and show it again where it is shown already."""
        with self._lock:
            before, self._facts = self._facts, how(self._facts, *args, **kwargs)
            if self._is_shown and self._show_again is not None and self._facts != before:
                self._show_again(mime_bundle(self._facts), self._display_id)

    def bundle(self) -> dict[str, object]:
        """The card as a display; from now on every change shows it again."""
        with self._lock:
            self._is_shown = True
            return {"data": mime_bundle(self._facts), "metadata": {}, "transient": {"display_id": self._display_id}}


def offer_gitignore(location: Location) -> str:
    """Return the offer to keep the store out of git, once in a store's life; empty afterwards."""
    mark = location.folder / "offered-gitignore"
    try:
        location.prepare()
        mark.touch(exist_ok=False)
    except OSError:
        return ""
    return f"keep the store out of git:  !echo '{location.file.name}*' >> .gitignore"
