"""What the buttons of a live panel do; each answers with one sentence."""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
from typing import TYPE_CHECKING

from trackbook.tracking.control import request_stop, turn_knob
from trackbook.views.literals import literal

if TYPE_CHECKING:
    from trackbook.store import Store
    from trackbook.tracking.run import Run


def stop(store: Store, run_id: str) -> str:
    """Ask a run's loop to end after its step. Raises NotThere when it is not running, StoreReadOnly."""
    before = request_stop(run_id, store=store)
    if before.stopped:
        return "Its loop has ended already, as asked before; what comes after the loop is running."
    if before.asks:
        return "It ends after this step."
    return "It is asked to stop, but its loop has never listened so far (tb.loop, tb.should_stop, a callback)."


def turn(store: Store, run_id: str, name: str, value: object) -> str:
    """Give a knob another value. Raises NotThere, BadValue for another type than the knob's, StoreReadOnly."""
    before = turn_knob(run_id, name, value, store=store)
    return f"{name} is {literal(value)} from the next step on; it was {literal(before)}."


def interrupt(run: Run | None, elsewhere: str) -> str:
    """Interrupt the cell of a run of this process, as the front end's ■ does.

    elsewhere: what to say of a run that is not of this process. A click that comes after the
    run's end interrupts nothing: another cell may be running by then.
    """
    if run is None:
        return elsewhere
    if run.status != "RUNNING":
        return "It has ended already, so nothing was interrupted."
    main = threading.main_thread()
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler) and main.ident is not None and hasattr(signal, "pthread_kill"):
        # A real signal, so that a sleep or a read that waits comes back at once.
        with contextlib.suppress(ProcessLookupError):
            signal.pthread_kill(main.ident, signal.SIGINT)
    else:
        _thread.interrupt_main()
    return "It is interrupted."
