"""`tb.registry()` and `%registry`: models, their versions, and the decisions about them in one panel, alive."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from trackbook.errors import TrackbookError
from trackbook.tracking.start import current_store
from trackbook.views.registry.html import picture_html, picture_text
from trackbook.widgets.panel import new_twin, script, show_panel, style
from trackbook.widgets.registry.answers import Answers
from trackbook.widgets.registry.shown import Shown
from trackbook.widgets.watch import Watch

if TYPE_CHECKING:
    from trackbook.store import Store

_log = logging.getLogger(__name__)
_LONGEST_PAUSE = 1.0  # seconds


class RegistryBrowser(anywidget.AnyWidget):
    """Registered models to look through, promote, archive and roll back; follows what any process decides.

    `model` and `version` say what is shown and can be set. js/src/widgets/registry.ts is its twin;
    js/src/contract/registry.ts says the words.
    """

    _esm = script("registry")
    _css = style("registry")
    twin = traitlets.Unicode(help="The static twin that it hides.").tag(sync=True)
    first = traitlets.Dict(
        help="All that is shown at first, so that it is there at once, also while the kernel is busy."
    ).tag(sync=True)
    height = traitlets.Int(460, help="Pixels of the panel.").tag(sync=True)
    model = traitlets.Unicode(help="The registered model that is shown; empty where there is none.")
    version = traitlets.Int(0, help="Its version that is shown; 0 where it has none.")

    def __init__(self, store: Store, model: str = "", height: int = 460) -> None:
        """Ask the store for everything. Raises RegisteredModelNotFound, StoreHeld."""
        self.lock = threading.RLock()
        self.store = store
        self.shown = Shown(store)
        self._asked_for, self._setting = model, False
        self._watch = Watch(self, store)
        try:
            self.shown.look(model)
            super().__init__(twin=new_twin(), first=self.told(), height=height)
        except BaseException:
            self._watch.end()
            raise
        self.answers = Answers(self)
        self.follow_shown()
        self.on_msg(self.answers.receive)

    def told(self) -> dict[str, Any]:
        """Write everything that is shown for the browser."""
        shown = self.shown
        return {
            "tell": "show",
            "models": shown.models_told(),
            "model": shown.model_told(),
            "version": shown.version_told(),
            "call": self.call(),
        }

    def call(self) -> str:
        """Write the Python call that shows the same again."""
        return f"tb.registry({self.shown.model.name!r})" if self.shown.model is not None else "tb.registry()"

    def follow_shown(self) -> None:
        """Set the traits to what is shown."""
        self._setting = True
        try:
            self.model = self.shown.model.name if self.shown.model is not None else ""
            self.version = self.shown.version.version.version if self.shown.version is not None else 0
        finally:
            self._setting = False

    @traitlets.observe("model", "version")
    def _chosen(self, change: Any) -> None:  # noqa: ANN401 - traitlets' own
        if self._setting:
            return
        with self.lock:
            try:
                self.shown.choose(self.model, self.version if change["name"] == "version" else 0)
            finally:
                self.follow_shown()
            self.answers.say_all()

    def store_changed(self) -> None:
        """Follow the store; what was looked at stays where it is."""
        began = time.monotonic()
        with self.lock:
            if not self.answers.visible:
                self.answers.stale = True
                return
            try:
                # Our own question merges, which looks like a change to whoever watches the files.
                if not self.shown.has_news():
                    return
                self.refresh()
            except TrackbookError as error:
                self.answers.notice(f"What is shown may be old: {error}", "error")
        # A store of very many models is not asked all the time while something is logged.
        time.sleep(min(_LONGEST_PAUSE, 2 * (time.monotonic() - began)))

    def refresh(self) -> None:
        """Ask again for what is shown."""
        self.shown.look()
        self.follow_shown()
        self.answers.say_all()

    def close(self) -> None:
        """Follow the store no more and take the panel out of every page."""
        self._watch.end()
        super().close()

    def _ipython_display_(self) -> None:
        with self.lock:
            self.first = self.told()
            picture = self.shown.picture(self.call() if self._asked_for else "tb.registry()", whole=not self._asked_for)
        show_panel(self, self.twin, picture_html(picture), picture_text(picture))


def registry(model: str | None = None, *, height: int = 460) -> RegistryBrowser:
    """Return the registry browser as a panel: models, versions, stages; promote, archive and roll back in place.

        tb.registry()
        tb.registry("churn")

    model: the one shown at first; else the first of all. height: pixels.
    Raises RegisteredModelNotFound with the nearest name, StoreHeld.
    """
    return RegistryBrowser(current_store(), model or "", height)
