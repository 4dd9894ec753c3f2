"""When a live panel looks at its run again, so that the cell hardly feels it."""

from __future__ import annotations

import time

_SHARE = 85
"""A look rests this many times as long as it worked: at most 1.2 % of a core, whatever there is to look at."""

_SHORTEST = 0.02


class Pacing:
    """The rests between the looks of one thread."""

    def __init__(self) -> None:
        self._before, self._due = 0.0, time.monotonic()

    def rest(self, tick: float, cost: float) -> float:
        """Return the seconds to the next look.

        tick: seconds from look to look where there is time for it. cost: CPU seconds of the look that was.
        """
        # The lesser of two, so that what is done once, such as an import, stops nothing.
        rest, self._before = _SHARE * min(cost, self._before), cost
        # By the clock, so that the wait for Python's lock makes none of the looks late.
        now = time.monotonic()
        self._due = max(self._due + tick, now)
        return max(self._due - now, rest, _SHORTEST)
