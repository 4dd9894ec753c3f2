"""A run: the handle through which everything about it is logged."""

from __future__ import annotations

import os
import threading
import time
import traceback
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from typing import TYPE_CHECKING, Self

from trackbook.errors import BadInput, BadValue, OutOfRange, warn
from trackbook.records import EndedBy, RunEnd, RunStart, RunStatus
from trackbook.store import Series, earlier_steps, keeper_of, point_logger
from trackbook.store.control import remove_page
from trackbook.tracking import active, endings
from trackbook.values import as_number, check_name, check_pairs, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from trackbook.store import Store
    from trackbook.store.control_page import ControlPage

_LONGEST_TEXT = 100_000
_DEEPEST = 50
_opening = threading.RLock()
"""Held while a metric is opened; a fork waits for it, so that a child never inherits it locked."""


class Run:
    """One run in one store. Made by `start_run`; use it in a `with` block, or call `end`."""

    def __init__(self, store: Store, start: RunStart, *, owner: bool = True, resumed: bool = False) -> None:
        """owner: this handle ends the run; a child process that only adds to it does not."""
        self.store, self.start = store, start
        self.run_id, self.name, self.experiment = start.run_id, start.name, start.experiment
        self.status = RunStatus.RUNNING
        self.params: dict[str, object] = {}
        """What this process logged of params, for the card; plain values, never the user's objects."""

        self.defaults: dict[str, object] = {}
        """Those that an estimator's user left alone."""

        self.artifacts: list[tuple[str, int | None]] = []
        """(path, bytes) of the files that this process logged."""

        self.ended_by: EndedBy | None = None
        self.page: ControlPage | None = None
        """What others want of its loop; opened when the loop asks first."""

        self._owner_process = os.getpid() if owner else 0
        self._continued = resumed or not owner
        self._earlier: dict[str, int] | None = None
        self._series: dict[str, Series] = {}
        self.points: dict[str, Series] = {}
        """The series that log the short way; emptied when the run ends."""

        self._warned: set[str] = set()
        store.spool  # noqa: B018 - made now, so that what is wrong with the folder is said now
        self._log_point = point_logger(repeat(self).__next__, self._log_carefully)

    def __repr__(self) -> str:
        return f"<Run {self.name} {self.run_id[:8]}… {self.status}>"

    @property
    def is_owner(self) -> bool:
        """Tell whether this process will end the run."""
        return self._owner_process == os.getpid()

    def log_metric(self, name: str, value: float, step: int | None = None) -> None:
        """Add one point to a metric; safe from the death of the process when it returns.

        value: any scalar number: Python's, numpy's, torch's; NaN and infinities are values.
        step: 0-based; left out it is the previous one + 1. Never raises: what cannot
        be kept is one warning.
        """
        self._log_point(name, value, step)

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Add one point to each of several metrics, as `log_metric` does."""
        try:
            pairs = check_pairs("log_metrics", metrics)
        except BadInput as error:
            self._warn(str(error))
            return
        for name, value in pairs.items():
            self.log_metric(name, value, step)

    def log_params(self, params: Mapping[str, object], *, source: str = "logged", default: bool = False) -> None:
        """Set parameters; nested dicts are flattened with dots, a later value replaces an earlier.

        source: logged, or how a cell's analysis found them. Raises BadName, BadValue.
        """
        given = check_pairs("log_params", params)
        flat = {check_name("param", name): _short(plain(value)) for name, value in flatten(given).items()}
        if flat:
            (self.defaults if default else self.params).update(flat)
            self.store.event("params", run_id=self.run_id, params=flat, source=source, default=default)

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Set tags; a later value replaces an earlier. Raises BadName, BadValue."""
        texts = check_tags("set_tags", tags)
        if texts:
            self.store.event("tags", run_id=self.run_id, tags=texts, at=time.time())

    def last_values(self) -> dict[str, float]:
        """Newest value of each metric that this process logged, in the order first logged."""
        return {name: series.last for name, series in self._series.items()}

    def rename(self, name: str) -> None:
        """Give the run another name."""
        self.name = check_name("run", name)
        self.store.event("facts", run_id=self.run_id, name=self.name)

    def end(
        self,
        status: RunStatus = RunStatus.FINISHED,
        ended_by: EndedBy = EndedBy.CELL,
        *,
        error: str = "",
        trace: str = "",
        ended_at: float | None = None,
    ) -> None:
        """End the run. Only its owner's process can; calls after the first change nothing.

        One whose loop was asked to stop, and did, and that then comes to its end is ended by stop.
        """
        active.leave(self)
        if not self.is_owner or self.status != RunStatus.RUNNING:
            return
        stopped, self.page = remove_page(self.store.location, self.run_id), None
        if stopped and ended_by is EndedBy.CELL:
            ended_by = EndedBy.STOP
        self.status, self.ended_by = status, ended_by
        self.points.clear()
        endings.forget(self)
        end = RunEnd(self.run_id, status, ended_by, time.time() if ended_at is None else ended_at, error, trace)
        self.store.event("end", **asdict(end))
        keeper_of(self.store).ask_for_merge()

    def fail(self, error: BaseException) -> None:
        """End the run with what went wrong; an interrupt counts as killed by its user."""
        interrupted = isinstance(error, KeyboardInterrupt)
        self.end(
            RunStatus.KILLED if interrupted else RunStatus.FAILED,
            EndedBy.INTERRUPT if interrupted else EndedBy.ERROR,
            error=_last_line(error)[:2000],
            trace="".join(traceback.format_exception(error))[-_LONGEST_TEXT:],
        )

    def __enter__(self) -> Self:
        active.enter(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or (isinstance(error, SystemExit) and not error.code):
            self.end()
        else:
            self.fail(error)

    def _log_carefully(self, name: str, value: object, step: object = None) -> None:
        """Do what the fast path could not: open the series, convert, or say what is wrong."""
        try:
            check_name("metric", name)
            number = as_number(value)
            if number is None and isinstance(value, (int, Decimal, Fraction)):
                reason = "a float ends at 1.8e308; log its logarithm, or divide it first"
                raise OutOfRange(f"The value of metric {name!r}", reason)
            if number is None:
                raise BadValue(f"The value of metric {name!r}", value, "a metric needs one number")
            place = None if step is None else _whole(name, step)
            self.store.spool.log(self._series.get(name) or self._open_series(name), number, place)
        except BadInput as error:
            self._warn(str(error))
        except Exception as error:  # noqa: BLE001 - logging must never stop a training loop
            self._warn(f"The metric {name!a} could not be logged ({type(error).__name__}: {error}); your code goes on.")

    def _open_series(self, name: str) -> Series:
        with _opening:
            series = self._series.get(name)
            if series is None:
                series = Series(self.store.spool, self.run_id, name, self._last_step(name))
                self.store.spool.declare(series)
                self._series[name] = series
            if self.status == RunStatus.RUNNING:
                self.points[name] = series
        return series

    def _last_step(self, name: str) -> int:
        if not self._continued:
            return -1
        if self._earlier is None:
            self._earlier = earlier_steps(self.store, self.run_id)
        return self._earlier.get(name, -1)

    def _warn(self, sentence: str) -> None:
        if sentence not in self._warned:
            self._warned.add(sentence)
            warn(sentence)


def check_tags(verb: str, tags: object) -> dict[str, object]:
    """Return tags as they are written down. Raises BadName, BadValue."""
    return {
        check_name("tag", name): value if isinstance(value, str) else plain(value)
        for name, value in check_pairs(verb, tags).items()
    }


def _whole(name: str, step: object) -> int:
    exact = step if isinstance(step, int) else as_number(step)  # a float would lose an integer's last digits
    if exact is None or exact != exact // 1:  # NaN and infinities among them
        raise BadValue(f"The step of metric {name!r}", step, "a step is a whole number")
    if not -(2**63) <= exact < 2**63:
        raise OutOfRange(f"The step of metric {name!r}", "a step is a whole number below 2**63")
    return int(exact)


def _last_line(error: BaseException) -> str:
    """Write an error's line, `ValueError: no rows`: the last that names its class, for notes may follow."""
    lines = "".join(traceback.format_exception_only(error)).strip().splitlines()
    named = [line for line in lines if type(error).__name__ in line.partition(":")[0]]
    return (named or lines)[-1]


def _short(value: object) -> object:
    """Keep a param readable: text beyond the limit is cut, and says so."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}… ({len(value)} characters)"
    return value


def flatten(values: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Turn nested dicts into one with dotted names; an empty dict stays as a value."""
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value and prefix.count(".") < _DEEPEST:  # one may hold itself
            flat |= flatten({str(key): item for key, item in value.items()}, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}" if prefix else name] = value
    return flat


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_opening.acquire, after_in_parent=_opening.release, after_in_child=_opening.release)
