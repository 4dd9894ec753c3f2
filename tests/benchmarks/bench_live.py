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
_LEAST_UPDATES = 9.0
"""A second: ten, less what is lost where a cell begins and ends."""

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

def rounds_of(seconds):
    began = time.perf_counter()
    spin(1_000_000)
    return int(1_000_000 * seconds / (time.perf_counter() - began))

def work(steps, rounds, log):
    began = time.perf_counter()
    for step in range(steps):
        for name in NAMES:
            log(name, 1 / (step + 1), step)
            spin(rounds)
    return time.perf_counter() - began
"""


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At most 2 % of the cell's own time, at ten updates a second of 20 series and 1,000 points a second in all."""
    del folder
    length, pairs = (2.0, 2) if quick else (8.0, 9)
    with Kernel() as kernel:
        kernel.run(_SETUP)
        kernel.run("rounds = min(rounds_of(0.001) for _ in range(5))")
        ratio, plain, updates = _compared(kernel, length, pairs, 1)
        found = [_bounded("1,000 points a second", ratio, plain, 1.30 if quick else 1.02)]
        if quick:
            return found
        ok = updates >= _LEAST_UPDATES
        found.append(Row("live panel, updates a second", f"{updates:.1f}", "", "", f">= {_LEAST_UPDATES:g}", ok))
        ratio, plain, _ = _compared(kernel, length, 3, 20)
        found.append(_bounded("20,000 points a second", ratio, plain, None))
        made = statistics.median(_made(kernel) for _ in range(9))
        return [*found, shown("live panel, made and shown before its cell", seconds(made))]


def _compared(kernel: Kernel, length: float, pairs: int, faster: int) -> tuple[float, float, float]:
    """Median ratio of pairs that take turns, median seconds without a panel, updates a second with one."""
    steps = int(length * 1000 * faster / _SERIES)
    code = f"print(json.dumps(work({steps}, rounds // {faster}, tb.log_metric)))"
    _run(kernel, f"%%track --live\n{code}")
    found = []
    for turn in range(pairs):
        options = ("", " --live") if turn % 2 else (" --live", "")
        found.append({option: _run(kernel, f"%%track{option}\n{code}") for option in options})
    ratio = statistics.median(pair[" --live"][0] / pair[""][0] for pair in found)
    plain = statistics.median(pair[""][0] for pair in found)
    return ratio, plain, statistics.median(pair[" --live"][1] / pair[" --live"][0] for pair in found)


def _bounded(what: str, ratio: float, plain: float, most: float | None) -> Row:
    name = f"live panel, {_SERIES} series, {what}"
    bound = f"<= {most:g} x without" if most else ""
    return Row(
        name, seconds(ratio * plain), f"without {seconds(plain)}", f"{ratio:.3f} x", bound, most and ratio <= most
    )


def _run(kernel: Kernel, code: str) -> tuple[float, int]:
    """Seconds that the cell itself took, and how many messages of the panel came meanwhile."""
    asked = kernel._client.execute(code)
    printed, news = "", 0
    while True:
        message = kernel._client.get_iopub_msg(timeout=60)
        content = message["content"]
        if message["msg_type"] == "comm_msg":
            news += content["data"].get("content", {}).get("kind") == "news"
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["msg_type"] == "error":
            raise RuntimeError("\n".join(content["traceback"]))
        if message["msg_type"] == "stream" and content["name"] == "stdout":
            printed += content["text"]
        if content.get("execution_state") == "idle":
            break
    time.sleep(0.5)  # until the merge at the run's end is over
    return float(json.loads(printed)), news


def _made(kernel: Kernel) -> float:
    """Seconds that a cell which does nothing takes longer with a panel."""
    began = time.perf_counter()
    kernel.run("%%track --live\n")
    live = time.perf_counter() - began
    time.sleep(0.5)
    began = time.perf_counter()
    kernel.run("%%track\n")
    plain = time.perf_counter() - began
    time.sleep(0.5)
    return live - plain
