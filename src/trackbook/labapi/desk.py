"""One desk a store: questions wait in one line, equal ones are answered once, and the file is never held between.

Whatever waits is answered together: the store is opened once, everything logged is merged, each question is
computed unless nothing has changed since it was computed last. So twenty readers cost what one costs.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from trackbook.errors import StoreHeld, TrackbookError
from trackbook.store.changes import change_mark
from trackbook.store.control import pages_there
from trackbook.store.stamp import ask_stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from concurrent.futures import Executor

    from duckdb import DuckDBPyConnection

    from trackbook.store import Store
    from trackbook.store.changes import Mark
    from trackbook.store.stamp import Stamp

    Question: TypeAlias = Callable[[DuckDBPyConnection], Any]

PATIENCE = 5.0
"""Seconds that a question waits for whoever holds the file."""

_PAUSE = 0.1
_MOST_KEPT = 64
_MOST_KEPT_BYTES = 32_000_000
_STALE_SECONDS = 10.0
"""How long an answer holds while a run is running: its points, and the death of its process, change no file's size."""


@dataclass(slots=True)
class _Kept:
    body: bytes
    stamp: Stamp
    mark: Mark
    at: float


@dataclass(slots=True)
class _Waiting:
    question: Question
    answer: asyncio.Future[bytes]


class Desk:
    """Answers questions about one store. Its methods belong to the event loop; the work is done on a thread."""

    def __init__(self, store: Store, executor: Executor) -> None:
        self.store = store
        self._executor = executor
        self._waiting: dict[Hashable, _Waiting] = {}
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._serving: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._serving is None

    async def ask(self, key: Hashable, question: Question) -> bytes:
        """Answer a question in JSON. key: equal ones mean the same question. Raises what the question raises."""
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
                loop = asyncio.get_running_loop()
                try:
                    answers = await loop.run_in_executor(self._executor, self._answer, asked)
                except BaseException as error:  # noqa: BLE001 - whoever waits has to hear of it
                    answers = dict.fromkeys(asked, error)
                for key, answer in answers.items():
                    _tell(asked[key].answer, answer)
        finally:
            self._serving = None

    def _answer(self, asked: dict[Hashable, _Waiting]) -> dict[Hashable, bytes | BaseException]:
        """Answer everything that waits, on a thread of its own."""
        mark = change_mark(self.store.location)
        answers: dict[Hashable, bytes | BaseException] = {}
        for key in asked:
            kept = self._kept.get(key)
            if kept is not None and kept.mark == mark and self._holds(kept):
                answers[key] = kept.body
        if len(answers) < len(asked):
            left = {key: waiting.question for key, waiting in asked.items() if key not in answers}
            answers |= self._patiently(lambda: self._look(left, mark))
        return answers

    def _holds(self, kept: _Kept) -> bool:
        return time.monotonic() - kept.at < _STALE_SECONDS or not pages_there(self.store.location)

    def _patiently(self, look: Callable[[], dict[Hashable, bytes | BaseException]]) -> Any:  # noqa: ANN401
        """Try again for a while when another program has the file."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return look()
            except StoreHeld:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE)

    def _look(self, left: dict[Hashable, Question], mark: Mark) -> dict[Hashable, bytes | BaseException]:
        answers: dict[Hashable, bytes | BaseException] = {}
        with self.store.asking(PATIENCE) as db:
            stamp = ask_stamp(db)
            for key, question in left.items():
                kept = self._kept.get(key)
                if kept is not None and kept.stamp == stamp:
                    kept.mark, kept.at = mark, time.monotonic()
                    answers[key] = kept.body
                    continue
                try:
                    body = encoded(question(db))
                except TrackbookError as error:
                    answers[key] = error
                else:
                    answers[key] = body
                    self._keep(key, _Kept(body, stamp, mark, time.monotonic()))
        return answers

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST_KEPT or sum(len(each.body) for each in self._kept.values()) > _MOST_KEPT_BYTES:
            self._kept.popitem(last=False)


def _tell(future: asyncio.Future[bytes], answer: bytes | BaseException) -> None:
    if future.done():
        return
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def encoded(value: Any) -> bytes:  # noqa: ANN401 - JSON
    """Write an answer. NaN is no JSON, and a browser would fall over it: that raises ValueError."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode()
