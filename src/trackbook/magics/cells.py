"""What IPython knows of a cell, read into records: before it runs and after it ended."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trackbook.capture.tee import parent_metadata
from trackbook.capture.transform import without_track_line
from trackbook.records import EndedBy, Output

if TYPE_CHECKING:
    from collections.abc import Sized

    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

    from trackbook.capture.track_line import TrackLine


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""The value of a cell that ends without one."""


@dataclass(frozen=True, slots=True)
class StartingCell:
    """A cell that is about to run."""

    raw: str
    """As typed, with the `%%track` line."""

    source: str
    """The code a run keeps: the `%%track` line empty, what is below it without the margin that IPython takes off.

    Lines count as in the notebook.
    """

    transformed: str
    """The Python that IPython made of it."""

    cell_id: str | None
    """The front end's; None under nbval, nbconvert and plain IPython."""

    tags: tuple[str, ...]
    """The cell's tags in the notebook."""

    position: int
    """n of In[n]."""

    started_at: float
    line: TrackLine | None
    """What the cell's first line, else its tag, asks for; None when nothing does."""


@dataclass(frozen=True, slots=True)
class EndedCell:
    """How a tracked cell ended. Holds the user's objects: keep names and numbers of it, never the record."""

    succeeded: bool
    ended_by: EndedBy
    error: BaseException | None
    value: object
    """Of the last expression, also with `;` behind it; MISSING without one and for None."""

    traceback: str
    """Plain text; empty when there was no error."""

    outputs: list[Output]
    ended_at: float


def starting_cell(shell: InteractiveShell, info: ExecutionInfo) -> StartingCell:
    """Read what `pre_run_cell` is given; older IPythons and ipykernels pass less of it on."""
    meta = getattr(info, "cell_meta", None) or parent_metadata(shell)
    tags = meta.get("tags") or ()
    history = shell.history_manager
    return StartingCell(
        raw=info.raw_cell,
        source=without_track_line(info.raw_cell),
        transformed=getattr(info, "transformed_cell", None) or info.raw_cell,
        cell_id=getattr(info, "cell_id", None) or meta.get("cellId"),
        tags=tuple(map(str, tags)) if isinstance(tags, (list, tuple)) else (),
        position=len(history.input_hist_parsed) if history is not None else shell.execution_count,
        started_at=time.time(),
        line=None,
    )


def what_ended(result: ExecutionResult | None) -> EndedBy:
    """Tell error from interrupt: ipykernel cancels a cell that awaits, and may then have no result at all."""
    error = _error_of(result)
    if result is None or isinstance(error, (KeyboardInterrupt, asyncio.CancelledError)):
        return EndedBy.INTERRUPT
    return EndedBy.CELL if error is None else EndedBy.ERROR


def error_of_showing(shell: InteractiveShell | None, outputs: list[Output]) -> BaseException | None:
    """Return why a value could not be shown where the kernel counts that as the cell's failure, and stops "Run All"."""
    fails = getattr(shell, "_last_traceback_during_displayhook", False)  # ipykernel 7
    if not fails or all(output.kind != "error" for output in outputs):
        return None
    error = getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) else None


def ended_cell(
    result: ExecutionResult | None,
    ended_by: EndedBy,
    silenced: SilencedValue | None,
    outputs: list[Output],
    unshown: BaseException | None,
) -> EndedCell:
    """Put together what `post_run_cell` is given, the value that `;` silenced, and what the cell showed.

    unshown: why its value could not be shown.
    """
    error = _error_of(result) or unshown
    value = result.result if result is not None else None
    if value is None and silenced is not None:
        value = silenced.value
    return EndedCell(
        succeeded=ended_by is EndedBy.CELL,
        ended_by=ended_by,
        error=error,
        value=MISSING if value is None else value,
        traceback=_traceback(error, outputs) if error is not None else "",
        outputs=outputs,
        ended_at=time.time(),
    )


class SilencedValue:
    """Sees the value of a last expression that `;` keeps from being shown: IPython forgets it."""

    def __init__(self, shell: InteractiveShell, nested: Sized) -> None:
        """`nested` is not empty while a cell runs inside the cell."""
        self.value: object = None
        self._trap, self._nested = shell.display_trap, nested
        self._hook = self._trap.hook
        self._trap.hook = self

    def __call__(self, value: object = None) -> None:
        """Stand in for sys.displayhook."""
        if not self._nested:
            self.value = value
        self._hook(value)

    def stop(self) -> None:
        """Give IPython its own hook back."""
        if self._trap.hook is self:
            self._trap.hook = self._hook


def ends_with_semicolon(shell: InteractiveShell, code: str) -> bool:
    """Ask IPython whether it will keep the last value to itself."""
    if ";" not in code:
        return False
    try:
        return bool(shell.displayhook.semicolon_at_end_of_expression(code))
    except Exception:  # noqa: BLE001 - code that cannot be split into tokens fails by itself
        return False


def _error_of(result: ExecutionResult | None) -> BaseException | None:
    if result is None:
        return None
    error = result.error_before_exec if result.error_before_exec is not None else result.error_in_exec
    return error if isinstance(error, BaseException) else None


def _traceback(error: BaseException, outputs: list[Output]) -> str:
    """Take the traceback that the user saw; without a kernel, Python's own."""
    shown = [output.data.get("text/plain") for output in outputs if output.kind == "error"]
    return str(shown[-1]) if shown else "".join(traceback.format_exception(error))
