"""Progress on stderr, for what takes long; only where a person looks."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LOOK_EVERY = 0.2


def bar(label: str) -> Callable[[Iterable[str]], Iterable[str]]:
    """Make what draws a bar while somebody takes the steps."""
    return lambda steps: _drawn(list(steps), label) if sys.stderr.isatty() else steps


def _drawn(steps: list[str], label: str) -> Iterator[str]:
    with click.progressbar(steps, label=label, file=sys.stderr) as drawn:
        yield from drawn


@contextmanager
def watched(label: str, total: int, done: Callable[[], int]) -> Iterator[None]:
    """Draw a bar for work that tells nothing itself. done: how much of `total` is visibly there."""
    if not sys.stderr.isatty() or total <= 0:
        yield
        return
    over = threading.Event()
    with click.progressbar(length=total, label=label, file=sys.stderr) as drawn:
        watcher = threading.Thread(target=_watch, args=(drawn, done, over), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
        drawn.update(total - drawn.pos)


def _watch(drawn: click._termui_impl.ProgressBar[int], done: Callable[[], int], over: threading.Event) -> None:
    while not over.wait(_LOOK_EVERY):
        drawn.update(max(0, min(done(), drawn.length or 0) - drawn.pos))
