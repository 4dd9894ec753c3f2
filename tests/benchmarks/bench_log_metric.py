"""What one point costs: against a bare write into mapped memory, and against other trackers."""

from __future__ import annotations

import mmap
import os
import statistics
import struct
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

import peers
from table import Row, cheaper, costs_at_most

import trackbook as tb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_RECORD = 32
_QUIET, _BUSY = 4.0, 6.0
"""Times the bare write: on a quiet machine, and in quick mode, which runs beside other work and only finds a slip."""

PEERS = (
    ("trackio.log", "trackio", peers.trackio_logger, 8.0),
    ("tensorboardX add_scalar", "tensorboardX", peers.tensorboardx_logger, None),
    ("exptrack log_metric", "exptrack", peers.exptrack_logger, None),
)
"""exptrack comes last, because it patches the others' log calls."""


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """At most 4 times the bare write, 8 times cheaper than trackio, 1,000 times cheaper than MLflow."""
    # Short blocks fit between two interruptions of a busy machine.
    blocks, size = (60, 5_000) if quick else (10, 100_000)
    bare = _bare_write(size)
    with tb.start_run("benchmark"):
        pairs = [(_block(bare, size), _block(_ours, size)) for _ in range(blocks + 1)][1:]
        ours = statistics.median(pair[1] for pair in pairs)
        plain = statistics.median(pair[0] for pair in pairs)
        ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
        found = [costs_at_most("log_metric, one point", ours, plain, ratio, _BUSY if quick else _QUIET)]
        theirs = peers.mlflow_log_metric(folder, 50 if quick else 300)
        if theirs is not None:
            found.append(cheaper("log_metric against MLflow", ours, theirs, "mlflow.log_metric, SQLite", 1000.0))
        for name, package, logger_in, least in PEERS:
            if find_spec(package) is not None:
                with logger_in(folder) as logger:
                    found.append(
                        cheaper(f"log_metric against {name}", *_against(logger, 100 if quick else 500), name, least)
                    )
    return found


def _ours(size: int) -> None:
    value = 0.5
    for step in range(size):
        tb.log_metric("loss", value, step)


def _bare_write(size: int) -> Callable[[int], None]:
    """Return a loop over the plain operation: a clock read and a write into a mapped file."""
    descriptor = os.open("bare", os.O_RDWR | os.O_CREAT, 0o600)
    os.truncate(descriptor, size * _RECORD)
    mm = mmap.mmap(descriptor, size * _RECORD)
    os.close(descriptor)

    def loop(count: int) -> None:
        key, value, offset = 1, 0.5, 0
        for step in range(count):
            struct.pack_into("<IqddI", mm, offset, key, step, time.time(), value, 0)
            offset += _RECORD

    return loop


def _block(loop: Callable[[int], None], size: int) -> float:
    began = time.perf_counter()
    loop(size)
    return (time.perf_counter() - began) / size


def _against(logger: peers.Logger, size: int) -> tuple[float, float]:
    """Take turns with a peer, so that both see the same load; returns our seconds and its seconds."""

    def theirs(count: int) -> None:
        for step in range(count):
            logger("loss", 0.5, step)

    pairs = [(_block(_ours, 10 * size), _block(theirs, size)) for _ in range(10)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)
