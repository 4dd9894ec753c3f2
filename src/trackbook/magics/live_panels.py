"""The live panels of `%%track --live`: shown before what the cell shows, whatever it clears, ended with its run."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.tracking.run import Run
    from trackbook.widgets.live.panel import Live

_log = logging.getLogger(__name__)


class LivePanels:
    """One panel a cell: when the cell runs again its output is gone, and so is the panel that was in it."""

    def __init__(self) -> None:
        self._of_cell: dict[str, Live] = {}
        self._current: Live | None = None

    def show(self, run: Run, cell: str, *, fresh: bool) -> None:
        """Show a panel. What goes wrong is one line on stderr, and the cell runs as without it.

        cell: names the cell. fresh: the run begins now.
        """
        self._current = None
        try:
            from trackbook.widgets.live.panel import Live  # noqa: PLC0415 - only whoever asks for a panel pays for widgets
            from trackbook.widgets.live.state import LiveState  # noqa: PLC0415

            before = self._of_cell.pop(cell, None)
            if before is not None:
                before.close()
            panel = Live(run.store, LiveState(run.store, run.run_id, run if run.is_owner else None, fresh=fresh))
            self._current = panel
            panel._ipython_display_()
            if cell:
                self._of_cell[cell] = panel
        except Exception as error:  # noqa: BLE001 - the user's cell comes first
            _log.debug("no live panel", exc_info=True)
            self._warn(error)

    def before_end(self) -> None:
        """Let the panel see how far the run came."""
        if self._current is not None:
            with suppress(Exception):  # then it shows what it saw last
                self._current.feed.note_progress()

    def finish(self) -> None:
        """Show how the run ended."""
        panel, self._current = self._current, None
        if panel is None:
            return
        try:
            panel.finish()
        except Exception as error:  # noqa: BLE001 - the user's cell comes first
            _log.debug("the live panel has not seen the end", exc_info=True)
            self._warn(error)

    @staticmethod
    def _warn(error: Exception) -> None:
        with suppress(Exception):  # the user may have replaced or closed it
            sys.stderr.write(
                f"trackbook could not show the live panel ({type(error).__name__}: {error}). "
                "The run is recorded all the same; tb.live() shows it in another notebook.\n"
            )
