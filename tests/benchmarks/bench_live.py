"""What a live panel costs the cell it shows, and how often a browser draws it.

The cost is measured in a real kernel whose messages somebody reads: in turns within
one cell, and over a whole cell with all that happens once in it. The updates are
counted in a real browser: pictures that differ, each of a message of its own.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import TYPE_CHECKING

from jupyter_page import CHROMIUM, IDLE, RUN_CELL, notebook_page, run_cell
from kernels import Kernel
from table import Row, seconds, shown

if TYPE_CHECKING:
    from pathlib import Path

_SERIES = 20
_LEAST_UPDATES = 9.5
"""A second: ten, and half of one for what else the machine does."""

_WHOLE_SECONDS = 30
"""Long enough for the question about earlier runs and for some pictures of those that stay in a saved notebook."""

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

def others():  # CPU seconds of all threads but the one that asks
    return time.process_time() - time.thread_time()

def earlier_runs():
    for number in range(12):
        with tb.start_run(f"earlier {number}"):
            for step in range(500):
                tb.log_metrics({name: 1 / (step + number + 1) for name in NAMES})

def whole(seconds):
    rounds = 1000
    for _ in range(3):
        rounds = max(1, int(rounds / work(50, rounds, tb.log_metric)))
    before = others()
    took = work(50 * seconds, rounds, tb.log_metric)
    return json.dumps([took, others() - before])

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
_WHOLE = """%%track whole {options}
print(whole({seconds}))"""
_IN_TURNS = """%%track --live
_feed = get_ipython()._trackbook.recorder.live_panels._current.feed
print(in_turns(_feed, {pairs}, {steps}))"""


_PAGE_CELLS = (
    "%load_ext trackbook\nimport time\nimport trackbook as tb\nNAMES = [f'metric_{number}' for number in range(20)]",
    """%%track drawn --live
began = time.perf_counter()
for step in range(750):
    for name in NAMES:
        tb.log_metric(name, float(step), step)
    time.sleep(max(0, began + (step + 1) / 50 - time.perf_counter()))""",
)
_COUNT = """() => {
    window.pictures = [];
    const look = () => {
        const shown = document.querySelector('.tb-Live .tb-LiveValue');
        const text = shown ? shown.textContent : '';
        const last = window.pictures.at(-1);
        if (text !== '' && (!last || last[1] !== text)) window.pictures.push([performance.now(), text]);
        requestAnimationFrame(look);
    };
    look();
}"""


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At most 2 % of the cell's own time, at ten updates a second of 20 series and 1,000 points a second in all."""
    with Kernel() as kernel:
        kernel.run(_SETUP)
        if quick:
            return [_turns_row("1,000 points a second", *_in_turns(kernel, 8, 1), 1.25)]
        pairs, sent = _in_turns(kernel, 40, 1)
        found = [_turns_row("1,000 points a second", pairs, sent, 1.02)]
        found.append(_turns_row("20,000 points a second", *_in_turns(kernel, 15, 20), None))
        made = statistics.median(_made(kernel) for _ in range(9))
        found.append(shown("live panel, made and shown before its cell", seconds(made)))
        kernel.run("earlier_runs()")
        found.append(_whole_row(kernel))
    return found if CHROMIUM is None else [*found, _drawn_row(folder)]


def _whole_row(kernel: Kernel) -> Row:
    """Bound all that a panel does during a cell by the CPU time of its threads, which is what the cell must wait for."""
    took, theirs = {}, {}
    for options in ("--live", ""):
        code = _WHOLE.format(options=options, seconds=_WHOLE_SECONDS)
        took[options], theirs[options] = json.loads(_printed(kernel, code))
    share = theirs["--live"] / took["--live"] - theirs[""] / took[""]
    name = f"live panel, all that it does during a cell of {_WHOLE_SECONDS} s"
    return Row(name, f"{100 * share:.2f} % of a core", "", f"{1 + share:.3f} x", "<= 1.02 x without", share <= 0.02)


def _drawn_row(folder: Path) -> Row:
    """Count the pictures that differ from the one before, from the tenth on."""
    with notebook_page(folder, *_PAGE_CELLS) as page:
        run_cell(page, 0)
        page.evaluate(_COUNT)
        page.evaluate(RUN_CELL, 1)
        page.wait_for_function(IDLE)
        times = [at for at, _ in page.evaluate("() => window.pictures")][10:-1]
    updates = 1000 * (len(times) - 1) / (times[-1] - times[0])
    name = f"live panel, {_SERIES} series, updates a second drawn in Chromium"
    return Row(name, f"{updates:.1f}", "", "", f">= {_LEAST_UPDATES:g}", updates >= _LEAST_UPDATES)


def _in_turns(kernel: Kernel, pairs: int, faster: int) -> tuple[list[dict[str, float]], int]:
    """Let one cell work with and without its panel in turns of a second, so that both see the same load."""
    steps = int(1000 * faster / _SERIES)
    code = _IN_TURNS.format(steps=steps, pairs=pairs)
    found, sent = json.loads(_printed(kernel, code))
    return found, sent


def _turns_row(what: str, pairs: list[dict[str, float]], sent: int, most: float | None) -> Row:
    ratio = statistics.median(pair["with"] / pair["without"] for pair in pairs)
    plain = statistics.median(pair["without"] for pair in pairs)
    messages = sent / sum(pair["with"] for pair in pairs)
    return Row(
        f"live panel, {_SERIES} series, {what}",
        seconds(ratio * plain),
        f"without {seconds(plain)}, {messages:.1f} messages a second",
        f"{ratio:.3f} x",
        f"<= {most:g} x without" if most else "",
        ratio <= most if most else None,
    )


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
