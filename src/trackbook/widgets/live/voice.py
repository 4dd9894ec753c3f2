"""What the browsers have been told of a run, and how the next message is put so that none is missed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from trackbook.views.live.facts import LiveFacts, facts_json
from trackbook.widgets.live.message import News, everything, fresh_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.widgets.live.state import LiveState, Stretch

_FACTS_SECONDS = 1.0

_WHOLE_AT = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_WHOLE_EVERY = 60.0
"""A browser that is still loading misses what is sent, and cannot say so while a cell runs on an older kernel."""


class Voice:
    """Speaks for one panel. Whoever uses it holds the panel's lock."""

    def __init__(self, send: Callable[[dict[str, Any], list[bytes]], None]) -> None:
        self._send = send
        self.heard = False
        """A click can be heard, because something that the browser sent was."""

        self.has_begun = False
        """Everything has been sent once, so that the newest points alone say something."""

        self._sequence = 0
        self._announced = 0
        """Series that the browser knows of."""

        self._bands = 0
        self._began = time.monotonic()
        self._whole_at = self._facts_at = 0.0
        self._wholes = 0

    def tell_points(self, state: LiveState, fresh: Stretch) -> None:
        """Send new points and nothing else, as is done ten times a second."""
        news = News(points=fresh_points(fresh))
        self._announce(state, news)
        self._say(news)

    def tell_news(self, state: LiveState, fresh: Stretch | None, *, final: bool = False) -> None:
        """Send what is new; everything where that is due. final: the facts too, however new."""
        if state.is_replaced or self._is_time_for_everything():
            state.is_replaced = False
            self.tell_everything(state)
            return
        news = News()
        if fresh is not None:
            news.points = fresh_points(fresh)
        if final or state.is_over or time.monotonic() - self._facts_at > _FACTS_SECONDS:
            news.facts = self._facts(state)
        if len(state.bands) != self._bands:
            news.bands = self._all_bands(state)
        self._announce(state, news)
        self._say(news)

    def tell_everything(self, state: LiveState | None, answer: str = "") -> None:
        """Send all there is, as to a browser that has just opened the notebook. answer: to a click, in a sentence."""
        self._whole_at, self._wholes = time.monotonic() - self._began, self._wholes + 1
        self.has_begun = True
        news = News(reset=True, facts=self._facts(state))
        self._announced = 0
        if state is not None:
            state.fold()
            news.bands = self._all_bands(state)
            news.points = everything({name: state.number_of(name) for name in state.curves}, state.curves)
            self._announce(state, news)
        self._say(news, answer)

    def answer(self, state: LiveState | None, answer: str) -> None:
        """Answer a click with a sentence and the facts as they are now."""
        self._say(News(facts=self._facts(state)), answer)

    def _is_time_for_everything(self) -> bool:
        if self.heard and self._wholes:
            return False
        due = _WHOLE_AT[self._wholes] if self._wholes < len(_WHOLE_AT) else self._whole_at + _WHOLE_EVERY
        return time.monotonic() - self._began >= due

    def _announce(self, state: LiveState, news: News) -> None:
        """Tell the browser of the series that are new to it."""
        if self._announced < len(state.order):
            news.series = state.order[self._announced :]
            self._announced = len(state.order)

    def _all_bands(self, state: LiveState) -> list[Any]:
        bands = dict(state.bands)
        self._bands = len(bands)
        return [(state.number_of(name), band) for name, band in bands.items()]

    def _facts(self, state: LiveState | None) -> dict[str, Any]:
        self._facts_at = time.monotonic()
        if state is not None:
            state.refresh()
        facts = state.facts if state is not None else LiveFacts(now=time.time())
        return facts_json(facts) | {"heard": self.heard}

    def _say(self, news: News, answer: str = "") -> None:
        if not (news or answer):
            return
        content, buffers = news.packed()
        self._sequence += 1
        content["sequence"] = self._sequence
        if answer:
            content["answer"] = answer
        self._send(content, buffers)
