"""The live panel: curves that grow while a cell runs, and a hand on its loop. Twin of js/src/widgets/live.ts."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from trackbook.errors import TrackbookError
from trackbook.tracking.start import current_store
from trackbook.views.live.charts import LiveCharts
from trackbook.views.live.facts import LiveFacts, live_text
from trackbook.views.live.html import live_html
from trackbook.widgets.live import hand
from trackbook.widgets.live.feed import LiveFeed
from trackbook.widgets.live.source import source_of
from trackbook.widgets.live.steady import keep_in_sight
from trackbook.widgets.live.wire import find_wire
from trackbook.widgets.panel import new_twin, redraw_twin, script, show_panel, style, twin_bundle, view_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.store import Store
    from trackbook.tracking.past import PastRun
    from trackbook.tracking.run import Run
    from trackbook.widgets.live.state import LiveState

_log = logging.getLogger(__name__)


def live(run: Run | PastRun | str | None = None) -> Live:
    """Show a run while it runs, of this notebook or of any other process: curves, progress, machine, stop, knobs.

        tb.live()
        tb.live("churn-net")

    run: a run, its id, a beginning of it, its name, or "last". Left out, the one that is running, else the newest;
    where there is none yet, the first that comes. Raises RunNotFound.
    """
    store = current_store()
    return Live(store, source_of(store, run))


class Live(anywidget.AnyWidget):
    """A live panel; `tb.live()` and `%%track --live` make it."""

    _esm = script("live")
    _css = style("live")
    twin = traitlets.Unicode(help="Names the static twin.").tag(sync=True)

    def __init__(self, store: Store, state: LiveState | None) -> None:
        """state: the run to show; None waits for the first one of the store."""
        super().__init__(twin=new_twin())
        _let_clicks_through(self.comm)
        self._store = store
        self._still: tuple[str, str] | None = None
        """HTML and text of the static twin as it was shown last; None before the panel is shown."""

        self.on_msg(self._hear)
        self._wire = find_wire(self.comm)
        self.feed = LiveFeed(self, store, state, self._wire)
        self.feed.start()

    @property
    def run_id(self) -> str:
        """The run that is shown; empty before there is one."""
        return self.feed.state.run_id if self.feed.state is not None else ""

    def _ipython_display_(self) -> None:
        with self.feed.lock:
            self._still = self._drawn()
        show_panel(self, self.twin, *self._still)
        keep_in_sight(getattr(self.comm, "kernel", None), self.displays)

    def displays(self) -> list[Mapping[str, Any]]:
        """Return the contents of the messages that show the panel once more; its twin as it was drawn last."""
        if self._still is None:
            return []
        view, metadata = view_bundle(self)
        return [
            {"data": twin_bundle(self.twin, *self._still), "metadata": {}, "transient": {"display_id": self.twin}},
            {"data": view, "metadata": metadata, "transient": {}},
        ]

    def draw_twin(self) -> None:
        """Bring the picture that stays in the saved notebook up to date."""
        if self._still is None:
            return
        self._still = self._drawn()
        if self._wire is not None:
            self._wire.redraw(twin_bundle(self.twin, *self._still), self.twin)
        else:
            redraw_twin(self.twin, *self._still)

    def finish(self) -> None:
        """Show the end of the run now, before its cell ends."""
        self.feed.finish()

    def close(self) -> None:
        """Look no more, and leave the page."""
        with contextlib.suppress(AttributeError):  # closed by ipywidgets before it was whole
            self.feed.end()
        super().close()

    def _drawn(self) -> tuple[str, str]:
        state = self.feed.state
        if state is None:
            return live_html(LiveFacts(), LiveCharts(), {}), live_text(LiveFacts(), {})
        state.fold()
        return live_html(state.facts, state.charts, state.curves, state.bands), live_text(state.facts, state.curves)

    def _hear(self, _panel: Live, content: Any, _buffers: Any) -> None:  # noqa: ANN401 - whatever a browser sends
        """Take a message of the browser, on the kernel's thread or on a subshell's."""
        voice = self.feed.voice
        first, voice.heard = not voice.heard, True
        kind = content.get("kind") if isinstance(content, dict) else None
        try:
            if kind == "hello":
                self.feed.seen = True
                self.feed.welcome()
            elif kind == "seen":
                self._show(seen=bool(content.get("value")))
            elif kind in {"stop", "interrupt", "knob"}:
                self.feed.say(self._act(kind, content))
            elif first:
                self.feed.say("")
        except Exception as error:  # noqa: BLE001 - a handler's exception is shown nowhere
            _log.debug("a live panel could not do what it was asked", exc_info=True)
            with contextlib.suppress(Exception):
                self.feed.say(str(error) if isinstance(error, TrackbookError) else f"{type(error).__name__}: {error}")

    def _show(self, *, seen: bool) -> None:
        before, self.feed.seen = self.feed.seen, seen
        if seen and not before:
            self.feed.send_everything()

    def _act(self, kind: str, content: dict[str, Any]) -> str:
        state = self.feed.state
        if state is None:
            return "There is no run yet."
        if kind == "stop":
            return hand.stop(self._store, state.run_id)
        if kind == "interrupt":
            return hand.interrupt(state.run, state.facts.stop.interrupt)
        return hand.turn(self._store, state.run_id, str(content.get("name")), content.get("value"))


def _let_clicks_through(comm: Any) -> None:  # noqa: ANN401 - of whatever kernel this is
    """Have ipykernel 7.4.0 hand our messages to the subshell that the front end sent them to.

    It sends them where Python last sent from, which is the thread that the cell keeps busy. Other versions have no
    such method and need none.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001 - there is no public way
