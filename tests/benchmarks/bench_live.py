"""What a live panel costs the cell it shows, in a real kernel whose messages somebody reads."""

from __future__ import annotations

import json
import statistics
import time
from typing import TYPE_CHECKING

from kernels import Kernel
from table import Row, seconds, shown

if TYPE_CHECKING:
    from pathlib import Path

_SERIES = 20
_STEPS = 3
"""In which the browser draws a message, a third of its points each (STEPS in js/src/lib/live_model.ts)."""

_LEAST_UPDATES = 9.5
"""Of the picture, a second: ten, and half of one for what else the machine does."""

_SETUP = """
%load_ext trackbook
import json, time
import trackbook as tb

NAMES = [f"metric_{number}" for number in range(20)]

def spin(rounds):
    x = 0.0
    for _ in range(rounds):
        x = x * 0.5 + 1.0
    return x

def work(steps, rounds, log):
    began = time.perf_counter()
    for step in range(steps):
        for name in NAMES:
            log(name, 1 / (step + 1), step)
            spin(rounds)
    return time.perf_counter() - began

def in_turns(feed, pairs, steps):
    rounds = 1000
    for _ in range(3):  # until a turn takes a second
        rounds = max(1, int(rounds / work(steps, rounds, tb.log_metric)))
    found, sent = [], 0
    for turn in range(pairs):
        pair = {}
        for held in (turn % 2, 1 - turn % 2):
            if held:  # who holds the lock keeps the panel's thread from looking
                with feed.lock:
                    pair["without"] = work(steps, rounds, tb.log_metric)
            else:
                before = feed.voice._sequence
                pair["with"] = work(steps, rounds, tb.log_metric)
                sent += feed.voice._sequence - before
        found.append(pair)
    return json.dumps([found, sent])
"""
_IN_TURNS = """%%track --live
_feed = get_ipython()._trackbook.recorder.live_panels._current.feed
print(in_turns(_feed, {pairs}, {steps}))"""


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At most 2 % of the cell's own time, at ten updates a second of 20 series and 1,000 points a second in all."""
    del folder
    with Kernel() as kernel:
        kernel.run(_SETUP)
        if quick:
            return [_rows_of("1,000 points a second", *_in_turns(kernel, 4, 1), 1.25)[0]]
        found = _rows_of("1,000 points a second", *_in_turns(kernel, 40, 1), 1.02)
        found += _rows_of("20,000 points a second", *_in_turns(kernel, 15, 20), None)[:1]
        made = statistics.median(_made(kernel) for _ in range(9))
        return [*found, shown("live panel, made and shown before its cell", seconds(made))]


def _in_turns(kernel: Kernel, pairs: int, faster: int) -> tuple[list[dict[str, float]], int]:
    """Let one cell work with and without its panel in turns of a second, so that both see the same load."""
    steps = int(1000 * faster / _SERIES)
    code = _IN_TURNS.format(steps=steps, pairs=pairs)
    found, sent = json.loads(_printed(kernel, code))
    return found, sent


def _rows_of(what: str, pairs: list[dict[str, float]], sent: int, most: float | None) -> list[Row]:
    ratio = statistics.median(pair["with"] / pair["without"] for pair in pairs)
    plain = statistics.median(pair["without"] for pair in pairs)
    updates = _STEPS * sent / sum(pair["with"] for pair in pairs)
    name = f"live panel, {_SERIES} series, {what}"
    bound = f"<= {most:g} x without" if most else ""
    return [
        Row(name, seconds(ratio * plain), f"without {seconds(plain)}", f"{ratio:.3f} x", bound, most and ratio <= most),
        Row(
            "live panel, updates a second",
            f"{updates:.1f}",
            "",
            "",
            f">= {_LEAST_UPDATES:g}",
            updates >= _LEAST_UPDATES,
        ),
    ]


def _printed(kernel: Kernel, code: str) -> str:
    """Run a cell and return what it printed, reading all messages as a front end does."""
    asked = kernel._client.execute(code)
    printed = ""
    while True:
        message = kernel._client.get_iopub_msg(timeout=60)
        content = message["content"]
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["msg_type"] == "error":
            raise RuntimeError("\n".join(content["traceback"]))
        if message["msg_type"] == "stream" and content["name"] == "stdout":
            printed += content["text"]
        if content.get("execution_state") == "idle":
            return printed


def _made(kernel: Kernel) -> float:
    """Seconds that a cell which does nothing takes longer with a panel."""
    took = []
    for line in ("%%track --live\n", "%%track\n"):
        began = time.perf_counter()
        kernel.run(line)
        took.append(time.perf_counter() - began)
        time.sleep(0.5)  # until the merge at the run's end is over
    return took[0] - took[1]
