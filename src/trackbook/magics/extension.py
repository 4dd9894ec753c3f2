"""`%load_ext trackbook`: everything that loading does, and unloading takes back."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.capture.notebook import notebook_name
from trackbook.config import settings
from trackbook.errors import StoreReadOnly
from trackbook.magics.hooks import CellHooks
from trackbook.magics.prepared import PreparedRecorder
from trackbook.magics.presence import EVERY_CELL, LOADED, show_presence
from trackbook.magics.track import TrackMagics
from trackbook.store import locate
from trackbook.tracking.start import use_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell

    from trackbook.magics.recorder import NotebookRecorder
    from trackbook.store import Location

_ATTRIBUTE = "_trackbook"


class Extension:
    """What belongs to one loaded shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self._home = Path.cwd()
        # The hooks come too late for the cell that loads us: it counts as one that ran before.
        self._prepared = self._prepare(_place(settings().store, os.environ, shell), self._inputs())
        self.hooks = CellHooks(self._prepared)
        settings().observe(self._move_store, "store")

    @property
    def recorder(self) -> NotebookRecorder:
        """What turns the shell's cells into runs."""
        return self._prepared.recorder()

    def _prepare(self, place: Location, inputs: list[str]) -> PreparedRecorder:
        if not place.is_writable():
            sys.stderr.write(f"trackbook cannot record here: {StoreReadOnly(place.file)}\n")
        store = use_store(place.file)

        def make() -> NotebookRecorder:
            from trackbook.magics.recorder import NotebookRecorder  # noqa: PLC0415 - this is what takes its time

            recorder = NotebookRecorder(store, self.shell.user_ns, self._show_again, self._home)
            recorder.remember_inputs(inputs)
            return recorder

        return PreparedRecorder(make)

    def _inputs(self) -> list[str]:
        history = self.shell.history_manager
        return list(history.input_hist_raw) if history is not None else []

    def _move_store(self, change: Any) -> None:  # noqa: ANN401 - traitlets' bunch
        """Use another store from the next cell on: `%config Trackbook.store = …`, which wins over the variable."""
        place = _place(change["new"], {} if change["new"] else os.environ, self.shell)
        tracks_all, self._home = self.recorder.tracks_all, Path.cwd()
        self.hooks.recorder = self._prepared = self._prepare(place, self._inputs()[:-1])
        self.recorder.tracks_all = tracks_all

    def track_every_cell(self, *, on: bool) -> None:
        """`%track on` and `%track off`."""
        self.recorder.tracks_all = on
        show_presence(self.shell, EVERY_CELL, on=on)

    def _show_again(self, bundle: dict[str, object], display_id: str) -> None:
        self.shell.display_pub.publish(data=bundle, metadata={}, transient={"display_id": display_id}, update=True)

    def stop(self) -> None:
        """Take back what loading did."""
        self.hooks.remove()
        settings().unobserve(self._move_store, "store")
        for name in (LOADED, EVERY_CELL):
            show_presence(self.shell, name, on=False)


def _place(chosen: str, environ: Mapping[str, str], shell: InteractiveShell) -> Location:
    return locate(chosen=chosen, environ=environ, notebook=notebook_name(shell.user_ns, os.environ))


def load(shell: InteractiveShell) -> None:
    """Load once; loading again changes nothing."""
    if getattr(shell, _ATTRIBUTE, None) is not None:
        return
    extension = Extension(shell)
    setattr(shell, _ATTRIBUTE, extension)
    if settings() not in shell.configurables:
        shell.configurables.append(settings())
    shell.register_magics(TrackMagics(shell, extension))
    extension.hooks.install(shell)
    show_presence(shell, LOADED, on=True)


def unload(shell: InteractiveShell) -> None:
    """Leave the shell as it was before."""
    extension = getattr(shell, _ATTRIBUTE, None)
    if extension is None:
        return
    extension.stop()
    delattr(shell, _ATTRIBUTE)
    for kind, names in TrackMagics.magics.items():
        for name in names:
            shell.magics_manager.magics[kind].pop(name, None)
    if settings() in shell.configurables:
        shell.configurables.remove(settings())
