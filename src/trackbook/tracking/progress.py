"""How far a run is: from `tb.loop`, or from a progress bar of tqdm, which is looked at and never changed."""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackbook.store.control import ControlState

_LOOKS = 60
"""Looks that the speed is taken from; older ones say how it was and not how it is."""

_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a loop is."""

    done: int
    total: int | None
    """None when nobody knows."""

    label: str = ""
    """What the loop calls itself; empty when it does not. May hold anything a user typed."""

    unit: str = "step"


class Pace:
    """Tells the time left from how fast a loop was lately."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque(maxlen=_LOOKS)
        self._of: tuple[str, int | None] = ("", None)

    def left(self, progress: Progress, now: float | None = None) -> float | None:
        """Return seconds until the end of the loop; None when it is unknown. now: of a clock that never jumps."""
        now = time.monotonic() if now is None else now
        of = (progress.label, progress.total)
        if of != self._of or (self._looks and progress.done < self._looks[-1][1]):
            self._looks.clear()  # another loop
            self._of = of
        if not self._looks or now - self._looks[-1][0] >= _LOOK_SECONDS or progress.done == progress.total:
            self._looks.append((now, progress.done))
        (began, first), (_, newest) = self._looks[0], self._looks[-1]
        if progress.total is None or newest <= first or now <= began:
            return None
        if progress.done >= progress.total:
            return 0.0
        # A slow step that is still under way counts, so that the time left grows when a loop hangs.
        return (progress.total - progress.done) * (now - began) / (newest - first)


def find_progress(state: ControlState | None, since: float, *, own: bool) -> Progress | None:
    """Return how far a run is; None when nothing tells.

    state: its control page. since: when it began, seconds since the epoch. own: it runs in this process, so its tqdm
    can be seen.
    """
    bar = tqdm_progress(since) if own else None
    if state is not None and state.total:
        same = bar is not None and bar.total == state.total  # a bar round the loop, which has a name for it
        return Progress(state.done, state.total, *((bar.label, bar.unit) if same and bar is not None else ()))
    if bar is not None:
        return bar
    return Progress(state.done, None) if state is not None and state.done else None


def tqdm_progress(since: float) -> Progress | None:
    """Look at tqdm's outermost live bar that moved since then; None without one. Imports nothing, raises nothing."""
    module = sys.modules.get("tqdm.std")
    try:
        bars = list(module.tqdm._instances) if module is not None else []  # noqa: SLF001 - there is no public way
        alive = [bar for bar in bars if not getattr(bar, "disable", True) and _moved_at(bar) >= since]
        if not alive:
            return None
        # Nested bars stand below the outer one, which has the position nearest to 0.
        return _of_bar(min(alive, key=lambda bar: (abs(getattr(bar, "pos", 0)), bar.start_t)))
    except Exception:  # noqa: BLE001 - another thread may be making a bar, and another version may look otherwise
        return None


def _moved_at(bar: Any) -> float:  # noqa: ANN401 - a tqdm of any kind
    return max(float(getattr(bar, "start_t", 0.0)), float(getattr(bar, "last_print_t", 0.0)))


def _of_bar(bar: Any) -> Progress:  # noqa: ANN401
    total = bar.total
    known = isinstance(total, (int, float)) and math.isfinite(total) and total > 0
    unit = str(getattr(bar, "unit", "it")).strip()
    return Progress(
        done=int(bar.n),
        total=int(total) if known else None,
        label=str(getattr(bar, "desc", "") or "").strip().rstrip(":").strip(),
        unit="step" if unit in {"", "it"} else unit,
    )
