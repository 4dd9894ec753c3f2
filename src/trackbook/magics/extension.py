"""`%load_ext trackbook`: everything that loading does, and unloading takes back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from trackbook.capture.notebook import notebook_name
from trackbook.config import settings
from trackbook.magics.hooks import CellHooks
from trackbook.magics.recorder import NotebookRecorder
from trackbook.magics.track import TrackMagics
from trackbook.store import locate
from trackbook.tracking.start import use_store

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_ATTRIBUTE = "_trackbook"


class Extension:
    """What belongs to one loaded shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        notebook = notebook_name(shell.user_ns, os.environ)
        store = use_store(locate(chosen=settings().store, notebook=notebook).file)
        self.recorder = NotebookRecorder(store, shell.user_ns, self._show_again)
        self.recorder.remember_inputs(list(shell.user_ns.get("In", []))[:-1])
        self.hooks = CellHooks(self.recorder)
        settings().observe(self._move_store, "store")

    def _move_store(self, change: Any) -> None:  # noqa: ANN401 - traitlets' bunch
        """Use another store from the next cell on: `%config Trackbook.store = …`."""
        store = use_store(locate(chosen=change["new"], environ={}).file)
        self.recorder = NotebookRecorder(store, self.shell.user_ns, self._show_again)
        self.hooks.recorder = self.recorder

    def _show_again(self, bundle: dict[str, object], display_id: str) -> None:
        self.shell.display_pub.publish(data=bundle, metadata={}, transient={"display_id": display_id}, update=True)

    def stop(self) -> None:
        """Take back what loading did."""
        self.hooks.remove()
        settings().unobserve(self._move_store, "store")


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


def unload(shell: InteractiveShell) -> None:
    """Leave the shell as it was before."""
    extension = getattr(shell, _ATTRIBUTE, None)
    if extension is None:
        return
    extension.stop()
    delattr(shell, _ATTRIBUTE)
    for kind, name in (("line", "track"), ("line", "%track"), ("cell", "track"), ("line", "runs")):
        shell.magics_manager.magics[kind].pop(name, None)
    if settings() in shell.configurables:
        shell.configurables.remove(settings())
