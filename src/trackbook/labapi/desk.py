"""One desk a store: questions wait in one line, equal ones are answered once, and the file is never held between.

Whatever waits is answered together: the store is opened once, everything logged is merged, each question is
computed unless nothing has changed since it was computed last. Where somebody watches the store (`watching.py`),
each look computes anew what was asked lately, before anybody is told that there is news: so twenty pages that then
ask find their answers ready, and a page never waits for kernels that write.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from trackbook.errors import StoreHeld, TrackbookError
from trackbook.labapi.encoding import encoded
from trackbook.store.changes import change_mark
from trackbook.store.control import pages_there
from trackbook.store.stamp import ask_stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from concurrent.futures import Executor

    from duckdb import DuckDBPyConnection

    from trackbook.store import Store
    from trackbook.store.changes import Mark
    from trackbook.store.stamp import Stamp

    Question: TypeAlias = Callable[[DuckDBPyConnection], Any]
    Answers: TypeAlias = dict[Hashable, bytes | BaseException]

PATIENCE = 5.0
"""Seconds that a question waits for whoever holds the file."""

_PAUSE, _LONGEST_PAUSE = 0.1, 1.0
_MOST_KEPT, _MOST_KEPT_BYTES = 64, 32_000_000
_MOST_READY, _READY_SECONDS = 12, 15.0
"""Of the questions kept, as many that were asked in these last seconds are computed anew by a look."""

_STALE_SECONDS = 10.0
"""How long an answer holds while a run is running: its points, and the death of its process, change no file's size."""

_UNWATCHED_SECONDS, _WATCHED_SECONDS = 0.5, 5.0
"""How long after a look its answers are given without another look at the store."""


@dataclass(slots=True)
class _Kept:
    question: Question
    body: bytes
    stamp: Stamp
    mark: Mark
    at: float
    asked_at: float


@dataclass(slots=True)
class _Waiting:
    question: Question
    answer: asyncio.Future[bytes]


class Desk:
    """Answers questions about one store. Its methods belong to the event loop; the work is done on a thread."""

    def __init__(self, store: Store, executor: Executor) -> None:
        self.store = store
        self.is_watched = False
        self._executor = executor
        self._waiting: dict[Hashable, _Waiting] = {}
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._serving: asyncio.Task[None] | None = None
        self._stamp: Stamp | None = None
        """What the last look found."""

        self._looked_at = -1e9
        self._turn = 0
        """Counts what was decided through this server: whoever decides then sees it."""

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._serving is None

    def decided(self) -> None:
        """Note that something was decided here: answers from before it are not given any more."""
        self._turn += 1
        self._looked_at = -1e9

    async def ask(self, key: Hashable, question: Question) -> bytes:
        """Answer a question in JSON. key: equal ones mean the same question. Raises what the question raises."""
        kept, now = self._kept.get(key), time.monotonic()
        if kept is not None:
            kept.asked_at = now
            trusted = _WATCHED_SECONDS if self.is_watched else _UNWATCHED_SECONDS
            as_seen_last = kept.stamp == self._stamp or kept.at > self._looked_at
            if as_seen_last and now - self._looked_at < trusted:
                return kept.body
        return await self._ask_store(key, question)

    async def look(self) -> Stamp:
        """Look at the store itself, and make ready what was asked lately where something is new."""
        await self._ask_store(_LOOK, lambda _: None)
        assert self._stamp is not None
        return self._stamp

    async def _ask_store(self, key: Hashable, question: Question) -> bytes:
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = _Waiting(question, asyncio.get_running_loop().create_future())
            if self._serving is None:
                self._serving = asyncio.create_task(self._serve())
        # Shielded: one who hangs up must not take the answer from the others who wait for it.
        return await asyncio.shield(waiting.answer)

    async def _serve(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, {}
                questions = {key: waiting.question for key, waiting in asked.items()}
                loop = asyncio.get_running_loop()
                answers: Answers
                try:
                    answers = await loop.run_in_executor(self._executor, self._answer, questions, self._turn)
                except BaseException as error:  # noqa: BLE001 - whoever waits has to hear of it
                    answers = dict.fromkeys(asked, error)
                for key, waiting in asked.items():
                    _tell(waiting.answer, answers[key])
        finally:
            self._serving = None

    def _answer(self, asked: Mapping[Hashable, Question], turn: int) -> Answers:
        """Answer everything that waits, on a thread of its own."""
        mark = change_mark(self.store.location)
        answers: Answers = {}
        for key in asked:
            kept = self._kept.get(key)
            if kept is not None and kept.mark == mark and self._holds(kept):
                answers[key] = kept.body
        left = {key: question for key, question in asked.items() if key not in answers}
        if left:
            answers |= self._patiently(lambda: self._look(left, mark, turn))
        elif turn == self._turn:
            self._looked_at = time.monotonic()
        return answers

    def _holds(self, kept: _Kept) -> bool:
        return time.monotonic() - kept.at < _STALE_SECONDS or not pages_there(self.store.location)

    def _patiently(self, look: Callable[[], Answers]) -> Answers:
        """Try again for a while when another program has the file."""
        deadline, pause = time.monotonic() + PATIENCE, _PAUSE
        while True:
            try:
                return look()
            except StoreHeld:
                if time.monotonic() > deadline:
                    raise
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)  # each try makes a DuckDB

    def _look(self, left: Mapping[Hashable, Question], mark: Mark, turn: int) -> Answers:
        answers: Answers = {}
        with self.store.asking(PATIENCE) as db:
            stamp, now = ask_stamp(db), time.monotonic()
            wanted = dict(left)
            if _LOOK in left:
                wanted |= self._lately(now)
            for key, question in wanted.items():
                kept = self._kept.get(key)
                if kept is not None and kept.stamp == stamp:
                    kept.mark, kept.at = mark, now
                    answers[key] = kept.body
                    continue
                try:
                    body = encoded(question(db))
                except TrackbookError as error:
                    self._kept.pop(key, None)
                    answers[key] = error
                else:
                    answers[key] = body
                    asked_at = kept.asked_at if kept is not None else now
                    self._keep(key, _Kept(question, body, stamp, mark, now, asked_at))
        if _LOOK in left or not self.is_watched or self._stamp is None:
            # While somebody watches, only a look moves on: what others are asking for has been made ready with it.
            self._stamp = stamp
            if turn == self._turn:
                self._looked_at = time.monotonic()
        return answers

    def _lately(self, now: float) -> dict[Hashable, Question]:
        recent = [(kept.asked_at, key, kept.question) for key, kept in list(self._kept.items()) if key != _LOOK]
        recent = [each for each in recent if now - each[0] < _READY_SECONDS]
        recent.sort(key=lambda each: each[0], reverse=True)
        return {key: question for _, key, question in recent[:_MOST_READY]}

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST_KEPT or sum(len(each.body) for each in self._kept.values()) > _MOST_KEPT_BYTES:
            self._kept.popitem(last=False)


_LOOK = ("look",)


def _tell(future: asyncio.Future[bytes], answer: bytes | BaseException) -> None:
    if future.done():
        return
    if isinstance(answer, BaseException):
        future.set_exception(answer)
        future.exception()  # where everybody has hung up, nobody asks for it
    else:
        future.set_result(answer)
