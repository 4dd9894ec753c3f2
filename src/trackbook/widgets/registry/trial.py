"""Gates tried on a thread of their own, so that the kernel goes on answering."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from trackbook.errors import TrackbookError
from trackbook.versioning.gates.passing import tried_gates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from trackbook.store import Store
    from trackbook.versioning.gates.passing import GateResult
    from trackbook.versioning.rules import Rules

_log = logging.getLogger(__name__)


def announced(say: Callable[..., None], names: Iterable[str]) -> Iterator[str]:
    """Wrap the names of gates, so that each is said before it is tried."""
    known = list(names)
    for place, name in enumerate(known):
        say(trying=name, place=place + 1, count=len(known))
        yield name


def try_gates(
    store: Store, model: str, version: int, stage: str, rules: Rules, say: Callable[..., None]
) -> threading.Thread:
    """Try the gates of a stage; say: is told of each gate before, with the results so far, and of all at the end."""

    def work() -> None:
        results: list[GateResult] = []

        def progress(names: Iterable[str]) -> Iterator[str]:
            return announced(lambda **trying: say(results=results_json(results), **trying), names)

        for result in tried_gates(store, model, version, stage, rules, progress=progress):
            results.append(result)  # noqa: PERF402 - and said before the next one is tried
        say(results=results_json(results))

    return in_background(work, lambda sentence: say(fault=sentence))


def results_json(results: Iterable[GateResult]) -> list[dict[str, Any]]:
    """Write results for the browser."""
    return [{"gate": result.gate, "fault": result.fault or ""} for result in results]


def in_background(work: Callable[[], None], failed: Callable[[str], None]) -> threading.Thread:
    """Do something on a thread; failed: is told in a sentence what went wrong."""

    def guarded() -> None:
        try:
            work()
        except TrackbookError as error:
            failed(str(error))
        except Exception as error:  # noqa: BLE001 - a thread has nobody else to tell
            _log.debug("the registry browser could not go on", exc_info=True)
            failed(f"That did not work: {type(error).__name__}: {error}.")

    thread = threading.Thread(target=guarded, name="trackbook-gates", daemon=True)
    thread.start()
    return thread
