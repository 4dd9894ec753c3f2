"""Follows the cells of one shell: tells a recorder when a cell begins and how it ended.

The cell runs as if we were not there. Our failure is one line on stderr; a wrong
`%%track` line is a UsageError that stops the cell, and "Run All" with it.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from trackbook.capture.tee import CellTee, flush_streams, parent_id, tee_for
from trackbook.capture.track_line import TrackLine, find_track_line, parse_track_line
from trackbook.capture.transform import blank_track_line
from trackbook.config import settings
from trackbook.errors import BadInput, NotThere, TrackbookError
from trackbook.magics.cells import (
    MISSING,
    EndedCell,
    SilencedValue,
    StartingCell,
    ended_cell,
    ends_with_semicolon,
    error_of_showing,
    starting_cell,
    what_ended,
)
from trackbook.magics.refusal import Refusal
from trackbook.records import EndedBy, Output

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

__all__ = ["MISSING", "CellHooks", "EndedCell", "Recorder", "StartingCell"]

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")
TRACK_TAG = "track"
"""A cell with this tag in its metadata is tracked without a line."""

FAILURES_UNTIL_OFF = 3


class Recorder(Protocol):
    """What is told of every outermost cell. Raising BadInput or NotThere before the cell runs refuses the cell."""

    def wants(self, cell: StartingCell) -> TrackLine | None:
        """Decide whether the cell is tracked; usually `cell.line`."""

    def begin(self, cell: StartingCell, line: TrackLine) -> object | None:
        """Begin a run and return what `end` needs to know it; None leaves the cell untracked."""

    def end(self, token: object, ended: EndedCell) -> Mapping[str, Any] | None:
        """End the run; return the card as arguments of `publish` (data, metadata, transient), or None."""

    def executed(self, cell: StartingCell, token: object | None, *, succeeded: bool) -> None:
        """Take note of any cell, after `end` where it was tracked (token) and without where it was not (None)."""


@dataclass(slots=True)
class _Running:
    """The outermost cell of one thread, between its two hooks."""

    info: ExecutionInfo
    parent_id: str
    cell: StartingCell | None = None
    token: object | None = None
    tee: CellTee | None = None
    silenced: SilencedValue | None = None
    refusal: Refusal | None = None
    failed: bool = False
    nested: list[ExecutionInfo] = field(default_factory=list)

    def ends_with(self, result: ExecutionResult | None) -> bool:
        """Tell the cell's own end from that of a cell run inside it."""
        if result is None:  # ipykernel has none when a cancelled cell left no result
            return True
        for depth, info in enumerate(self.nested):
            if result.info is info:
                del self.nested[depth:]
                return False
        # An exception between hook and code makes IPython begin a fresh result with a fresh info.
        return result.info is self.info or result.info.raw_cell == self.info.raw_cell


class _Current(threading.local):
    """One running cell a thread: ipykernel 7 runs cells of subshells beside the main one."""

    running: _Running | None = None


class CellHooks:
    """Pairs IPython's hooks into cells and passes them to a recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.failures = 0
        self._shell: InteractiveShell | None = None
        self._current = _Current()

    @property
    def switched_off(self) -> bool:
        """True after too many failures in a row; `install` switches on again."""
        return self.failures >= FAILURES_UNTIL_OFF

    def install(self, shell: InteractiveShell) -> None:
        """Begin to follow the shell's cells. Doing it again does it once, and forgets failures."""
        self.remove()
        self.failures = 0
        self._shell = shell
        shell.input_transformers_cleanup.append(self._blank)
        shell.events.register("pre_run_cell", self._before)
        shell.events.register("post_run_cell", self._after)

    def remove(self) -> None:
        """Leave the shell as it was; a cell that is running is ended first, as far as it got."""
        shell = self._shell
        if shell is None:
            return
        if (running := self._current.running) is not None:
            self._current.running = None
            self._finish(running, None, EndedBy.CELL)
        self._shell = None
        shell.events.unregister("pre_run_cell", self._before)
        shell.events.unregister("post_run_cell", self._after)
        if self._blank in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(self._blank)

    def _blank(self, lines: list[str]) -> list[str]:
        # Inside a cell (below %%time, in run_cell) the line stays and the magic says that it must come first.
        return lines if self._inside() is not None else blank_track_line(lines)

    _blank.has_side_effects = True  # type: ignore[attr-defined]  # as blank_track_line, and for its reason

    def _inside(self) -> _Running | None:
        """Return the cell around the one that comes now; what a lost hook left behind does not count."""
        running = self._current.running
        return running if running is not None and running.parent_id == parent_id(self._shell) else None

    def _before(self, info: ExecutionInfo) -> None:
        if (outer := self._inside()) is not None:
            outer.nested.append(info)
            return
        shell, left = self._shell, self._current.running
        self._current.running = None
        if left is not None and shell is not None:
            self._finish(left, None, EndedBy.INTERRUPT)  # its own end was lost, and its card has no place any more
        if shell is None or self.switched_off or not _counts(info):
            return
        running = self._current.running = _Running(info, parent_id(shell))
        try:
            self._begin(shell, running)
        except (BadInput, NotThere) as error:
            running.refusal = Refusal(shell, "UsageError", str(error))
        except KeyboardInterrupt:
            running.refusal = Refusal(shell, "KeyboardInterrupt", "")
        except Exception as error:  # noqa: BLE001 - the user's cell comes first
            self._warn(running, "could not begin to record this cell", error)

    def _begin(self, shell: InteractiveShell, running: _Running) -> None:
        cell = running.cell = starting_cell(shell, running.info)
        line = parse_track_line(cell.raw, partial(_expand, shell))
        if line is None and TRACK_TAG in cell.tags:
            line = TrackLine()
        cell = running.cell = replace(cell, line=line)
        if (wanted := self.recorder.wants(cell)) is None:
            return
        running.token = self.recorder.begin(cell, wanted)
        if running.token is None:
            return
        if ends_with_semicolon(shell, cell.transformed):
            running.silenced = SilencedValue(shell, running.nested)
        running.tee = tee_for(shell, settings().output_limit)
        if running.tee is not None:
            running.tee.start()

    def _after(self, result: ExecutionResult | None) -> None:
        shell, running = self._shell, self._current.running
        if shell is None or running is None or not running.ends_with(result):
            return
        self._current.running = None
        card = self._finish(running, result, what_ended(result))
        if card is not None:
            self._safely(running, "could not show the card of this cell", lambda: shell.display_pub.publish(**card))
        if running.token is not None and not running.failed:
            self.failures = 0

    def _finish(self, running: _Running, result: ExecutionResult | None, ended_by: EndedBy) -> Mapping[str, Any] | None:
        """Hand the cell's end to the recorder and return its card; each step is taken whatever became of the others."""
        card = None
        cell, token = running.cell, running.token
        stop = partial(_stop_listening, running)
        outputs = self._safely(running, "could not keep the outputs of this cell", stop) or []
        unshown = error_of_showing(self._shell, outputs) if ended_by is EndedBy.CELL else None
        ended_by = EndedBy.ERROR if unshown is not None else ended_by
        if token is not None:

            def end() -> Mapping[str, Any] | None:
                return self.recorder.end(token, ended_cell(result, ended_by, running.silenced, outputs, unshown))

            card = self._safely(running, "could not record this cell", end)
        if cell is not None:
            note = partial(self.recorder.executed, cell, token, succeeded=ended_by is EndedBy.CELL)
            self._safely(running, "could not keep this cell in the history", note)
        return card

    def _safely(self, running: _Running, failure: str, step: Callable[[], Result]) -> Result | None:
        """Take a step of ours after the cell; the user's interrupt counts as its failure."""
        try:
            return step()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the user's cell comes first
            self._warn(running, failure, error)
            return None

    def _warn(self, running: _Running, what: str, error: BaseException) -> None:
        """Say once a cell that we failed, and stop trying when it goes on."""
        _LOG.debug("trackbook %s", what, exc_info=error)
        if running.failed:
            return
        running.failed = True
        self.failures += 1
        known = isinstance(error, TrackbookError)  # that is a sentence already
        reason = str(error) if known else "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        off = " It has switched itself off; %reload_ext trackbook switches it on again." if self.switched_off else ""
        with suppress(Exception):  # the user may have replaced or closed it
            sys.stderr.write(f"trackbook {what} ({reason.rstrip('.')}). The cell itself is not affected.{off}\n")


def _counts(info: ExecutionInfo) -> bool:
    """Tell a user's cell from what front ends execute for themselves. nbval runs cells outside the history."""
    return not info.silent and (info.store_history or find_track_line(info.raw_cell.splitlines()) is not None)


def _expand(shell: InteractiveShell, text: str) -> str:
    # With a depth beyond the stack only the user's names are looked up, and none of our frames'.
    return str(shell.var_expand(text, depth=sys.getrecursionlimit()))


def _stop_listening(running: _Running) -> list[Output]:
    """Undo everything that was put in for this cell, whatever of it fails."""
    if running.refusal is not None:
        running.refusal.stop()
    if running.silenced is not None:
        running.silenced.stop()
    if running.tee is None:
        return []
    try:
        flush_streams()
    finally:
        outputs = running.tee.stop()
    return outputs
