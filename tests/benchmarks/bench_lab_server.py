"""The Jupyter server's answers to the side bar: a store of 100,000 runs, 20 readers, 4 writing processes, real HTTP."""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from build import store_of_runs
from lab_server import lab_server
from table import Row, at_most, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RUNS, _READERS, _WRITERS = 100_000, 20, 4
_SECONDS = 20.0
_PAUSE = 0.25
"""Between two questions of one reader; a page asks once a second while something happens."""

_FILTERS = [f"metrics.m3 > 1.{place} AND params.p1 < 0.5" for place in range(9)]
_WRITER = """
import time
import trackbook as tb
while True:
    with tb.start_run(experiment="writing"):
        for step in range(200):
            tb.log_metrics({"loss": 1 / (step + 1), "accuracy": step / 200})
            time.sleep(0.005)
"""


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """First page and filter in 150 ms; with 20 readers and 4 writers no error, p99 of a list in 500 ms."""
    if quick:
        return []
    store = store_of_runs(folder, _RUNS)
    name = quote(store.location.file.name)
    with lab_server(folder) as server:
        reader = _Reader(server)
        reader.ask("runs", name)
        found = [
            at_most("side bar: first page of 100,000 runs, from the store", _fresh(reader, name), 0.15),
            at_most("side bar: the same again", _median(lambda: reader.ask("runs", name), 20), 0.15),
            at_most("side bar: filter by a metric and a param", _filtered(reader, name), 0.15),
        ]
        with _writing(store.location.file):
            time.sleep(3)
            times, faults = _read_together(server, name)
        times.sort()
        p99 = times[int(len(times) * 0.99)]
        found.append(at_most(f"{_READERS} readers, {_WRITERS} writers: list of runs, p99", p99, 0.5))
        found.append(shown("  of them, median", f"{statistics.median(times) * 1000:.0f} ms", f"{len(times)} answers"))
        found.append(Row("  errors", str(len(faults)), faults[0] if faults else "", "", "none", not faults))
    return found


class _Reader:
    """One page: a connection that stays open."""

    def __init__(self, server: tuple[str, str]) -> None:
        url, self._token = server
        self._base, self._host = urlsplit(url).path, urlsplit(url).netloc
        self._line = http.client.HTTPConnection(self._host, timeout=60)

    def ask(self, what: str, store: str, **query: str) -> tuple[float, int, Any]:
        """Returns seconds, status and the answer."""
        words = "".join(f"&{name}={quote(value)}" for name, value in query.items())
        began = time.perf_counter()
        self._line.request(
            "GET",
            f"{self._base}/trackbook/api/{what}?store={store}{words}",
            headers={"Authorization": f"token {self._token}"},
        )
        answer = self._line.getresponse()
        body = answer.read()
        return time.perf_counter() - began, answer.status, body

    def listen(self, store: str) -> None:
        """Hold a line open for news, as every page does."""
        headers = {"Authorization": f"token {self._token}"}
        self._line.request("GET", f"{self._base}/trackbook/api/feed?store={store}", headers=headers)
        self._answer = self._line.getresponse()
        self._answer.readline()


def _median(ask: Any, times: int) -> float:
    return statistics.median(ask()[0] for _ in range(times))


def _fresh(reader: _Reader, store: str) -> float:
    """Pages that were never asked for: nothing is remembered of them."""
    return statistics.median(reader.ask("runs", store, offset=str(place))[0] for place in range(1, 10))


def _filtered(reader: _Reader, store: str) -> float:
    return statistics.median(reader.ask("runs", store, filter=text)[0] for text in _FILTERS)


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    env = dict(os.environ, TRACKBOOK_STORE=str(file))
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER], env=env) for _ in range(_WRITERS)]
    try:
        yield
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()


def _read_together(server: tuple[str, str], store: str) -> tuple[list[float], list[str]]:
    times: list[float] = []
    faults: list[str] = []
    until = time.monotonic() + _SECONDS

    def read(number: int) -> None:
        reader, dice, feed = _Reader(server), random.Random(number), _Reader(server)
        feed.listen(store)
        time.sleep(dice.random())
        while time.monotonic() < until:
            for what in ("runs", "experiments", "models"):
                try:
                    seconds, status, body = reader.ask(what, store)
                    if status != 200:
                        faults.append(f"{status} {json.loads(body)['message']}")
                    elif what == "runs":
                        times.append(seconds)
                except (OSError, http.client.HTTPException) as error:
                    faults.append(repr(error))
                    reader = _Reader(server)
                time.sleep(_PAUSE * (0.5 + dice.random()))

    readers = [threading.Thread(target=read, args=(number,)) for number in range(_READERS)]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join()
    return times, faults
