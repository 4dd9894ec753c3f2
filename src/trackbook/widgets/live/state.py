"""Everything that a live panel shows, kept up to date from looks at a run: curves, facts, bands."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from trackbook.errors import TrackbookError
from trackbook.meaning import default_better
from trackbook.store.best_runs import best_curves
from trackbook.store.tail import Tail
from trackbook.tracking.control import find_control
from trackbook.tracking.progress import Pace, find_progress
from trackbook.tracking.system import SystemWatch
from trackbook.views.live.band import band_of
from trackbook.views.live.charts import LiveCharts
from trackbook.views.live.curve import LiveCurve
from trackbook.views.live.facts import LiveFacts, LiveKnob, LiveStop
from trackbook.views.live.warnings import warnings_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trackbook.store import Store
    from trackbook.store.run_so_far import RunSoFar
    from trackbook.store.tail import Look
    from trackbook.tracking.run import Run
    from trackbook.views.live.band import Band
    from trackbook.views.live.charts import LiveSeries

_BAND_NAMES = 60
"""Metrics that get a band; a panel draws no more of them at once."""

_WARNINGS_SECONDS = 2.0

_MOST_WAITING = 50_000
"""Points that wait to be put into curves: nobody looks at these more often than at the warnings."""

Stretch = tuple["NDArray[np.intp]", "NDArray[np.float64]", "NDArray[np.float64]"]
"""Number of each point's series, steps and values, in the order logged."""


class LiveState:
    """One run as its panel shows it. Belongs to the thread that feeds the panel; others take what it has made."""

    def __init__(self, store: Store, run_id: str, run: Run | None = None, *, fresh: bool = False) -> None:
        """run: when it is of this process. fresh: it begins now, so that nothing of it is in the store."""
        self._store, self.run_id, self.run = store, run_id, run
        self._tail = Tail(store, run_id, fresh=fresh)
        self.curves: dict[str, LiveCurve] = {}
        self.charts = LiveCharts()
        self.bands: dict[str, Band] = {}
        self.facts = LiveFacts(run_id=run_id)
        if run is not None:
            self.facts = LiveFacts(
                run_id=run_id, name=run.name, experiment=run.experiment, status=str(run.status),
                started_at=run.start.started_at,
            )  # fmt: skip
        self.is_replaced = False
        """All curves came anew from the store; whoever shows them forgets what it had."""

        self.order: list[LiveSeries] = []
        """By number."""

        self._numbers: dict[str, int] = {}
        self._tables: dict[int, tuple[list[str], NDArray[np.intp]]] = {}
        self._waiting: list[Stretch] = []
        self._waiting_count = 0
        self._better: dict[str, str] = {}
        self._pace = Pace()
        self._machine = SystemWatch() if run is not None else None
        self._warned_at = 0.0
        self._banded: set[str] = set()

    @property
    def is_over(self) -> bool:
        """The run has ended and all of it is here."""
        return self._tail.over and not self.facts.runs

    @property
    def must_ask(self) -> bool:
        """The next look asks the store, which may take long."""
        return self._tail.must_ask

    def look(self) -> Stretch | None:
        """Take in what is new and return the new points; None when there are none."""
        import numpy as np  # noqa: PLC0415

        look = self._tail.look()
        if look.whole is not None:
            self._take_whole(look.whole)
        if look.events:
            self._take_events(look)
        if not look.points:
            return None
        parts = [
            (self._numbers_of(part.names)[part.which], part.steps.astype(np.float64), part.values)
            for part in look.points
        ]
        fresh = parts[0] if len(parts) == 1 else _joined(parts)
        self._waiting.append(fresh)
        self._waiting_count += len(fresh[0])
        if self._waiting_count > _MOST_WAITING:
            self.fold()
        return fresh

    def fold(self) -> None:
        """Put what waits into the curves."""
        import numpy as np  # noqa: PLC0415

        waiting, self._waiting, self._waiting_count = self._waiting, [], 0
        if not waiting:
            return
        numbers, steps, values = _joined(waiting)
        order = np.argsort(numbers, kind="stable")
        numbers, steps, values = numbers[order], steps[order], values[order]
        starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]]).tolist()
        for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True):
            self.curves[self.order[numbers[start]].name].add(steps[start:end], values[start:end])

    def refresh(self) -> None:
        """Bring everything but the curves up to date; a few hundred microseconds."""
        now = time.time()
        facts = replace(self.facts, now=now, notice=self._tail.trouble)
        if facts.runs:
            facts = self._with_control(facts)
            use = self._machine.look() if self._machine is not None else None
            if use is not None:
                gpus = tuple((gpu.percent, gpu.memory, gpu.total) for gpu in use.gpus)
                facts = replace(facts, cpu=use.cpu, memory=use.memory, gpus=gpus)
        else:
            facts = replace(facts, knobs=(), stop=LiveStop(), left=None)
            if facts.ended_by == "cell" and facts.total is not None and facts.done < facts.total:
                facts = replace(facts, done=0, total=None, label="")  # seen too early, and nobody can ask any more
        if now - self._warned_at > _WARNINGS_SECONDS or not facts.runs:
            self._warned_at = now
            self.fold()
            unit = "epoch" if "epoch" in f"{facts.label} {facts.unit}".lower() else "step"
            facts = replace(facts, warnings=tuple(warnings_of(self.curves, self._better, unit)))
        self.facts = facts

    def find_bands(self) -> bool:
        """Look up how earlier runs did in the metrics that are new; tells whether there is any new band."""
        names = [name for name in list(self.curves)[:_BAND_NAMES] if name not in self._banded]
        if not names:
            return False
        self._banded.update(names)
        start = self.run.start if self.run is not None and self.run.start.cell_key else None
        try:
            found = best_curves(self._store, self.run_id, names, start=start)
        except (TrackbookError, OSError):
            return False  # somebody holds the store; a band is worth no second try
        bands = {name: band for name, curves in found.items() if (band := band_of(curves)) is not None}
        self.bands |= bands
        return bool(bands)

    def close(self) -> None:
        """Let go of all files."""
        self._tail.close()

    def number_of(self, name: str) -> int:
        """Number a series; it keeps the number as long as the panel lives."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self.order)
            self._better.setdefault(name, default_better(name) or "")
            self.order.append(self.charts.place(name, self._better))
        self.curves.setdefault(name, LiveCurve())
        return number

    def _numbers_of(self, names: list[str]) -> NDArray[np.intp]:
        """Return the number of each of a spool's metrics, to which more are added as time goes by."""
        import numpy as np  # noqa: PLC0415

        known = self._tables.get(id(names))
        if known is None or known[0] is not names or len(known[1]) != len(names):
            known = self._tables[id(names)] = (names, np.array([self.number_of(name) for name in names]))
        return known[1]

    def _take_whole(self, whole: RunSoFar) -> None:
        self._better |= whole.better
        self.curves.clear()
        self._tables.clear()
        self._waiting, self._waiting_count = [], 0
        for name, (steps, values) in whole.curves.items():
            self.number_of(name)
            self.curves[name].add(steps, values)
        self.is_replaced = True
        elsewhere = whole.host if whole.host not in {"", socket.gethostname()} else ""
        self.facts = replace(
            self.facts, name=whole.name, experiment=whole.experiment, status=whole.status, ended_by=whole.ended_by,
            error=whole.error, started_at=whole.started_at, ended_at=whole.ended_at, host=elsewhere,
        )  # fmt: skip
        if self._machine is None and not elsewhere and whole.status == "RUNNING":
            pid = self._pid(whole.spool_id)
            self._machine = SystemWatch(pid) if pid else None

    def _take_events(self, look: Look) -> None:
        for event in look.events:
            kind = event["e"]
            if kind == "end":
                self.facts = replace(
                    self.facts, status=str(event.get("status")), ended_by=str(event.get("ended_by")),
                    error=str(event.get("error") or ""), ended_at=float(event.get("ended_at") or time.time()),
                )  # fmt: skip
            elif kind == "resume":
                self.facts = replace(self.facts, status="RUNNING", ended_by="", error="", ended_at=None)
            elif kind == "facts" and event.get("name"):
                self.facts = replace(self.facts, name=str(event["name"]))
            elif kind == "run":
                self.facts = replace(
                    self.facts, name=str(event.get("name")), experiment=str(event.get("experiment")),
                    status="RUNNING", started_at=float(event.get("started_at") or time.time()),
                )  # fmt: skip

    def _with_control(self, facts: LiveFacts) -> LiveFacts:
        try:
            page = find_control(self.run_id, store=self._store)
        except TrackbookError as error:
            facts, page = replace(facts, notice=facts.notice or str(error)), None
        progress = find_progress(page, facts.started_at, own=self.run is not None)
        if progress is None:
            facts = replace(facts, done=0, total=None, label="", left=None)
        else:
            facts = replace(
                facts, done=progress.done, total=progress.total, label=progress.label, unit=progress.unit,
                left=self._pace.left(progress),
            )  # fmt: skip
        if page is None:
            return facts
        knobs = tuple(
            LiveKnob(name, knob.value, knob.default, type(knob.default).__name__) for name, knob in page.knobs.items()
        )
        own = self.run is not None
        stop = LiveStop(page.asks, page.stop_requested, page.stopped, own, "" if own else self._how_to_interrupt())
        return replace(facts, knobs=knobs, stop=stop)

    def _how_to_interrupt(self) -> str:
        where = f" on {self.facts.host}" if self.facts.host else ""
        return (
            f"It runs in another process{where}, and its loop has never asked whether to stop: "
            "interrupt it there (■ in its notebook, Ctrl+C in its terminal)."
        )

    def _pid(self, spool_id: str) -> int | None:
        """Find the process that owns a spool of this machine."""
        try:
            text = (self._store.location.spools / spool_id / "spool.json").read_text(encoding="utf-8")
            return int(json.loads(text)["pid"])
        except (OSError, ValueError, KeyError):
            return None


def _joined(parts: list[Stretch]) -> Stretch:
    import numpy as np  # noqa: PLC0415

    numbers, steps, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    return numbers, steps, values
