"""The thread that feeds a live panel: it looks at the run every 0.3 seconds and sends what is new.

A look takes a millisecond, but a message costs the cell five: three times its
thread hands Python's lock over, to this thread and to the kernel's own, and
waits to get it back. So the browser draws a message in three steps, and the
curves move ten times a second. The thread takes no lock that the cell needs,
and rests so long after each look that it takes at most a hundredth of the time,
whatever there is to look at.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from trackbook.errors import TrackbookError
from trackbook.store.changes import change_mark
from trackbook.views.live.facts import LiveFacts, facts_json
from trackbook.widgets.live.message import News, everything, fresh_points
from trackbook.widgets.live.source import newest_source

if TYPE_CHECKING:
    from trackbook.store import Store
    from trackbook.widgets.live.state import LiveState

_TICK = 0.3
_FACTS_SECONDS = 1.0
_UNSEEN_SECONDS = 1.0
_WAITING_SECONDS = 0.5
"""Between two looks for a first run."""

_BAND_SECONDS = 4.0
"""A cell that is over by then is spared the question, which costs a tenth of a second."""

_WELCOME_SECONDS = 0.2
_SHORTEST = 0.02
_SHARE = 120
_PATIENCE = 2.0
"""Seconds at most that the end of a cell waits for a look under way."""

_WHOLE_AT = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_WHOLE_EVERY = 60.0
"""A browser that is still loading misses what is sent, and cannot say so while a cell runs on an older kernel."""

_log = logging.getLogger(__name__)


class Panel(Protocol):
    """What is fed."""

    def send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send one message to every view in every browser."""

    def draw_twin(self) -> None:
        """Bring the static twin up to date."""


class LiveFeed:
    """Keeps a panel's state and sends it; ends with the run, or when the panel is closed or gone."""

    def __init__(self, panel: Panel, store: Store, state: LiveState | None) -> None:
        """state: None waits for the first run of the store."""
        self._panel, self._store = weakref.ref(panel), store
        self.state = state
        self.lock = threading.Lock()
        """Held by whoever looks or sends."""

        self.seen = True
        """Somebody can see the panel."""

        self.heard = False
        """A click can be heard, because something that the browser sent was."""

        self._sequence = 0
        self._announced = 0
        """Series that the browser knows of."""

        self._began = time.monotonic()
        self._wholes = self._facts_at = 0.0
        self._whole_count = 0
        self._bands_sent = 0
        self._welcomed_at = -_WELCOME_SECONDS
        self._is_done = False
        """The end of the run has been sent."""

        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._feed, name="trackbook-live", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def finish(self) -> None:
        """Send the end of a run of this process before its cell ends; the thread does it where that would take long."""
        if self.lock.acquire(timeout=_PATIENCE):
            try:
                self._look(final=True)
            finally:
                self.lock.release()

    def note_progress(self) -> None:
        """Look at how far the run is for the last time, before its end takes the means away."""
        if self.state is not None and self.lock.acquire(timeout=_PATIENCE):
            try:
                self.state.refresh()
            finally:
                self.lock.release()

    def send_everything(self, notice: str = "") -> None:
        """Send all there is, as to a browser that has just opened the notebook. notice: the answer to a click."""
        with self.lock:
            self._send(self._whole(), notice)

    def welcome(self) -> None:
        """Send everything to a browser that asks for it; those that waited in a row get one answer."""
        now = time.monotonic()
        if now - self._welcomed_at > _WELCOME_SECONDS:
            self._welcomed_at = now
            self.send_everything()

    def say(self, notice: str) -> None:
        """Answer a click with a sentence and the facts as they are now."""
        with self.lock:
            news = News(facts=self._facts(refresh=True))
            self._send(news, notice)

    def _feed(self) -> None:
        pause, before, due = 0.0, 0.0, time.monotonic()
        while not self._ended.wait(pause):
            if self._panel() is None:
                break
            worked = time.thread_time()
            try:
                with self.lock:
                    over = self._look()
                cost = time.thread_time() - worked
                if not over and self._is_time_for_bands():
                    self._find_bands()
            except Exception:  # noqa: BLE001 - the next look tries again; a thread has nobody to tell
                _log.debug("a live panel could not follow its run", exc_info=True)
                over, cost = False, time.thread_time() - worked
            if over:
                break
            # The lesser of two, so that what is done once, such as an import, stops nothing.
            rest, before = _SHARE * min(cost, before), cost
            # By the clock, so that the wait for Python's lock makes none of the looks late.
            now = time.monotonic()
            due = max(due + self._tick(), now)
            pause = max(due - now, rest, _SHORTEST)
        if self.state is not None:
            with self.lock:
                self.state.close()

    def _tick(self) -> float:
        if self.state is None:
            return _WAITING_SECONDS
        return _TICK if self.seen else _UNSEEN_SECONDS

    def _look(self, *, final: bool = False) -> bool:
        """Look once and send what is new; tells whether the run is over."""
        state = self.state
        if state is None:
            state = self._first_run()
            if state is None:
                return False
        if self._is_done:
            return True
        fresh = state.look()
        if not self.seen and not state.is_over:
            return False
        if state.is_replaced or self._is_time_for_whole():
            state.is_replaced = False
            self._send(self._whole())
        else:
            news = News()
            if fresh is not None:
                news.points = fresh_points(fresh)
            if final or state.is_over or time.monotonic() - self._facts_at > _FACTS_SECONDS:
                news.facts = self._facts(refresh=True)
            if len(state.bands) != self._bands_sent:
                self._bands_sent = len(state.bands)
                news.bands = [(state.number_of(name), band) for name, band in state.bands.items()]
            self._announce(state, news)
            self._send(news)
        self._is_done = state.is_over
        if self._is_done:
            self._draw_twin()
        return self._is_done

    def _first_run(self) -> LiveState | None:
        """Take the first run that comes; a mark of the store's files tells without opening it when to ask."""
        mark = change_mark(self._store.location)
        if mark == getattr(self, "_mark", None):
            return None
        self._mark = mark
        try:
            self.state = newest_source(self._store)
        except (TrackbookError, OSError):
            return None
        self._mark = change_mark(self._store.location)
        if self.state is None and not self._whole_count:
            self._send(self._whole())
        return self.state

    def _is_time_for_bands(self) -> bool:
        own = self.state is not None and self.state.run is not None and self.state.facts.runs
        return not own or time.monotonic() - self._began > _BAND_SECONDS

    def _find_bands(self) -> None:
        """Without the lock: the store may be asked for long."""
        if self.state is not None and self.seen:
            self.state.find_bands()

    def _is_time_for_whole(self) -> bool:
        """Send everything now and then as long as the browser has not been heard."""
        if self.heard and self._whole_count:
            return False
        passed = time.monotonic() - self._began
        count = self._whole_count
        due = _WHOLE_AT[count] if count < len(_WHOLE_AT) else self._wholes + _WHOLE_EVERY
        return passed >= due

    def _whole(self) -> News:
        self._wholes, self._whole_count = time.monotonic() - self._began, self._whole_count + 1
        news = News(reset=True, facts=self._facts(refresh=self.state is not None))
        self._announced = 0
        state = self.state
        if state is not None:
            state.fold()
            bands = dict(state.bands)
            self._bands_sent = len(bands)
            news.bands = [(state.number_of(name), band) for name, band in bands.items()]
            news.points = everything({name: state.number_of(name) for name in state.curves}, state.curves)
            self._announce(state, news)
        return news

    def _announce(self, state: LiveState, news: News) -> None:
        """Tell the browser of the series that are new to it."""
        if self._announced < len(state.order):
            news.series = state.order[self._announced :]
            self._announced = len(state.order)

    def _facts(self, *, refresh: bool) -> dict[str, Any]:
        self._facts_at = time.monotonic()
        if self.state is None:
            facts = LiveFacts(now=time.time())
        else:
            if refresh:
                self.state.refresh()
            facts = self.state.facts
        return facts_json(facts) | {"heard": self.heard}

    def _send(self, news: News, answer: str = "") -> None:
        panel = self._panel()
        if panel is None or not (news or answer):
            return
        content, buffers = news.packed()
        self._sequence += 1
        content["sequence"] = self._sequence
        if answer:
            content["answer"] = answer
        panel.send(content, buffers)

    def _draw_twin(self) -> None:
        panel = self._panel()
        if panel is not None:
            panel.draw_twin()
