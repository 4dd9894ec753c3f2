"""Turns the cells of one notebook into runs of its store."""

from __future__ import annotations

import os
import socket
import time
import traceback
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from trackbook.capture.callees import with_callees
from trackbook.capture.cell import analyse
from trackbook.capture.notebook import notebook_name
from trackbook.capture.printed import printed_text
from trackbook.capture.shape import shape_hash
from trackbook.capture.strangers import MISSING as CAPTURE_MISSING
from trackbook.capture.track_line import TrackLine
from trackbook.config import settings
from trackbook.errors import BadTrackLine, RunNotFound, StoreError
from trackbook.ids import new_id
from trackbook.magics.attempts import Attempts
from trackbook.magics.cards import ShownCard, card_facts, offer_gitignore, with_git, with_models
from trackbook.magics.cells import MISSING
from trackbook.magics.findings import Before, Findings, FittedBy, log_evaluations, log_findings, look_after, look_before
from trackbook.magics.keeping import keep_outputs
from trackbook.magics.live_panels import LivePanels
from trackbook.magics.model_keeping import Kept, ModelKeeper
from trackbook.magics.silence import silent_strangers
from trackbook.magics.usage import NO_RUNS
from trackbook.records import Attempt, EndedBy, ExecutedCell, Output, RunStart, RunStatus
from trackbook.store import find_run
from trackbook.store.questions import RunRow
from trackbook.tracking import active
from trackbook.tracking.names import make_name
from trackbook.tracking.place import enter_cell
from trackbook.tracking.run import Run
from trackbook.tracking.start import begin_run, find_shown_run, relative_to_store, user_name
from trackbook.tracking.surroundings import Lookout, Surroundings
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from trackbook.magics.cells import EndedCell, StartingCell
    from trackbook.store import Store
    from trackbook.views.card.card import CardFacts


@dataclass(slots=True)
class TrackedCell:
    """A tracked cell from its begin to its card."""

    run: Run
    cell: StartingCell
    line: TrackLine
    key: str
    number: int
    """Of the attempt; 0 when the cell adds to another run."""

    adds_to: RunRow | None
    """That other run, as it was found; None when the cell has a run of its own."""

    previous: Attempt | None
    before: Before
    began_at: float
    """When the user's code began, our preparations behind us."""

    findings: Findings = field(default_factory=Findings)


class NotebookRecorder:
    """The recorder of one kernel."""

    def __init__(
        self,
        store: Store,
        namespace: Mapping[str, Any],
        show_again: Callable[[dict[str, object], str], None],
        home: Path,
    ) -> None:
        """namespace: the user's, looked at and never changed. show_again: updates a display by its id.

        home: the working directory that a notebook without a folder of its own is in.
        """
        self.store, self.namespace, self.show_again = store, namespace, show_again
        self.session_id = new_id()
        self.tracks_all = False
        """`%track on`: every cell that fits or scores."""

        self._last: RunRow | None = None
        self._unwritten: list[ExecutedCell] | None = []
        self._fitted_by = FittedBy()
        self._home = home
        notebook = self._notebook()
        self.attempts = Attempts(store, relative_to_store(notebook, store))
        folder = notebook.parent if notebook is not None and notebook.parent.is_dir() else home
        self.live_panels = LivePanels()
        self.models = ModelKeeper()
        self.lookout = Lookout(folder, store.location.file)
        self.lookout.look()

    def _notebook(self) -> Path | None:
        found = notebook_name(self.namespace, os.environ)
        return self._home / found if found is not None else None  # wherever os.chdir has led since

    def remember_inputs(self, inputs: list[str]) -> None:
        """Take over the cells that ran before we were there; inputs[0] is IPython's empty one."""
        if self._unwritten is not None:
            now = time.time()
            self._unwritten += [
                ExecutedCell(self.session_id, position, source, now)
                for position, source in enumerate(inputs)
                if position and source
            ]

    def wants(self, cell: StartingCell) -> TrackLine | None:
        """Decide whether a cell is tracked: by its line or tag, or because it fits or scores while `%track on`.

        Every cell comes by here, so what it decides about models is known to be decided in it.
        """
        enter_cell(f"[{cell.position}]")
        if cell.line is not None or not self.tracks_all:
            return cell.line
        facts = with_callees(analyse(cell.transformed), self.namespace)
        return TrackLine() if facts.trains or facts.scores else None

    def begin(self, cell: StartingCell, line: TrackLine) -> TrackedCell:
        """Begin the cell's run. Raises BadInput or NotThere for what the line asks wrongly."""
        self.lookout.look()
        with silent_strangers():
            before = look_before(cell.transformed, self.namespace, line)
        adds_to = self._to_add_to(line.into) if line.into else None
        if adds_to is not None:
            start = RunStart(adds_to.run_id, adds_to.experiment, adds_to.name, adds_to.started_at)
            run, key, number, previous = Run(self.store, start, owner=False), "", 0, None
        else:
            run, key, number, previous = self._begun(cell, line)
        if line.tags:
            run.set_tags(dict(line.tags))
        self._last = adds_to or _row_of(run)
        active.enter(run)
        if line.live:
            self.live_panels.show(run, cell.cell_id or key, fresh=not line.into)
        return TrackedCell(run, cell, line, key, number, adds_to, previous, before, time.time())

    def _to_add_to(self, wanted: str) -> RunRow:
        return self.last_run() if wanted == "last" else find_shown_run(self.store, wanted)

    def last_run(self) -> RunRow:
        """Return the run of the newest tracked cell, else the store's newest; never one that is deleted.

        Raises BadTrackLine when there is none.
        """
        last = self._last
        try:
            found = find_run(self.store, "last" if last is None else last.run_id)
            return found if not found.deleted else find_run(self.store, "last")
        except RunNotFound:
            raise BadTrackLine(NO_RUNS) from None
        except StoreError:
            if last is None:
                raise
            return last  # somebody holds the store, and adding to a run can do without it

    def _begun(self, cell: StartingCell, line: TrackLine) -> tuple[Run, str, int, Attempt | None]:
        notebook = self._notebook()
        key, number, previous = self.attempts.begin(cell.cell_id or "", shape_hash(cell.source))
        parent = active.find_active_run()
        keeps_code = "code" not in line.no_capture
        start = RunStart(
            run_id=new_id(),
            experiment=line.experiment or self._experiment(notebook, parent),
            name=line.name or make_name(),
            started_at=time.time(),
            notebook=relative_to_store(notebook, self.store),
            cell_id=cell.cell_id or "",
            cell_key=key,
            attempt=number,
            code=cell.source.lstrip("\n") if keeps_code else "",
            parent_run_id=parent.run_id if parent is not None else "",
            session_id=self.session_id,
            run_by=user_name(),
            host=socket.gethostname(),
        )
        return begin_run(self.store, start), key, number, previous

    @staticmethod
    def _experiment(notebook: Path | None, parent: Run | None) -> str:
        if parent is not None and parent.experiment:
            return parent.experiment
        name = settings().experiment or (notebook.stem if notebook is not None else "default")
        return check_name("experiment", name)

    def end(self, token: object, ended: EndedCell) -> Mapping[str, Any] | None:
        """Log what the cell showed, end its run, and return the card."""
        assert isinstance(token, TrackedCell)
        run = token.run
        outputs: list[Output] = []
        try:
            self._log_findings(token, ended)
            if "outputs" not in token.line.no_capture:
                outputs = keep_outputs(run, ended.outputs)
        finally:
            self.live_panels.before_end()
            _finish(run, ended)
            self._last = token.adds_to or _row_of(run)
            if token.line.live:
                self.live_panels.finish()
        if run.ended_by is EndedBy.STOP:
            ended = replace(ended, ended_by=EndedBy.STOP)
        around = self.lookout.latest()
        facts = card_facts(token, ended, outputs, self.attempts)
        if token.key:
            self.attempts.end(token.key, Attempt(run.run_id, token.number, facts.params, facts.metrics))
        card = ShownCard(facts, self.show_again if settings().card else None)
        card.change(with_models, self._keep_models(token, ended, card))
        if around is None:
            self.lookout.tell(lambda late: card.change(self._with_surroundings, token, late))
        else:
            card.change(self._with_surroundings, token, around)
        return card.bundle() if settings().card else None

    def _keep_models(self, token: TrackedCell, ended: EndedCell, card: ShownCard) -> Kept:
        fitted, token.findings.fitted = token.findings.fitted, []  # nothing of the user's stays with us
        if not ended.succeeded:
            return Kept()
        return self.models.keep(
            token.run,
            token.line,
            fitted,
            [*token.before.facts.reads, *token.before.facts.bound],
            self.namespace,
            lambda late: card.change(with_models, late),
        )

    def _log_findings(self, token: TrackedCell, ended: EndedCell) -> None:
        """Log what nobody named; where a fitted model was only used, also to the run that fitted it."""
        run = token.run
        with silent_strangers():
            found = token.findings = look_after(
                token.before,
                self.namespace,
                token.line,
                value=CAPTURE_MISSING if ended.value is MISSING else ended.value,
                printed=printed_text(ended.outputs),
                ignored=self.attempts.ignored,
                finished=ended.succeeded,
                seconds=ended.ended_at - token.began_at,
                fitted_by=self._fitted_by,
                run=run,
            )
        log_findings(run, found, run.last_values())
        log_evaluations(run, found)

    def _with_surroundings(self, facts: CardFacts, token: TrackedCell, around: Surroundings) -> CardFacts:
        left_out = token.line.no_capture
        self.lookout.write(token.run, around, environment="env" not in left_out, git="git" not in left_out)
        git = around.git if "git" not in left_out else None
        offer = offer_gitignore(self.store.location) if around.store_is_exposed else ""
        return with_git(replace(facts, offer=offer), git)

    def executed(self, cell: StartingCell, token: object | None, *, succeeded: bool) -> None:
        """Keep every executed cell, so that a slice can be cut for any run; from the first run on, in the store."""
        assert token is None or isinstance(token, TrackedCell)
        run_id = token.run.run_id if token is not None else None
        left_out = token.line.no_capture if token is not None else frozenset()
        if "history" in left_out:
            return
        source = "" if "code" in left_out else cell.source
        done = ExecutedCell(self.session_id, cell.position, source, cell.started_at, cell.cell_id, run_id, succeeded)
        if self._unwritten is not None:
            self._unwritten.append(done)
            if token is None:
                return
            waiting, self._unwritten = self._unwritten, None
        else:
            waiting = [done]
        for entry in waiting:
            self.store.event("cell", **asdict(entry))


def _row_of(run: Run) -> RunRow:
    return RunRow(run.run_id, run.experiment, run.name, run.start.started_at, run.status, deleted=False)


def _finish(run: Run, ended: EndedCell) -> None:
    status = {EndedBy.ERROR: RunStatus.FAILED, EndedBy.INTERRUPT: RunStatus.KILLED}.get(
        ended.ended_by, RunStatus.FINISHED
    )
    error = ""
    if ended.error is not None:
        lines = "".join(traceback.format_exception_only(ended.error)).strip().splitlines()
        error = lines[-1][:2000] if lines else type(ended.error).__name__
    run.end(status, ended.ended_by, error=error, trace=ended.traceback, ended_at=ended.ended_at)
